// Properties of nncc_axi_split, included in it.
//
// One beat of one segment, any one, is followed from the cycle in which its segment is
// accepted: it must leave with its own address and tag behind exactly those beats that
// were accepted before it. So the bursts cover the segments exactly, each beat once, in
// order. That they end follows from two things: behind the last segment a burst is
// offered as long as beats are left, and each takes at least one of them.

  localparam FORMAL_BYTES = DATA / 8;

  // Nothing is promised before the first reset.
  reg formal_started_q = 1'b0;
  always @(posedge clk_i) if (rst_i) formal_started_q <= 1'b1;
  wire formal_on = formal_started_q && !rst_i;

  wire        formal_take = seg_valid_i && seg_ready_o;
  wire        formal_emit = burst_valid_o && burst_ready_i;
  wire [31:0] formal_len  = {24'd0, burst_len_o} + 1;
  wire [31:0] formal_in   = formal_take ? {{(32 - BEATS) {1'b0}}, seg_beats_i} : 0;
  wire [31:0] formal_out  = formal_emit ? formal_len : 0;

  // What the user promises: an offered segment stays, tags change behind seg_last_i.
  reg             formal_wait_q;     // a segment was offered and not taken
  reg             formal_inside_q;   // the segment before was not the last
  reg [ ADDR-1:0] formal_addr_q;
  reg [BEATS-1:0] formal_beats_q;
  reg [  TAG-1:0] formal_tag_q;
  reg             formal_last_q;
  always @(posedge clk_i) begin
    formal_wait_q <= seg_valid_i && !seg_ready_o && !rst_i;
    if (rst_i) formal_inside_q <= 1'b0;
    else if (formal_take) formal_inside_q <= !seg_last_i;
    if (seg_valid_i) begin
      formal_addr_q  <= seg_addr_i;
      formal_beats_q <= seg_beats_i;
      formal_tag_q   <= seg_tag_i;
      formal_last_q  <= seg_last_i;
    end
  end
  always @* begin
    assume (seg_addr_i % FORMAL_BYTES == 0);
    if (formal_on && formal_wait_q)
      assume (seg_valid_i && seg_addr_i == formal_addr_q && seg_beats_i == formal_beats_q &&
              seg_tag_i == formal_tag_q && seg_last_i == formal_last_q);
    if (formal_on && formal_inside_q && seg_valid_i) assume (seg_tag_i == formal_tag_q);
  end

  // The beats accepted and not sent, and whether a last segment ends them.
  reg  [31:0] formal_count_q;
  reg         formal_ended_q;
  wire [31:0] formal_count_d = formal_count_q + formal_in - formal_out;
  always @(posedge clk_i) begin
    if (rst_i) begin
      formal_count_q <= 0;
      formal_ended_q <= 1'b0;
    end else begin
      formal_count_q <= formal_count_d;
      formal_ended_q <= formal_count_d != 0 && (formal_take ? seg_last_i : formal_ended_q);
    end
  end

  // The followed beat, and how many are before it.
  wire             formal_begin = formal_follow_i && formal_take && formal_pick_i < seg_beats_i;
  reg              formal_live_q;
  reg  [     31:0] formal_ahead_q;
  reg  [ ADDR-1:0] formal_at_q;
  reg  [  TAG-1:0] formal_its_tag_q;
  reg              formal_ends_q;     // it is the last beat of a last segment
  wire             formal_leaves = formal_live_q && formal_emit && formal_ahead_q < formal_len;
  always @(posedge clk_i) begin
    if (rst_i) begin
      formal_live_q <= 1'b0;
    end else if (!formal_live_q) begin
      if (formal_begin) begin
        formal_live_q    <= 1'b1;
        formal_ahead_q   <= formal_count_q - formal_out + {{(32 - BEATS) {1'b0}}, formal_pick_i};
        formal_at_q      <= seg_addr_i + {{(ADDR - BEATS) {1'b0}}, formal_pick_i} * FORMAL_BYTES;
        formal_its_tag_q <= seg_tag_i;
        formal_ends_q    <= seg_last_i && formal_pick_i == seg_beats_i - 1'b1;
      end
    end else begin
      if (formal_leaves) formal_live_q <= 1'b0;
      formal_ahead_q <= formal_ahead_q - formal_out;
    end
  end

  // What was offered in the last cycle and not taken.
  reg             formal_held_q;
  reg [ ADDR-1:0] formal_held_addr_q;
  reg [      7:0] formal_held_len_q;
  reg [  TAG-1:0] formal_held_tag_q;
  always @(posedge clk_i) begin
    formal_held_q      <= burst_valid_o && !burst_ready_i && !rst_i;
    formal_held_addr_q <= burst_addr_o;
    formal_held_len_q  <= burst_len_o;
    formal_held_tag_q  <= burst_tag_o;
  end

  wire [ADDR-1:0] formal_expected = burst_addr_o + formal_ahead_q[ADDR-1:0] * FORMAL_BYTES;
  wire [ADDR-1:0] formal_end      = burst_addr_o + formal_len[ADDR-1:0] * FORMAL_BYTES;
  always @* begin
    if (formal_on) begin
      if (burst_valid_o) begin
        // No longer than allowed, no more than there is, within one page.
        assert (formal_len <= MAX_BURST);
        assert (formal_len <= formal_count_q);
        assert ({20'd0, burst_addr_o[11:0]} + formal_len * FORMAL_BYTES <= 4096);
        assert (burst_last_o == (formal_ended_q && formal_len == formal_count_q));
        assert (!stop_i);
        // As long as possible: shorter only where the next segment lies elsewhere.
        if (formal_len < MAX_BURST && formal_end[11:0] != 0 && !burst_last_o)
          assert (formal_len == formal_count_q && seg_valid_i && seg_beats_i != 0 &&
                  seg_addr_i != formal_end);
      end
      if (formal_leaves) begin
        assert (formal_expected == formal_at_q);
        assert (burst_tag_o == formal_its_tag_q);
        if (formal_ends_q) assert (burst_last_o && formal_ahead_q == formal_len - 1);
      end
      // Nothing waits for ever.
      if (formal_ended_q && !stop_i) assert (burst_valid_o);
      if (formal_count_q >= MAX_BURST && !stop_i) assert (burst_valid_o);
      if (formal_count_q == 0) assert (seg_ready_o && !burst_valid_o);
      if (formal_count_q != 0 && seg_valid_i && !stop_i) assert (burst_valid_o || seg_ready_o);
      // An offered burst stays.
      if (formal_held_q && !stop_i)
        assert (burst_valid_o && burst_addr_o == formal_held_addr_q &&
                burst_len_o == formal_held_len_q && burst_tag_o == formal_held_tag_q);
    end
  end

  // Invariants of the registers, which make the properties inductive.
  wire [INDEX-1:0] formal_index = addr_q + formal_ahead_q[INDEX-1:0];
  always @* begin
    if (formal_on) begin
      assert (beats_q == formal_count_q);
      assert (valid_q == (formal_count_q != 0));
      assert (last_q == formal_ended_q);
      assert (formal_count_q < (2 << ROOM) + (1 << BEATS));
      if (valid_q) assert (end_q == addr_q + formal_count_q[INDEX-1:0]);
      if (valid_q && !last_q) assert (formal_inside_q && tag_q == formal_tag_q);
      if (formal_live_q) begin
        assert (formal_ahead_q < formal_count_q);
        assert ({formal_index, {SHIFT{1'b0}}} == formal_at_q);
        assert (tag_q == formal_its_tag_q);
        if (formal_ends_q) assert (last_q && formal_ahead_q == formal_count_q - 1);
      end
    end
  end
