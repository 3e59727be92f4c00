// Signed product x*w in LUTs, as two partial sums and two single ones:
//
//   x*w = low_o + 4*ones_o[0] + 16*high_o + 64*ones_o[1]
//
// so that who adds several products adds their parts and not each product first.
// Radix-4 Booth recoding: each two bits of x are a digit of -2 to 2, and choose among
// w and 2*w. To negate is to invert and to add one. The ones of digits 0 and 2 have a
// place beside the digit above, those of digits 1 and 3 are ones_o.
//
// Parameters: W, bits of w.
//
// Latency: one cycle, from a cycle with en_i; the outputs stay until the next.

`default_nettype none

module nncc_product #(
    parameter W = 16
) (
    input  wire         clk_i,
    input  wire         en_i,
    input  wire [7:0]   x_i,
    input  wire [W-1:0] w_i,
    output wire [W+3:0] low_o,
    output wire [W+3:0] high_o,
    output wire [1:0]   ones_o
);

  function [W:0] times(input [W-1:0] value, input [2:0] digit);
    reg [W:0] magnitude;
    begin
      case (digit)
        3'b000, 3'b111: magnitude = {W+1{1'b0}};
        3'b011, 3'b100: magnitude = {value, 1'b0};
        default:        magnitude = {value[W-1], value};
      endcase
      times = magnitude ^ {W+1{digit[2]}};
    end
  endfunction

  wire [W:0] even0 = times(w_i, {x_i[1:0], 1'b0});
  wire [W:0] odd0  = times(w_i, x_i[3:1]);
  wire [W:0] even1 = times(w_i, x_i[5:3]);
  wire [W:0] odd1  = times(w_i, x_i[7:5]);

  reg [W+3:0] low_q, high_q;
  reg [1:0]   ones_q;

  always @(posedge clk_i) begin
    if (en_i) begin
      low_q  <= {{3{even0[W]}}, even0} + {odd0[W], odd0, 1'b0, x_i[1]};
      high_q <= {{3{even1[W]}}, even1} + {odd1[W], odd1, 1'b0, x_i[5]};
      ones_q <= {x_i[7], x_i[3]};
    end
  end

  assign low_o  = low_q;
  assign high_o = high_q;
  assign ones_o = ones_q;

endmodule

`default_nettype wire
