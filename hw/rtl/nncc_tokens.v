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

  wire [24:0] full;

  genvar from, to;
  generate
    for (from = 0; from < ENGINES; from = from + 1) begin : g_from
      assign post_ready_o[from] =
          ~|(full[from*ENGINES +: ENGINES] & post_mask_i[from*ENGINES +: ENGINES]);
      wire posts = post_valid_i[from] && post_ready_o[from];

      for (to = 0; to < ENGINES; to = to + 1) begin : g_to
        localparam INDEX = from * ENGINES + to;
        if (from != to) begin : g_counter
          reg  [CW-1:0] count_q;
          wire          post = posts && post_mask_i[INDEX];
          wire          take = take_i[INDEX] && available_o[INDEX];

          always @(posedge clk_i) begin
            if (rst_i || clear_i)  count_q <= {CW{1'b0}};
            else if (post && !take) count_q <= count_q + 1'b1;
            else if (take && !post) count_q <= count_q - 1'b1;
          end

          assign available_o[INDEX]       = count_q != {CW{1'b0}};
          assign full[INDEX]              = count_q == FULL;
          assign counts_o[INDEX*CW +: CW] = count_q;
        end else begin : g_none
          wire unused = take_i[INDEX];
          assign available_o[INDEX]       = 1'b0;
          assign full[INDEX]              = 1'b0;
          assign counts_o[INDEX*CW +: CW] = {CW{1'b0}};
        end
      end
    end
  endgenerate

`ifdef FORMAL
`include "nncc_tokens_formal.vh"
`endif

endmodule

`default_nettype wire
