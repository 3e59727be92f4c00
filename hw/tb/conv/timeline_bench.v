// Two convolutions on nncc_conv, and what its stages do in each cycle: a line of bits
// for timeline.py. V = O = 8; 4 x 3 pixels, two taps each, a bank each.

`default_nettype none
`include "nncc_isa.vh"

module timeline_bench;

  localparam V = 8;
  localparam CYCLES = 96;

  reg           clk = 1'b0;
  reg           rst = 1'b1;
  reg  [511:0]  inst = 512'd0;
  reg           inst_valid = 1'b0;
  reg           tm_we = 1'b0;
  wire          inst_ready, finish, fm_req, dr_req;
  integer       cycle = 0;
  integer       started = 0;

  always #1 clk = !clk;

  // The feature memory grants at once and holds zeros.
  nncc_conv #(.V(V), .O(V)) u_conv (
      .clk_i(clk), .rst_i(rst),
      .inst_i(inst), .inst_valid_i(inst_valid), .inst_ready_o(inst_ready), .number_i(32'd0),
      .finish_o(finish), .finish_post_o(), .finish_ready_i(1'b1), .idle_o(),
      .error_o(), .error_code_o(), .error_number_o(), .error_address_o(), .stop_i(1'b0),
      .fm_req_o(fm_req), .fm_addr_o(), .fm_gnt_i(fm_req), .fm_valid_i(1'b0), .fm_data_i(64'd0),
      .res_req_o(), .res_addr_o(), .res_gnt_i(1'b0), .res_valid_i(1'b0), .res_data_i(64'd0),
      .dr_req_o(dr_req), .dr_addr_o(), .dr_data_o(), .dr_gnt_i(dr_req),
      .wm_we_i(1'b0), .wm_addr_i(18'd0), .wm_data_i(64'd0),
      .tm_we_i(tm_we), .tm_addr_i(18'd0), .tm_data_i(64'd0),
      .cm_we_i(1'b0), .cm_addr_i(18'd0), .cm_data_i(64'd0));

  initial begin
    inst[`ISA_HEADER_OPCODE]      = `ISA_OP_CONV;
    inst[`ISA_CONV_TAP_COUNT]     = 2;
    inst[`ISA_CONV_DRAIN]         = 1'b1;
    inst[`ISA_CONV_SRC_ROW_PITCH] = 4;
    inst[`ISA_CONV_SRC_HEIGHT]    = 3;
    inst[`ISA_CONV_SRC_WIDTH]     = 4;
    inst[`ISA_CONV_STRIDE_Y]      = 1;
    inst[`ISA_CONV_STRIDE_X]      = 1;
    inst[`ISA_CONV_HEIGHT]        = 3;
    inst[`ISA_CONV_WIDTH]         = 4;
    inst[`ISA_CONV_DST_ROW_PITCH] = 4;
    inst[`ISA_CONV_DST_GROUPS]    = 1;
    repeat (4) @(negedge clk);
    rst   = 1'b0;
    tm_we = 1'b1;
    @(negedge clk);
    tm_we      = 1'b0;
    inst_valid = 1'b1;
    while (cycle < CYCLES) begin
      #0.5;
      $display("%b%b%b%b%b%b%b%b", inst_valid && inst_ready, u_conv.weight_re, fm_req,
               u_conv.s_valid, u_conv.u_psum.valid_3q, u_conv.psum_re, dr_req, finish);
      if (inst_valid && inst_ready) started = started + 1;
      @(negedge clk);
      inst[`ISA_CONV_PSUM_BANK] = started == 1;
      inst_valid = started < 2;
      cycle = cycle + 1;
    end
    $finish;
  end

endmodule

`default_nettype wire
