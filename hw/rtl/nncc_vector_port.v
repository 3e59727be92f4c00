// One read port of the vector engine: takes addresses ahead of the memory and hands
// out the words in order, so that a port that wins its bank early does not wait for
// one that does not.
//
// Parameters
//   WIDTH      bits of a word
//   ADDRESSES  addresses that may wait
//   DEPTH      words that are read ahead
//
// Protocol: addr_* is valid/ready. fm_* is a reader of nncc_feature_mem; the number of
// words under way never exceeds the room for them. want_o: there is something to ask for
// at fm_addr_o; it is asked for unless yield_i. ahead_o: words that are read or under way
// and not taken yet, a measure of how urgent the next one is. A word at the head of the queue is
// removed by pop_i, which must come only with valid_o.
//
// Latency: an address accepted in one cycle is requested in the next; a word is at the
// head one cycle after it came.

`default_nettype none

module nncc_vector_port #(
    parameter WIDTH     = 64,
    parameter ADDRESSES = 4,
    parameter DEPTH     = 8
) (
    input  wire             clk_i,
    input  wire             rst_i,

    input  wire             addr_valid_i,
    output wire             addr_ready_o,
    input  wire [15:0]      addr_i,

    output wire             want_o,
    input  wire             yield_i,
    output wire [$clog2(DEPTH+1)-1:0] ahead_o,

    output wire             fm_req_o,
    output wire [15:0]      fm_addr_o,
    input  wire             fm_gnt_i,
    input  wire             fm_valid_i,
    input  wire [WIDTH-1:0] fm_data_i,

    output wire             valid_o,
    output wire [WIDTH-1:0] data_o,
    input  wire             pop_i
);

  localparam CW = $clog2(DEPTH + 1);
  localparam AW = $clog2(ADDRESSES + 1);
  localparam [31:0] FULL32 = DEPTH;

  wire          waiting;
  wire          grant = fm_req_o && fm_gnt_i;
  reg  [CW-1:0] taken_q;   // places of the data queue that are filled or promised

  assign want_o   = waiting && taken_q != FULL32[CW-1:0];
  assign fm_req_o = want_o && !yield_i;
  assign ahead_o  = taken_q;

  always @(posedge clk_i) begin
    if (rst_i) taken_q <= {CW{1'b0}};
    else if (grant != pop_i) taken_q <= grant ? taken_q + 1'b1 : taken_q - 1'b1;
  end

  wire [AW-1:0] unused_addresses;
  nncc_fifo #(.WIDTH(16), .DEPTH(ADDRESSES)) u_addresses (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .valid_i(addr_valid_i),
      .ready_o(addr_ready_o),
      .data_i (addr_i),
      .valid_o(waiting),
      .ready_i(grant),
      .data_o (fm_addr_o),
      .count_o(unused_addresses)
  );

  wire          unused_ready;
  wire [CW-1:0] unused_words;
  nncc_fifo #(.WIDTH(WIDTH), .DEPTH(DEPTH)) u_words (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .valid_i(fm_valid_i),
      .ready_o(unused_ready),
      .data_i (fm_data_i),
      .valid_o(valid_o),
      .ready_i(pop_i),
      .data_o (data_o),
      .count_o(unused_words)
  );

endmodule

`default_nettype wire
