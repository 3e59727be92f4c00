// AXI4 read master: segments of memory in, their beats out, in order.
//
// Parameters
//   ADDR         bits of a byte address
//   DATA         bits of a beat
//   MAX_BURST    most beats of a burst: 16 suits AXI3 ports as well
//   OUTSTANDING  most bursts under way
//   BEATS, TAG   see nncc_axi_split; TAG bits come back with an error
//
// Protocol: segments as in nncc_axi_split. Bursts are INCR, of whole beats, with one ID;
// none crosses a boundary of 4096 bytes. Beats wait on the bus until they are taken, so
// the user must be sure to take them whatever else happens.
//
// The first beat that is answered with an error is reported with a pulse: code 4
// (SLVERR) or 5 (DECERR), its address and its tag. From then on, and with stop_i (held
// until rst_i), no burst begins and beats are taken off the bus and dropped; quiet_o
// tells that none is under way.
//
// Latency: from a segment to its address two cycles; beats pass through.

`default_nettype none

module nncc_axi_read #(
    parameter ADDR = 40,
    parameter DATA = 64,
    parameter MAX_BURST = 16,
    parameter OUTSTANDING = 8,
    parameter BEATS = 20,
    parameter TAG = 32
) (
    input wire clk_i,
    input wire rst_i,
    input wire stop_i,

    input  wire             seg_valid_i,
    output wire             seg_ready_o,
    input  wire [ ADDR-1:0] seg_addr_i,
    input  wire [BEATS-1:0] seg_beats_i,
    input  wire [  TAG-1:0] seg_tag_i,
    input  wire             seg_last_i,

    output wire            beat_valid_o,
    input  wire            beat_ready_i,
    output wire [DATA-1:0] beat_data_o,

    output wire           quiet_o,
    output wire           error_o,
    output wire [    3:0] error_code_o,
    output wire [   31:0] error_address_o,
    output wire [TAG-1:0] error_tag_o,

    output wire [ADDR-1:0] m_axi_araddr_o,
    output wire [     7:0] m_axi_arlen_o,
    output wire            m_axi_arvalid_o,
    input  wire            m_axi_arready_i,
    input  wire [DATA-1:0] m_axi_rdata_i,
    input  wire [     1:0] m_axi_rresp_i,
    input  wire            m_axi_rlast_i,
    input  wire            m_axi_rvalid_i,
    output wire            m_axi_rready_o
);

  localparam [3:0] ERROR_READ_SLVERR = 4'd4;
  localparam [3:0] ERROR_READ_DECERR = 4'd5;

  localparam SHIFT = $clog2(DATA / 8);
  localparam COUNT = $clog2(OUTSTANDING + 1);
  localparam [31:0] LIMIT32 = OUTSTANDING;
  localparam [COUNT-1:0] LIMIT = LIMIT32[COUNT-1:0];
  localparam KEPT = 32 - SHIFT;  // bits of a beat's number that an error reports

  reg  failed_q;
  wire stopped = stop_i || failed_q;

  // -- Addresses ------------------------------------------------------------------

  wire            burst_valid;
  wire            burst_ready;
  wire [ADDR-1:0] burst_addr;
  wire [     7:0] burst_len;
  wire [ TAG-1:0] burst_tag;
  wire            burst_last;
  wire            start = burst_valid && burst_ready;

  nncc_axi_split #(
      .ADDR(ADDR),
      .DATA(DATA),
      .MAX_BURST(MAX_BURST),
      .BEATS(BEATS),
      .TAG(TAG)
  ) u_split (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .stop_i(stopped),
      .seg_valid_i(seg_valid_i),
      .seg_ready_o(seg_ready_o),
      .seg_addr_i(seg_addr_i),
      .seg_beats_i(seg_beats_i),
      .seg_tag_i(seg_tag_i),
      .seg_last_i(seg_last_i),
      .burst_valid_o(burst_valid),
      .burst_ready_i(burst_ready),
      .burst_addr_o(burst_addr),
      .burst_len_o(burst_len),
      .burst_tag_o(burst_tag),
      .burst_last_o(burst_last)
  );

  reg             arvalid_q;
  reg [ ADDR-1:0] araddr_q;
  reg [      7:0] arlen_q;
  reg [COUNT-1:0] outstanding_q;

  wire finish = m_axi_rvalid_i && m_axi_rready_o && m_axi_rlast_i;

  assign burst_ready = (!arvalid_q || m_axi_arready_i) && outstanding_q != LIMIT;
  assign m_axi_arvalid_o = arvalid_q;
  assign m_axi_araddr_o = araddr_q;
  assign m_axi_arlen_o = arlen_q;
  assign quiet_o = outstanding_q == {COUNT{1'b0}};

  always @(posedge clk_i) begin
    if (rst_i) begin
      arvalid_q     <= 1'b0;
      outstanding_q <= {COUNT{1'b0}};
    end else begin
      if (start) arvalid_q <= 1'b1;
      else if (m_axi_arready_i) arvalid_q <= 1'b0;
      if (start != finish)
        outstanding_q <= start ? outstanding_q + 1'b1 : outstanding_q - 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (start) begin
      araddr_q <= burst_addr;
      arlen_q  <= burst_len;
    end
  end

  // -- Data -----------------------------------------------------------------------

  assign m_axi_rready_o = stopped || beat_ready_i;
  assign beat_valid_o = m_axi_rvalid_i && !stopped && !m_axi_rresp_i[1];
  assign beat_data_o = m_axi_rdata_i;

  // For errors: where the bursts under way begin, and the beat within the oldest.
  wire [KEPT-1:0] from;
  wire [ TAG-1:0] tag;
  wire            info_ready;
  wire            info_valid;
  wire [COUNT-1:0] info_count;
  reg  [     7:0] beat_q;

  nncc_fifo #(
      .WIDTH(KEPT + TAG),
      .DEPTH(OUTSTANDING)
  ) u_info (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(start),
      .ready_o(info_ready),
      .data_i({burst_tag, burst_addr[31:SHIFT]}),
      .valid_o(info_valid),
      .ready_i(finish),
      .data_o({tag, from}),
      .count_o(info_count)
  );

  wire [KEPT-1:0] at = from + {{(KEPT - 8) {1'b0}}, beat_q};

  assign error_o = m_axi_rvalid_i && m_axi_rready_o && m_axi_rresp_i[1] && !failed_q;
  assign error_code_o = m_axi_rresp_i[0] ? ERROR_READ_DECERR : ERROR_READ_SLVERR;
  assign error_address_o = {at, {SHIFT{1'b0}}};
  assign error_tag_o = tag;

  always @(posedge clk_i) begin
    if (rst_i) begin
      failed_q <= 1'b0;
      beat_q   <= 8'd0;
    end else begin
      if (error_o) failed_q <= 1'b1;
      if (m_axi_rvalid_i && m_axi_rready_o) beat_q <= m_axi_rlast_i ? 8'd0 : beat_q + 8'd1;
    end
  end

  wire unused = &{1'b0, burst_last, info_ready, info_valid, info_count};

`ifdef FORMAL
`include "nncc_axi_read_formal.vh"
`endif

endmodule

`default_nettype wire
