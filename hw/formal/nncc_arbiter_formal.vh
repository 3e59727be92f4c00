// Properties of nncc_arbiter, included in it.

  genvar formal_i;
  generate
    for (formal_i = 0; formal_i < N; formal_i = formal_i + 1) begin : g_formal
      // At most one grant, only where requested, and to the lowest number.
      wire below = |(req_i & ((1 << formal_i) - 1));
      always @* begin
        assert (gnt_o[formal_i] == (req_i[formal_i] && !below));
        if (gnt_o[formal_i]) assert (gnt_o == (1 << formal_i));
        if (gnt_o[formal_i]) assert (req_i[formal_i]);
      end
    end
  endgenerate
  always @* if (|req_i) assert (|gnt_o);
