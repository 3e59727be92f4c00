// Cycles from the inputs of nncc_requant to their result.

`ifndef NNCC_REQUANT_VH
`define NNCC_REQUANT_VH

`define NNCC_REQUANT_LATENCY 8

`endif
