// One of the V lanes of the vector engine: products of three columns, their sum over
// the window or their maximum, the sum of two scaled operands, or a table.
//
// Parameters
//   V    lanes; a table is loaded V entries a cycle
//   DSP  1: products are left to synthesis, which takes three DSP slices; 0: they are
//        made of LUTs
//
// An item is what is read in a cycle: up to three columns of a window (operand 0 and
// operand 1 of add and mul), one word of records, or one word of a table. It moves
// through five registers, behind each of which stands what the strobes of that stage
// refer to; nothing ever stalls on the way.
//
//   A  operands and multipliers, from the words as they come
//   P  products, those of LUTs in two parts; the greater of two columns; the word of the
//      table
//   T  the sum of the products, of LUTs in two parts; the greatest column or the entry of
//      the table
//   S  the sum so far, and the value of max_pool or table so far
//   Q  sum_o: the sum; the value of max_pool or table
//
// (a - za)*(b - zb) of a mul is made as a*(b - zb) + b*(-za) + za*zb, so that no factor
// on the left has more than eight bits.
//
// A byte of a record goes through as a pixel of value one, with the byte as its weight,
// and leaves in sum_o[7:0]: so it arrives right behind the last sum of the group before.
//
// Protocol: the configuration is constant while items are under way. active_i: columns
// within the window, or operands; x_i of other columns is -128 for a maximum, else zero.

`default_nettype none

module nncc_vector_lane #(
    parameter V   = 8,
    parameter DSP = 1
) (
    input  wire           clk_i,

    // The instruction.
    input  wire           is_max_i,
    input  wire           is_add_i,
    input  wire           is_mul_i,
    input  wire           is_table_i,
    input  wire           unit_weights_i,
    input  wire [7:0]     a_zp_i,
    input  wire [7:0]     b_zp_i,
    input  wire [15:0]    a_multiplier_i,
    input  wire [15:0]    b_multiplier_i,     // of a mul: -a_zp_i
    input  wire [31:0]    constant_i,         // zero but for add

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
    input  wire           t_valid_i,
    input  wire           t_first_i,          // the first item of a window
    input  wire           s_valid_i,

    output wire [31:0]    sum_o
);

  localparam BYTE_BITS  = $clog2(V);          // entry within a word of the table
  localparam TABLE_BITS = 8 - BYTE_BITS;      // word of the table

  // ---- A: operands ----

  reg signed [7:0]  x0_q, x1_q, x2_q;
  reg signed [15:0] w0_q, w1_q;
  reg signed [7:0]  w2_q;

  wire [7:0]  x0 = x_i[7:0];
  wire [7:0]  x1 = x_i[15:8];
  wire [7:0]  x2 = x_i[23:16];
  wire        one = unit_weights_i && !record_i;

  function [15:0] difference(input [7:0] x, input [7:0] zero_point);
    difference = {{8{x[7]}}, x} - {{8{zero_point[7]}}, zero_point};
  endfunction

  function [15:0] weight(input active, input by_one, input [7:0] w);
    weight = !active ? 16'd0 : by_one ? 16'd1 : {{8{w[7]}}, w};
  endfunction

  // Of the third tap, which multiplies nothing wider.
  function [7:0] narrow_weight(input active, input by_one, input [7:0] w);
    narrow_weight = !active ? 8'd0 : by_one ? 8'd1 : w;
  endfunction

  always @(posedge clk_i) begin
    if (item_i) begin
      x0_q <= record_i ? 8'd1 : x0;
      x1_q <= x1;
      x2_q <= is_mul_i ? a_zp_i : x2;
      w0_q <= is_mul_i ? difference(x1, b_zp_i) : is_add_i ? a_multiplier_i
            : weight(1'b1, one, w_i[7:0]);
      w1_q <= (is_add_i || is_mul_i) ? b_multiplier_i : weight(active_i[1], one, w_i[15:8]);
      w2_q <= is_mul_i ? b_zp_i : narrow_weight(active_i[2], one, w_i[23:16]);
    end
  end

  assign a_byte_o = w0_q[7:0];

  // ---- P: products, maximum, word of the table ----

  reg signed [7:0]    greater_q, x2_pq;
  reg [BYTE_BITS-1:0] byte_q;
  wire [8*V-1:0]      table_word;

  wire [7:0] entry = {~x0_q[7], x0_q[6:0]};

  always @(posedge clk_i) begin
    if (a_valid_i) begin
      greater_q <= (x0_q > x1_q) ? x0_q : x1_q;
      x2_pq     <= x2_q;
      byte_q    <= entry[BYTE_BITS-1:0];
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

  // ---- P and T: products; their sum is low + 16*high + 4*ones ----

  wire signed [24:0] low;
  wire signed [21:0] high;
  wire        [1:0]  ones;

  generate
    if (DSP != 0) begin : g_dsp
      reg signed [23:0] p0_q, p1_q;
      reg signed [15:0] p2_q;
      reg signed [24:0] low_q;

      always @(posedge clk_i) begin
        if (a_valid_i) begin
          p0_q <= x0_q * w0_q;
          p1_q <= x1_q * w1_q;
          p2_q <= x2_q * w2_q;
        end
        if (p_valid_i)
          low_q <= {p0_q[23], p0_q} + {p1_q[23], p1_q} + {{9{p2_q[15]}}, p2_q};
      end
      assign low  = low_q;
      assign high = 22'sd0;
      assign ones = 2'd0;
    end else begin : g_lut
      wire signed [19:0] low0, high0, low1, high1;
      wire signed [11:0] low2, high2;
      wire        [1:0]  ones0, ones1, ones2;
      reg  signed [21:0] low_q, high_q;
      reg         [1:0]  ones_q;

      nncc_product #(.W(16)) u_product0 (
          .clk_i(clk_i), .en_i(a_valid_i), .x_i(x0_q), .w_i(w0_q),
          .low_o(low0), .high_o(high0), .ones_o(ones0));
      nncc_product #(.W(16)) u_product1 (
          .clk_i(clk_i), .en_i(a_valid_i), .x_i(x1_q), .w_i(w1_q),
          .low_o(low1), .high_o(high1), .ones_o(ones1));
      nncc_product #(.W(8)) u_product2 (
          .clk_i(clk_i), .en_i(a_valid_i), .x_i(x2_q), .w_i(w2_q),
          .low_o(low2), .high_o(high2), .ones_o(ones2));

      // The narrow part has room for the ones of the upper digits.
      wire        [1:0]  fours = {1'b0, ones0[0]} + {1'b0, ones1[0]} + {1'b0, ones2[0]};
      wire        [1:0]  upper = {1'b0, ones0[1]} + {1'b0, ones1[1]} + {1'b0, ones2[1]};
      wire signed [11:0] rest  = high2 + {8'd0, upper, 2'd0};

      always @(posedge clk_i) begin
        if (p_valid_i) begin
          low_q  <= {{2{low0[19]}}, low0} + {{2{low1[19]}}, low1} + {{10{low2[11]}}, low2};
          high_q <= {{2{high0[19]}}, high0} + {{2{high1[19]}}, high1}
                  + {{10{rest[11]}}, rest};
          ones_q <= fours;
        end
      end
      assign low  = {{3{low_q[21]}}, low_q};
      assign high = high_q;
      assign ones = ones_q;
    end
  endgenerate

  // ---- T: maximum, entry of the table ----

  reg signed [7:0] value_tq;

  always @(posedge clk_i) begin
    if (p_valid_i)
      value_tq <= is_table_i ? table_word[{byte_q, 3'd0} +: 8]
                : (greater_q > x2_pq) ? greater_q : x2_pq;
  end

  // ---- S: sums ----

  reg [31:0]       sum_q;                     // wraps
  reg signed [7:0] value_q;

  wire [31:0] start = t_first_i ? constant_i : sum_q;
  wire [31:0] low_t = {{7{low[24]}}, low};

  always @(posedge clk_i) begin
    if (t_valid_i) begin
      sum_q   <= low_t + start + {{6{high[21]}}, high, ones, 2'b00};
      value_q <= (!t_first_i && value_q > value_tq) ? value_q : value_tq;
    end
  end

  // ---- Q: to the requantizer ----

  reg [31:0] sum_out_q;

  always @(posedge clk_i) begin
    if (s_valid_i)
      sum_out_q <= (is_max_i || is_table_i) ? {{24{value_q[7]}}, value_q} : sum_q;
  end

  assign sum_o = sum_out_q;

endmodule

`default_nettype wire
