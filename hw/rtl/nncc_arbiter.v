// Fixed-priority arbiter: of the requests, the one with the lowest number is granted.
//
// Parameters
//   N   requests
//
// Protocol: combinational, no state. gnt_o has at most one bit set, and only where
// req_i has one.

`default_nettype none

module nncc_arbiter #(
    parameter N = 4
) (
    input  wire [N-1:0] req_i,
    output wire [N-1:0] gnt_o
);

  // The lowest set bit. The sum drops the carry out of the top.
  assign gnt_o = req_i & (~req_i + {{(N-1){1'b0}}, 1'b1});

`ifdef FORMAL
`include "nncc_arbiter_formal.vh"
`endif

endmodule

`default_nettype wire
