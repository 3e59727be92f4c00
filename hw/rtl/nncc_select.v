// One of COUNT words, by its number.
//
// A module, so that synthesis which keeps the hierarchy maps it by itself: a bit of four
// words is one LUT, and where the number is not mixed with the words it stays one.
//
// Parameters: WIDTH, bits of a word; COUNT, at least 2. index_i is below COUNT.

`default_nettype none

module nncc_select #(
    parameter WIDTH = 8,
    parameter COUNT = 4
) (
    input  wire [COUNT*WIDTH-1:0]   words_i,
    input  wire [$clog2(COUNT)-1:0] index_i,
    output wire [WIDTH-1:0]         word_o
);

`ifdef SYNTHESIS
  genvar i, n;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : g_bit
      wire [COUNT-1:0] bits;
      for (n = 0; n < COUNT; n = n + 1) begin : g_word
        assign bits[n] = words_i[n*WIDTH + i];
      end
      assign word_o[i] = bits[index_i];
    end
  endgenerate
`else
  // The same for simulators, which take a word at once several times faster.
  assign word_o = words_i[index_i*WIDTH +: WIDTH];
`endif

endmodule

`default_nettype wire
