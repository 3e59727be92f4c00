// nncc_save for the tests in save_tests.py: a clock, AXI's own names and signals, and a
// feature memory whose words tell their addresses.

`timescale 1ns / 1ns
`default_nettype none
`include "nncc_isa.vh"

module save_top #(
    parameter V = 8,
    parameter DATA = 64,
    parameter MAX_BURST = 16,
    parameter OUTSTANDING = 4,
    parameter STARTED = 4
) (
    input wire m_axi_bid  // a variable that nothing reads would be left out
);

  reg clk = 1'b0;
  reg rst = 1'b1;
  always #1 clk = !clk;

  reg  [`ISA_BITS-1:0] inst;
  reg                  inst_valid = 1'b0;
  wire                 inst_ready;
  reg  [         31:0] number;
  wire                 finish;
  wire [          4:0] finish_post;
  reg                  finish_ready = 1'b0;
  wire                 idle;
  wire                 error;
  wire [          3:0] error_code;
  wire [         31:0] error_number;
  wire [         31:0] error_address;
  reg                  stop = 1'b0;
  reg  [     4*40-1:0] region_base;
  reg  [     4*33-1:0] region_size;

  wire            m_axi_awid = 1'b0;
  wire [    39:0] m_axi_awaddr;
  wire [     7:0] m_axi_awlen;
  wire [     2:0] m_axi_awsize = $clog2(DATA / 8);
  wire [     1:0] m_axi_awburst = 2'b01;
  wire            m_axi_awvalid;
  reg             m_axi_awready;
  wire [DATA-1:0] m_axi_wdata;
  wire [DATA/8-1:0] m_axi_wstrb;
  wire            m_axi_wlast;
  wire            m_axi_wvalid;
  reg             m_axi_wready;
  reg  [     1:0] m_axi_bresp;
  reg             m_axi_bvalid;
  wire            m_axi_bready;

  // -- Feature memory: data two cycles after the grant ---------------------------------

  reg           granting = 1'b0;
  wire          fm_req;
  wire [  15:0] fm_addr;
  wire          fm_gnt = fm_req && granting;
  reg           fm_valid_1q = 1'b0;
  reg           fm_valid = 1'b0;
  reg  [  15:0] fm_addr_1q;
  reg  [8*V-1:0] fm_data;
  integer       lane;

  always @(posedge clk) begin
    fm_valid_1q <= fm_gnt && !rst;
    fm_valid    <= fm_valid_1q && !rst;
    fm_addr_1q  <= fm_addr;
    // Lanes 0 and 1 are the address; nothing else may be taken for data.
    for (lane = 0; lane < V; lane = lane + 1)
      fm_data[8*lane+:8] <= !fm_valid_1q ? 8'hxx :
                            (lane % 2 == 0 ? fm_addr_1q[7:0] : fm_addr_1q[15:8]) + 29 * (lane / 2);
  end

  nncc_save #(
      .V(V),
      .DATA(DATA),
      .MAX_BURST(MAX_BURST),
      .OUTSTANDING(OUTSTANDING),
      .STARTED(STARTED)
  ) u_save (
      .clk_i(clk),
      .rst_i(rst),
      .inst_i(inst),
      .inst_valid_i(inst_valid),
      .inst_ready_o(inst_ready),
      .number_i(number),
      .finish_o(finish),
      .finish_post_o(finish_post),
      .finish_ready_i(finish_ready),
      .idle_o(idle),
      .error_o(error),
      .error_code_o(error_code),
      .error_number_o(error_number),
      .error_address_o(error_address),
      .stop_i(stop),
      .region_base_i(region_base),
      .region_size_i(region_size),
      .fm_req_o(fm_req),
      .fm_addr_o(fm_addr),
      .fm_gnt_i(fm_gnt),
      .fm_valid_i(fm_valid),
      .fm_data_i(fm_data),
      .m_axi_awaddr_o(m_axi_awaddr),
      .m_axi_awlen_o(m_axi_awlen),
      .m_axi_awvalid_o(m_axi_awvalid),
      .m_axi_awready_i(m_axi_awready),
      .m_axi_wdata_o(m_axi_wdata),
      .m_axi_wstrb_o(m_axi_wstrb),
      .m_axi_wlast_o(m_axi_wlast),
      .m_axi_wvalid_o(m_axi_wvalid),
      .m_axi_wready_i(m_axi_wready),
      .m_axi_bresp_i(m_axi_bresp),
      .m_axi_bvalid_i(m_axi_bvalid),
      .m_axi_bready_o(m_axi_bready)
  );

endmodule

`default_nettype wire
