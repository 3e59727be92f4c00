// Reads the program, 64 bytes an instruction, in order and ahead of its use.
//
// Parameters
//   DATA         bits of a beat, 32 to 512, a power of two
//   MAX_BURST    most beats of a burst
//   OUTSTANDING  most bursts under way
//   AHEAD        instructions read ahead of their use, 2 or more
//
// Protocol: start_i begins a program of program_count_i instructions at program_base_i,
// which is aligned to 64 bytes; both stand until done_o. Instructions come out on inst_*,
// valid/ready, with their numbers from 0 on. done_o: all have been handed over. Only what
// there is room for is asked for, so beats never wait on the bus. A base that is not
// aligned is error 3, in the cycle after start_i; errors of the bus are 4 and 5, with the
// number of the instruction and the low bits of the beat's address. An instruction with
// an error, and those behind it, do not come out. An error ends all work, and so does
// stop_i, which is held until rst_i; idle_o then tells that no burst is under way.
//
// Latency: three cycles from start_i to the first address, one from the last beat of an
// instruction to inst_valid_o.

`default_nettype none
`include "nncc_isa.vh"

module nncc_fetch #(
    parameter DATA = 64,
    parameter MAX_BURST = 16,
    parameter OUTSTANDING = 8,
    parameter AHEAD = 16
) (
    input wire clk_i,
    input wire rst_i,

    input  wire        start_i,
    input  wire [39:0] program_base_i,
    input  wire [31:0] program_count_i,
    input  wire        stop_i,
    output wire        done_o,
    output wire        idle_o,

    output wire [`ISA_BITS-1:0] inst_o,
    output wire                 inst_valid_o,
    input  wire                 inst_ready_i,
    output wire [         31:0] number_o,

    output wire        error_o,
    output wire [ 3:0] error_code_o,
    output wire [31:0] error_number_o,
    output wire [31:0] error_address_o,

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

  localparam RATIO = `ISA_BITS / DATA;  // beats of an instruction
  localparam BYTES = $clog2(`ISA_BITS / 8);
  localparam BEATS = 10;
  localparam COUNT = $clog2(AHEAD + 1);
  localparam [31:0] AHEAD32 = AHEAD;
  localparam [COUNT-1:0] LIMIT = AHEAD32[COUNT-1:0];
  localparam [31:0] RATIO32 = RATIO;
  localparam [BEATS-1:0] INST_BEATS = RATIO32[BEATS-1:0];
  localparam INDEX = 40 - BYTES;

  // -- Requests ---------------------------------------------------------------------

  reg             running_q;
  reg             failed_q;
  reg             misaligned_q;  // in the cycle after start_i, when the job runs
  reg [     31:0] left_q;    // instructions to ask for
  reg [INDEX-1:0] index_q;   // address of the next one
  reg [COUNT-1:0] ahead_q;   // asked for and not handed over
  reg [     31:0] number_q;  // of the next one that comes out

  wire misaligned = start_i && program_base_i[BYTES-1:0] != {BYTES{1'b0}};
  wire bus_error;
  wire stopped = stop_i || failed_q;
  wire seg_ready;
  wire seg_valid = left_q != 32'd0 && ahead_q != LIMIT && !stopped;
  wire ask = seg_valid && seg_ready;
  wire out = inst_valid_o && inst_ready_i;
  // Another request follows in the next cycle, and may share the burst.
  wire more = left_q != 32'd1 && ahead_q < LIMIT - 1'b1;

  always @(posedge clk_i) begin
    if (rst_i) begin
      running_q    <= 1'b0;
      failed_q     <= 1'b0;
      misaligned_q <= 1'b0;
      left_q       <= 32'd0;
      ahead_q      <= {COUNT{1'b0}};
    end else begin
      misaligned_q <= misaligned;
      if (start_i) running_q <= 1'b1;
      if (misaligned || bus_error) failed_q <= 1'b1;
      if (start_i) left_q <= misaligned ? 32'd0 : program_count_i;
      else if (ask) left_q <= left_q - 32'd1;
      if (ask != out) ahead_q <= ask ? ahead_q + 1'b1 : ahead_q - 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (start_i) index_q <= program_base_i[39:BYTES];
    else if (ask) index_q <= index_q + 1'b1;
    if (start_i) number_q <= 32'd0;
    else if (out) number_q <= number_q + 32'd1;
  end

  assign done_o = running_q && !failed_q && number_q == program_count_i;

  // -- Bus --------------------------------------------------------------------------

  wire            quiet;
  wire            beat_valid;
  wire [DATA-1:0] beat_data;
  wire [    31:0] bus_address;
  wire [     3:0] bus_code;
  wire            tag;

  nncc_axi_read #(
      .ADDR(40),
      .DATA(DATA),
      .MAX_BURST(MAX_BURST),
      .OUTSTANDING(OUTSTANDING),
      .BEATS(BEATS),
      .TAG(1)
  ) u_read (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .stop_i(stopped),
      .seg_valid_i(seg_valid),
      .seg_ready_o(seg_ready),
      .seg_addr_i({index_q, {BYTES{1'b0}}}),
      .seg_beats_i(INST_BEATS),
      .seg_tag_i(1'b0),
      .seg_last_i(!more),
      .beat_valid_o(beat_valid),
      .beat_ready_i(1'b1),
      .beat_data_o(beat_data),
      .quiet_o(quiet),
      .error_o(bus_error),
      .error_code_o(bus_code),
      .error_address_o(bus_address),
      .error_tag_o(tag),
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

  // -- Beats to instructions -----------------------------------------------------------

  wire [`ISA_BITS-1:0] whole;  // with the beat that is coming
  wire                 whole_valid;

  generate
    if (RATIO == 1) begin : g_whole
      assign whole = beat_data;
      assign whole_valid = beat_valid;
    end else begin : g_parts
      localparam PART = $clog2(RATIO);
      reg [          PART-1:0] part_q;
      reg [`ISA_BITS-DATA-1:0] parts_q;
      assign whole = {beat_data, parts_q};
      assign whole_valid = beat_valid && part_q == {PART{1'b1}};
      always @(posedge clk_i) begin
        if (rst_i) part_q <= {PART{1'b0}};
        else if (beat_valid) part_q <= part_q + 1'b1;
      end
      always @(posedge clk_i) begin
        if (beat_valid) parts_q <= whole[`ISA_BITS-1:DATA];
      end
    end
  endgenerate

  wire             room;
  wire [COUNT-1:0] held;
  wire             held_valid;

  nncc_fifo #(
      .WIDTH(`ISA_BITS),
      .DEPTH(AHEAD)
  ) u_queue (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(whole_valid),
      .ready_o(room),
      .data_i(whole),
      .valid_o(held_valid),
      .ready_i(inst_ready_i),
      .data_o(inst_o),
      .count_o(held)
  );

  assign inst_valid_o = held_valid;
  assign number_o = number_q;

  // -- Errors ------------------------------------------------------------------------

  wire [31:0] distance = bus_address - program_base_i[31:0];

  assign idle_o = quiet;
  assign error_o = bus_error || misaligned_q;
  assign error_code_o = bus_error ? bus_code : ERROR_DRAM;
  assign error_number_o = bus_error ? {{BYTES{1'b0}}, distance[31:BYTES]} : 32'd0;
  assign error_address_o = bus_error ? bus_address : program_base_i[31:0];

  wire unused = &{1'b0, tag, room, held, distance[BYTES-1:0]};

endmodule

`default_nettype wire
