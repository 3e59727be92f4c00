// Walks the words of a three-dimensional block: x, then y, then z.
//
// Parameters
//   ADDR     bits of an address and of a pitch; addresses wrap
//   COUNT_X  bits of count_x_i
//
// Protocol: start_i, while !valid_o or together with the last next_i, takes the block;
// counts are at least 1. From the next cycle on addr_o is the address of the current
// word; next_i goes on to the following one. The three flags tell that the current word
// is the last of its row, of its plane, of the block. With count_x_i = 1 the words are
// the begins of rows.
//
// Latency: one cycle from start_i or next_i to the address.

`default_nettype none

module nncc_block_address #(
    parameter ADDR = 18,
    parameter COUNT_X = 16
) (
    input wire clk_i,
    input wire rst_i,

    input wire               start_i,
    input wire [   ADDR-1:0] base_i,
    input wire [COUNT_X-1:0] count_x_i,
    input wire [       11:0] count_y_i,
    input wire [       11:0] count_z_i,
    input wire [   ADDR-1:0] pitch_y_i,
    input wire [   ADDR-1:0] pitch_z_i,

    output wire            valid_o,
    input  wire            next_i,
    output wire [ADDR-1:0] addr_o,
    output wire            row_last_o,
    output wire            plane_last_o,
    output wire            block_last_o
);

  // Counters count down to zero, what is left behind the current word.
  reg               valid_q;
  reg [COUNT_X-1:0] x_q;
  reg [COUNT_X-1:0] x_max_q;
  reg [       11:0] y_q;
  reg [       11:0] y_max_q;
  reg [       11:0] z_q;
  reg [   ADDR-1:0] addr_q;
  reg [   ADDR-1:0] row_q;
  reg [   ADDR-1:0] plane_q;
  reg [   ADDR-1:0] pitch_y_q;
  reg [   ADDR-1:0] pitch_z_q;

  wire [ADDR-1:0] next_row = row_q + pitch_y_q;
  wire [ADDR-1:0] next_plane = plane_q + pitch_z_q;

  assign valid_o = valid_q;
  assign addr_o = addr_q;
  assign row_last_o = x_q == {COUNT_X{1'b0}};
  assign plane_last_o = row_last_o && y_q == 12'd0;
  assign block_last_o = plane_last_o && z_q == 12'd0;

  always @(posedge clk_i) begin
    if (rst_i) valid_q <= 1'b0;
    else if (start_i) valid_q <= 1'b1;
    else if (next_i && block_last_o) valid_q <= 1'b0;
  end

  always @(posedge clk_i) begin
    if (start_i) begin
      x_q       <= count_x_i - 1'b1;
      x_max_q   <= count_x_i - 1'b1;
      y_q       <= count_y_i - 12'd1;
      y_max_q   <= count_y_i - 12'd1;
      z_q       <= count_z_i - 12'd1;
      addr_q    <= base_i;
      row_q     <= base_i;
      plane_q   <= base_i;
      pitch_y_q <= pitch_y_i;
      pitch_z_q <= pitch_z_i;
    end else if (next_i) begin
      if (!row_last_o) begin
        x_q    <= x_q - 1'b1;
        addr_q <= addr_q + 1'b1;
      end else if (!plane_last_o) begin
        x_q    <= x_max_q;
        y_q    <= y_q - 12'd1;
        addr_q <= next_row;
        row_q  <= next_row;
      end else begin
        x_q     <= x_max_q;
        y_q     <= y_max_q;
        z_q     <= z_q - 12'd1;
        addr_q  <= next_plane;
        row_q   <= next_plane;
        plane_q <= next_plane;
      end
    end
  end

endmodule

`default_nettype wire
