// Properties of nncc_fifo, included in it.
//
// One element, any one, is followed from the cycle in which it is accepted: it must
// leave unchanged after exactly those that were before it. So none is lost, doubled
// or overtaken.

  // Nothing is promised before the first reset.
  reg formal_started_q = 1'b0;
  always @(posedge clk_i) if (rst_i) formal_started_q <= 1'b1;
  wire formal_on = formal_started_q && !rst_i;

  // The number of elements, counted at the ports.
  reg [31:0] formal_count_q;
  always @(posedge clk_i) begin
    if (rst_i) formal_count_q <= 0;
    else formal_count_q <= formal_count_q + {31'd0, valid_i && ready_o}
                                          - {31'd0, valid_o && ready_i};
  end

  // The followed element and how many are before it.
  reg             formal_live_q;
  reg [31:0]      formal_ahead_q;
  reg [WIDTH-1:0] formal_data_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      formal_live_q <= 1'b0;
    end else if (!formal_live_q) begin
      if (formal_tag_i && valid_i && ready_o) begin
        formal_live_q  <= 1'b1;
        formal_data_q  <= data_i;
        formal_ahead_q <= formal_count_q - {31'd0, valid_o && ready_i};
      end
    end else if (valid_o && ready_i) begin
      if (formal_ahead_q == 0) formal_live_q <= 1'b0;
      else formal_ahead_q <= formal_ahead_q - 1;
    end
  end

  // What was offered in the last cycle and not taken.
  reg             formal_held_q;
  reg [WIDTH-1:0] formal_held_data_q;
  always @(posedge clk_i) begin
    formal_held_q      <= valid_o && !ready_i && !rst_i;
    formal_held_data_q <= data_o;
  end

  always @* begin
    if (formal_on) begin
      assert (count_o == formal_count_q);
      assert (formal_count_q <= DEPTH);
      assert (ready_o == (formal_count_q < DEPTH));
      assert (valid_o == (formal_count_q > 0));
      if (formal_live_q) assert (formal_ahead_q < formal_count_q);
      if (formal_live_q && formal_ahead_q == 0) assert (data_o == formal_data_q);
      if (formal_held_q) assert (valid_o && data_o == formal_held_data_q);
    end
  end

  // Invariants of the registers, which make the properties inductive.
  wire [31:0] formal_sum  = {{(32-AW){1'b0}}, head_q} + formal_count_q;
  wire [31:0] formal_tail = (formal_sum >= DEPTH) ? formal_sum - DEPTH : formal_sum;
  wire [31:0] formal_at   = {{(32-AW){1'b0}}, head_q} + formal_ahead_q;
  wire [31:0] formal_slot = (formal_at >= DEPTH) ? formal_at - DEPTH : formal_at;
  always @* begin
    if (formal_on) begin
      assert (head_q < DEPTH);
      assert (tail_q == formal_tail);
      if (formal_live_q) assert (mem[formal_slot[AW-1:0]] == formal_data_q);
    end
  end
