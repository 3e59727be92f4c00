// Token counters between the engines: one for each ordered pair (from, to) of
// different engines, at bit and index from*5 + to of the vectors.
//
// Parameters
//   LIMIT   most tokens of a counter
//
// Protocol
//   take_i        takes a token; only where available_o is set (elsewhere it has no
//                 effect). Several counters may be taken from at once.
//   available_o   the counter is above zero.
//   post_valid_i, post_mask_i, post_ready_o   for each engine a valid/ready
//                 handshake: the transfer adds a token to every counter in the
//                 engine's mask, all or none. post_ready_o is set when none of them
//                 is full. It does not see tokens taken in the same cycle: a full
//                 counter accepts a post in the cycle after a token has left.
//   clear_i       like reset: all counters become zero.
//   counts_o      the counters, $clog2(LIMIT+1) bits each.
// An engine neither waits for nor posts to itself; those bits have no counter.
//
// Latency: a token posted in one cycle is available in the next.

`default_nettype none

module nncc_tokens #(
    parameter LIMIT = 7
) (
    input  wire                            clk_i,
    input  wire                            rst_i,
    input  wire                            clear_i,

    input  wire [24:0]                     take_i,
    output wire [24:0]                     available_o,

    input  wire [4:0]                      post_valid_i,
    input  wire [24:0]                     post_mask_i,
    output wire [4:0]                      post_ready_o,

    output wire [25*$clog2(LIMIT+1)-1:0]   counts_o
);

  localparam ENGINES = 5;
  localparam CW = $clog2(LIMIT + 1);
  localparam [31:0] LIMIT32 = LIMIT;
  localparam [CW-1:0] FULL = LIMIT32[CW-1:0];

  // Engines neither wait for nor post to themselves.
  localparam [24:0] PAIRS = ~25'b10000_01000_00100_00010_00001;

  wire [24:0] full;
  wire [ 4:0] posts = post_valid_i & post_ready_o;
  wire [24:0] post = PAIRS & post_mask_i & {{ENGINES{posts[4]}}, {ENGINES{posts[3]}},
                                            {ENGINES{posts[2]}}, {ENGINES{posts[1]}},
                                            {ENGINES{posts[0]}}};
  wire [24:0] take = take_i & available_o;

  genvar b, e;
  generate
    // Bit b of all counters is one register, so that they count side by side.
    for (b = 0; b < CW; b = b + 1) begin : g_bit
      reg  [24:0] count_q;
      wire [24:0] any;        // this bit or one below is set
      wire [24:0] same;       // this bit and those below are those of LIMIT
      wire [24:0] up, down;   // carries into this bit
      wire [24:0] differs = count_q ^ {25{FULL[b]}};

      if (b == 0) begin : g_first
        assign any  = count_q;
        assign same = ~differs;
        assign up   = post & ~take;
        assign down = take & ~post;
      end else begin : g_next
        assign any  = g_bit[b-1].any | count_q;
        assign same = g_bit[b-1].same & ~differs;
        assign up   = g_bit[b-1].up & g_bit[b-1].count_q;
        assign down = g_bit[b-1].down & ~g_bit[b-1].count_q;
      end

      always @(posedge clk_i) begin
        if (rst_i || clear_i) count_q <= 25'd0;
        else count_q <= count_q ^ (up | down);
      end

      for (e = 0; e < 25; e = e + 1) begin : g_count
        assign counts_o[e*CW + b] = count_q[e];
      end
    end
    assign available_o = g_bit[CW-1].any & PAIRS;
    assign full        = g_bit[CW-1].same & PAIRS;

    for (e = 0; e < ENGINES; e = e + 1) begin : g_from
      assign post_ready_o[e] =
          ~|(full[e*ENGINES +: ENGINES] & post_mask_i[e*ENGINES +: ENGINES]);
    end
  endgenerate

`ifdef FORMAL
`include "nncc_tokens_formal.vh"
`endif

endmodule

`default_nettype wire
