// Properties of nncc_tokens, included in it.
//
// Beside each counter runs an ideal one, too wide to saturate or to wrap, that sees
// only the ports.

  // Nothing is promised before the first reset.
  reg formal_started_q = 1'b0;
  always @(posedge clk_i) if (rst_i) formal_started_q <= 1'b1;
  wire formal_on = formal_started_q && !rst_i;

  wire [24:0] formal_full;

  genvar formal_f, formal_t;
  generate
    for (formal_f = 0; formal_f < ENGINES; formal_f = formal_f + 1) begin : g_formal
      wire transfer = post_valid_i[formal_f] && post_ready_o[formal_f];
      // The producer waits exactly as long as a counter of its mask is full.
      always @* begin
        if (formal_on)
          assert (post_ready_o[formal_f] ==
                  !(|(post_mask_i[formal_f*ENGINES +: ENGINES] &
                      formal_full[formal_f*ENGINES +: ENGINES])));
      end
      for (formal_t = 0; formal_t < ENGINES; formal_t = formal_t + 1) begin : g_formal_to
        localparam FORMAL_INDEX = formal_f * ENGINES + formal_t;
        if (formal_f != formal_t) begin : g_formal_counter
          reg signed [15:0] ideal_q;
          wire add = transfer && post_mask_i[FORMAL_INDEX];
          wire sub = take_i[FORMAL_INDEX] && ideal_q > 0;
          always @(posedge clk_i) begin
            if (rst_i || clear_i) ideal_q <= 0;
            else ideal_q <= ideal_q + $signed({15'd0, add}) - $signed({15'd0, sub});
          end
          assign formal_full[FORMAL_INDEX] = ideal_q >= LIMIT;
          always @* begin
            if (formal_on) begin
              assert (ideal_q >= 0 && ideal_q <= LIMIT);
              assert (counts_o[FORMAL_INDEX*CW +: CW] == ideal_q);
              assert (available_o[FORMAL_INDEX] == (ideal_q > 0));
            end
          end
        end else begin : g_formal_none
          assign formal_full[FORMAL_INDEX] = 1'b0;
          always @* assert (!available_o[FORMAL_INDEX]);
        end
      end
    end
  endgenerate
