// Feature memory: banks interleaved by word, six readers, four writers.
//
// Parameters
//   V       bytes of a word
//   WORDS   words, a multiple of BANKS, at most 65536
//   BANKS   banks, a power of two from 2 on; word a lies in bank a modulo BANKS
//
// Readers: 0 conv, 1 residual, 2..4 vector, 5 save.
// Writers: 0 drain, 1 vector, 2 load0, 3 load1.
//
// Protocol: req and addr (and data) are held until gnt, which is combinational in
// the same cycle. In each bank one read and one write are granted a cycle, to the
// lowest number; reads and writes do not hinder each other. Addresses are below
// WORDS. A word read in the cycle in which it is written is undefined.
//
// Latency: a granted write is in the memory in the next cycle. rd_valid_o and
// rd_data_o come two cycles after the grant, one grant a cycle; rd_data_o is
// undefined while rd_valid_o is low.

`default_nettype none

module nncc_feature_mem #(
    parameter V     = 8,
    parameter WORDS = 1024,
    parameter BANKS = 4
) (
    input  wire             clk_i,
    input  wire             rst_i,

    input  wire [5:0]       rd_req_i,
    input  wire [6*16-1:0]  rd_addr_i,
    output wire [5:0]       rd_gnt_o,
    output wire [5:0]       rd_valid_o,
    output wire [6*8*V-1:0] rd_data_o,

    input  wire [3:0]       wr_req_i,
    input  wire [4*16-1:0]  wr_addr_i,
    input  wire [4*8*V-1:0] wr_data_i,
    output wire [3:0]       wr_gnt_o
);

  localparam READERS = 6;
  localparam WRITERS = 4;
  localparam ADDR    = 16;
  localparam WIDTH   = 8 * V;
  localparam BW      = $clog2(BANKS);
  localparam ROWS    = WORDS / BANKS;
  localparam RW      = (ROWS > 1) ? $clog2(ROWS) : 1;

  generate
    if (BANKS < 2 || (1 << BW) != BANKS || ROWS * BANKS != WORDS || WORDS > 65536)
    begin : g_check
      PARAM_ERROR_words_and_banks u_error ();
    end
  endgenerate

  // Who asks for and gets which bank: bit bank*READERS + reader.
  wire [BANKS*READERS-1:0] rd_bank_gnt;
  wire [BANKS*WRITERS-1:0] wr_bank_gnt;
  wire [BANKS*WIDTH-1:0]   bank_data;

  genvar b, p;
  generate
    for (b = 0; b < BANKS; b = b + 1) begin : g_bank
      localparam [31:0] BANK = b;
      wire [READERS-1:0] rd_req;
      wire [READERS-1:0] rd_gnt;
      wire [WRITERS-1:0] wr_req;
      wire [WRITERS-1:0] wr_gnt;

      for (p = 0; p < READERS; p = p + 1) begin : g_read
        assign rd_req[p] = rd_req_i[p] && rd_addr_i[p*ADDR +: BW] == BANK[BW-1:0];
      end
      for (p = 0; p < WRITERS; p = p + 1) begin : g_write
        assign wr_req[p] = wr_req_i[p] && wr_addr_i[p*ADDR +: BW] == BANK[BW-1:0];
      end

      nncc_arbiter #(.N(READERS)) u_read (.req_i(rd_req), .gnt_o(rd_gnt));
      nncc_arbiter #(.N(WRITERS)) u_write (.req_i(wr_req), .gnt_o(wr_gnt));
      assign rd_bank_gnt[b*READERS +: READERS] = rd_gnt;
      assign wr_bank_gnt[b*WRITERS +: WRITERS] = wr_gnt;

      // The granted addresses and data, by the number of who is granted: a multiplexer
      // of four is one LUT. Without a grant they are of anybody.
      wire [2:0]       reader = {rd_gnt[4] | rd_gnt[5], rd_gnt[2] | rd_gnt[3],
                                 rd_gnt[1] | rd_gnt[3] | rd_gnt[5]};
      wire [1:0]       writer = {wr_gnt[2] | wr_gnt[3], wr_gnt[1] | wr_gnt[3]};
      wire [READERS*RW-1:0] raddrs;
      wire [RW-1:0]         raddr;
      wire [WRITERS*(WIDTH+RW)-1:0] writes;
      wire [RW-1:0]         waddr;
      wire [WIDTH-1:0]      wdata;

      for (p = 0; p < READERS; p = p + 1) begin : g_raddr
        assign raddrs[p*RW +: RW] = rd_addr_i[p*ADDR+BW +: RW];
      end
      for (p = 0; p < WRITERS; p = p + 1) begin : g_waddr
        assign writes[p*(WIDTH+RW) +: WIDTH+RW] =
            {wr_addr_i[p*ADDR+BW +: RW], wr_data_i[p*WIDTH +: WIDTH]};
      end
      nncc_select #(.WIDTH(RW), .COUNT(READERS)) u_raddr (
          .words_i(raddrs), .index_i(reader), .word_o(raddr));
      nncc_select #(.WIDTH(WIDTH + RW), .COUNT(WRITERS)) u_write_word (
          .words_i(writes), .index_i(writer), .word_o({waddr, wdata}));

      nncc_ram #(.WIDTH(WIDTH), .DEPTH(ROWS), .OUT_REG(1)) u_ram (
          .clk_i  (clk_i),
          .we_i   (|wr_gnt),
          .waddr_i(waddr),
          .wdata_i(wdata),
          .re_i   (|rd_gnt),
          .raddr_i(raddr),
          .rdata_o(bank_data[b*WIDTH +: WIDTH])
      );
    end

    // Each reader's data comes from the bank that granted it two cycles ago.
    for (p = 0; p < READERS; p = p + 1) begin : g_reader
      wire [BANKS-1:0] gnt;
      reg  [1:0]       valid_q;
      reg  [BW-1:0]    bank_q1;
      reg  [BW-1:0]    bank_q2;

      for (b = 0; b < BANKS; b = b + 1) begin : g_gnt
        assign gnt[b] = rd_bank_gnt[b*READERS + p];
      end
      assign rd_gnt_o[p] = |gnt;

      always @(posedge clk_i) begin
        if (rst_i) valid_q <= 2'b00;
        else       valid_q <= {valid_q[0], rd_gnt_o[p]};
        bank_q1 <= rd_addr_i[p*ADDR +: BW];
        bank_q2 <= bank_q1;
      end
      assign rd_valid_o[p] = valid_q[1];
      nncc_select #(.WIDTH(WIDTH), .COUNT(BANKS)) u_data (
          .words_i(bank_data), .index_i(bank_q2), .word_o(rd_data_o[p*WIDTH +: WIDTH]));
    end

    for (p = 0; p < WRITERS; p = p + 1) begin : g_writer
      wire [BANKS-1:0] gnt;
      for (b = 0; b < BANKS; b = b + 1) begin : g_gnt
        assign gnt[b] = wr_bank_gnt[b*WRITERS + p];
      end
      assign wr_gnt_o[p] = |gnt;
    end

    // Address bits above the memory: the engines check addresses before they ask.
    if (BW + RW < ADDR) begin : g_unused
      for (p = 0; p < READERS; p = p + 1) begin : g_read
        wire unused = |rd_addr_i[(p+1)*ADDR-1 : p*ADDR+BW+RW];
      end
      for (p = 0; p < WRITERS; p = p + 1) begin : g_write
        wire unused = |wr_addr_i[(p+1)*ADDR-1 : p*ADDR+BW+RW];
      end
    end
  endgenerate

`ifdef FORMAL
`include "nncc_feature_mem_formal.vh"
`endif

endmodule

`default_nettype wire
