// One of the V lanes of the vector engine: products of three columns, their sum over
// the window or their maximum, the sum of two scaled operands, or a table.
//
// Parameters
//   V   lanes; a table is loaded V entries a cycle
//
// An item is what is read in a cycle: up to three columns of a window (operand 0 and
// operand 1 of add and mul), one word of records, or one word of a table. It moves
// through four registers, behind each of which stands what the strobes of that stage
// refer to; nothing ever stalls on the way.
//
//   A  operands and multipliers, from the words as they come
//   P  products; the greatest of the columns; the word of the table
//   S  the sum so far, and the value of max_pool or table so far
//   Q  sum_o: the sum; the shifted sum of an add; the value of max_pool or table
//
// A byte of a record goes through as a pixel of value one, with the byte as its weight,
// and leaves in sum_o[7:0]: so it arrives right behind the last sum of the group before.
//
// Protocol: the configuration is constant while items are under way. active_i: columns
// within the window, or operands; x_i of other columns is -128 for a maximum, else zero.

`default_nettype none

module nncc_vector_lane #(
    parameter V = 8
) (
    input  wire           clk_i,

    // The instruction.
    input  wire           is_max_i,
    input  wire           is_add_i,
    input  wire           is_mul_i,
    input  wire           is_table_i,
    input  wire           unit_weights_i,
    input  wire [7:0]     a_zp_i,             // zero but for mul
    input  wire [7:0]     b_zp_i,
    input  wire [15:0]    a_multiplier_i,
    input  wire [15:0]    b_multiplier_i,
    input  wire [31:0]    constant_i,         // zero but for add
    input  wire [4:0]     shift_i,

    // An item on its way into A.
    input  wire           item_i,
    input  wire           record_i,           // it is a word of records
    input  wire [2:1]     active_i,
    input  wire [23:0]    x_i,                // this lane of three columns
    input  wire [23:0]    w_i,                // this lane of three words of parameters

    // In A.
    input  wire           a_valid_i,
    input  wire           a_table_we_i,       // a word of the table
    input  wire [7-$clog2(V):0] a_index_i,    // its number in the table
    input  wire [8*V-1:0] a_word_i,           // the parameter words of all lanes
    output wire [7:0]     a_byte_o,           // this lane's

    input  wire           p_valid_i,
    input  wire           p_first_i,          // the first item of a window
    input  wire           s_valid_i,

    output wire [31:0]    sum_o
);

  localparam BYTE_BITS  = $clog2(V);          // entry within a word of the table
  localparam TABLE_BITS = 8 - BYTE_BITS;      // word of the table

  // ---- A: operands ----

  reg signed [8:0]  x0_q;
  reg signed [7:0]  x1_q, x2_q;
  reg signed [15:0] w0_q, w1_q;
  reg signed [7:0]  w2_q;

  wire [7:0]  x0 = x_i[7:0];
  wire [7:0]  x1 = x_i[15:8];
  wire [7:0]  x2 = x_i[23:16];
  wire [8:0]  a  = {x0[7], x0} - {a_zp_i[7], a_zp_i};
  wire [8:0]  b  = {x1[7], x1} - {b_zp_i[7], b_zp_i};
  wire        one = unit_weights_i && !record_i;
  wire [7:0]  w0 = one ? 8'd1 : w_i[7:0];
  wire [7:0]  w1 = !active_i[1] ? 8'd0 : one ? 8'd1 : w_i[15:8];
  wire [7:0]  w2 = !active_i[2] ? 8'd0 : one ? 8'd1 : w_i[23:16];

  always @(posedge clk_i) begin
    if (item_i) begin
      x0_q <= record_i ? 9'd1 : a;
      x1_q <= is_mul_i ? 8'd0 : x1;
      x2_q <= x2;
      w0_q <= is_mul_i ? {{7{b[8]}}, b} : is_add_i ? a_multiplier_i : {{8{w0[7]}}, w0};
      w1_q <= is_add_i ? b_multiplier_i : {{8{w1[7]}}, w1};
      w2_q <= w2;
    end
  end

  assign a_byte_o = w0_q[7:0];

  // ---- P: products ----

  reg signed [24:0] p0_q;
  reg signed [23:0] p1_q;
  reg signed [15:0] p2_q;
  reg signed [7:0]  greatest_q;
  reg [BYTE_BITS-1:0] byte_q;
  wire [8*V-1:0]      table_word;

  wire signed [7:0] first   = x0_q[7:0];
  wire signed [7:0] greater = (first > x1_q) ? first : x1_q;
  wire        [7:0] entry   = {~x0_q[7], x0_q[6:0]};

  always @(posedge clk_i) begin
    if (a_valid_i) begin
      p0_q       <= x0_q * w0_q;
      p1_q       <= x1_q * w1_q;
      p2_q       <= x2_q * w2_q;
      greatest_q <= (greater > x2_q) ? greater : x2_q;
      byte_q     <= entry[BYTE_BITS-1:0];
    end
  end

  nncc_ram #(.WIDTH(8 * V), .DEPTH(1 << TABLE_BITS)) u_table (
      .clk_i  (clk_i),
      .we_i   (a_table_we_i),
      .waddr_i(a_index_i),
      .wdata_i(a_word_i),
      .re_i   (a_valid_i && is_table_i),
      .raddr_i(entry[7:BYTE_BITS]),
      .rdata_o(table_word)
  );

  // ---- S: sums ----

  // 33 bits hold the sum of an add; those of a depthwise wrap at 32.
  reg signed [32:0] sum_q;
  reg signed [7:0]  value_q;

  wire signed [32:0] start = p_first_i ? {constant_i[31], constant_i} : sum_q;
  wire signed [7:0]  best  = (!p_first_i && value_q > greatest_q) ? value_q : greatest_q;

  always @(posedge clk_i) begin
    if (p_valid_i) begin
      sum_q   <= start + {{8{p0_q[24]}}, p0_q} + {{9{p1_q[23]}}, p1_q}
                       + {{17{p2_q[15]}}, p2_q};
      value_q <= is_table_i ? table_word[{byte_q, 3'd0} +: 8] : best;
    end
  end

  // ---- Q: to the requantizer ----

  reg [31:0] sum_out_q;

  // Saturated to 16 bits, which the zero point and the clamp to 8 bits cannot tell
  // from the exact value.
  wire signed [32:0] shifted = sum_q >>> shift_i;
  wire               fits    = shifted[32:15] == {18{shifted[32]}};
  wire        [15:0] added   = {shifted[32], fits ? shifted[14:0] : {15{!shifted[32]}}};

  always @(posedge clk_i) begin
    if (s_valid_i)
      sum_out_q <= is_add_i ? {{16{added[15]}}, added}
                 : (is_max_i || is_table_i) ? {{24{value_q[7]}}, value_q} : sum_q[31:0];
  end

  assign sum_o = sum_out_q;

endmodule

`default_nettype wire
