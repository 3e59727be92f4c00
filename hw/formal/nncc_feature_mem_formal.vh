// Properties of nncc_feature_mem, included in it.

  // Nothing is promised before the first reset.
  reg formal_started_q = 1'b0;
  always @(posedge clk_i) if (rst_i) formal_started_q <= 1'b1;
  wire formal_on = formal_started_q && !rst_i;

  // Grants of one side. Two ports of one bank are compared once, from the higher
  // number.
  genvar formal_p, formal_l;
  generate
    for (formal_p = 0; formal_p < READERS; formal_p = formal_p + 1) begin : g_formal_read
      wire [READERS-1:0] same;   // a lower number asks for the same bank
      for (formal_l = 0; formal_l < READERS; formal_l = formal_l + 1) begin : g_pair
        assign same[formal_l] = formal_l < formal_p && rd_req_i[formal_l] &&
            rd_addr_i[formal_l*ADDR +: BW] == rd_addr_i[formal_p*ADDR +: BW];
        // At most one grant for each bank.
        always @* if (same[formal_l])
          assert (!(rd_gnt_o[formal_l] && rd_gnt_o[formal_p]));
      end
      always @* begin
        if (rd_gnt_o[formal_p]) assert (rd_req_i[formal_p]);
        // Alone in its bank, or the lowest number: granted.
        if (rd_req_i[formal_p] && same == 0) assert (rd_gnt_o[formal_p]);
        // Held back only by one that is granted.
        if (rd_req_i[formal_p] && !rd_gnt_o[formal_p]) assert (|(same & rd_gnt_o));
      end

      // Data is announced two cycles after the grant.
      wire [1:0] internal = g_reader[formal_p].valid_q;
      reg formal_q1, formal_q2;
      always @(posedge clk_i) begin
        formal_q1 <= rd_gnt_o[formal_p] && !rst_i;
        formal_q2 <= formal_q1 && !rst_i;
      end
      always @* if (formal_on) begin
        assert (rd_valid_o[formal_p] == formal_q2);
        assert (internal[0] == formal_q1);
      end
    end

    for (formal_p = 0; formal_p < WRITERS; formal_p = formal_p + 1) begin : g_formal_write
      wire [WRITERS-1:0] same;
      for (formal_l = 0; formal_l < WRITERS; formal_l = formal_l + 1) begin : g_pair
        assign same[formal_l] = formal_l < formal_p && wr_req_i[formal_l] &&
            wr_addr_i[formal_l*ADDR +: BW] == wr_addr_i[formal_p*ADDR +: BW];
        always @* if (same[formal_l])
          assert (!(wr_gnt_o[formal_l] && wr_gnt_o[formal_p]));
      end
      always @* begin
        if (wr_gnt_o[formal_p]) assert (wr_req_i[formal_p]);
        if (wr_req_i[formal_p] && same == 0) assert (wr_gnt_o[formal_p]);
        if (wr_req_i[formal_p] && !wr_gnt_o[formal_p]) assert (|(same & wr_gnt_o));
      end
    end
  endgenerate

`ifdef FORMAL_DATA
  // One word, any one: what was last written there is what is read. Its content is
  // deep in the banks, so that this is shown for a number of cycles only.
  reg [BW+RW-1:0]  formal_addr_q;
  reg              formal_known_q = 1'b0;
  reg [WIDTH-1:0]  formal_word_q;
  reg              formal_write;
  reg [WIDTH-1:0]  formal_write_data;
  integer          formal_w;
  always @* begin
    formal_write      = 1'b0;
    formal_write_data = {WIDTH{1'b0}};
    for (formal_w = 0; formal_w < WRITERS; formal_w = formal_w + 1)
      if (wr_gnt_o[formal_w] && wr_addr_i[formal_w*ADDR +: BW+RW] == formal_addr_q) begin
        formal_write      = 1'b1;
        formal_write_data = wr_data_i[formal_w*WIDTH +: WIDTH];
      end
  end
  always @(posedge clk_i) begin
    if (rst_i) begin   // what reader 0 shows then is the word
      formal_addr_q  <= rd_addr_i[BW+RW-1:0];
      formal_known_q <= 1'b0;
    end else if (formal_write) begin
      formal_known_q <= 1'b1;
      formal_word_q  <= formal_write_data;
    end
  end
  generate
    for (formal_p = 0; formal_p < READERS; formal_p = formal_p + 1) begin : g_formal_data
      reg             hit_q1 = 1'b0, hit_q2 = 1'b0;
      reg [WIDTH-1:0] word_q1, word_q2;
      always @(posedge clk_i) begin
        hit_q1  <= rd_gnt_o[formal_p] && formal_known_q && !formal_write && !rst_i &&
                   rd_addr_i[formal_p*ADDR +: BW+RW] == formal_addr_q;
        word_q1 <= formal_word_q;
        hit_q2  <= hit_q1;
        word_q2 <= word_q1;
      end
      always @* if (hit_q2) assert (rd_data_o[formal_p*WIDTH +: WIDTH] == word_q2);
    end
  endgenerate
`endif
