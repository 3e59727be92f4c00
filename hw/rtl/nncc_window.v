// The data side of a load: beats from DRAM to words of local memory. Words lie one
// behind the other (load), or are overlapping windows of a row (load_window).
//
// Parameters
//   V     bytes of a word
//   DATA  bits of a beat, at most 8*V
//
// Protocol: blocks come in on block_*_i, valid/ready, and their beats, in the same order
// and without gaps, on beat_*. A load has count_x*count_y*count_z words of 8*V/DATA beats.
// A load_window has, for each of its count_z groups and count_y rows, the beats that hold
// bytes [max(first, 0), min(first + span + V, row_bytes)) of the row, where first is
// start + V*group and span is (count_x-1)*step; none if that is empty. Bytes outside
// [0, row_bytes) are `fill`. Words go out on lw_*, valid/ready. done_o pulses when the
// last word of a block is taken; since the last word of a row waits for all beats of the
// row, all of the block have come in then.
//
// The beats of all blocks are numbered. They are kept in BEATS registers, beat number n
// in register n modulo BEATS, until no word needs them any more; so the next row, or the
// next block, comes in while this one still goes out. A stage in front computes for each
// word the number of its first beat and the number below which all beats must be there.
//
// Latency: a word goes out in the third cycle after the one in which its last beat came.
// One word a cycle when its beats are there.

`default_nettype none

module nncc_window #(
    parameter V = 8,
    parameter DATA = 64
) (
    input wire clk_i,
    input wire rst_i,
    input wire stop_i,  // goes on with nothing; held until rst_i

    input  wire               block_valid_i,
    output wire               block_ready_o,
    input  wire               window_i,
    input  wire        [ 2:0] memory_i,
    input  wire        [17:0] base_i,
    input  wire        [15:0] count_x_i,
    input  wire        [11:0] count_y_i,
    input  wire        [11:0] count_z_i,
    input  wire        [15:0] pitch_y_i,
    input  wire        [17:0] pitch_z_i,
    input  wire        [ 8:0] step_i,
    input  wire signed [15:0] start_byte_i,
    input  wire        [20:0] span_i,
    input  wire        [15:0] row_bytes_i,
    input  wire        [ 7:0] fill_i,

    input  wire            beat_valid_i,
    output wire            beat_ready_o,
    input  wire [DATA-1:0] beat_data_i,

    output wire           lw_valid_o,
    input  wire           lw_ready_i,
    output wire [    2:0] lw_memory_o,
    output wire [   17:0] lw_addr_o,
    output wire [8*V-1:0] lw_data_o,

    output wire done_o
);

  localparam RATIO = 8 * V / DATA;  // beats of a word
  localparam SHIFT = $clog2(DATA / 8);
  localparam BEATS = (RATIO == 1) ? 4 : (RATIO == 2) ? 4 : (RATIO == 4) ? 8 : 16;
  localparam SLOT = $clog2(BEATS);
  localparam INDEX = 18;  // bits of a beat's number: more than two rows of the longest kind
  localparam LANE = $clog2(V) + 1;
  localparam POS = 24;    // bits of a position in a row, signed

  localparam [31:0] RATIO32 = RATIO;
  localparam [31:0] V32 = V;
  localparam [31:0] BEATS32 = BEATS;
  localparam [31:0] ROUND32 = DATA / 8 - 1;
  localparam [INDEX-1:0] WORD_BEATS = RATIO32[INDEX-1:0];
  localparam [INDEX-1:0] BUFFER_BEATS = BEATS32[INDEX-1:0];
  localparam signed [POS-1:0] WORD_BYTES = V32[POS-1:0];
  localparam signed [POS-1:0] ROUND_UP = ROUND32[POS-1:0];
  localparam [LANE-1:0] LANES = V32[LANE-1:0];

  // -- Words of the block ---------------------------------------------------------

  wire        walking;
  wire        next;
  wire [17:0] addr;
  wire        row_last;
  wire        plane_last;
  wire        block_last;
  wire        load = block_valid_i && block_ready_o;

  assign block_ready_o = !walking || (next && block_last);

  nncc_block_address #(
      .ADDR(18),
      .COUNT_X(16)
  ) u_words (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .start_i(load),
      .base_i(base_i),
      .count_x_i(count_x_i),
      .count_y_i(count_y_i),
      .count_z_i(count_z_i),
      .pitch_y_i({2'd0, pitch_y_i}),
      .pitch_z_i(pitch_z_i),
      .valid_o(walking),
      .next_i(next),
      .addr_o(addr),
      .row_last_o(row_last),
      .plane_last_o(plane_last),
      .block_last_o(block_last)
  );

  reg                  window_q;
  reg        [    2:0] memory_q;
  reg        [    8:0] step_q;
  reg        [    7:0] fill_q;
  reg signed [POS-1:0] row_bytes_q;
  reg signed [POS-1:0] pos_q;    // first byte of the window
  reg signed [POS-1:0] first_q;  // of the first window of the row
  reg signed [POS-1:0] reach_q;  // end of the last window of the row

  wire signed [POS-1:0] start_byte = {{(POS - 16) {start_byte_i[15]}}, start_byte_i};
  wire signed [POS-1:0] next_first = first_q + WORD_BYTES;

  always @(posedge clk_i) begin
    if (load) begin
      window_q    <= window_i;
      memory_q    <= memory_i;
      step_q      <= step_i;
      fill_q      <= fill_i;
      row_bytes_q <= {{(POS - 16) {1'b0}}, row_bytes_i};
      pos_q       <= start_byte;
      first_q     <= start_byte;
      reach_q     <= start_byte + $signed({{(POS - 21) {1'b0}}, span_i}) + WORD_BYTES;
    end else if (next) begin
      if (!row_last) pos_q <= pos_q + $signed({{(POS - 9) {1'b0}}, step_q});
      else pos_q <= plane_last ? next_first : first_q;
      if (plane_last) begin
        first_q <= next_first;
        reach_q <= reach_q + WORD_BYTES;
      end
    end
  end

  // -- Stage 1: positions to beats of the row --------------------------------------

  function signed [POS-1:0] positive(input signed [POS-1:0] value);
    positive = value[POS-1] ? {POS{1'b0}} : value;
  endfunction

  function signed [POS-1:0] smaller(input signed [POS-1:0] a, input signed [POS-1:0] b);
    smaller = (a < b) ? a : b;
  endfunction

  // A number of lanes: `value` within 0 to V.
  function [LANE-1:0] lanes(input signed [POS-1:0] value);
    lanes = value[POS-1] ? {LANE{1'b0}} : (value > WORD_BYTES) ? LANES : value[LANE-1:0];
  endfunction

  wire signed [POS-1:0] row_from = positive(first_q);
  wire signed [POS-1:0] row_stop = smaller(reach_q, row_bytes_q);
  wire signed [POS-1:0] word_stop = pos_q + WORD_BYTES + ROUND_UP;

  reg                    valid_1q;
  reg                    window_1q;
  reg                    row_last_1q;
  reg                    last_1q;
  reg        [      2:0] memory_1q;
  reg        [     17:0] addr_1q;
  reg        [      7:0] fill_1q;
  reg signed [INDEX-1:0] begin_1q;  // beats of the row: the first and the end ...
  reg signed [INDEX-1:0] end_1q;
  reg signed [  POS-1:0] from_1q;   // ... and of the window
  reg signed [  POS-1:0] stop_1q;
  reg        [SHIFT-1:0] rotate_1q;
  reg        [ LANE-1:0] low_1q;    // lanes [low, high) are in the row
  reg        [ LANE-1:0] high_1q;
  wire                   ready_1;

  wire signed [POS-1:0] begin_beat = row_from >>> SHIFT;
  wire signed [POS-1:0] end_beat = (row_stop + ROUND_UP) >>> SHIFT;

  assign next = walking && ready_1;

  always @(posedge clk_i) begin
    if (rst_i) valid_1q <= 1'b0;
    else if (ready_1) valid_1q <= walking;
  end

  always @(posedge clk_i) begin
    if (next) begin
      window_1q   <= window_q;
      row_last_1q <= row_last;
      last_1q     <= block_last;
      memory_1q   <= memory_q;
      addr_1q     <= addr;
      fill_1q     <= fill_q;
      begin_1q    <= begin_beat[INDEX-1:0];
      end_1q      <= (row_stop > row_from) ? end_beat[INDEX-1:0] : begin_beat[INDEX-1:0];
      from_1q     <= pos_q >>> SHIFT;
      stop_1q     <= word_stop >>> SHIFT;
      rotate_1q   <= window_q ? pos_q[SHIFT-1:0] : {SHIFT{1'b0}};
      low_1q      <= window_q ? lanes(-pos_q) : {LANE{1'b0}};
      high_1q     <= window_q ? lanes(row_bytes_q - pos_q) : LANES;
    end
  end

  // -- Stage 2: beats of the row to numbers of beats --------------------------------

  reg              valid_2q;
  reg              last_2q;
  reg [       2:0] memory_2q;
  reg [      17:0] addr_2q;
  reg [       7:0] fill_2q;
  reg [  SLOT-1:0] from_2q;   // register of the first beat
  reg [ INDEX-1:0] floor_2q;  // beats below are not needed any more
  reg [ INDEX-1:0] need_2q;   // beats below must be there
  reg [ SHIFT-1:0] rotate_2q;
  reg [  LANE-1:0] low_2q;
  reg [  LANE-1:0] high_2q;
  reg [ INDEX-1:0] base_q;    // number of the first beat of the row, or of the word
  wire             ready_2;

  // Beats from the begin of the row, limited to those that the row has.
  wire signed [POS-1:0] begin_1 = {{(POS - INDEX) {1'b0}}, begin_1q};
  wire signed [POS-1:0] end_1 = {{(POS - INDEX) {1'b0}}, end_1q};
  wire signed [POS-1:0] from = smaller(from_1q, end_1) - begin_1;
  wire signed [POS-1:0] stop = smaller(stop_1q, end_1) - begin_1;
  wire signed [POS-1:0] from_in_row = positive(from);
  wire signed [POS-1:0] stop_in_row = positive(stop);
  wire signed [POS-1:0] from_any = from_1q - begin_1;

  wire [INDEX-1:0] row_beats = end_1q - begin_1q;
  wire [INDEX-1:0] base_word = base_q + WORD_BEATS;
  wire [INDEX-1:0] base_row = base_q + row_beats;
  wire [INDEX-1:0] floor = base_q + from_in_row[INDEX-1:0];

  assign ready_1 = !valid_1q || ready_2;

  always @(posedge clk_i) begin
    if (rst_i) begin
      valid_2q <= 1'b0;
      base_q   <= {INDEX{1'b0}};
    end else if (ready_2) begin
      valid_2q <= valid_1q;
      if (valid_1q) begin
        if (!window_1q) base_q <= base_word;
        else if (row_last_1q) base_q <= base_row;
      end
    end
  end

  always @(posedge clk_i) begin
    if (ready_2 && valid_1q) begin
      last_2q   <= last_1q;
      memory_2q <= memory_1q;
      addr_2q   <= addr_1q;
      fill_2q   <= fill_1q;
      rotate_2q <= rotate_1q;
      low_2q    <= low_1q;
      high_2q   <= high_1q;
      if (window_1q) begin
        from_2q  <= base_q[SLOT-1:0] + from_any[SLOT-1:0];
        floor_2q <= floor;
        need_2q  <= base_q + stop_in_row[INDEX-1:0];
      end else begin
        from_2q  <= base_q[SLOT-1:0];
        floor_2q <= base_q;
        need_2q  <= base_word;
      end
    end
  end

  // -- Beats ------------------------------------------------------------------------

  reg [BEATS*DATA-1:0] buffer_q;
  reg [     INDEX-1:0] count_q;    // beats that have come
  reg [     INDEX-1:0] passed_q;   // the floor while no word waits

  wire [INDEX-1:0] lowest = valid_2q ? floor_2q : passed_q;
  wire [INDEX-1:0] held = count_q - lowest;  // negative: beats that no word needs
  wire             take = beat_valid_i && beat_ready_o;

  assign beat_ready_o = held[INDEX-1] || held < BUFFER_BEATS;

  genvar slot;
  generate
    for (slot = 0; slot < BEATS; slot = slot + 1) begin : g_slot
      localparam [31:0] SLOT32 = slot;
      always @(posedge clk_i) begin
        if (take && count_q[SLOT-1:0] == SLOT32[SLOT-1:0])
          buffer_q[DATA*slot+:DATA] <= beat_data_i;
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    if (rst_i) count_q <= {INDEX{1'b0}};
    else if (take) count_q <= count_q + 1'b1;
  end

  wire [INDEX-1:0] missing = count_q - need_2q;
  wire             ready_3;
  wire             go = valid_2q && !missing[INDEX-1] && ready_3 && !stop_i;

  assign ready_2 = !valid_2q || go;

  always @(posedge clk_i) begin
    if (rst_i) passed_q <= {INDEX{1'b0}};
    else if (go) passed_q <= floor_2q;
  end

  // -- Stage 3: the beats that hold the word ----------------------------------------

  reg                        valid_3q;
  reg                        last_3q;
  reg [                 2:0] memory_3q;
  reg [                17:0] addr_3q;
  reg [                 7:0] fill_3q;
  reg [(RATIO+1)*DATA-1:0]   beats_3q;
  reg [           SHIFT-1:0] rotate_3q;
  reg [            LANE-1:0] low_3q;
  reg [            LANE-1:0] high_3q;
  wire                       ready_4;

  // The buffer, turned by from_2q beats.
  reg [BEATS*DATA-1:0] turned;
  integer              bit_number;

  always @* begin
    turned = buffer_q;
    for (bit_number = 0; bit_number < SLOT; bit_number = bit_number + 1)
      if (from_2q[bit_number])
        turned = (turned >> (DATA << bit_number)) |
                 (turned << (DATA * BEATS - (DATA << bit_number)));
  end

  assign ready_3 = !valid_3q || ready_4;

  always @(posedge clk_i) begin
    if (rst_i) valid_3q <= 1'b0;
    else if (ready_3) valid_3q <= go;
  end

  always @(posedge clk_i) begin
    if (go) begin
      last_3q   <= last_2q;
      memory_3q <= memory_2q;
      addr_3q   <= addr_2q;
      fill_3q   <= fill_2q;
      beats_3q  <= turned[(RATIO+1)*DATA-1:0];
      rotate_3q <= rotate_2q;
      low_3q    <= low_2q;
      high_3q   <= high_2q;
    end
  end

  // -- Stage 4: the word ------------------------------------------------------------

  reg             valid_4q;
  reg             last_4q;
  reg [      2:0] memory_4q;
  reg [     17:0] addr_4q;
  reg [  8*V-1:0] word_4q;

  wire [(RATIO+1)*DATA-1:0] shifted = beats_3q >> {rotate_3q, 3'd0};

  function [8*V-1:0] filled(input [8*V-1:0] bytes, input [LANE-1:0] low,
                            input [LANE-1:0] high, input [7:0] fill);
    integer lane;
    begin
      for (lane = 0; lane < V; lane = lane + 1)
        filled[8*lane+:8] = (lane[LANE-1:0] >= low && lane[LANE-1:0] < high) ?
                            bytes[8*lane+:8] : fill;
    end
  endfunction

  assign lw_valid_o = valid_4q;
  assign lw_memory_o = memory_4q;
  assign lw_addr_o = addr_4q;
  assign lw_data_o = word_4q;
  assign ready_4 = !valid_4q || lw_ready_i;
  assign done_o = lw_valid_o && lw_ready_i && last_4q;

  always @(posedge clk_i) begin
    if (rst_i) valid_4q <= 1'b0;
    else if (ready_4) valid_4q <= valid_3q;
  end

  always @(posedge clk_i) begin
    if (ready_4 && valid_3q) begin
      last_4q   <= last_3q;
      memory_4q <= memory_3q;
      addr_4q   <= addr_3q;
      word_4q   <= filled(shifted[8*V-1:0], low_3q, high_3q, fill_3q);
    end
  end

  wire unused = &{1'b0, turned[BEATS*DATA-1:(RATIO+1)*DATA], shifted[(RATIO+1)*DATA-1:8*V],
                  from_in_row[POS-1:INDEX], stop_in_row[POS-1:INDEX], from_any[POS-1:SLOT],
                  begin_beat[POS-1:INDEX], end_beat[POS-1:INDEX]};

endmodule

`default_nettype wire
