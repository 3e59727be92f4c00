// Two banks of partial sums: PIXELS times O sums of 32 bits each. One bank
// accumulates while the other is drained.
//
// Parameters: V, O; PIXELS; SUM_BITS, the width of what is added.
//
// Accumulation: a pixel is announced with acc_valid_i; its sums are on acc_sum_i two
// cycles later, are added to those in the bank (to zero with acc_zero_i) and
// written in the cycle after, in which acc_done_o repeats acc_last_i. A pixel of a
// bank may come again four cycles later, not earlier.
//
// Drain: the V sums of group drain_group_i of a pixel are on drain_data_o three
// cycles after drain_re_i. Accumulation and drain never use the same bank.

`default_nettype none

module nncc_psum_mem #(
    parameter V        = 8,
    parameter O        = 8,
    parameter PIXELS   = 64,
    parameter SUM_BITS = 18
) (
    input  wire                      clk_i,
    input  wire                      rst_i,

    input  wire                      acc_valid_i,
    input  wire                      acc_bank_i,
    input  wire [$clog2(PIXELS)-1:0] acc_pixel_i,
    input  wire                      acc_zero_i,
    input  wire                      acc_last_i,
    input  wire [O*SUM_BITS-1:0]     acc_sum_i,
    output wire                      acc_done_o,

    input  wire                      drain_re_i,
    input  wire                      drain_bank_i,
    input  wire [$clog2(PIXELS)-1:0] drain_pixel_i,
    input  wire [1:0]                drain_group_i,
    output wire [32*V-1:0]           drain_data_o
);

  localparam G  = O / V;
  localparam PW = $clog2(PIXELS);

  //--------------------------------------------------------------------------
  // Accumulation: announced, read, sums there (2), written (3).

  reg          valid_1q, valid_2q, valid_3q;
  reg          last_1q, last_2q, last_3q;
  reg          bank_1q, bank_2q, bank_3q;
  reg          zero_1q, zero_2q;
  reg [PW-1:0] pixel_1q, pixel_2q, pixel_3q;
  reg [32*O-1:0] sum_3q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      valid_1q <= 1'b0;
      valid_2q <= 1'b0;
      valid_3q <= 1'b0;
    end else begin
      valid_1q <= acc_valid_i;
      valid_2q <= valid_1q;
      valid_3q <= valid_2q;
    end
    {last_1q, bank_1q, zero_1q, pixel_1q} <= {acc_last_i, acc_bank_i, acc_zero_i, acc_pixel_i};
    {last_2q, bank_2q, zero_2q, pixel_2q} <= {last_1q, bank_1q, zero_1q, pixel_1q};
    {last_3q, bank_3q, pixel_3q}          <= {last_2q, bank_2q, pixel_2q};
  end
  assign acc_done_o = valid_3q && last_3q;

  wire [32*O-1:0] read0, read1;
  integer o;
  always @(posedge clk_i) begin
    if (valid_2q) for (o = 0; o < O; o = o + 1)
      sum_3q[32*o +: 32] <=
          ((bank_2q ? read1[32*o +: 32] : read0[32*o +: 32]) & {32{!zero_2q}})
          + {{32-SUM_BITS{acc_sum_i[SUM_BITS*o + SUM_BITS - 1]}},
             acc_sum_i[SUM_BITS*o +: SUM_BITS]};
  end

  //--------------------------------------------------------------------------
  // Memories

  wire acc_re0 = acc_valid_i && !acc_bank_i;
  wire acc_re1 = acc_valid_i && acc_bank_i;
  wire [PW-1:0] raddr0 = acc_re0 ? acc_pixel_i : drain_pixel_i;
  wire [PW-1:0] raddr1 = acc_re1 ? acc_pixel_i : drain_pixel_i;

  genvar g;
  generate
    for (g = 0; g < G; g = g + 1) begin : g_group
      wire drain_re = drain_re_i && {30'd0, drain_group_i} == g;
      nncc_ram #(.WIDTH(32 * V), .DEPTH(PIXELS), .OUT_REG(1)) u_bank0 (
          .clk_i  (clk_i),
          .we_i   (valid_3q && !bank_3q),
          .waddr_i(pixel_3q),
          .wdata_i(sum_3q[32*V*g +: 32*V]),
          .re_i   ((acc_re0 && !acc_zero_i) || (drain_re && !drain_bank_i)),
          .raddr_i(raddr0),
          .rdata_o(read0[32*V*g +: 32*V]));
      nncc_ram #(.WIDTH(32 * V), .DEPTH(PIXELS), .OUT_REG(1)) u_bank1 (
          .clk_i  (clk_i),
          .we_i   (valid_3q && bank_3q),
          .waddr_i(pixel_3q),
          .wdata_i(sum_3q[32*V*g +: 32*V]),
          .re_i   ((acc_re1 && !acc_zero_i) || (drain_re && drain_bank_i)),
          .raddr_i(raddr1),
          .rdata_o(read1[32*V*g +: 32*V]));
    end
  endgenerate

  //--------------------------------------------------------------------------
  // Drain

  reg            drain_1q, drain_2q;
  reg            drain_bank_1q, drain_bank_2q;
  reg [1:0]      drain_group_1q, drain_group_2q;
  reg [32*V-1:0] drain_3q;
  always @(posedge clk_i) begin
    drain_1q       <= drain_re_i;
    drain_2q       <= drain_1q;
    drain_bank_1q  <= drain_bank_i;
    drain_bank_2q  <= drain_bank_1q;
    drain_group_1q <= drain_group_i;
    drain_group_2q <= drain_group_1q;
    if (drain_2q)
      drain_3q <= drain_bank_2q ? read1[32*V*drain_group_2q +: 32*V]
                                : read0[32*V*drain_group_2q +: 32*V];
  end
  assign drain_data_o = drain_3q;

endmodule

`default_nettype wire
