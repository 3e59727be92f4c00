// Saturating counters of events, in one memory.
//
// Parameters
//   EVENTS  how many, from 3 on
//   WIDTH   bits of a counter; its greatest value is at least 2 EVENTS
//   FAST    1: for fast simulation; 0: for few LUTs. No difference from outside
//
// Protocol: each bit of event_i that is set in a cycle adds one to its counter, which
// stays at its greatest value. From the cycle after clear_i on, all are zero; events in
// the cycle of clear_i do not count. rst_i is clear_i, and also ends a read.
// A pulse of read_i asks for counter index_i, below EVENTS; valid_o is a pulse with the
// answer in data_o. The next read_i comes after it.
//
// Each event has a small counter. Every cycle another event is visited: what its small
// counter holds moves to its word in the memory. A read takes a cycle from that, to look
// at a word and its small counter without changing them. Since there is one in three
// cycles at most, each event is visited within 2 EVENTS cycles.
//
// Latency: valid_o comes two cycles after read_i, three if a visit is just writing that
// word. data_o is the value at the beginning of the cycle before valid_o, or zero if
// clear_i was high in that cycle.

`default_nettype none

module nncc_counters #(
    parameter EVENTS = 43,
    parameter WIDTH  = 32,
    parameter FAST   = 1
) (
    input  wire                      clk_i,
    input  wire                      rst_i,

    input  wire                      clear_i,
    input  wire [        EVENTS-1:0] event_i,

    input  wire                      read_i,
    input  wire [$clog2(EVENTS)-1:0] index_i,
    output wire                      valid_o,
    output wire [         WIDTH-1:0] data_o
);

  localparam IW = $clog2(EVENTS);          // index of an event
  localparam CW = $clog2(2 * EVENTS + 1);  // small counter: at most 2 EVENTS
  localparam [31:0] LAST32 = EVENTS - 1;
  localparam [IW-1:0] LAST = LAST32[IW-1:0];

  wire clear = rst_i || clear_i;

  // -- First cycle: the small counter, the address of the word ----------------------

  reg           read_q;
  reg  [IW-1:0] read_index_q;
  reg  [IW-1:0] visit_q;
  reg           old_q;    // words from visit_q on are from before the last clear
  reg           move_q;   // the second cycle is one of a visit, of index_q
  reg  [IW-1:0] index_q;

  // Not while the word is written: it could be read old or new.
  wire look = read_q && !(move_q && index_q == read_index_q);
  wire [IW-1:0] index = look ? read_index_q : visit_q;

  always @(posedge clk_i) begin
    if (rst_i) read_q <= 1'b0;
    else if (read_i) read_q <= 1'b1;
    else if (look) read_q <= 1'b0;
    if (read_i) read_index_q <= index_i;
    if (clear) begin
      visit_q <= {IW{1'b0}};
      old_q   <= 1'b1;
    end else if (!look) begin
      visit_q <= visit_q == LAST ? {IW{1'b0}} : visit_q + 1'b1;
      old_q   <= old_q && visit_q != LAST;
    end
  end

  wire [EVENTS-1:0] visit = {{EVENTS - 1{1'b0}}, !look} << visit_q;

  // By bit, padded to a power of two: the selection is a plain multiplexer. The event of
  // the cycle of a visit is the first of the next round.
  wire [CW*(1<<IW)-1:0] counts;
  wire [CW-1:0] delta;

  genvar b, g;
  generate
    if (FAST != 0) begin : g_fast
      // Bit b of all small counters is one register: they count side by side.
      for (b = 0; b < CW; b = b + 1) begin : g_bit
        reg  [EVENTS-1:0] count_q;
        wire [EVENTS-1:0] carry;
        wire [EVENTS-1:0] first;
        if (b == 0) begin : g_first
          assign carry = event_i;
          assign first = event_i & visit;
        end else begin : g_next
          assign carry = g_bit[b-1].carry & g_bit[b-1].count_q;
          assign first = {EVENTS{1'b0}};
        end
        always @(posedge clk_i) begin
          if (clear) count_q <= {EVENTS{1'b0}};
          else count_q <= ((count_q ^ carry) & ~visit) | first;
        end
        assign counts[b*(1<<IW)+:1<<IW] = {{(1 << IW) - EVENTS{1'b0}}, count_q};
      end
    end else begin : g_small
      for (g = 0; g < (1 << IW); g = g + 1) begin : g_counter
        wire [CW-1:0] count;
        if (g < EVENTS) begin : g_used
          reg [CW-1:0] count_q;
          always @(posedge clk_i) begin
            if (clear || visit[g]) count_q <= {{CW - 1{1'b0}}, event_i[g] && !clear};
            else count_q <= count_q + {{CW - 1{1'b0}}, event_i[g]};
          end
          assign count = count_q;
        end else begin : g_unused
          assign count = {CW{1'b0}};
        end
        for (b = 0; b < CW; b = b + 1) begin : g_bit
          assign counts[b*(1<<IW)+g] = count[b];
        end
      end
    end
    for (b = 0; b < CW; b = b + 1) begin : g_select
      wire [(1<<IW)-1:0] bits = counts[b*(1<<IW)+:1<<IW];
      assign delta[b] = bits[index];
    end
  endgenerate

  // -- Second cycle: the sum --------------------------------------------------------

  reg              look_q;
  reg  [   CW-1:0] delta_q;
  reg              zero_q;  // the word does not count
  wire [WIDTH-1:0] word;

  always @(posedge clk_i) begin
    look_q  <= look && !rst_i;
    move_q  <= !look && !clear;  // after a clear the word is old anyway
    index_q <= index;
    delta_q <= clear ? {CW{1'b0}} : delta;
    zero_q  <= clear || (old_q && index >= visit_q);
  end

  wire [WIDTH:0] sum = {1'b0, zero_q ? {WIDTH{1'b0}} : word} +
                       {{WIDTH + 1 - CW{1'b0}}, delta_q};

  assign valid_o = look_q;
  assign data_o = sum[WIDTH-1:0] | {WIDTH{sum[WIDTH]}};

  nncc_ram #(
      .WIDTH(WIDTH),
      .DEPTH(EVENTS)
  ) u_words (
      .clk_i  (clk_i),
      .we_i   (move_q),
      .waddr_i(index_q),
      .wdata_i(data_o),
      .re_i   (1'b1),
      .raddr_i(index),
      .rdata_o(word)
  );

endmodule

`default_nettype wire
