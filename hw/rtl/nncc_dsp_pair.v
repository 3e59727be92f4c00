// Two products in one DSP slice: the cell of the cascades of nncc_mac_array_dsp.
//
//   p_o = p_i + a*(w1*2^17 + w0), one cycle after the p_i that it adds to
//
// With weights in [-127, 127] four products of any activations fit the lower 17
// bits: |4*127*128| < 2^16. The first cell of a cascade (FIRST=1) adds 2^16 instead
// of p_i. The lower field, offset by 2^16, is then never negative, so that bits
// 33:17 are the sum of the upper products, and bits 16:0 with the top bit inverted
// the sum of the lower ones.
//
// weight_i packs a pair: bits 7:0 are w0, bits 15:8 are w1, less one if w0 is
// negative (the borrow of the sum above).
//
// Weights go to a shadow register with load_i and from there into use with swap_i.
// Latency: a_i, with the weight that swap_i brings in the same cycle, is in p_o
// three cycles later; p_i is added in the second of them.
//
// NNCC_DSP_PRIMITIVES instantiates DSP48E1 rather than leaving it to inference,
// which does not find the two registers of the weights.

`default_nettype none

module nncc_dsp_pair #(
    parameter FIRST = 0
) (
    input  wire               clk_i,
    input  wire               load_i,
    input  wire        [15:0] weight_i,
    input  wire               swap_i,
    input  wire signed [ 7:0] a_i,
    input  wire        [47:0] p_i,
    output wire        [47:0] p_o,
    output wire        [33:0] sum_o   // the lower bits of p_o, outside the cascade
);

`ifdef NNCC_DSP_PRIMITIVES

  wire [47:0] p;
  DSP48E1 #(
      .A_INPUT("DIRECT"), .B_INPUT("DIRECT"), .USE_DPORT("FALSE"),
      .USE_MULT("MULTIPLY"), .USE_SIMD("ONE48"),
      .AREG(2), .ACASCREG(2), .BREG(1), .BCASCREG(1), .CREG(0), .DREG(0), .ADREG(0),
      .MREG(1), .PREG(1), .ALUMODEREG(0), .CARRYINREG(0), .CARRYINSELREG(0),
      .INMODEREG(0), .OPMODEREG(0), .AUTORESET_PATDET("NO_RESET"),
      .USE_PATTERN_DETECT("NO_PATDET"), .SEL_MASK("MASK"), .SEL_PATTERN("PATTERN"),
      .MASK(48'h3fffffffffff), .PATTERN(48'h0)
  ) u_dsp (
      .CLK(clk_i),
      .A({{5{weight_i[15]}}, weight_i[15:8], {9{weight_i[7]}}, weight_i[7:0]}),
      .B({{10{a_i[7]}}, a_i}),
      .C(48'h10000),
      .D(25'd0),
      .PCIN(p_i),
      .PCOUT(p_o),
      .P(p),
      // M + C or M + PCIN
      .OPMODE(FIRST != 0 ? 7'b0110101 : 7'b0010101),
      .ALUMODE(4'b0000), .INMODE(5'b00000), .CARRYIN(1'b0), .CARRYINSEL(3'b000),
      .CEA1(load_i), .CEA2(swap_i), .CEB1(1'b0), .CEB2(1'b1), .CEC(1'b0), .CED(1'b0),
      .CEAD(1'b0), .CEM(1'b1), .CEP(1'b1), .CEALUMODE(1'b0), .CECARRYIN(1'b0),
      .CECTRL(1'b0), .CEINMODE(1'b0),
      .RSTA(1'b0), .RSTB(1'b0), .RSTC(1'b0), .RSTD(1'b0), .RSTM(1'b0), .RSTP(1'b0),
      .RSTALLCARRYIN(1'b0), .RSTALUMODE(1'b0), .RSTCTRL(1'b0), .RSTINMODE(1'b0),
      .ACIN(30'd0), .BCIN(18'd0), .CARRYCASCIN(1'b0), .MULTSIGNIN(1'b0),
      .ACOUT(), .BCOUT(), .CARRYCASCOUT(), .CARRYOUT(), .MULTSIGNOUT(), .OVERFLOW(),
      .PATTERNBDETECT(), .PATTERNDETECT(), .UNDERFLOW());
  assign sum_o = p[33:0];
  wire unused_p = &{1'b0, p[47:34]};

`else

  reg        [15:0] shadow_q, active_q;
  reg signed [ 7:0] a_q;
  reg signed [32:0] product_q;
  reg        [47:0] p_q;

  wire signed [24:0] weight = {active_q[15:8], {9{active_q[7]}}, active_q[7:0]};

  always @(posedge clk_i) begin
    if (load_i) shadow_q <= weight_i;
    if (swap_i) active_q <= shadow_q;
    a_q       <= a_i;
    product_q <= weight * a_q;
    p_q       <= {{15{product_q[32]}}, product_q} + (FIRST != 0 ? 48'h10000 : p_i);
  end

  assign p_o   = p_q;
  assign sum_o = p_q[33:0];

`endif

endmodule

`default_nettype wire
