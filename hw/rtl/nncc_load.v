// A load engine: runs load and load_window.
//
// Parameters
//   V            bytes of a word
//   DATA         bits of a beat: 32 to 8*V, a power of two
//   MAX_BURST    most beats of a burst
//   OUTSTANDING  most bursts under way
//   STARTED      most instructions that have started and not finished
//
// Protocol: engine ports as in docs/hardware.md. Local ranges were checked before an
// instruction comes here (nncc_validate); a block outside its DRAM region is error 3,
// with the offset of its last byte, and nothing of it is read. Beats are read whole, so
// up to a beat less one byte beyond a row of load_window. Errors of the bus are 4 and 5,
// with the low bits of the beat's address. An error ends all work; so does stop_i, which
// is held until rst_i. From then on idle_o tells that no burst is under way.
//
// Latency: from the start of an instruction to its first address six cycles, from its
// last beat to finish_o four. Instructions overlap: the addresses of one follow those of
// the one before it at once.

`default_nettype none
`include "nncc_isa.vh"

module nncc_load #(
    parameter V = 8,
    parameter DATA = 64,
    parameter MAX_BURST = 16,
    parameter OUTSTANDING = 8,
    parameter STARTED = 8
) (
    input wire clk_i,
    input wire rst_i,

    input  wire [`ISA_BITS-1:0] inst_i,
    input  wire                 inst_valid_i,
    output wire                 inst_ready_o,
    input  wire [         31:0] number_i,
    output wire                 finish_o,
    output wire [          4:0] finish_post_o,
    input  wire                 finish_ready_i,
    output wire                 idle_o,
    output wire                 error_o,
    output wire [          3:0] error_code_o,
    output wire [         31:0] error_number_o,
    output wire [         31:0] error_address_o,
    input  wire                 stop_i,

    input wire [4*40-1:0] region_base_i,
    input wire [4*33-1:0] region_size_i,

    output wire           lw_valid_o,
    input  wire           lw_ready_i,
    output wire [    2:0] lw_memory_o,
    output wire [   17:0] lw_addr_o,
    output wire [8*V-1:0] lw_data_o,

    output wire [    39:0] m_axi_araddr_o,
    output wire [     7:0] m_axi_arlen_o,
    output wire            m_axi_arvalid_o,
    input  wire            m_axi_arready_i,
    input  wire [DATA-1:0] m_axi_rdata_i,
    input  wire [     1:0] m_axi_rresp_i,
    input  wire            m_axi_rlast_i,
    input  wire            m_axi_rvalid_i,
    output wire            m_axi_rready_o
);

  localparam [3:0] ERROR_DRAM = 4'd3;

  localparam RATIO = 8 * V / DATA;
  localparam SHIFT = $clog2(DATA / 8);
  localparam RSHIFT = $clog2(RATIO);
  localparam BEATS = 17 + RSHIFT;     // bits of a row's beats
  localparam INDEX = 40 - SHIFT;      // bits of a beat's number in memory
  localparam POS = 24;
  localparam COUNT = $clog2(STARTED + 1);
  localparam [31:0] STARTED32 = STARTED;
  localparam [COUNT-1:0] LIMIT = STARTED32[COUNT-1:0];
  localparam [31:0] V32 = V;
  localparam [31:0] ROUND32 = DATA / 8 - 1;
  localparam signed [POS-1:0] WORD_BYTES = V32[POS-1:0];
  localparam signed [POS-1:0] ROUND_UP = ROUND32[POS-1:0];

  generate
    if (RATIO < 1 || RATIO > 8 || RATIO * DATA != 8 * V || DATA != (8 << SHIFT)) begin : g_check
      PARAM_ERROR_data_must_be_a_power_of_two_and_divide_8_v u_error ();
    end
  endgenerate

  // -- Start: the instruction and its check ------------------------------------------

  reg                 full_q;
  reg                 halted_q;
  reg [`ISA_BITS-1:0] inst_q;
  reg [         31:0] number_q;
  reg [    COUNT-1:0] started_q;  // and not finished

  wire stopped = stop_i || halted_q;
  wire start = inst_valid_i && inst_ready_o;
  wire finish = finish_o && finish_ready_i;
  wire launch;

  assign inst_ready_o = !full_q && !stopped && started_q != LIMIT;

  always @(posedge clk_i) begin
    if (rst_i) begin
      full_q    <= 1'b0;
      started_q <= {COUNT{1'b0}};
    end else begin
      if (start) full_q <= 1'b1;
      else if (launch) full_q <= 1'b0;
      if (start != finish) started_q <= start ? started_q + 1'b1 : started_q - 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (start) begin
      inst_q   <= inst_i;
      number_q <= number_i;
    end
  end

  wire        window = inst_q[`ISA_HEADER_OPCODE] == `ISA_OP_LOAD_WINDOW;
  wire [ 2:0] region = window ? inst_q[`ISA_LOAD_WINDOW_REGION] : inst_q[`ISA_LOAD_REGION];
  wire [ 2:0] memory = window ? `ISA_MEMORY_FEATURE : inst_q[`ISA_LOAD_MEMORY];
  wire [31:0] offset = inst_q[`ISA_LOAD_DRAM_OFFSET];
  wire [17:0] local_base = window ? {2'd0, inst_q[`ISA_LOAD_WINDOW_LOCAL_BASE]} :
                                    inst_q[`ISA_LOAD_LOCAL_BASE];
  wire [15:0] count_x = window ? {4'd0, inst_q[`ISA_LOAD_WINDOW_COUNT_X]} :
                                 inst_q[`ISA_LOAD_COUNT_X];
  wire [11:0] count_y = window ? inst_q[`ISA_LOAD_WINDOW_COUNT_Y] : inst_q[`ISA_LOAD_COUNT_Y];
  wire [11:0] count_z = window ? {6'd0, inst_q[`ISA_LOAD_WINDOW_GROUPS]} :
                                 inst_q[`ISA_LOAD_COUNT_Z];
  wire [23:0] dram_pitch_y = window ? inst_q[`ISA_LOAD_WINDOW_DRAM_PITCH_Y] :
                                      inst_q[`ISA_LOAD_DRAM_PITCH_Y];
  // The groups of a load_window read the same rows.
  wire [27:0] dram_pitch_z = window ? 28'd0 : inst_q[`ISA_LOAD_DRAM_PITCH_Z];
  wire [15:0] local_pitch_y = window ? inst_q[`ISA_LOAD_WINDOW_LOCAL_PITCH_Y] :
                                       inst_q[`ISA_LOAD_LOCAL_PITCH_Y];
  wire [17:0] local_pitch_z = window ? {2'd0, inst_q[`ISA_LOAD_WINDOW_LOCAL_PITCH_Z]} :
                                       inst_q[`ISA_LOAD_LOCAL_PITCH_Z];
  wire [ 8:0] step = inst_q[`ISA_LOAD_WINDOW_STEP];
  wire [15:0] start_byte = inst_q[`ISA_LOAD_WINDOW_START];
  wire [15:0] row_bytes = inst_q[`ISA_LOAD_WINDOW_ROW_BYTES];
  wire [ 7:0] fill = inst_q[`ISA_LOAD_WINDOW_FILL];

  wire        checked;
  wire        fits;
  wire [39:0] address;
  wire [20:0] span;
  wire [31:0] last_byte;

  nncc_dram_check #(
      .V(V),
      .DATA(DATA)
  ) u_check (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .region_base_i(region_base_i),
      .region_size_i(region_size_i),
      .start_i(start),
      .window_i(window),
      .region_i(region[1:0]),
      .offset_i(offset),
      .count_x_i(count_x),
      .count_y_i(count_y),
      .count_z_i(count_z),
      .pitch_y_i(dram_pitch_y),
      .pitch_z_i(dram_pitch_z),
      .step_i(step),
      .start_byte_i(start_byte),
      .row_bytes_i(row_bytes),
      .valid_o(checked),
      .take_i(launch),
      .ok_o(fits),
      .address_o(address),
      .span_o(span),
      .last_o(last_byte)
  );

  // -- Addresses: the rows of the block -------------------------------------------

  wire             rows_valid;
  wire             rows_next;
  wire [INDEX-1:0] row;
  wire             row_only;
  wire             plane_last;
  wire             rows_last;
  wire             block_ready;

  assign launch = checked && fits && !stopped && block_ready &&
                  (!rows_valid || (rows_next && rows_last));

  nncc_block_address #(
      .ADDR(INDEX),
      .COUNT_X(1)
  ) u_rows (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .start_i(launch),
      .base_i(address[39:SHIFT]),
      .count_x_i(1'b1),
      .count_y_i(count_y),
      .count_z_i(count_z),
      .pitch_y_i({{(INDEX - 24) {1'b0}}, dram_pitch_y} << RSHIFT),
      .pitch_z_i({{(INDEX - 28) {1'b0}}, dram_pitch_z} << RSHIFT),
      .valid_o(rows_valid),
      .next_i(rows_next),
      .addr_o(row),
      .row_last_o(row_only),
      .plane_last_o(plane_last),
      .block_last_o(rows_last)
  );

  // Beats of each row: all of its words, or those that the windows of a group reach,
  // which take a cycle to compute for a group.
  reg                  rows_window_q;
  reg                  known_q;
  reg        [   31:0] rows_number_q;
  reg        [BEATS-1:0] first_beat_q;
  reg        [BEATS-1:0] row_beats_q;
  reg signed [POS-1:0] first_q;
  reg signed [POS-1:0] reach_q;
  reg signed [POS-1:0] row_bytes_q;

  wire signed [POS-1:0] start_wide = {{(POS - 16) {start_byte[15]}}, start_byte};
  wire signed [POS-1:0] first_in = first_q[POS-1] ? {POS{1'b0}} : first_q;
  wire signed [POS-1:0] reach_in = (reach_q < row_bytes_q) ? reach_q : row_bytes_q;
  wire        [POS-1:0] first_beat = first_in >>> SHIFT;
  wire        [POS-1:0] end_beat = (reach_in + ROUND_UP) >>> SHIFT;
  wire        [POS-1:0] row_beats = (reach_in > first_in) ? end_beat - first_beat : {POS{1'b0}};

  always @(posedge clk_i) begin
    if (rst_i) known_q <= 1'b0;
    else if (launch) known_q <= !window;
    else if (rows_next && plane_last) known_q <= !rows_window_q;
    else known_q <= 1'b1;
  end

  always @(posedge clk_i) begin
    if (launch) begin
      rows_window_q <= window;
      rows_number_q <= number_q;
      first_beat_q  <= {BEATS{1'b0}};
      row_beats_q   <= {{(BEATS - 16) {1'b0}}, count_x} << RSHIFT;
      first_q       <= start_wide;
      reach_q       <= start_wide + $signed({{(POS - 21) {1'b0}}, span}) + WORD_BYTES;
      row_bytes_q   <= {{(POS - 16) {1'b0}}, row_bytes};
    end else if (rows_window_q) begin
      if (rows_next && plane_last) begin
        first_q <= first_q + WORD_BYTES;
        reach_q <= reach_q + WORD_BYTES;
      end
      if (!known_q) begin
        first_beat_q <= first_beat[BEATS-1:0];
        row_beats_q  <= row_beats[BEATS-1:0];
      end
    end
  end

  wire             seg_valid = rows_valid && known_q;
  wire             seg_ready;
  wire [INDEX-1:0] seg_index = row + {{(INDEX - BEATS) {1'b0}}, first_beat_q};

  assign rows_next = seg_valid && seg_ready;

  wire            quiet;
  wire            beat_valid;
  wire            beat_ready;
  wire [DATA-1:0] beat_data;
  wire            bus_error;
  wire [     3:0] bus_code;
  wire [    31:0] bus_address;
  wire [    31:0] bus_number;

  nncc_axi_read #(
      .ADDR(40),
      .DATA(DATA),
      .MAX_BURST(MAX_BURST),
      .OUTSTANDING(OUTSTANDING),
      .BEATS(BEATS),
      .TAG(32)
  ) u_read (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .stop_i(stopped),
      .seg_valid_i(seg_valid),
      .seg_ready_o(seg_ready),
      .seg_addr_i({seg_index, {SHIFT{1'b0}}}),
      .seg_beats_i(row_beats_q),
      .seg_tag_i(rows_number_q),
      .seg_last_i(rows_last),
      .beat_valid_o(beat_valid),
      .beat_ready_i(beat_ready),
      .beat_data_o(beat_data),
      .quiet_o(quiet),
      .error_o(bus_error),
      .error_code_o(bus_code),
      .error_address_o(bus_address),
      .error_tag_o(bus_number),
      .m_axi_araddr_o(m_axi_araddr_o),
      .m_axi_arlen_o(m_axi_arlen_o),
      .m_axi_arvalid_o(m_axi_arvalid_o),
      .m_axi_arready_i(m_axi_arready_i),
      .m_axi_rdata_i(m_axi_rdata_i),
      .m_axi_rresp_i(m_axi_rresp_i),
      .m_axi_rlast_i(m_axi_rlast_i),
      .m_axi_rvalid_i(m_axi_rvalid_i),
      .m_axi_rready_o(m_axi_rready_o)
  );

  // -- Data ---------------------------------------------------------------------------

  localparam BLOCK = 1 + 3 + 18 + 16 + 12 + 12 + 16 + 18 + 9 + 16 + 21 + 16 + 8;

  wire [BLOCK-1:0] block;
  wire             block_valid;
  wire             block_take;
  wire [COUNT-1:0] block_count;
  wire             done;

  nncc_fifo #(
      .WIDTH(BLOCK),
      .DEPTH(STARTED)
  ) u_blocks (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(launch),
      .ready_o(block_ready),
      .data_i({window, memory, local_base, count_x, count_y, count_z, local_pitch_y,
               local_pitch_z, step, start_byte, span, row_bytes, fill}),
      .valid_o(block_valid),
      .ready_i(block_take),
      .data_o(block),
      .count_o(block_count)
  );

  nncc_window #(
      .V(V),
      .DATA(DATA)
  ) u_window (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .stop_i(stopped),
      .block_valid_i(block_valid),
      .block_ready_o(block_take),
      .window_i(block[165]),
      .memory_i(block[164:162]),
      .base_i(block[161:144]),
      .count_x_i(block[143:128]),
      .count_y_i(block[127:116]),
      .count_z_i(block[115:104]),
      .pitch_y_i(block[103:88]),
      .pitch_z_i(block[87:70]),
      .step_i(block[69:61]),
      .start_byte_i(block[60:45]),
      .span_i(block[44:24]),
      .row_bytes_i(block[23:8]),
      .fill_i(block[7:0]),
      .beat_valid_i(beat_valid),
      .beat_ready_o(beat_ready),
      .beat_data_i(beat_data),
      .lw_valid_o(lw_valid_o),
      .lw_ready_i(lw_ready_i),
      .lw_memory_o(lw_memory_o),
      .lw_addr_o(lw_addr_o),
      .lw_data_o(lw_data_o),
      .done_o(done)
  );

  // -- Finish, errors -------------------------------------------------------------------

  wire             post_room;
  wire             post_valid;
  wire [COUNT-1:0] post_count;
  reg  [COUNT-1:0] done_q;  // instructions that are done and have not posted

  nncc_fifo #(
      .WIDTH(5),
      .DEPTH(STARTED)
  ) u_posts (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(launch),
      .ready_o(post_room),
      .data_i(inst_q[`ISA_HEADER_POST]),
      .valid_o(post_valid),
      .ready_i(finish),
      .data_o(finish_post_o),
      .count_o(post_count)
  );

  wire dram_error = checked && !fits && !stopped;

  assign finish_o = done_q != {COUNT{1'b0}};
  assign idle_o = stopped ? quiet : started_q == {COUNT{1'b0}};
  assign error_o = (bus_error && !halted_q) || dram_error;
  assign error_code_o = bus_error ? bus_code : ERROR_DRAM;
  assign error_number_o = bus_error ? bus_number : number_q;
  assign error_address_o = bus_error ? bus_address : last_byte;

  always @(posedge clk_i) begin
    if (rst_i) begin
      done_q   <= {COUNT{1'b0}};
      halted_q <= 1'b0;
    end else begin
      if (done != finish) done_q <= done ? done_q + 1'b1 : done_q - 1'b1;
      if (error_o) halted_q <= 1'b1;
    end
  end

  wire unused = &{1'b0, inst_q, region[2], address, row_only, block_count, post_room, post_valid,
                  post_count, first_beat[POS-1:BEATS], row_beats[POS-1:BEATS]};

endmodule

`default_nettype wire
