// One output of the MAC array in LUTs: V products and their sum.
//
// The inputs are those of the array, of this output alone: load_i brings its V
// weights to the shadow registers, swap_i from there into use, for a_i of the same
// cycle on. Products are made by radix-4 Booth recoding of the weights, four partial
// products each, which synthesis does not move into DSP slices. Two and two of them are
// added; the lower and the upper halves have trees of their own, which is fewer bits
// than a tree of products.
//
// Latency: 4 + log2(V) cycles from a_i to sum_o.

`default_nettype none

module nncc_mac_column #(
    parameter V = 8
) (
    input  wire                   clk_i,
    input  wire [8*V-1:0]         a_i,
    input  wire                   swap_i,
    input  wire                   load_i,
    input  wire [8*V-1:0]         load_data_i,
    output wire [14+$clog2(V):0]  sum_o
);

  localparam SUM_BITS = 15 + $clog2(V);

  reg [8*V-1:0] shadow_q, active_q, a_q;
  always @(posedge clk_i) begin
    if (load_i) shadow_q <= load_data_i;
    if (swap_i) active_q <= shadow_q;
    a_q <= a_i;
  end

  // Activation times the digit of three neighboring weight bits, without the one
  // that completes its negation.
  function [8:0] partial(input [7:0] a, input [2:0] digit);
    reg [8:0] magnitude;
    begin
      case (digit)
        3'b000, 3'b111: magnitude = 9'd0;
        3'b011, 3'b100: magnitude = {a, 1'b0};
        default:        magnitude = {a[7], a};
      endcase
      partial = magnitude ^ {9{digit[2]}};
    end
  endfunction

  // Binary trees: node n adds nodes 2n and 2n + 1; nodes V to 2V-1 are halves of
  // products. `ones` adds what completes the negations of digits 1 and 3, which have
  // the weights 4 and 64.
  localparam HALF_BITS = 12 + $clog2(V);
  localparam ONES_BITS = 1 + $clog2(V);
  wire [2*V*HALF_BITS-1:0] low, high;
  wire [2*V*ONES_BITS-1:0] ones1, ones3;

  genvar v, n;
  generate
    for (v = 0; v < V; v = v + 1) begin : g_product
      wire [7:0] a = a_q[8*v +: 8];
      wire [8:0] w = {active_q[8*v +: 8], 1'b0};
      // Digits 0 and 2, and digits 1 and 3 with what completes the one below.
      wire [ 8:0] even0 = partial(a, w[2:0]);
      wire [10:0] odd0  = {partial(a, w[4:2]), 1'b0, w[2]};
      wire [ 8:0] even1 = partial(a, w[6:4]);
      wire [10:0] odd1  = {partial(a, w[8:6]), 1'b0, w[6]};
      reg  [11:0] low_q, high_q;
      reg         one1_q, one3_q;
      always @(posedge clk_i) begin
        low_q  <= {{3{even0[8]}}, even0} + {odd0[10], odd0};
        high_q <= {{3{even1[8]}}, even1} + {odd1[10], odd1};
        one1_q <= w[4];
        one3_q <= w[8];
      end
      assign low[HALF_BITS*(V + v) +: HALF_BITS]  = {{HALF_BITS-12{low_q[11]}}, low_q};
      assign high[HALF_BITS*(V + v) +: HALF_BITS] = {{HALF_BITS-12{high_q[11]}}, high_q};
      assign ones1[ONES_BITS*(V + v) +: ONES_BITS] = {{ONES_BITS-1{1'b0}}, one1_q};
      assign ones3[ONES_BITS*(V + v) +: ONES_BITS] = {{ONES_BITS-1{1'b0}}, one3_q};
    end
    for (n = 1; n < V; n = n + 1) begin : g_add
      reg [HALF_BITS-1:0] low_q, high_q;
      reg [ONES_BITS-1:0] ones1_q, ones3_q;
      always @(posedge clk_i) begin
        low_q   <= low[HALF_BITS*2*n +: HALF_BITS] + low[HALF_BITS*(2*n + 1) +: HALF_BITS];
        high_q  <= high[HALF_BITS*2*n +: HALF_BITS] + high[HALF_BITS*(2*n + 1) +: HALF_BITS];
        ones1_q <= ones1[ONES_BITS*2*n +: ONES_BITS] + ones1[ONES_BITS*(2*n + 1) +: ONES_BITS];
        ones3_q <= ones3[ONES_BITS*2*n +: ONES_BITS] + ones3[ONES_BITS*(2*n + 1) +: ONES_BITS];
      end
      assign low[HALF_BITS*n +: HALF_BITS]   = low_q;
      assign high[HALF_BITS*n +: HALF_BITS]  = high_q;
      assign ones1[ONES_BITS*n +: ONES_BITS] = ones1_q;
      assign ones3[ONES_BITS*n +: ONES_BITS] = ones3_q;
    end
  endgenerate
  assign low[HALF_BITS-1:0]   = {HALF_BITS{1'b0}};
  assign high[HALF_BITS-1:0]  = {HALF_BITS{1'b0}};
  assign ones1[ONES_BITS-1:0] = {ONES_BITS{1'b0}};
  assign ones3[ONES_BITS-1:0] = {ONES_BITS{1'b0}};

  // The roots are nodes 1.
  wire [HALF_BITS-1:0] low_sum  = low[HALF_BITS +: HALF_BITS];
  wire [HALF_BITS-1:0] high_sum = high[HALF_BITS +: HALF_BITS];
  wire [SUM_BITS-1:0]  ones_sum =
      {{SUM_BITS-ONES_BITS-2{1'b0}}, ones1[ONES_BITS +: ONES_BITS], 2'd0}
      + {{SUM_BITS-ONES_BITS-6{1'b0}}, ones3[ONES_BITS +: ONES_BITS], 6'd0};
  wire unused_nodes = &{1'b0, low[HALF_BITS-1:0], high[HALF_BITS-1:0], ones1[ONES_BITS-1:0],
                        ones3[ONES_BITS-1:0], high_sum_q};

  reg [SUM_BITS-1:0]  rest_q, out_q;
  reg [HALF_BITS-1:0] high_sum_q;
  always @(posedge clk_i) begin
    rest_q     <= {{SUM_BITS-HALF_BITS{low_sum[HALF_BITS-1]}}, low_sum} + ones_sum;
    high_sum_q <= high_sum;
    out_q      <= rest_q + {high_sum_q[SUM_BITS-5:0], 4'd0};
  end
  assign sum_o = out_q;

endmodule

`default_nettype wire
