// Address of a block in DRAM, and whether all of it lies in its region.
//
// Parameters
//   V     bytes of a word
//   DATA  bits of a beat; regions must be aligned to it
//
// Protocol: start_i begins; the fields must stand from the next cycle on until take_i.
// valid_o comes in the third cycle after start_i and stays until take_i. The block is
//   rows of count_x_i words, pitches in words of V bytes                   (load, save)
//   rows of the bytes [start_i, start_i + (count_x_i-1)*step_i + count_z_i*V) that are
//   in [0, row_bytes_i); pitch_z_i is not used             (load_window: window_i set)
// A window block without any byte fits always. address_o is the place of offset_i,
// span_o is (count_x_i-1)*step_i of a window block. When the block does not fit, or the
// region is not aligned, ok_o is low and last_o the offset of its last byte, at most
// 2^32-1.

`default_nettype none

module nncc_dram_check #(
    parameter V = 8,
    parameter DATA = 64
) (
    input wire clk_i,
    input wire rst_i,

    input wire [4*40-1:0] region_base_i,
    input wire [4*33-1:0] region_size_i,

    input wire               start_i,
    input wire               window_i,
    input wire        [ 1:0] region_i,
    input wire        [31:0] offset_i,
    input wire        [15:0] count_x_i,
    input wire        [11:0] count_y_i,
    input wire        [11:0] count_z_i,
    input wire        [23:0] pitch_y_i,
    input wire        [27:0] pitch_z_i,
    input wire        [ 8:0] step_i,
    input wire signed [15:0] start_byte_i,
    input wire        [15:0] row_bytes_i,

    output wire        valid_o,
    input  wire        take_i,
    output wire        ok_o,
    output wire [39:0] address_o,
    output wire [20:0] span_o,
    output wire [31:0] last_o
);

  localparam SHIFT = $clog2(DATA / 8);
  localparam VSHIFT = $clog2(V);
  localparam END = 40 + VSHIFT + 1;  // bits of the end of a block, in bytes

  localparam [1:0] IDLE = 2'd0;
  localparam [1:0] PLANES = 2'd1;  // multiplies for the planes, or for the windows
  localparam [1:0] ROWS = 2'd2;    // multiplies for the rows
  localparam [1:0] READY = 2'd3;

  reg [1:0] state_q;

  always @(posedge clk_i) begin
    if (rst_i) state_q <= IDLE;
    else
      case (state_q)
        IDLE: if (start_i) state_q <= PLANES;
        PLANES: state_q <= ROWS;
        ROWS: state_q <= READY;
        default: if (take_i) state_q <= start_i ? PLANES : IDLE;
      endcase
  end

  // -- One multiplier -------------------------------------------------------------

  wire [15:0] count_x_less_one = count_x_i - 16'd1;
  reg  [11:0] count;
  reg  [27:0] pitch;
  reg  [39:0] product_q;

  always @* begin
    if (state_q != PLANES) begin
      count = count_y_i - 12'd1;
      pitch = {4'd0, pitch_y_i};
    end else if (window_i) begin
      count = count_x_less_one[11:0];
      pitch = {19'd0, step_i};
    end else begin
      count = count_z_i - 12'd1;
      pitch = pitch_z_i;
    end
  end

  always @(posedge clk_i) product_q <= {28'd0, count} * {12'd0, pitch};

  // -- Bytes of a row -------------------------------------------------------------

  // The windows reach up to this byte of a row; negative left of the row.
  wire signed [23:0] start_byte = {{8{start_byte_i[15]}}, start_byte_i};
  wire signed [23:0] row_bytes = {8'd0, row_bytes_i};
  wire signed [23:0] groups_bytes = {{(12 - VSHIFT) {1'b0}}, count_z_i, {VSHIFT{1'b0}}};
  wire signed [23:0] reach = start_byte + $signed({3'd0, product_q[20:0]}) + groups_bytes;
  wire none = start_byte_i[15] ? reach <= 24'sd0 : row_bytes <= start_byte;

  reg [  23:0] length_q;
  reg [END-1:0] planes_q;
  reg           none_q;
  reg [  20:0] span_q;

  always @(posedge clk_i) begin
    if (state_q == ROWS) begin
      span_q <= product_q[20:0];
      none_q <= window_i && none;
      if (window_i) begin
        length_q <= (reach > row_bytes) ? row_bytes : reach;
        planes_q <= {{(END - 32) {1'b0}}, offset_i};
      end else begin
        length_q <= {{(8 - VSHIFT) {1'b0}}, count_x_i, {VSHIFT{1'b0}}};
        planes_q <= {{(END - 32) {1'b0}}, offset_i} + {1'b0, product_q, {VSHIFT{1'b0}}};
      end
    end
  end

  // -- Region ---------------------------------------------------------------------

  reg [39:0] base_q;
  reg [32:0] size_q;
  reg [39:0] address_q;

  always @(posedge clk_i) begin
    case (region_i)
      2'd0: {base_q, size_q} <= {region_base_i[39:0], region_size_i[32:0]};
      2'd1: {base_q, size_q} <= {region_base_i[79:40], region_size_i[65:33]};
      2'd2: {base_q, size_q} <= {region_base_i[119:80], region_size_i[98:66]};
      default: {base_q, size_q} <= {region_base_i[159:120], region_size_i[131:99]};
    endcase
    address_q <= base_q + {8'd0, offset_i};
  end

  wire [END-1:0] stop = planes_q + {1'b0, product_q, {VSHIFT{1'b0}}} +
                        {{(END - 24) {1'b0}}, length_q};
  wire [END-1:0] last = stop - 1'b1;
  wire fits = stop <= {{(END - 33) {1'b0}}, size_q};
  wire aligned = address_q[SHIFT-1:0] == {SHIFT{1'b0}};

  assign valid_o = state_q == READY;
  assign ok_o = none_q || (fits && aligned);
  assign address_o = address_q;
  assign span_o = span_q;
  assign last_o = (last[END-1:32] == {(END - 32) {1'b0}}) ? last[31:0] : 32'hffff_ffff;

  wire unused = &{1'b0, count_x_less_one[15:12]};

endmodule

`default_nettype wire
