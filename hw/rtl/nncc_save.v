// The save engine: copies blocks from the feature memory to DRAM.
//
// Parameters
//   V            bytes of a word
//   DATA         bits of a beat: 32 to 8*V, a power of two
//   MAX_BURST    most beats of a burst
//   OUTSTANDING  most bursts under way
//   STARTED      most instructions that have started and not finished
//
// Protocol: engine ports as in docs/hardware.md; a port of the feature memory, whose data
// comes two cycles after the grant. Local ranges were checked before an instruction comes
// here (nncc_validate); a block outside its DRAM region is error 3, with the offset of
// its last byte, and nothing of it is written. Errors of the bus are 6 and 7, with the
// low bits of the address at which the burst begins. An error ends all work; so does
// stop_i, which is held until rst_i: bursts under way are completed without strobes, and
// idle_o then tells that none is left. An instruction finishes when the memory has
// answered all of its writes.
//
// Latency: from the start of an instruction to its first read four cycles, to its first
// address six. One word or beat a cycle. An instruction starts while earlier ones wait
// for their answers.

`default_nettype none
`include "nncc_isa.vh"

module nncc_save #(
    parameter V = 8,
    parameter DATA = 64,
    parameter MAX_BURST = 16,
    parameter OUTSTANDING = 8,
    parameter STARTED = 4
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

    output wire           fm_req_o,
    output wire [   15:0] fm_addr_o,
    input  wire           fm_gnt_i,
    input  wire           fm_valid_i,
    input  wire [8*V-1:0] fm_data_i,

    output wire [      39:0] m_axi_awaddr_o,
    output wire [       7:0] m_axi_awlen_o,
    output wire              m_axi_awvalid_o,
    input  wire              m_axi_awready_i,
    output wire [  DATA-1:0] m_axi_wdata_o,
    output wire [DATA/8-1:0] m_axi_wstrb_o,
    output wire              m_axi_wlast_o,
    output wire              m_axi_wvalid_o,
    input  wire              m_axi_wready_i,
    input  wire [       1:0] m_axi_bresp_i,
    input  wire              m_axi_bvalid_i,
    output wire              m_axi_bready_o
);

  localparam [3:0] ERROR_DRAM = 4'd3;

  localparam RATIO = 8 * V / DATA;
  localparam SHIFT = $clog2(DATA / 8);
  localparam RSHIFT = $clog2(RATIO);
  localparam BEATS = 17 + RSHIFT;
  localparam INDEX = 40 - SHIFT;
  localparam COUNT = $clog2(STARTED + 1);
  localparam [31:0] STARTED32 = STARTED;
  localparam [COUNT-1:0] LIMIT = STARTED32[COUNT-1:0];

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

  wire [15:0] count_x = inst_q[`ISA_SAVE_COUNT_X];
  wire [11:0] count_y = inst_q[`ISA_SAVE_COUNT_Y];
  wire [11:0] count_z = inst_q[`ISA_SAVE_COUNT_Z];
  wire [23:0] dram_pitch_y = inst_q[`ISA_SAVE_DRAM_PITCH_Y];
  wire [27:0] dram_pitch_z = inst_q[`ISA_SAVE_DRAM_PITCH_Z];
  wire [17:0] local_pitch_z = inst_q[`ISA_SAVE_LOCAL_PITCH_Z];
  wire [ 2:0] region = inst_q[`ISA_SAVE_REGION];

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
      .window_i(1'b0),
      .region_i(region[1:0]),
      .offset_i(inst_q[`ISA_SAVE_DRAM_OFFSET]),
      .count_x_i(count_x),
      .count_y_i(count_y),
      .count_z_i(count_z),
      .pitch_y_i(dram_pitch_y),
      .pitch_z_i(dram_pitch_z),
      .step_i(9'd0),
      .start_byte_i(16'sd0),
      .row_bytes_i(16'd0),
      .valid_o(checked),
      .take_i(launch),
      .ok_o(fits),
      .address_o(address),
      .span_o(span),
      .last_o(last_byte)
  );

  // -- Words: feature memory to a queue ------------------------------------------------

  localparam QUEUE = 8;  // words; more than are read behind a full queue
  localparam [3:0] QUEUE_WORDS = 4'd8;

  wire           words_valid;
  wire           words_next;
  wire           words_last;
  wire           words_row_last;
  wire           words_plane_last;
  wire           word_valid;
  wire           word_take;
  wire [8*V-1:0] word;
  wire           word_room;
  wire [    3:0] word_count;
  reg  [    3:0] owed_q;  // words that are asked for and have not left the queue

  nncc_block_address #(
      .ADDR(16),
      .COUNT_X(16)
  ) u_words (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .start_i(launch),
      .base_i(inst_q[`ISA_SAVE_LOCAL_BASE]),
      .count_x_i(count_x),
      .count_y_i(count_y),
      .count_z_i(count_z),
      .pitch_y_i(inst_q[`ISA_SAVE_LOCAL_PITCH_Y]),
      .pitch_z_i(local_pitch_z[15:0]),
      .valid_o(words_valid),
      .next_i(words_next),
      .addr_o(fm_addr_o),
      .row_last_o(words_row_last),
      .plane_last_o(words_plane_last),
      .block_last_o(words_last)
  );

  // Held until granted: what has left the queue only makes room.
  assign fm_req_o = words_valid && owed_q != QUEUE_WORDS && !stopped;
  assign words_next = fm_req_o && fm_gnt_i;

  wire word_left = word_valid && word_take;

  always @(posedge clk_i) begin
    if (rst_i) owed_q <= 4'd0;
    else if (words_next != word_left) owed_q <= words_next ? owed_q + 4'd1 : owed_q - 4'd1;
  end

  nncc_fifo #(
      .WIDTH(8 * V),
      .DEPTH(QUEUE)
  ) u_queue (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(fm_valid_i),
      .ready_o(word_room),
      .data_i(fm_data_i),
      .valid_o(word_valid),
      .ready_i(word_take),
      .data_o(word),
      .count_o(word_count)
  );

  // -- Words to beats --------------------------------------------------------------------

  wire            beat_ready;
  wire [DATA-1:0] beat_data;

  generate
    if (RATIO == 1) begin : g_word
      assign beat_data = word;
      assign word_take = beat_ready;
    end else begin : g_beats
      reg [RSHIFT-1:0] beat_q;
      assign beat_data = word[DATA*beat_q+:DATA];
      assign word_take = beat_ready && beat_q == {RSHIFT{1'b1}};
      always @(posedge clk_i) begin
        if (rst_i) beat_q <= {RSHIFT{1'b0}};
        else if (word_valid && beat_ready) beat_q <= beat_q + 1'b1;
      end
    end
  endgenerate

  // -- Addresses: the rows of the block ----------------------------------------------

  wire             rows_valid;
  wire             rows_ready;
  wire             rows_last;
  wire             rows_row_last;
  wire             rows_plane_last;
  wire [INDEX-1:0] row;
  reg  [BEATS-1:0] row_beats_q;
  reg  [     31:0] rows_number_q;

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
      .next_i(rows_valid && rows_ready),
      .addr_o(row),
      .row_last_o(rows_row_last),
      .plane_last_o(rows_plane_last),
      .block_last_o(rows_last)
  );

  wire post_room;

  assign launch = checked && fits && !stopped && post_room &&
                  (!words_valid || (words_next && words_last)) &&
                  (!rows_valid || (rows_ready && rows_last));

  always @(posedge clk_i) begin
    if (launch) begin
      row_beats_q   <= {{(BEATS - 16) {1'b0}}, count_x} << RSHIFT;
      rows_number_q <= number_q;
    end
  end

  wire        done;
  wire        quiet;
  wire        bus_error;
  wire [ 3:0] bus_code;
  wire [31:0] bus_address;
  wire [31:0] bus_number;

  nncc_axi_write #(
      .ADDR(40),
      .DATA(DATA),
      .MAX_BURST(MAX_BURST),
      .OUTSTANDING(OUTSTANDING),
      .BEATS(BEATS),
      .TAG(32)
  ) u_write (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .stop_i(stopped),
      .seg_valid_i(rows_valid),
      .seg_ready_o(rows_ready),
      .seg_addr_i({row, {SHIFT{1'b0}}}),
      .seg_beats_i(row_beats_q),
      .seg_tag_i(rows_number_q),
      .seg_last_i(rows_last),
      .beat_valid_i(word_valid),
      .beat_ready_o(beat_ready),
      .beat_data_i(beat_data),
      .done_o(done),
      .quiet_o(quiet),
      .error_o(bus_error),
      .error_code_o(bus_code),
      .error_address_o(bus_address),
      .error_tag_o(bus_number),
      .m_axi_awaddr_o(m_axi_awaddr_o),
      .m_axi_awlen_o(m_axi_awlen_o),
      .m_axi_awvalid_o(m_axi_awvalid_o),
      .m_axi_awready_i(m_axi_awready_i),
      .m_axi_wdata_o(m_axi_wdata_o),
      .m_axi_wstrb_o(m_axi_wstrb_o),
      .m_axi_wlast_o(m_axi_wlast_o),
      .m_axi_wvalid_o(m_axi_wvalid_o),
      .m_axi_wready_i(m_axi_wready_i),
      .m_axi_bresp_i(m_axi_bresp_i),
      .m_axi_bvalid_i(m_axi_bvalid_i),
      .m_axi_bready_o(m_axi_bready_o)
  );

  // -- Finish, errors -------------------------------------------------------------------

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

  wire unused = &{1'b0, inst_q, region[2], address, span, local_pitch_z, words_row_last,
                  words_plane_last, word_room, word_count, rows_row_last, rows_plane_last,
                  post_valid, post_count};

endmodule

`default_nettype wire
