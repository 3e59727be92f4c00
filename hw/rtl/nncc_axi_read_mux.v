// Two AXI4 read masters on one port: s0 has ID 0, s1 has ID 1.
//
// Parameters
//   ADDR  bits of a byte address
//   DATA  bits of a beat
//
// Protocol: AXI4. s1 goes first when both ask for a burst (it is the fetch unit, which
// asks for little); a burst that is offered stays until it is taken. The data of the two
// may come in any order and interleaved; a master that does not take its beats holds up
// the other one.
//
// Latency: none, both ways.

`default_nettype none

module nncc_axi_read_mux #(
    parameter ADDR = 40,
    parameter DATA = 64
) (
    input wire clk_i,
    input wire rst_i,

    input  wire [ADDR-1:0] s0_axi_araddr_i,
    input  wire [     7:0] s0_axi_arlen_i,
    input  wire            s0_axi_arvalid_i,
    output wire            s0_axi_arready_o,
    output wire [DATA-1:0] s0_axi_rdata_o,
    output wire [     1:0] s0_axi_rresp_o,
    output wire            s0_axi_rlast_o,
    output wire            s0_axi_rvalid_o,
    input  wire            s0_axi_rready_i,

    input  wire [ADDR-1:0] s1_axi_araddr_i,
    input  wire [     7:0] s1_axi_arlen_i,
    input  wire            s1_axi_arvalid_i,
    output wire            s1_axi_arready_o,
    output wire [DATA-1:0] s1_axi_rdata_o,
    output wire [     1:0] s1_axi_rresp_o,
    output wire            s1_axi_rlast_o,
    output wire            s1_axi_rvalid_o,
    input  wire            s1_axi_rready_i,

    output wire            m_axi_arid_o,
    output wire [ADDR-1:0] m_axi_araddr_o,
    output wire [     7:0] m_axi_arlen_o,
    output wire            m_axi_arvalid_o,
    input  wire            m_axi_arready_i,
    input  wire            m_axi_rid_i,
    input  wire [DATA-1:0] m_axi_rdata_i,
    input  wire [     1:0] m_axi_rresp_i,
    input  wire            m_axi_rlast_i,
    input  wire            m_axi_rvalid_i,
    output wire            m_axi_rready_o
);

  reg held_q;    // a burst is offered and not yet taken
  reg choice_q;  // whose it is

  wire choice = held_q ? choice_q : s1_axi_arvalid_i;

  assign m_axi_arvalid_o = s0_axi_arvalid_i || s1_axi_arvalid_i;
  assign m_axi_arid_o = choice;
  assign m_axi_araddr_o = choice ? s1_axi_araddr_i : s0_axi_araddr_i;
  assign m_axi_arlen_o = choice ? s1_axi_arlen_i : s0_axi_arlen_i;
  assign s0_axi_arready_o = m_axi_arready_i && !choice;
  assign s1_axi_arready_o = m_axi_arready_i && choice;

  always @(posedge clk_i) begin
    if (rst_i) held_q <= 1'b0;
    else held_q <= m_axi_arvalid_o && !m_axi_arready_i;
  end

  always @(posedge clk_i) choice_q <= choice;

  assign s0_axi_rdata_o = m_axi_rdata_i;
  assign s0_axi_rresp_o = m_axi_rresp_i;
  assign s0_axi_rlast_o = m_axi_rlast_i;
  assign s0_axi_rvalid_o = m_axi_rvalid_i && !m_axi_rid_i;
  assign s1_axi_rdata_o = m_axi_rdata_i;
  assign s1_axi_rresp_o = m_axi_rresp_i;
  assign s1_axi_rlast_o = m_axi_rlast_i;
  assign s1_axi_rvalid_o = m_axi_rvalid_i && m_axi_rid_i;
  assign m_axi_rready_o = m_axi_rid_i ? s1_axi_rready_i : s0_axi_rready_i;

endmodule

`default_nettype wire
