// Parameter memory of the vector engine: weights, records and tables. A read gives
// TAPS consecutive words, the weights of so many columns of a window.
//
// Parameters
//   WIDTH   bits of a word
//   WORDS   words
//   TAPS    consecutive words of a read, 1 to 3
//
// Word a lies in bank a modulo BANKS, so that consecutive words lie in different
// banks: one bank for one word, two for two, four for three.
//
// Protocol: as nncc_ram. waddr_i and raddr_i are below WORDS; of the words that a read
// returns, those beyond the memory are undefined.
//
// Latency: rdata_o is valid in the cycle after re_i and stays until the next read;
// word raddr_i + j in bits j*WIDTH and up.

`default_nettype none

module nncc_vparam_mem #(
    parameter WIDTH = 64,
    parameter WORDS = 128,
    parameter TAPS  = 3
) (
    input  wire                     clk_i,

    input  wire                     we_i,
    input  wire [$clog2(WORDS)-1:0] waddr_i,
    input  wire [WIDTH-1:0]         wdata_i,

    input  wire                     re_i,
    input  wire [$clog2(WORDS)-1:0] raddr_i,
    output wire [TAPS*WIDTH-1:0]    rdata_o
);

  localparam AW = $clog2(WORDS);

  generate
    if (TAPS == 1) begin : g_single
      nncc_ram #(.WIDTH(WIDTH), .DEPTH(WORDS)) u_ram (
          .clk_i  (clk_i),
          .we_i   (we_i),
          .waddr_i(waddr_i),
          .wdata_i(wdata_i),
          .re_i   (re_i),
          .raddr_i(raddr_i),
          .rdata_o(rdata_o)
      );
    end else begin : g_banks
      localparam BW    = (TAPS == 2) ? 1 : 2;
      localparam BANKS = 1 << BW;
      localparam ROWS  = (WORDS + BANKS - 1) / BANKS;
      localparam RW    = $clog2(ROWS);

      wire [BANKS*WIDTH-1:0] bank_data;
      reg  [BW-1:0]          first_q;   // the bank of the first word

      always @(posedge clk_i) begin
        if (re_i) first_q <= raddr_i[BW-1:0];
      end

      genvar b, j;
      for (b = 0; b < BANKS; b = b + 1) begin : g_bank
        localparam [31:0] BANK = b;
        localparam [31:0] SKIP = BANKS - 1 - b;
        // The first row whose word in this bank is not before raddr_i.
        wire [AW:0] reached        = {1'b0, raddr_i} + SKIP[AW:0];
        wire        unused_reached = &{1'b0, reached};

        nncc_ram #(.WIDTH(WIDTH), .DEPTH(ROWS)) u_ram (
            .clk_i  (clk_i),
            .we_i   (we_i && waddr_i[BW-1:0] == BANK[BW-1:0]),
            .waddr_i(waddr_i[BW +: RW]),
            .wdata_i(wdata_i),
            .re_i   (re_i),
            .raddr_i(reached[BW +: RW]),
            .rdata_o(bank_data[b*WIDTH +: WIDTH])
        );
      end

      for (j = 0; j < TAPS; j = j + 1) begin : g_word
        localparam [31:0] OFFSET = j;
        wire [BW-1:0] bank = first_q + OFFSET[BW-1:0];
        assign rdata_o[j*WIDTH +: WIDTH] = bank_data[bank*WIDTH +: WIDTH];
      end
    end
  endgenerate

endmodule

`default_nettype wire
