// First-in first-out queue, first-word fall-through.
//
// Parameters
//   WIDTH   bits of an element
//   DEPTH   most elements, any number from 1 on
//
// Protocol: valid/ready on both sides. ready_o is low only when DEPTH elements are
// held, and does not depend on ready_i; so a full queue takes a new element no
// earlier than the cycle after one has left.
//
// Latency: an element accepted in one cycle is at the output in the next. The
// memory is read without a clock and becomes LUT RAM.

`default_nettype none

module nncc_fifo #(
    parameter WIDTH = 8,
    parameter DEPTH = 4
) (
    input  wire                       clk_i,
    input  wire                       rst_i,

    input  wire                       valid_i,
    output wire                       ready_o,
    input  wire [WIDTH-1:0]           data_i,

    output wire                       valid_o,
    input  wire                       ready_i,
    output wire [WIDTH-1:0]           data_o,

    output wire [$clog2(DEPTH+1)-1:0] count_o
`ifdef FORMAL
    // The element accepted while this is set is followed through the queue.
    , input wire                      formal_tag_i
`endif
);

  localparam CW = $clog2(DEPTH + 1);
  localparam AW = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam [31:0] LAST32 = DEPTH - 1;
  localparam [31:0] FULL32 = DEPTH;
  localparam [AW-1:0] LAST = LAST32[AW-1:0];
  localparam [CW-1:0] FULL = FULL32[CW-1:0];

  reg [WIDTH-1:0] mem [0:DEPTH-1];
  reg [AW-1:0]    head_q;   // the next one out
  reg [AW-1:0]    tail_q;   // the next one in
  reg [CW-1:0]    count_q;

  wire push = valid_i && ready_o;
  wire pop  = valid_o && ready_i;

  assign ready_o = count_q != FULL;
  assign valid_o = count_q != {CW{1'b0}};
  assign data_o  = mem[head_q];
  assign count_o = count_q;

  always @(posedge clk_i) begin
    if (push) mem[tail_q] <= data_i;
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      head_q  <= {AW{1'b0}};
      tail_q  <= {AW{1'b0}};
      count_q <= {CW{1'b0}};
    end else begin
      if (push) tail_q <= (tail_q == LAST) ? {AW{1'b0}} : tail_q + 1'b1;
      if (pop)  head_q <= (head_q == LAST) ? {AW{1'b0}} : head_q + 1'b1;
      if (push != pop) count_q <= push ? count_q + 1'b1 : count_q - 1'b1;
    end
  end

`ifdef FORMAL
`include "nncc_fifo_formal.vh"
`endif

endmodule

`default_nettype wire
