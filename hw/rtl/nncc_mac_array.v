// V x O int8 multipliers with stationary weights: every cycle, O dot products of
// one vector of V activations.
//
//   sum_o[o] = sum over v < V of a_i[v] * w[o][v]
//
// Parameters
//   V, O         inputs and outputs; O is V, 2V or 4V
//   LATENCY      cycles from a_i to sum_o, at least 7 + log2(V/4)
//   FAST         1: behavioural view, for simulation; 0: structure for synthesis.
//                Both compute the same, with the same latency.
//   DSP_COLUMNS  FAST=0: outputs (an even number) whose products are made in pairs
//                by DSP slices; the others are made of LUTs
//
// Weights: a block goes into shadow registers while the block before it is in use.
// A load brings words index*G to index*G + G-1 of the block, G = O/V; V loads are a
// block. Word o holds the V weights of output o, in [-127, 127]; those of index 0 to
// V-1 come in this order, each index once (G = 1 pairs neighbours).
//
// Protocol: nothing is ever held up. Activations with swap_i, and those after them,
// meet the block that the loads of earlier cycles have left in the shadow registers;
// a load in the same cycle belongs to the next block.

`default_nettype none

module nncc_mac_array #(
    parameter V           = 8,
    parameter O           = 8,
    parameter LATENCY     = 7 + $clog2(V / 4),
    parameter FAST        = 1,
    parameter DSP_COLUMNS = O
) (
    input  wire                         clk_i,
    input  wire [8*V-1:0]               a_i,
    input  wire                         swap_i,
    input  wire                         load_i,
    input  wire [$clog2(V)-1:0]         load_index_i,
    input  wire [8*O-1:0]               load_data_i,
    output wire [O*(15+$clog2(V))-1:0]  sum_o
);

  generate
    if (FAST != 0) begin : g_fast
      nncc_mac_array_fast #(.V(V), .O(O), .LATENCY(LATENCY)) u_array (
          .clk_i(clk_i), .a_i(a_i), .swap_i(swap_i), .load_i(load_i),
          .load_index_i(load_index_i), .load_data_i(load_data_i), .sum_o(sum_o));
    end else begin : g_dsp
      nncc_mac_array_dsp #(.V(V), .O(O), .LATENCY(LATENCY), .DSP_COLUMNS(DSP_COLUMNS)) u_array (
          .clk_i(clk_i), .a_i(a_i), .swap_i(swap_i), .load_i(load_i),
          .load_index_i(load_index_i), .load_data_i(load_data_i), .sum_o(sum_o));
    end
  endgenerate

endmodule

`default_nettype wire
