// Properties of nncc_dispatch, included in it: what starts has its tokens. (Counters that
// are full: nncc_tokens. The order within a queue: nncc_fifo.)
//
// Tokens are counted at the ports of the engines, by counters too wide to wrap: given by
// what finishes and posts, taken by what starts and waits.

  // Nothing is promised before the first reset.
  reg formal_started_q = 1'b0;
  always @(posedge clk_i) if (rst_i) formal_started_q <= 1'b1;
  wire formal_on = formal_started_q && !rst_i;

  genvar formal_e, formal_f;
  generate
    for (formal_e = 0; formal_e < ENGINES; formal_e = formal_e + 1) begin : g_formal
      wire [`ISA_BITS-1:0] inst  = eng_inst_o[`ISA_BITS*formal_e +: `ISA_BITS];
      wire [4:0]           waits = inst[`ISA_HEADER_WAIT];
      wire begins = eng_valid_o[formal_e] && eng_ready_i[formal_e];
      wire ends   = eng_finish_i[formal_e] && eng_finish_ready_o[formal_e];

      // Instructions in the queue and in the engine. An engine finishes what it started.
      reg [31:0] queued_q, running_q;
      wire       arrives = inst_valid_i && inst_ready_o && engine == formal_e;
      always @(posedge clk_i) begin
        if (rst_i || clear_i) begin
          queued_q  <= 0;
          running_q <= 0;
        end else begin
          queued_q  <= queued_q + {31'd0, arrives} - {31'd0, begins};
          running_q <= running_q + {31'd0, begins} - {31'd0, ends};
        end
      end
      always @* if (formal_on) begin
        if (eng_finish_i[formal_e]) assume (running_q != 0);
        assume (running_q < 16'hffff);
      end

      // What was offered in the last cycle and not taken.
      reg held_q;
      always @(posedge clk_i)
        held_q <= eng_valid_o[formal_e] && !eng_ready_i[formal_e] && !rst_i && !clear_i;

      always @* if (formal_on) begin
        assert (!(eng_valid_o[formal_e] && stop_i));
        if (held_q && !stop_i && !inst[`ISA_HEADER_FENCE]) assert (eng_valid_o[formal_e]);
        if (eng_valid_o[formal_e]) assert (queued_q != 0);
        if (eng_valid_o[formal_e] && inst[`ISA_HEADER_FENCE]) assert (eng_idle_i[formal_e]);
        if (eng_finish_i[formal_e] && stop_i) assert (eng_finish_ready_o[formal_e]);
        if (done_o) assert (fetched_i && queued_q == 0 && running_q == 0);
        // Invariants of the registers.
        assert (g_engine[formal_e].unused_count == queued_q);
        assert (g_engine[formal_e].unfinished_q == running_q);
      end

      for (formal_f = 0; formal_f < ENGINES; formal_f = formal_f + 1) begin : g_formal_from
        localparam FORMAL_INDEX = formal_f * ENGINES + formal_e;
        if (formal_f != formal_e) begin : g_formal_tokens
          reg  [31:0] tokens_q;
          wire give = eng_finish_i[formal_f] && eng_finish_ready_o[formal_f] && !stop_i &&
                      eng_finish_post_i[FORMAL_INDEX];
          wire needs = begins && waits[formal_f];
          always @(posedge clk_i) begin
            if (rst_i || clear_i) tokens_q <= 0;
            else tokens_q <= tokens_q + {31'd0, give} - {31'd0, needs};
          end
          always @* if (formal_on) begin
            if (eng_valid_o[formal_e] && waits[formal_f]) assert (tokens_q != 0);
            assert (tokens_q <= LIMIT);
            assert (counts[FORMAL_INDEX*$clog2(LIMIT+1) +: $clog2(LIMIT+1)] == tokens_q);
          end
        end else begin : g_formal_own
          // An engine has no tokens for itself: such an instruction never starts.
          always @* if (formal_on && waits[formal_e]) assert (!eng_valid_o[formal_e]);
        end
      end
    end
  endgenerate
