// One lane of requantization: a 32-bit sum becomes a byte.
//
//   result_o = clamp(scale(sum_i + bias_i, multiplier_i, shift_i) + zero_point_i
//                    + ((residual_i*res_multiplier_i + res_constant_i) >> res_shift_i),
//                    clamp_lo_i, clamp_hi_i)
//
// as docs/isa.md defines it: sum + bias wraps, scale() saturates to 25 bits and
// rounds to nearest, halves to the even integer; everything behind it is exact.
//
// Parameters: RESIDUAL = 0 leaves the residual term out and ignores its inputs.
//
// Protocol: while en_i is high, a value enters every cycle and is never held up; with
// en_i low all registers keep what they hold. The result comes L = 8 cycles later,
// without the residual term 7 (nncc_requant.vh): the result of the inputs of cycle c is
// on result_o in cycle c + L. Inputs of one value all belong to cycle c. Inputs that
// are constant for many values are taken where they are
// used: who changes them while values are in flight changes
//   res_multiplier_i   with the first new value, in its cycle c,
//   res_constant_i     in cycle c + 2,
//   res_shift_i        in cycle c + 3,
//   zero_point_i       in cycle c + 5,
//   clamp_lo_i, _hi_i  in cycle c + L - 1.
// The shift is 1 to 40.

`default_nettype none

module nncc_requant #(
    parameter RESIDUAL = 1
) (
    input  wire               clk_i,
    input  wire               en_i,     // high while a value enters or is in flight
    // Of one value.
    input  wire signed [31:0] sum_i,
    input  wire signed [31:0] bias_i,
    input  wire        [16:0] multiplier_i,
    input  wire        [ 5:0] shift_i,
    input  wire signed [ 7:0] residual_i,
    // Of many values.
    input  wire signed [15:0] res_multiplier_i,
    input  wire signed [31:0] res_constant_i,
    input  wire        [ 4:0] res_shift_i,
    input  wire signed [ 7:0] zero_point_i,
    input  wire signed [ 7:0] clamp_lo_i,
    input  wire signed [ 7:0] clamp_hi_i,
    output wire        [ 7:0] result_o
);

  // Stage n ends in registers _nq; the inputs are those of stage 1.

  // ---- 1, 2: sum + bias, saturated; the multiplier ----

  // A right shift by s that rounds is one by s - 1 without rounding, whose last bit is
  // then worth a half. Of the bits before that it is enough whether one of them was set.
  // Its steps are multiplexers of four, four and three:
  //
  //   s - 1 = 12*coarse + 3*middle + fine
  reg               negative_1q, exceeds_1q;
  reg        [23:0] sum_1q;
  reg signed [24:0] sum_2q;
  reg        [16:0] multiplier_1q, multiplier_2q;
  reg        [ 1:0] coarse_1q, coarse_2q, coarse_3q, coarse_4q;
  reg        [ 1:0] middle_1q, middle_2q, middle_3q, middle_4q;
  reg        [ 1:0] fine_1q, fine_2q, fine_3q, fine_4q, fine_5q;

  wire       [31:0] sum = sum_i + bias_i;

  function [3:0] third(input [5:0] shift);    // (shift - 1) / 3
    case (shift)
      6'd1, 6'd2, 6'd3:    third = 4'd0;
      6'd4, 6'd5, 6'd6:    third = 4'd1;
      6'd7, 6'd8, 6'd9:    third = 4'd2;
      6'd10, 6'd11, 6'd12: third = 4'd3;
      6'd13, 6'd14, 6'd15: third = 4'd4;
      6'd16, 6'd17, 6'd18: third = 4'd5;
      6'd19, 6'd20, 6'd21: third = 4'd6;
      6'd22, 6'd23, 6'd24: third = 4'd7;
      6'd25, 6'd26, 6'd27: third = 4'd8;
      6'd28, 6'd29, 6'd30: third = 4'd9;
      6'd31, 6'd32, 6'd33: third = 4'd10;
      6'd34, 6'd35, 6'd36: third = 4'd11;
      6'd37, 6'd38, 6'd39: third = 4'd12;
      default:             third = 4'd13;   // 40
    endcase
  endfunction

  // {coarse, middle, fine}
  function [5:0] split(input [5:0] shift);
    reg [3:0] thirds;
    begin
      thirds = third(shift);
      split  = {thirds, shift[1:0] + thirds[1:0] - 2'd1};
    end
  endfunction

  always @(posedge clk_i) if (en_i) begin
    sum_1q        <= sum[23:0];
    negative_1q   <= sum[31];
    exceeds_1q    <= sum[31:24] != {8{sum[31]}};
    multiplier_1q <= multiplier_i;
    {coarse_1q, middle_1q, fine_1q} <= split(shift_i);

    sum_2q        <= {negative_1q, exceeds_1q ? {24{!negative_1q}} : sum_1q};
    multiplier_2q <= multiplier_1q;
    {coarse_2q, middle_2q, fine_2q} <= {coarse_1q, middle_1q, fine_1q};
  end

  // ---- 3, 4: the product; both registers are those of a DSP slice ----

  // |product| < 2^41, exact in 42 bits.
  reg signed [41:0] product_3q, product_4q;
  wire signed [17:0] multiplier_2 = {1'b0, multiplier_2q};

  always @(posedge clk_i) if (en_i) begin
    product_3q <= sum_2q * multiplier_2;
    product_4q <= product_3q;
    {coarse_3q, middle_3q, fine_3q} <= {coarse_2q, middle_2q, fine_2q};
    {coarse_4q, middle_4q, fine_4q} <= {coarse_3q, middle_3q, fine_3q};
    fine_5q    <= fine_4q;
  end

  // ---- 5: the coarse step; 6, without the residual 5: the middle one ----

  // By 0, 12, 24 or 36. Written as a multiplexer of four, which is one LUT.
  function signed [41:0] coarse(input signed [41:0] product, input [1:0] by);
    coarse = by[1] ? (by[0] ? product >>> 36 : product >>> 24)
                   : (by[0] ? product >>> 12 : product);
  endfunction

  // Whether it loses a bit that is set.
  function coarse_loses(input [35:0] product, input [1:0] by);
    coarse_loses = (by != 2'd0 && product[11:0] != 12'd0)
                || (by[1] && product[23:12] != 12'd0)
                || (by == 2'd3 && product[35:24] != 12'd0);
  endfunction

  // By 0, 3, 6 or 9.
  function signed [41:0] middle(input signed [41:0] value, input [1:0] by);
    middle = by[1] ? (by[0] ? value >>> 9 : value >>> 6)
                   : (by[0] ? value >>> 3 : value);
  endfunction

  function middle_loses(input [8:0] value, input [1:0] by);
    middle_loses = (by != 2'd0 && value[2:0] != 3'd0)
                || (by[1] && value[5:3] != 3'd0)
                || (by == 2'd3 && value[8:6] != 3'd0);
  endfunction

  // What the fine step takes: W bits, and whether the value has more. Such a value is
  // beyond every clamp: the fine step leaves at least 2^8 of it, to which at most 2^7 is
  // added; with a residual 2^32, to which less than 2^31 + 2^23 is.
  localparam W = RESIDUAL != 0 ? 36 : 12;
  wire signed [W-1:0] shifted;
  wire                beyond;
  wire                lost;        // a bit that was set
  wire [1:0]          fine;
  wire signed [W-1:0] addend;

  // ---- The last but one: the fine step and the total; the last: clamped ----

  reg [W-1:0] total_last_q;
  reg         negative_last_q;
  reg         beyond_last_q;
  reg [7:0]   result_q;

  // Whether to round up: more than a half is left, or a half of an odd integer.
  function up(input [3:0] value, input [1:0] by, input some_lost);
    up = by[1] ? value[2] && (value[3] || value[1:0] != 2'd0 || some_lost)
       : by[0] ? value[1] && (value[2] || value[0] || some_lost)
       : value[0] && (value[1] || some_lost);
  endfunction

  // By 0, 1 or 2, and by the bit that is worth a half.
  function signed [W-1:0] halved(input signed [W-1:0] value, input [1:0] by);
    halved = by[1] ? value >>> 3 : by[0] ? value >>> 2 : value >>> 1;
  endfunction

  // Up is the carry into the sum, by a bit that is left away. A multiplexer's output is
  // subtracted inverted, not added: so it is the operand that shares a LUT with the adder.
  wire [W:0]   total_up  = {addend, 1'b0}
                         - ~{halved(shifted, fine), up(shifted[3:0], fine, lost)};
  wire [W-1:0] total     = total_up[W:1];
  wire         unused_up = &{1'b0, total_up[0]};

  function [7:0] clamped(input signed [7:0] total_8, input negative, input outside,
                         input signed [7:0] lo, input signed [7:0] hi);
    clamped = (outside ? !negative : total_8 > hi) ? hi
            : (outside ? negative : total_8 < lo) ? lo : total_8;
  endfunction

  wire outside_last = beyond_last_q || total_last_q[W-1:7] != {W-7{total_last_q[W-1]}};

  always @(posedge clk_i) if (en_i) begin
    total_last_q    <= total;
    negative_last_q <= beyond ? shifted[W-1] : total[W-1];
    beyond_last_q   <= beyond;
    result_q        <= clamped(total_last_q[7:0], negative_last_q, outside_last,
                               clamp_lo_i, clamp_hi_i);
  end

  assign result_o = result_q;

  generate
    if (RESIDUAL != 0) begin : g_residual
      reg signed [ 7:0] residual_1q;
      reg signed [15:0] multiplier_r1q;
      reg signed [23:0] product_2q;
      reg signed [32:0] sum_3q;
      reg signed [32:0] shifted_r4q, shifted_r5q;
      reg        [ 2:0] fine_r4q;
      reg               fine_r5q;
      reg signed [32:0] addend_6q;      // less than 2^31 + 2^23
      reg signed [41:0] shifted_5q;
      reg        [ 1:0] middle_5q;
      reg               lost_5q;
      reg signed [35:0] shifted_6q;
      reg        [ 1:0] fine_6q;
      reg               beyond_6q;
      reg               lost_6q;

      wire signed [41:0] shifted_6 = middle(shifted_5q, middle_5q);

      function signed [32:0] with_term(input signed [7:0] zero_point,
                                       input signed [32:0] term, input by);
        reg signed [32:0] term_shifted;
        begin
          term_shifted = term >>> by;
          with_term    = {{25{zero_point[7]}}, zero_point} - ~term_shifted - 33'd1;
        end
      endfunction

      always @(posedge clk_i) if (en_i) begin
        residual_1q     <= residual_i;
        multiplier_r1q  <= res_multiplier_i;
        product_2q      <= residual_1q * multiplier_r1q;
        sum_3q          <= {{9{product_2q[23]}}, product_2q}
                         + {res_constant_i[31], res_constant_i};
        shifted_r4q     <= sum_3q >>> {res_shift_i[4:3], 3'b000};
        fine_r4q        <= res_shift_i[2:0];
        shifted_r5q     <= shifted_r4q >>> {fine_r4q[2:1], 1'b0};
        fine_r5q        <= fine_r4q[0];
        addend_6q       <= with_term(zero_point_i, shifted_r5q, fine_r5q);

        shifted_5q      <= coarse(product_4q, coarse_4q);
        lost_5q         <= coarse_loses(product_4q[35:0], coarse_4q);
        middle_5q       <= middle_4q;
        shifted_6q      <= {shifted_5q[41], shifted_6[34:0]};
        beyond_6q       <= shifted_6[40:35] != {6{shifted_5q[41]}};
        lost_6q         <= lost_5q || middle_loses(shifted_5q[8:0], middle_5q);
        fine_6q         <= fine_5q;
      end

      wire unused_shifted = &{1'b0, shifted_6[41]};
      assign shifted = shifted_6q;
      assign beyond  = beyond_6q;
      assign lost    = lost_6q;
      assign fine    = fine_6q;
      assign addend  = {{3{addend_6q[32]}}, addend_6q};
    end else begin : g_plain
      reg signed [11:0] shifted_5q;
      reg               beyond_5q;
      reg               lost_5q;

      // The coarse step keeps what the middle one leaves twelve bits of.
      wire signed [41:0] shifted_4 = coarse(product_4q, coarse_4q);
      wire               negative  = product_4q[41];
      wire signed [41:0] shifted_5 = middle({{22{negative}}, shifted_4[19:0]}, middle_4q);

      wire unused_residual = &{1'b0, residual_i, res_multiplier_i, res_constant_i,
                               res_shift_i, shifted_4[41], shifted_5[41:20]};
      always @(posedge clk_i) if (en_i) begin
        shifted_5q <= {negative, shifted_5[10:0]};
        beyond_5q  <= shifted_4[40:20] != {21{negative}} || shifted_5[19:11] != {9{negative}};
        lost_5q    <= coarse_loses(product_4q[35:0], coarse_4q)
                   || middle_loses(shifted_4[8:0], middle_4q);
      end

      assign shifted = shifted_5q;
      assign beyond  = beyond_5q;
      assign lost    = lost_5q;
      assign fine    = fine_5q;
      assign addend  = {{4{zero_point_i[7]}}, zero_point_i};
    end
  endgenerate

endmodule

`default_nettype wire
