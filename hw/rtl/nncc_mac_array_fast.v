// The view of nncc_mac_array for simulation: all products in one step behind a
// delay line for the inputs, which are far narrower than the sums.
//
// Parameters, protocol and latency: see nncc_mac_array.

`default_nettype none

module nncc_mac_array_fast #(
    parameter V       = 8,
    parameter O       = 8,
    parameter LATENCY = 8
) (
    input  wire                        clk_i,
    input  wire [8*V-1:0]              a_i,
    input  wire                        swap_i,
    input  wire                        load_i,
    input  wire [$clog2(V)-1:0]        load_index_i,
    input  wire [8*O-1:0]              load_data_i,
    output wire [O*(15+$clog2(V))-1:0] sum_o
);

  localparam G        = O / V;
  localparam IW       = $clog2(V);
  localparam SUM_BITS = 15 + IW;
  // One 64-bit product of an activation has those of several outputs side by side.
  localparam SIDE     = 64 / SUM_BITS;
  localparam WORDS    = (O + SIDE - 1) / SIDE;
  localparam PACKED   = SIDE * SUM_BITS;
  // Registers for the operands and for the sums, which then wait in a ring.
  localparam RING     = LATENCY - 2;
  localparam RW       = $clog2(RING);
  localparam [31:0]   LAST32 = RING - 1;

  // Weights, the next block.
  reg [8*V-1:0] shadow_q [0:O-1];
  integer g;
  always @(posedge clk_i) begin
    if (load_i) begin
      for (g = 0; g < G; g = g + 1)
        shadow_q[load_index_i*G + g] <= load_data_i[8*V*g +: 8*V];
    end
  end

  // Operands; those that stay as they are need no new sums.
  reg [8*V-1:0] bytes_q;
  reg           new_q;
  wire          differs = a_i !== bytes_q;   // also from what is unknown at first
  always @(posedge clk_i) begin
    new_q <= swap_i || differs;
    if (differs) bytes_q <= a_i;
  end

  // Half of the range of a sum is added to each: none is negative, and none borrows from
  // its neighbor. Taking it away again turns the upper bit of each.
  localparam [PACKED-1:0] HALVES = {SIDE{1'b1, {SUM_BITS-1{1'b0}}}};

  reg [RW-1:0] place_q;
  initial place_q = {RW{1'b0}};
  always @(posedge clk_i)
    place_q <= (place_q == LAST32[RW-1:0]) ? {RW{1'b0}} : place_q + 1'b1;

  // A register for each word: simulators are slow with arrays that change as a whole.
  wire [PACKED*WORDS-1:0] sums;
  genvar k, v;
  generate
    for (v = 0; v < V; v = v + 1) begin : g_a
      reg [63:0] a_q;   // sign-extended
      always @(posedge clk_i) begin
        if (differs) a_q <= {{56{a_i[8*v + 7]}}, a_i[8*v +: 8]};
      end
    end

    for (k = 0; k < WORDS; k = k + 1) begin : g_word
      for (v = 0; v < V; v = v + 1) begin : g_in
        // Weights of SIDE outputs in steps of SUM_BITS bits, sign-extended.
        function [63:0] pack(input [7:0] none);
          integer s;
          reg [7:0] w;
          begin
            pack = 64'd0;
            for (s = SIDE - 1; s >= 0; s = s - 1) begin
              w    = (k*SIDE + s < O) ? shadow_q[(k*SIDE + s < O) ? k*SIDE + s : 0][8*v +: 8]
                                      : none;
              pack = (pack << SUM_BITS) + {{56{w[7]}}, w};
            end
          end
        endfunction

        reg  [63:0] active_q;
        wire [63:0] total;
        always @(posedge clk_i) begin
          if (swap_i) active_q <= pack(8'd0);
        end
        if (v == 0) begin : g_first
          assign total = {{64-PACKED{1'b0}}, HALVES} + g_a[v].a_q * active_q;
        end else begin : g_next
          assign total = g_word[k].g_in[v-1].total + g_a[v].a_q * active_q;
        end
      end

      // The sums, then their ring: a place is read in the cycle in which it is written.
      reg  [63:0] sum_q;
      reg  [63:0] ring_q [0:RING-1];
      wire [63:0] sum = ring_q[place_q] ^ {{64-PACKED{1'b0}}, HALVES};
      wire        unused_sum = &{1'b0, sum};
      always @(posedge clk_i) begin
        if (new_q) sum_q <= g_in[V-1].total;
        ring_q[place_q] <= sum_q;
      end
      assign sums[PACKED*k +: PACKED] = sum[PACKED-1:0];
    end
  endgenerate

  assign sum_o = sums[O*SUM_BITS-1:0];
  wire unused_sums = &{1'b0, sums};

endmodule

`default_nettype wire
