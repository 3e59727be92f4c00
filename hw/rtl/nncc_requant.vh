// Cycles from the inputs of nncc_requant to their result, with and without the
// residual term.

`ifndef NNCC_REQUANT_VH
`define NNCC_REQUANT_VH

`define NNCC_REQUANT_LATENCY 8
`define NNCC_REQUANT_PLAIN_LATENCY 7

`endif
