// One output of the MAC array in LUTs: V products and their sum.
//
// The inputs are those of the array, of this output alone: load_i brings its V
// weights to the shadow registers, swap_i from there into use, for a_i of the same
// cycle on. Products are made by radix-4 Booth recoding, four partial products
// each, which synthesis does not move into DSP slices.
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

  // Activation times the digit of three neighbouring weight bits, without the one
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

  // A binary tree: node n adds nodes 2n and 2n + 1; nodes V to 2V-1 are products.
  wire [2*V*SUM_BITS-1:0] node;

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
      reg         carry0_q, carry1_q;
      reg  [15:0] product_q;
      always @(posedge clk_i) begin
        low_q     <= {{3{even0[8]}}, even0} + {odd0[10], odd0};
        high_q    <= {{3{even1[8]}}, even1} + {odd1[10], odd1};
        carry0_q  <= w[4];
        carry1_q  <= w[8];
        product_q <= {{4{low_q[11]}}, low_q} + {high_q, 1'b0, carry0_q, 2'b00}
                   + {9'd0, carry1_q, 6'd0};
      end
      assign node[SUM_BITS*(V + v) +: SUM_BITS] = {{SUM_BITS-16{product_q[15]}}, product_q};
    end
    for (n = 1; n < V; n = n + 1) begin : g_add
      reg [SUM_BITS-1:0] sum_q;
      always @(posedge clk_i)
        sum_q <= node[SUM_BITS*2*n +: SUM_BITS] + node[SUM_BITS*(2*n + 1) +: SUM_BITS];
      assign node[SUM_BITS*n +: SUM_BITS] = sum_q;
    end
  endgenerate
  assign node[SUM_BITS-1:0] = {SUM_BITS{1'b0}};
  wire unused_node = &{1'b0, node[SUM_BITS-1:0]};

  reg [SUM_BITS-1:0] out_q;
  always @(posedge clk_i) out_q <= node[SUM_BITS +: SUM_BITS];
  assign sum_o = out_q;

endmodule

`default_nettype wire
