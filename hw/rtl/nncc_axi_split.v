// Segments of memory to AXI bursts: joins what lies one behind the other and splits
// what is too long for a burst or crosses a boundary of 4096 bytes.
//
// Parameters
//   ADDR       bits of a byte address
//   DATA       bits of a beat, 32 to 1024, a power of two
//   MAX_BURST  most beats of a burst, 1 to 256
//   BEATS      bits of a segment's length; more than log2(MAX_BURST)
//   TAG        bits that travel with a segment to its bursts
//
// Protocol: a segment is seg_beats_i beats (none is allowed) from seg_addr_i, aligned to
// a beat. It is joined to the one before it when it begins where that one ends, unless
// that one had seg_last_i. After a segment without seg_last_i another one must follow
// without waiting for anything of this module's user: a short burst waits for it. Tags
// change only behind seg_last_i. burst_last_o marks the burst that ends a segment with
// seg_last_i. burst_len_o is the length less one. Both sides valid/ready; burst_valid_o
// does not depend on burst_ready_i. With stop_i no burst is offered.
//
// Latency: a segment with seg_last_i is offered as a burst in the cycle after it was
// taken. One burst a cycle; one segment a cycle unless bursts are held up.

`default_nettype none

module nncc_axi_split #(
    parameter ADDR = 40,
    parameter DATA = 64,
    parameter MAX_BURST = 16,
    parameter BEATS = 20,
    parameter TAG = 32
) (
    input wire clk_i,
    input wire rst_i,
    input wire stop_i,

    input  wire             seg_valid_i,
    output wire             seg_ready_o,
    input  wire [ ADDR-1:0] seg_addr_i,
    input  wire [BEATS-1:0] seg_beats_i,
    input  wire [  TAG-1:0] seg_tag_i,
    input  wire             seg_last_i,

    output wire            burst_valid_o,
    input  wire            burst_ready_i,
    output wire [ADDR-1:0] burst_addr_o,
    output wire [     7:0] burst_len_o,
    output wire [ TAG-1:0] burst_tag_o,
    output wire            burst_last_o

`ifdef FORMAL
    // A beat of the segment accepted while this is set is followed, and which one.
    , input wire             formal_follow_i
    , input wire [BEATS-1:0] formal_pick_i
`endif
);

  localparam SHIFT = $clog2(DATA / 8);
  localparam INDEX = ADDR - SHIFT;  // bits of a beat's number
  localparam PAGE = 12 - SHIFT;     // log2 of the beats between boundaries
  localparam ROOM = $clog2(MAX_BURST) + 1;
  localparam [31:0] MAX32 = MAX_BURST;
  localparam [10:0] LONGEST = MAX32[10:0];
  localparam [31:0] PAGE32 = 1 << PAGE;
  localparam [10:0] PAGE_BEATS = PAGE32[10:0];

  // What is not yet in a burst: beats_q beats from addr_q to end_q.
  reg             valid_q;
  reg             last_q;
  reg [INDEX-1:0] addr_q;
  reg [INDEX-1:0] end_q;
  reg [  BEATS:0] beats_q;
  reg [  TAG-1:0] tag_q;

  wire [INDEX-1:0] seg_index = seg_addr_i[ADDR-1:SHIFT];
  wire [INDEX-1:0] seg_end = seg_index + {{(INDEX - BEATS) {1'b0}}, seg_beats_i};
  wire             seg_empty = seg_beats_i == {BEATS{1'b0}};
  wire             joins = !last_q && (seg_empty || seg_index == end_q);

  wire [10:0] to_page = PAGE_BEATS - {{(11 - PAGE) {1'b0}}, addr_q[PAGE-1:0]};
  wire [10:0] limit = (to_page < LONGEST) ? to_page : LONGEST;
  wire        full = beats_q >= {{(BEATS - 10) {1'b0}}, limit};
  wire [10:0] len = full ? limit : beats_q[10:0];
  wire [10:0] len_less_one = len - 11'd1;
  wire [BEATS:0] left = beats_q - {{(BEATS - 10) {1'b0}}, len};
  wire        ends = left == {(BEATS + 1) {1'b0}};

  assign burst_valid_o = valid_q && !stop_i && (full || last_q || (seg_valid_i && !joins));
  assign burst_addr_o = {addr_q, {SHIFT{1'b0}}};
  assign burst_len_o = len_less_one[7:0];
  assign burst_tag_o = tag_q;
  assign burst_last_o = last_q && ends;

  wire emit = burst_valid_o && burst_ready_i;
  // Bounds beats_q; enough is there for the next burst.
  wire room = beats_q[BEATS:ROOM] == {(BEATS + 1 - ROOM) {1'b0}};

  assign seg_ready_o = !valid_q || (joins ? room : emit && ends);
  wire take = seg_valid_i && seg_ready_o;
  wire fresh = take && (!valid_q || !joins);

  wire [BEATS:0] kept = emit ? left : beats_q;
  wire [BEATS:0] beats_d = (fresh ? {(BEATS + 1) {1'b0}} : kept) +
                           (take ? {1'b0, seg_beats_i} : {(BEATS + 1) {1'b0}});

  always @(posedge clk_i) begin
    if (rst_i) begin
      valid_q <= 1'b0;
      last_q  <= 1'b0;
      beats_q <= {(BEATS + 1) {1'b0}};
    end else if (valid_q || take) begin
      valid_q <= beats_d != {(BEATS + 1) {1'b0}};
      beats_q <= beats_d;
      if (take) last_q <= seg_last_i && beats_d != {(BEATS + 1) {1'b0}};
      else if (beats_d == {(BEATS + 1) {1'b0}}) last_q <= 1'b0;
    end
  end

  always @(posedge clk_i) begin
    if (fresh) begin
      addr_q <= seg_index;
      tag_q  <= seg_tag_i;
    end else if (emit) begin
      addr_q <= addr_q + {{(INDEX - 11) {1'b0}}, len};
    end
    if (fresh || (take && !seg_empty)) end_q <= seg_end;
  end

  wire unused = &{1'b0, seg_addr_i[SHIFT-1:0], len_less_one[10:8]};

`ifdef FORMAL
`include "nncc_axi_split_formal.vh"
`endif

endmodule

`default_nettype wire
