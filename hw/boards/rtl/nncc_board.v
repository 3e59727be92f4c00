// nncc_core for a block design: the port names from which Vivado infers interfaces.
//
// Parameters: DATA, from nncc_config.vh. How nncc_core uses the device's DSP slices comes
// from nncc_board.vh, which nncc.tcl writes.
//
// Ports: aclk, aresetn (active low), s_axil (AXI4-Lite), m_axi_read0, m_axi_read1 (AXI4,
// reads only), m_axi_write (AXI4, writes only), irq (level, active high).
//
// Latency: none, but two cycles of the reset.

`default_nettype none
`include "nncc_config.vh"
`include "nncc_board.vh"

module nncc_board #(
    parameter DATA = `NNCC_AXI_DATA_BITS
) (
    (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK" *)
    (* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF s_axil:m_axi_read0:m_axi_read1:m_axi_write, ASSOCIATED_RESET aresetn" *)
    input wire aclk,
    (* X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 aresetn RST" *)
    (* X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW" *)
    input wire aresetn,
    (* X_INTERFACE_INFO = "xilinx.com:signal:interrupt:1.0 irq INTERRUPT" *)
    (* X_INTERFACE_PARAMETER = "SENSITIVITY LEVEL_HIGH" *)
    output wire irq,

    input  wire              s_axil_awvalid,
    output wire              s_axil_awready,
    input  wire       [11:0] s_axil_awaddr,
    input  wire              s_axil_wvalid,
    output wire              s_axil_wready,
    input  wire       [31:0] s_axil_wdata,
    input  wire        [3:0] s_axil_wstrb,
    output wire              s_axil_bvalid,
    input  wire              s_axil_bready,
    output wire        [1:0] s_axil_bresp,
    input  wire              s_axil_arvalid,
    output wire              s_axil_arready,
    input  wire       [11:0] s_axil_araddr,
    output wire              s_axil_rvalid,
    input  wire              s_axil_rready,
    output wire       [31:0] s_axil_rdata,
    output wire        [1:0] s_axil_rresp,

    output wire        [0:0] m_axi_read0_arid,
    output wire       [39:0] m_axi_read0_araddr,
    output wire        [7:0] m_axi_read0_arlen,
    output wire        [2:0] m_axi_read0_arsize,
    output wire        [1:0] m_axi_read0_arburst,
    output wire        [0:0] m_axi_read0_arlock,
    output wire        [3:0] m_axi_read0_arcache,
    output wire        [2:0] m_axi_read0_arprot,
    output wire        [3:0] m_axi_read0_arqos,
    output wire              m_axi_read0_arvalid,
    input  wire              m_axi_read0_arready,
    input  wire        [0:0] m_axi_read0_rid,
    input  wire   [DATA-1:0] m_axi_read0_rdata,
    input  wire        [1:0] m_axi_read0_rresp,
    input  wire              m_axi_read0_rlast,
    input  wire              m_axi_read0_rvalid,
    output wire              m_axi_read0_rready,

    output wire        [0:0] m_axi_read1_arid,
    output wire       [39:0] m_axi_read1_araddr,
    output wire        [7:0] m_axi_read1_arlen,
    output wire        [2:0] m_axi_read1_arsize,
    output wire        [1:0] m_axi_read1_arburst,
    output wire        [0:0] m_axi_read1_arlock,
    output wire        [3:0] m_axi_read1_arcache,
    output wire        [2:0] m_axi_read1_arprot,
    output wire        [3:0] m_axi_read1_arqos,
    output wire              m_axi_read1_arvalid,
    input  wire              m_axi_read1_arready,
    input  wire        [0:0] m_axi_read1_rid,
    input  wire   [DATA-1:0] m_axi_read1_rdata,
    input  wire        [1:0] m_axi_read1_rresp,
    input  wire              m_axi_read1_rlast,
    input  wire              m_axi_read1_rvalid,
    output wire              m_axi_read1_rready,

    output wire        [0:0] m_axi_write_awid,
    output wire       [39:0] m_axi_write_awaddr,
    output wire        [7:0] m_axi_write_awlen,
    output wire        [2:0] m_axi_write_awsize,
    output wire        [1:0] m_axi_write_awburst,
    output wire        [0:0] m_axi_write_awlock,
    output wire        [3:0] m_axi_write_awcache,
    output wire        [2:0] m_axi_write_awprot,
    output wire        [3:0] m_axi_write_awqos,
    output wire              m_axi_write_awvalid,
    input  wire              m_axi_write_awready,
    output wire   [DATA-1:0] m_axi_write_wdata,
    output wire [DATA/8-1:0] m_axi_write_wstrb,
    output wire              m_axi_write_wlast,
    output wire              m_axi_write_wvalid,
    input  wire              m_axi_write_wready,
    input  wire        [0:0] m_axi_write_bid,
    input  wire        [1:0] m_axi_write_bresp,
    input  wire              m_axi_write_bvalid,
    output wire              m_axi_write_bready
);

  localparam [3:0] CACHE = 4'b0011;  // modifiable, bufferable: bursts may be merged
  localparam [2:0] PROT = 3'b010;    // data, not secure, not privileged

  reg [1:0] reset_q;
  always @(posedge aclk) reset_q <= {reset_q[0], !aresetn};

  assign m_axi_read0_arlock = 1'b0;
  assign m_axi_read0_arcache = CACHE;
  assign m_axi_read0_arprot = PROT;
  assign m_axi_read0_arqos = 4'd0;
  assign m_axi_read1_arlock = 1'b0;
  assign m_axi_read1_arcache = CACHE;
  assign m_axi_read1_arprot = PROT;
  assign m_axi_read1_arqos = 4'd0;
  assign m_axi_write_awlock = 1'b0;
  assign m_axi_write_awcache = CACHE;
  assign m_axi_write_awprot = PROT;
  assign m_axi_write_awqos = 4'd0;

  nncc_core #(
      `NNCC_BOARD_PARAMETERS
      .FAST(0)
  ) u_core (
      .clk_i(aclk),
      .rst_i(reset_q[1]),
      .irq_o(irq),
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
