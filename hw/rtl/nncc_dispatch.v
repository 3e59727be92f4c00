// Dispatch: instructions to the engines' queues in program order, starts when the
// tokens are there, finishes and posts.
//
// Parameters:
//   DEPTH  instructions in each engine's queue
//   LIMIT  most tokens between two engines
//
// Protocol:
//   inst_* takes one instruction a cycle; a full queue holds back those behind. The
//   engine's number must be legal.
//   Towards engine e, bit e (or slice e) of each vector: eng_valid_o presents the head of
//   its queue when the tokens it waits for are there and, with `fence`, when the engine is
//   idle; the tokens are taken with eng_valid_o and eng_ready_i. Once eng_valid_o is
//   high, it stays so until the transfer or until `stop_i`. eng_finish_i with
//   eng_finish_ready_o ends the oldest started instruction and gives its tokens.
//   `stop_i`: nothing starts any more, and finishing instructions give no tokens and wait
//   for none.
//   `done_o`: `fetched_i` (no instruction is left in front) and all have finished.
//   `clear_i` empties queues and counters.
//
// Latency: an instruction is at its engine in the cycle after inst_ready_o.

`default_nettype none
`include "nncc_isa.vh"

module nncc_dispatch #(
    parameter DEPTH = 4,
    parameter LIMIT = 7
) (
    input wire clk_i,
    input wire rst_i,
    input wire clear_i,
    input wire stop_i,

    input  wire                 inst_valid_i,
    output wire                 inst_ready_o,
    input  wire [`ISA_BITS-1:0] inst_i,
    input  wire [         31:0] number_i,

    output wire [                4:0] eng_valid_o,
    input  wire [                4:0] eng_ready_i,
    output wire [5*`ISA_BITS-1:0] eng_inst_o,
    output wire [           5*32-1:0] eng_number_o,
    input  wire [                4:0] eng_finish_i,
    input  wire [               24:0] eng_finish_post_i,
    output wire [                4:0] eng_finish_ready_o,
    input  wire [                4:0] eng_idle_i,

    input  wire fetched_i,
    output wire done_o,

    // What passes in this cycle, for counters; see nncc_regs.
    output wire [ 4:0] count_finish_o,
    output wire [ 4:0] count_busy_o,
    output wire [ 4:0] count_empty_o,
    output wire [24:0] count_token_o   // to*5 + from: `to` waits for `from`
);

  localparam ENGINES = `ISA_NUM_ENGINES;
  localparam WIDTH = `ISA_BITS + 32;
  localparam UNFINISHED = 16;  // bits of a count of unfinished instructions

  wire [2:0] engine = inst_i[`ISA_HEADER_ENGINE];
  wire [4:0] queue_ready;
  wire [7:0] queue_ready_wide = {3'd0, queue_ready};

  assign inst_ready_o = queue_ready_wide[engine];

  wire [24:0] take;
  wire [24:0] available;
  wire [ 4:0] post_ready;
  wire [ 4:0] post_valid;
  wire [ 4:0] quiet;  // nothing in the queue, nothing started is unfinished

  // The counters are for tests; nobody reads them here.
  wire [25*$clog2(LIMIT+1)-1:0] counts;
  wire unused = &{1'b0, counts};

  nncc_tokens #(
      .LIMIT(LIMIT)
  ) u_tokens (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .clear_i     (clear_i),
      .take_i      (take),
      .available_o (available),
      .post_valid_i(post_valid),
      .post_mask_i (eng_finish_post_i),
      .post_ready_o(post_ready),
      .counts_o    (counts)
  );

  assign post_valid = eng_finish_i & ~{5{stop_i}};
  assign eng_finish_ready_o = post_ready | {5{stop_i}};

  genvar e, f;
  generate
    for (e = 0; e < ENGINES; e = e + 1) begin : g_engine
      localparam [2:0] NUMBER = e;

      wire                       head_valid;
      wire [          WIDTH-1:0] head;
      wire                       start;
      wire [$clog2(DEPTH+1)-1:0] unused_count;

      nncc_fifo #(
          .WIDTH(WIDTH),
          .DEPTH(DEPTH)
      ) u_queue (
          .clk_i  (clk_i),
          .rst_i  (rst_i || clear_i),
          .valid_i(inst_valid_i && engine == NUMBER),
          .ready_o(queue_ready[e]),
          .data_i ({number_i, inst_i}),
          .valid_o(head_valid),
          .ready_i(start),
          .data_o (head),
          .count_o(unused_count)
      );

      wire [4:0] waits = head[`ISA_HEADER_WAIT];
      wire [4:0] there;  // tokens for this engine
      wire [4:0] missing = waits & ~there;
      wire       fenced = head[`ISA_HEADER_FENCE] && !eng_idle_i[e];

      assign eng_valid_o[e] = head_valid && missing == 5'd0 && !fenced && !stop_i;
      assign eng_inst_o[`ISA_BITS*e+:`ISA_BITS] = head[`ISA_BITS-1:0];
      assign eng_number_o[32*e+:32] = head[`ISA_BITS+:32];
      assign start = eng_valid_o[e] && eng_ready_i[e];

      for (f = 0; f < ENGINES; f = f + 1) begin : g_from
        assign there[f] = available[f*ENGINES+e];
        assign take[f*ENGINES+e] = start && waits[f];
      end

      // Started and unfinished.
      wire finish = eng_finish_i[e] && eng_finish_ready_o[e];
      reg [UNFINISHED-1:0] unfinished_q;
      wire none = unfinished_q == {UNFINISHED{1'b0}};

      always @(posedge clk_i) begin
        if (rst_i || clear_i) unfinished_q <= {UNFINISHED{1'b0}};
        else if (start && !finish) unfinished_q <= unfinished_q + 1'b1;
        else if (finish && !start) unfinished_q <= unfinished_q - 1'b1;
      end

      assign quiet[e] = !head_valid && none;

      // One reason a cycle: a post that finds no room counts as waiting for those
      // that have to take tokens; the lowest missing token stands for all.
      wire [4:0] full = eng_finish_i[e] && !eng_finish_ready_o[e] ?
                        eng_finish_post_i[ENGINES*e+:ENGINES] : 5'd0;
      wire       starved = none && head_valid;
      wire [4:0] reason = full != 5'd0 ? full : starved ? missing : 5'd0;
      wire [4:0] lowest = reason & (~reason + 5'd1);

      assign count_finish_o[e] = finish;
      assign count_busy_o[e] = (!none && full == 5'd0) || (starved && missing == 5'd0);
      assign count_empty_o[e] = none && !head_valid && !fetched_i;
      assign count_token_o[e*ENGINES+:ENGINES] = lowest;
    end
  endgenerate

  assign done_o = fetched_i && &quiet;

`ifdef FORMAL
`include "nncc_dispatch_formal.vh"
`endif

endmodule

`default_nettype wire
