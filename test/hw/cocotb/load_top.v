// nncc_load for the tests in load_tests.py: a clock, and AXI's own names and signals.

`timescale 1ns / 1ns
`default_nettype none
`include "nncc_isa.vh"

module load_top #(
    parameter V = 8,
    parameter DATA = 64,
    parameter MAX_BURST = 16,
    parameter OUTSTANDING = 4,
    parameter STARTED = 8
) (
    input wire m_axi_rid  // a variable that nothing reads would be left out
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
  wire                 lw_valid;
  reg                  lw_ready = 1'b0;
  wire [          2:0] lw_memory;
  wire [         17:0] lw_addr;
  wire [      8*V-1:0] lw_data;

  wire            m_axi_arid = 1'b0;
  wire [    39:0] m_axi_araddr;
  wire [     7:0] m_axi_arlen;
  wire [     2:0] m_axi_arsize = $clog2(DATA / 8);
  wire [     1:0] m_axi_arburst = 2'b01;
  wire            m_axi_arvalid;
  reg             m_axi_arready;
  reg  [DATA-1:0] m_axi_rdata;
  reg  [     1:0] m_axi_rresp;
  reg             m_axi_rlast;
  reg             m_axi_rvalid;
  wire            m_axi_rready;

  nncc_load #(
      .V(V),
      .DATA(DATA),
      .MAX_BURST(MAX_BURST),
      .OUTSTANDING(OUTSTANDING),
      .STARTED(STARTED)
  ) u_load (
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
      .lw_valid_o(lw_valid),
      .lw_ready_i(lw_ready),
      .lw_memory_o(lw_memory),
      .lw_addr_o(lw_addr),
      .lw_data_o(lw_data),
      .m_axi_araddr_o(m_axi_araddr),
      .m_axi_arlen_o(m_axi_arlen),
      .m_axi_arvalid_o(m_axi_arvalid),
      .m_axi_arready_i(m_axi_arready),
      .m_axi_rdata_i(m_axi_rdata),
      .m_axi_rresp_i(m_axi_rresp),
      .m_axi_rlast_i(m_axi_rlast),
      .m_axi_rvalid_i(m_axi_rvalid),
      .m_axi_rready_o(m_axi_rready)
  );

endmodule

`default_nettype wire
