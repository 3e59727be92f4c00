// AXI4 write master: segments of memory and a stream of beats in, bursts out.
//
// Parameters: as nncc_axi_read.
//
// Protocol: segments as in nncc_axi_split; the beats of all segments follow each other on
// the data side, valid/ready. Data is never interleaved; WLAST ends each burst. Every
// burst has one response; done_o pulses when the memory has answered the last burst of a
// segment with seg_last_i, and so all before it.
//
// The first response that is an error is reported with a pulse: code 6 (SLVERR) or 7
// (DECERR), the address at which its burst begins, and its tag. Behind an error, and with
// stop_i (held until rst_i), no burst begins, the bursts under way end with beats without
// strobes, and so there is no done_o; quiet_o tells that none is under way.
//
// Latency: from a segment to its address two cycles; from a beat to the bus one.

`default_nettype none

module nncc_axi_write #(
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

    input  wire            beat_valid_i,
    output wire            beat_ready_o,
    input  wire [DATA-1:0] beat_data_i,

    output wire           done_o,
    output wire           quiet_o,
    output wire           error_o,
    output wire [    3:0] error_code_o,
    output wire [   31:0] error_address_o,
    output wire [TAG-1:0] error_tag_o,

    output wire [  ADDR-1:0] m_axi_awaddr_o,
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

  localparam [3:0] ERROR_WRITE_SLVERR = 4'd6;
  localparam [3:0] ERROR_WRITE_DECERR = 4'd7;

  localparam SHIFT = $clog2(DATA / 8);
  localparam COUNT = $clog2(OUTSTANDING + 1);
  localparam [31:0] LIMIT32 = OUTSTANDING;
  localparam [COUNT-1:0] LIMIT = LIMIT32[COUNT-1:0];
  localparam KEPT = 32 - SHIFT;

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

  reg             awvalid_q;
  reg [ ADDR-1:0] awaddr_q;
  reg [      7:0] awlen_q;
  reg [COUNT-1:0] outstanding_q;

  wire answer = m_axi_bvalid_i && m_axi_bready_o;

  assign burst_ready = (!awvalid_q || m_axi_awready_i) && outstanding_q != LIMIT;
  assign m_axi_awvalid_o = awvalid_q;
  assign m_axi_awaddr_o = awaddr_q;
  assign m_axi_awlen_o = awlen_q;
  assign quiet_o = outstanding_q == {COUNT{1'b0}};

  always @(posedge clk_i) begin
    if (rst_i) begin
      awvalid_q     <= 1'b0;
      outstanding_q <= {COUNT{1'b0}};
    end else begin
      if (start) awvalid_q <= 1'b1;
      else if (m_axi_awready_i) awvalid_q <= 1'b0;
      if (start != answer)
        outstanding_q <= start ? outstanding_q + 1'b1 : outstanding_q - 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (start) begin
      awaddr_q <= burst_addr;
      awlen_q  <= burst_len;
    end
  end

  // -- Data -----------------------------------------------------------------------

  // Lengths of the bursts whose beats are not all at the output.
  wire       len_valid;
  wire       len_ready;
  wire [7:0] len;
  wire       len_room;
  wire [COUNT-1:0] len_count;

  nncc_fifo #(
      .WIDTH(8),
      .DEPTH(OUTSTANDING)
  ) u_len (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(start),
      .ready_o(len_room),
      .data_i(burst_len),
      .valid_o(len_valid),
      .ready_i(len_ready),
      .data_o(len),
      .count_o(len_count)
  );

  reg              wvalid_q;
  reg              wlast_q;
  reg [  DATA-1:0] wdata_q;
  reg [DATA/8-1:0] wstrb_q;
  reg [       7:0] beat_q;

  wire w_free = !wvalid_q || m_axi_wready_i;
  wire w_load = w_free && len_valid && (beat_valid_i || stopped);
  wire w_last = beat_q == len;

  assign len_ready = w_load && w_last;
  assign beat_ready_o = w_free && len_valid && !stopped;
  assign m_axi_wvalid_o = wvalid_q;
  assign m_axi_wlast_o = wlast_q;
  assign m_axi_wdata_o = wdata_q;
  assign m_axi_wstrb_o = wstrb_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      wvalid_q <= 1'b0;
      beat_q   <= 8'd0;
    end else begin
      if (w_load) wvalid_q <= 1'b1;
      else if (m_axi_wready_i) wvalid_q <= 1'b0;
      if (w_load) beat_q <= w_last ? 8'd0 : beat_q + 8'd1;
    end
  end

  always @(posedge clk_i) begin
    if (w_load) begin
      wdata_q <= beat_data_i;
      wstrb_q <= {(DATA / 8) {!stopped}};
      wlast_q <= w_last;
    end
  end

  // -- Responses ------------------------------------------------------------------

  wire            b_last;
  wire [KEPT-1:0] b_from;
  wire            b_room;
  wire            b_known;
  wire [COUNT-1:0] b_count;

  nncc_fifo #(
      .WIDTH(1 + TAG + KEPT),
      .DEPTH(OUTSTANDING)
  ) u_info (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .valid_i(start),
      .ready_o(b_room),
      .data_i({burst_last, burst_tag, burst_addr[31:SHIFT]}),
      .valid_o(b_known),
      .ready_i(answer),
      .data_o({b_last, error_tag_o, b_from}),
      .count_o(b_count)
  );

  assign m_axi_bready_o = 1'b1;
  assign done_o = answer && b_last && !m_axi_bresp_i[1] && !stopped;
  assign error_o = answer && m_axi_bresp_i[1] && !failed_q;
  assign error_code_o = m_axi_bresp_i[0] ? ERROR_WRITE_DECERR : ERROR_WRITE_SLVERR;
  assign error_address_o = {b_from, {SHIFT{1'b0}}};

  always @(posedge clk_i) begin
    if (rst_i) failed_q <= 1'b0;
    else if (error_o) failed_q <= 1'b1;
  end

  wire unused = &{1'b0, len_room, len_count, b_room, b_known, b_count, m_axi_bresp_i[0]};

endmodule

`default_nettype wire
