// A load engine and a fetch unit on one port, as in the core.

`default_nettype none
`include "nncc_isa.vh"

module mux_bench #(
    parameter V = 16,
    parameter DATA = 64
) (
    input wire clk_i,
    input wire rst_i,
    input wire stop_i,

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

    input wire [4*40-1:0] region_base_i,
    input wire [4*33-1:0] region_size_i,

    output wire           lw_valid_o,
    input  wire           lw_ready_i,
    output wire [    2:0] lw_memory_o,
    output wire [   17:0] lw_addr_o,
    output wire [8*V-1:0] lw_data_o,

    input  wire                 fetch_start_i,
    input  wire [         39:0] fetch_base_i,
    input  wire [         31:0] fetch_count_i,
    output wire                 fetch_done_o,
    output wire                 fetch_idle_o,
    output wire [`ISA_BITS-1:0] fetch_inst_o,
    output wire                 fetch_valid_o,
    input  wire                 fetch_ready_i,
    output wire [         31:0] fetch_number_o,
    output wire                 fetch_error_o,

    output wire            m_axi_arid_o,
    output wire [    39:0] m_axi_araddr_o,
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

  wire [    39:0] araddr0, araddr1;
  wire [     7:0] arlen0, arlen1;
  wire            arvalid0, arvalid1, arready0, arready1;
  wire [DATA-1:0] rdata0, rdata1;
  wire [     1:0] rresp0, rresp1;
  wire            rlast0, rlast1, rvalid0, rvalid1, rready0, rready1;

  wire [ 3:0] fetch_code;
  wire [31:0] fetch_number;
  wire [31:0] fetch_address;

  nncc_load #(
      .V(V),
      .DATA(DATA)
  ) u_load (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .inst_i(inst_i),
      .inst_valid_i(inst_valid_i),
      .inst_ready_o(inst_ready_o),
      .number_i(number_i),
      .finish_o(finish_o),
      .finish_post_o(finish_post_o),
      .finish_ready_i(finish_ready_i),
      .idle_o(idle_o),
      .error_o(error_o),
      .error_code_o(error_code_o),
      .error_number_o(error_number_o),
      .error_address_o(error_address_o),
      .stop_i(stop_i),
      .region_base_i(region_base_i),
      .region_size_i(region_size_i),
      .lw_valid_o(lw_valid_o),
      .lw_ready_i(lw_ready_i),
      .lw_memory_o(lw_memory_o),
      .lw_addr_o(lw_addr_o),
      .lw_data_o(lw_data_o),
      .m_axi_araddr_o(araddr0),
      .m_axi_arlen_o(arlen0),
      .m_axi_arvalid_o(arvalid0),
      .m_axi_arready_i(arready0),
      .m_axi_rdata_i(rdata0),
      .m_axi_rresp_i(rresp0),
      .m_axi_rlast_i(rlast0),
      .m_axi_rvalid_i(rvalid0),
      .m_axi_rready_o(rready0)
  );

  nncc_fetch #(
      .DATA(DATA)
  ) u_fetch (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .start_i(fetch_start_i),
      .program_base_i(fetch_base_i),
      .program_count_i(fetch_count_i),
      .stop_i(stop_i),
      .done_o(fetch_done_o),
      .idle_o(fetch_idle_o),
      .inst_o(fetch_inst_o),
      .inst_valid_o(fetch_valid_o),
      .inst_ready_i(fetch_ready_i),
      .number_o(fetch_number_o),
      .error_o(fetch_error_o),
      .error_code_o(fetch_code),
      .error_number_o(fetch_number),
      .error_address_o(fetch_address),
      .m_axi_araddr_o(araddr1),
      .m_axi_arlen_o(arlen1),
      .m_axi_arvalid_o(arvalid1),
      .m_axi_arready_i(arready1),
      .m_axi_rdata_i(rdata1),
      .m_axi_rresp_i(rresp1),
      .m_axi_rlast_i(rlast1),
      .m_axi_rvalid_i(rvalid1),
      .m_axi_rready_o(rready1)
  );

  nncc_axi_read_mux #(
      .DATA(DATA)
  ) u_mux (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .s0_axi_araddr_i(araddr0),
      .s0_axi_arlen_i(arlen0),
      .s0_axi_arvalid_i(arvalid0),
      .s0_axi_arready_o(arready0),
      .s0_axi_rdata_o(rdata0),
      .s0_axi_rresp_o(rresp0),
      .s0_axi_rlast_o(rlast0),
      .s0_axi_rvalid_o(rvalid0),
      .s0_axi_rready_i(rready0),
      .s1_axi_araddr_i(araddr1),
      .s1_axi_arlen_i(arlen1),
      .s1_axi_arvalid_i(arvalid1),
      .s1_axi_arready_o(arready1),
      .s1_axi_rdata_o(rdata1),
      .s1_axi_rresp_o(rresp1),
      .s1_axi_rlast_o(rlast1),
      .s1_axi_rvalid_o(rvalid1),
      .s1_axi_rready_i(rready1),
      .m_axi_arid_o(m_axi_arid_o),
      .m_axi_araddr_o(m_axi_araddr_o),
      .m_axi_arlen_o(m_axi_arlen_o),
      .m_axi_arvalid_o(m_axi_arvalid_o),
      .m_axi_arready_i(m_axi_arready_i),
      .m_axi_rid_i(m_axi_rid_i),
      .m_axi_rdata_i(m_axi_rdata_i),
      .m_axi_rresp_i(m_axi_rresp_i),
      .m_axi_rlast_i(m_axi_rlast_i),
      .m_axi_rvalid_i(m_axi_rvalid_i),
      .m_axi_rready_o(m_axi_rready_o)
  );

  wire unused = &{1'b0, fetch_code, fetch_number, fetch_address};

endmodule

`default_nettype wire
