// nncc_core for the tests in core_tests.py: a clock, and AXI's own names.

`timescale 1ns / 1ns
`default_nettype none
`include "nncc_config.vh"

module core_top (
    // Variables that nothing reads would be left out.
    input wire m_axi_read1_rid,
    input wire m_axi_write_bid
);

  localparam DATA = `NNCC_AXI_DATA_BITS;

  reg clk = 1'b0;
  reg rst = 1'b1;
  always #1 clk = !clk;

  reg               s_axil_awvalid;
  wire              s_axil_awready;
  reg        [11:0] s_axil_awaddr;
  reg               s_axil_wvalid;
  wire              s_axil_wready;
  reg        [31:0] s_axil_wdata;
  reg         [3:0] s_axil_wstrb;
  wire              s_axil_bvalid;
  reg               s_axil_bready;
  wire        [1:0] s_axil_bresp;
  reg               s_axil_arvalid;
  wire              s_axil_arready;
  reg        [11:0] s_axil_araddr;
  wire              s_axil_rvalid;
  reg               s_axil_rready;
  wire       [31:0] s_axil_rdata;
  wire        [1:0] s_axil_rresp;
  wire              irq;
  wire              m_axi_read0_arid;
  wire       [39:0] m_axi_read0_araddr;
  wire        [7:0] m_axi_read0_arlen;
  wire        [2:0] m_axi_read0_arsize;
  wire        [1:0] m_axi_read0_arburst;
  wire              m_axi_read0_arvalid;
  reg               m_axi_read0_arready;
  reg               m_axi_read0_rid;
  reg    [DATA-1:0] m_axi_read0_rdata;
  reg         [1:0] m_axi_read0_rresp;
  reg               m_axi_read0_rlast;
  reg               m_axi_read0_rvalid;
  wire              m_axi_read0_rready;
  wire              m_axi_read1_arid;
  wire       [39:0] m_axi_read1_araddr;
  wire        [7:0] m_axi_read1_arlen;
  wire        [2:0] m_axi_read1_arsize;
  wire        [1:0] m_axi_read1_arburst;
  wire              m_axi_read1_arvalid;
  reg               m_axi_read1_arready;
  reg    [DATA-1:0] m_axi_read1_rdata;
  reg         [1:0] m_axi_read1_rresp;
  reg               m_axi_read1_rlast;
  reg               m_axi_read1_rvalid;
  wire              m_axi_read1_rready;
  wire              m_axi_write_awid;
  wire       [39:0] m_axi_write_awaddr;
  wire        [7:0] m_axi_write_awlen;
  wire        [2:0] m_axi_write_awsize;
  wire        [1:0] m_axi_write_awburst;
  wire              m_axi_write_awvalid;
  reg               m_axi_write_awready;
  wire   [DATA-1:0] m_axi_write_wdata;
  wire [DATA/8-1:0] m_axi_write_wstrb;
  wire              m_axi_write_wlast;
  wire              m_axi_write_wvalid;
  reg               m_axi_write_wready;
  reg         [1:0] m_axi_write_bresp;
  reg               m_axi_write_bvalid;
  wire              m_axi_write_bready;

  nncc_core u_core (
      .clk_i(clk),
      .rst_i(rst),
      .s_axil_awvalid_i(s_axil_awvalid),
      .s_axil_awready_o(s_axil_awready),
      .s_axil_awaddr_i(s_axil_awaddr),
      .s_axil_wvalid_i(s_axil_wvalid),
      .s_axil_wready_o(s_axil_wready),
      .s_axil_wdata_i(s_axil_wdata),
      .s_axil_wstrb_i(s_axil_wstrb),
      .s_axil_bvalid_o(s_axil_bvalid),
      .s_axil_bready_i(s_axil_bready),
      .s_axil_bresp_o(s_axil_bresp),
      .s_axil_arvalid_i(s_axil_arvalid),
      .s_axil_arready_o(s_axil_arready),
      .s_axil_araddr_i(s_axil_araddr),
      .s_axil_rvalid_o(s_axil_rvalid),
      .s_axil_rready_i(s_axil_rready),
      .s_axil_rdata_o(s_axil_rdata),
      .s_axil_rresp_o(s_axil_rresp),
      .irq_o(irq),
      .m_axi_read0_arid_o(m_axi_read0_arid),
      .m_axi_read0_araddr_o(m_axi_read0_araddr),
      .m_axi_read0_arlen_o(m_axi_read0_arlen),
      .m_axi_read0_arsize_o(m_axi_read0_arsize),
      .m_axi_read0_arburst_o(m_axi_read0_arburst),
      .m_axi_read0_arvalid_o(m_axi_read0_arvalid),
      .m_axi_read0_arready_i(m_axi_read0_arready),
      .m_axi_read0_rid_i(m_axi_read0_rid),
      .m_axi_read0_rdata_i(m_axi_read0_rdata),
      .m_axi_read0_rresp_i(m_axi_read0_rresp),
      .m_axi_read0_rlast_i(m_axi_read0_rlast),
      .m_axi_read0_rvalid_i(m_axi_read0_rvalid),
      .m_axi_read0_rready_o(m_axi_read0_rready),
      .m_axi_read1_arid_o(m_axi_read1_arid),
      .m_axi_read1_araddr_o(m_axi_read1_araddr),
      .m_axi_read1_arlen_o(m_axi_read1_arlen),
      .m_axi_read1_arsize_o(m_axi_read1_arsize),
      .m_axi_read1_arburst_o(m_axi_read1_arburst),
      .m_axi_read1_arvalid_o(m_axi_read1_arvalid),
      .m_axi_read1_arready_i(m_axi_read1_arready),
      .m_axi_read1_rid_i(m_axi_read1_rid),
      .m_axi_read1_rdata_i(m_axi_read1_rdata),
      .m_axi_read1_rresp_i(m_axi_read1_rresp),
      .m_axi_read1_rlast_i(m_axi_read1_rlast),
      .m_axi_read1_rvalid_i(m_axi_read1_rvalid),
      .m_axi_read1_rready_o(m_axi_read1_rready),
      .m_axi_write_awid_o(m_axi_write_awid),
      .m_axi_write_awaddr_o(m_axi_write_awaddr),
      .m_axi_write_awlen_o(m_axi_write_awlen),
      .m_axi_write_awsize_o(m_axi_write_awsize),
      .m_axi_write_awburst_o(m_axi_write_awburst),
      .m_axi_write_awvalid_o(m_axi_write_awvalid),
      .m_axi_write_awready_i(m_axi_write_awready),
      .m_axi_write_wdata_o(m_axi_write_wdata),
      .m_axi_write_wstrb_o(m_axi_write_wstrb),
      .m_axi_write_wlast_o(m_axi_write_wlast),
      .m_axi_write_wvalid_o(m_axi_write_wvalid),
      .m_axi_write_wready_i(m_axi_write_wready),
      .m_axi_write_bid_i(m_axi_write_bid),
      .m_axi_write_bresp_i(m_axi_write_bresp),
      .m_axi_write_bvalid_i(m_axi_write_bvalid),
      .m_axi_write_bready_o(m_axi_write_bready)
  );

endmodule

`default_nettype wire
