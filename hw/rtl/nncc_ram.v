// Simple dual-port memory: one write port, one read port, one clock. The one module
// from which synthesis infers block RAM.
//
// Parameters
//   WIDTH    bits of a word
//   DEPTH    words
//   OUT_REG  1: a second register at the output, as block RAMs have
//   BLOCK    1: block RAM; 0: LUT RAM, which holds 32 words in a LUT
//
// Protocol: the word at waddr_i is written at the edge that ends a cycle with we_i;
// the word at raddr_i is read at the edge that ends a cycle with re_i. Addresses are
// below DEPTH. What a read returns of a word written at the same edge is undefined.
//
// Latency: rdata_o is valid in the cycle after re_i, with OUT_REG in the second
// cycle after it, and stays until the next read replaces it.

`default_nettype none

module nncc_ram #(
    parameter WIDTH   = 8,
    parameter DEPTH   = 16,
    parameter OUT_REG = 0,
    parameter BLOCK   = DEPTH >= 32
) (
    input  wire                                       clk_i,

    input  wire                                       we_i,
    input  wire [(DEPTH > 1 ? $clog2(DEPTH) : 1)-1:0] waddr_i,
    input  wire [WIDTH-1:0]                           wdata_i,

    input  wire                                       re_i,
    input  wire [(DEPTH > 1 ? $clog2(DEPTH) : 1)-1:0] raddr_i,
    output wire [WIDTH-1:0]                           rdata_o
);

  wire [WIDTH-1:0] read_q;

  generate
    if (BLOCK != 0) begin : g_block
      (* ram_style = "block" *)
      reg [WIDTH-1:0] mem [0:DEPTH-1];
      reg [WIDTH-1:0] data_q;
      always @(posedge clk_i) begin
        if (we_i) mem[waddr_i] <= wdata_i;
      end
      always @(posedge clk_i) begin
        if (re_i) data_q <= mem[raddr_i];
      end
      assign read_q = data_q;
    end else begin : g_lut
      (* ram_style = "distributed" *)
      reg [WIDTH-1:0] mem [0:DEPTH-1];
      reg [WIDTH-1:0] data_q;
      always @(posedge clk_i) begin
        if (we_i) mem[waddr_i] <= wdata_i;
      end
      always @(posedge clk_i) begin
        if (re_i) data_q <= mem[raddr_i];
      end
      assign read_q = data_q;
    end
  endgenerate

  generate
    if (OUT_REG != 0) begin : g_out
      reg             re_q;
      reg [WIDTH-1:0] out_q;
      always @(posedge clk_i) begin
        re_q <= re_i;
        if (re_q) out_q <= read_q;
      end
      assign rdata_o = out_q;
    end else begin : g_direct
      assign rdata_o = read_q;
    end
  endgenerate

endmodule

`default_nettype wire
