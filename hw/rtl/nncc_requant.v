// One lane of requantization: a 32-bit sum becomes a byte.
//
//   result_o = clamp(scale(sum_i + bias_i, multiplier_i, shift_i) + zero_point_i
//                    + ((residual_i*res_multiplier_i + res_constant_i) >> res_shift_i),
//                    clamp_lo_i, clamp_hi_i)
//
// as docs/isa.md defines it: sum + bias wraps, scale() saturates to 25 bits and
// rounds halves up, everything behind it is exact.
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
    input  wire        [14:0] multiplier_i,
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

  // A right shift by s that rounds halves up is one by s - 1 without rounding, plus one,
  // halved. A multiple of three is shifted, in two steps of four choices; what is
  // missing to it multiplies the product before.
  //
  //   scale() = ((sum * (m << up)) >>> 3*steps) + 1) >>> 1,   3*steps - up = s - 1
  reg        [31:0] sum_1q;
  reg signed [24:0] sum_2q;
  reg        [14:0] multiplier_1q;
  reg        [16:0] multiplier_2q;
  reg        [ 1:0] up_1q;
  reg        [ 3:0] steps_1q, steps_2q, steps_3q, steps_4q;
  reg        [ 1:0] steps_5q;

  wire       exceeds = sum_1q[31:24] != {8{sum_1q[31]}};

  function [3:0] third(input [5:0] shift);    // (shift + 1) / 3
    case (shift)
      6'd1:                third = 4'd0;
      6'd2, 6'd3, 6'd4:    third = 4'd1;
      6'd5, 6'd6, 6'd7:    third = 4'd2;
      6'd8, 6'd9, 6'd10:   third = 4'd3;
      6'd11, 6'd12, 6'd13: third = 4'd4;
      6'd14, 6'd15, 6'd16: third = 4'd5;
      6'd17, 6'd18, 6'd19: third = 4'd6;
      6'd20, 6'd21, 6'd22: third = 4'd7;
      6'd23, 6'd24, 6'd25: third = 4'd8;
      6'd26, 6'd27, 6'd28: third = 4'd9;
      6'd29, 6'd30, 6'd31: third = 4'd10;
      6'd32, 6'd33, 6'd34: third = 4'd11;
      6'd35, 6'd36, 6'd37: third = 4'd12;
      default:             third = 4'd13;   // 38, 39, 40
    endcase
  endfunction

  // {steps, up}
  function [5:0] split(input [5:0] shift);
    reg [3:0] steps;
    begin
      steps = third(shift);
      split = {steps, 2'd1 - steps[1:0] - shift[1:0]};
    end
  endfunction

  always @(posedge clk_i) if (en_i) begin
    sum_1q        <= sum_i + bias_i;
    multiplier_1q <= multiplier_i;
    {steps_1q, up_1q} <= split(shift_i);

    sum_2q        <= exceeds ? {sum_1q[31], {24{!sum_1q[31]}}} : sum_1q[24:0];
    multiplier_2q <= up_1q[1] ? {multiplier_1q, 2'b00}
                   : up_1q[0] ? {1'b0, multiplier_1q, 1'b0} : {2'b00, multiplier_1q};
    steps_2q      <= steps_1q;
  end

  // ---- 3, 4: the product; both registers are those of a DSP slice ----

  // |product| < 2^41, exact in 42 bits.
  reg signed [41:0] product_3q, product_4q;
  wire signed [17:0] multiplier_2 = {1'b0, multiplier_2q};

  // The first step: by 0, 12, 24 or 36. Written as a multiplexer of four, which is one LUT.
  function signed [41:0] coarse(input signed [41:0] product, input [1:0] by);
    coarse = by[1] ? (by[0] ? product >>> 36 : product >>> 24)
                   : (by[0] ? product >>> 12 : product);
  endfunction

  always @(posedge clk_i) if (en_i) begin
    product_3q <= sum_2q * multiplier_2;
    product_4q <= product_3q;
    steps_3q   <= steps_2q;
    steps_4q   <= steps_3q;
    steps_5q   <= steps_4q[1:0];
  end

  // ---- 5, 6: shifted; 7: total, the last but one without the residual; clamped ----

  reg  [7:0] total_last_q;
  reg        negative_last_q;
  reg        beyond_last_q;    // the total does not fit total_last_q
  reg  [7:0] result_q;

  function [7:0] clamped(input signed [7:0] total, input negative, input beyond,
                         input signed [7:0] lo, input signed [7:0] hi);
    clamped = (beyond ? !negative : total > hi) ? hi
            : (beyond ? negative : total < lo) ? lo : total;
  endfunction

  always @(posedge clk_i) if (en_i)
    result_q <= clamped(total_last_q, negative_last_q, beyond_last_q, clamp_lo_i, clamp_hi_i);

  assign result_o = result_q;

  generate
    if (RESIDUAL != 0) begin : g_residual
      reg signed [ 7:0] residual_1q;
      reg signed [15:0] multiplier_r1q;
      reg signed [23:0] product_2q;
      reg signed [32:0] sum_3q;
      reg signed [32:0] shifted_r4q, shifted_r5q;
      reg        [ 2:0] fine_4q;
      reg               fine_5q;
      reg signed [33:0] addend_6q;
      reg signed [41:0] shifted_5q;
      reg signed [39:0] shifted_6q;     // by s - 1: what m << up was greater by is gone

      wire signed [41:0] shifted_6 = steps_5q[1]
          ? (steps_5q[0] ? shifted_5q >>> 9 : shifted_5q >>> 6)
          : (steps_5q[0] ? shifted_5q >>> 3 : shifted_5q);

      function signed [33:0] addend(input signed [7:0] zero_point, input signed [32:0] term,
                                    input by);
        reg signed [32:0] shifted;
        begin
          shifted = term >>> by;
          addend  = {{26{zero_point[7]}}, zero_point} + {shifted[32], shifted};
        end
      endfunction

      // The total of 40 bits as eight, its sign, and whether it does not fit.
      function [9:0] narrowed(input signed [33:0] addend_6, input signed [39:0] shifted);
        reg [39:0] total;
        begin
          total    = {{6{addend_6[33]}}, addend_6} + {shifted[39], shifted[39:1]}
                   + {39'd0, shifted[0]};
          narrowed = {total[39:7] != {33{total[39]}}, total[39], total[7:0]};
        end
      endfunction

      always @(posedge clk_i) if (en_i) begin
        residual_1q     <= residual_i;
        multiplier_r1q  <= res_multiplier_i;
        product_2q      <= residual_1q * multiplier_r1q;
        sum_3q          <= {{9{product_2q[23]}}, product_2q}
                         + {res_constant_i[31], res_constant_i};
        shifted_r4q     <= sum_3q >>> {res_shift_i[4:3], 3'b000};
        fine_4q         <= res_shift_i[2:0];
        shifted_r5q     <= shifted_r4q >>> {fine_4q[2:1], 1'b0};
        fine_5q         <= fine_4q[0];
        addend_6q       <= addend(zero_point_i, shifted_r5q, fine_5q);
        shifted_5q      <= coarse(product_4q, steps_4q[3:2]);
        shifted_6q      <= shifted_6[39:0];
        {beyond_last_q, negative_last_q, total_last_q} <= narrowed(addend_6q, shifted_6q);
      end
      wire unused_shifted = &{1'b0, shifted_6[41:40]};
    end else begin : g_plain
      // Ten bits of the shifted product and whether it has more: with a zero point of
      // eight bits, the others are beyond every clamp.
      reg signed [18:0] shifted_5q;
      reg               negative_5q, beyond_5q;

      function [19:0] head(input signed [41:0] product);
        head = {product[41:18] != {24{product[41]}}, product[18:0]};
      endfunction

      // The total as eight bits, its sign, and whether it does not fit.
      function [9:0] narrowed(input signed [18:0] product, input [1:0] by, input negative,
                              input beyond, input signed [7:0] zero_point);
        reg signed [18:0] shifted;
        reg               outside;
        reg        [9:0]  total;
        begin
          shifted  = by[1] ? (by[0] ? product >>> 9 : product >>> 6)
                           : (by[0] ? product >>> 3 : product);
          outside  = beyond || shifted[18:9] != {10{negative}};
          total    = {{2{zero_point[7]}}, zero_point} + {shifted[9], shifted[9:1]}
                   + {9'd0, shifted[0]};
          narrowed = {outside || total[9:7] != {3{total[9]}}, outside ? negative : total[9],
                      total[7:0]};
        end
      endfunction

      wire unused_residual = &{1'b0, residual_i, res_multiplier_i, res_constant_i,
                               res_shift_i};
      always @(posedge clk_i) if (en_i) begin
        {beyond_5q, shifted_5q} <= head(coarse(product_4q, steps_4q[3:2]));
        negative_5q             <= product_4q[41];
        {beyond_last_q, negative_last_q, total_last_q} <=
            narrowed(shifted_5q, steps_5q, negative_5q, beyond_5q, zero_point_i);
      end
    end
  endgenerate

endmodule

`default_nettype wire
