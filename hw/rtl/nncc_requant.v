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
// Protocol: a value enters every cycle and is never held up; its result comes 8
// cycles later (NNCC_REQUANT_LATENCY in nncc_requant.vh): the result of the
// inputs of cycle c is on result_o in cycle c + 8. Inputs of one value all belong
// to cycle c. Inputs that are constant for many values are taken where they are
// used: who changes them while values are in flight changes
//   res_multiplier_i   with the first new value, in its cycle c,
//   res_constant_i     in cycle c + 2,
//   res_shift_i        in cycle c + 3,
//   zero_point_i       in cycle c + 5,
//   clamp_lo_i, _hi_i  in cycle c + 7.

`default_nettype none

module nncc_requant #(
    parameter RESIDUAL = 1
) (
    input  wire               clk_i,
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

  localparam signed [31:0] SUM_MAX = 32'sd16777215;
  localparam signed [31:0] SUM_MIN = -32'sd16777216;

  // Stage n ends in registers _nq; the inputs are those of stage 1.
  reg signed [31:0] sum_1q;
  reg signed [24:0] sum_2q;
  reg signed [39:0] product_3q;
  reg        [39:0] half_3q;
  reg signed [40:0] rounded_4q;
  reg signed [40:0] shifted_5q;
  reg signed [40:0] shifted_6q;
  reg signed [41:0] total_7q;
  reg signed [ 7:0] result_8q;
  reg        [14:0] multiplier_1q, multiplier_2q;
  reg        [ 5:0] shift_1q, shift_2q, shift_3q, shift_4q;
  reg        [ 2:0] shift_5q;

  wire signed [33:0] addend_6;

  wire signed [15:0] multiplier_2 = {1'b0, multiplier_2q};
  wire signed [41:0] clamp_lo = {{34{clamp_lo_i[7]}}, clamp_lo_i};
  wire signed [41:0] clamp_hi = {{34{clamp_hi_i[7]}}, clamp_hi_i};

  always @(posedge clk_i) begin
    sum_1q        <= sum_i + bias_i;
    multiplier_1q <= multiplier_i;
    shift_1q      <= shift_i;

    sum_2q        <= sum_1q > SUM_MAX ? SUM_MAX[24:0]
                   : sum_1q < SUM_MIN ? SUM_MIN[24:0] : sum_1q[24:0];
    multiplier_2q <= multiplier_1q;
    shift_2q      <= shift_1q;

    // |product| < 2^39: exact in 40 bits.
    product_3q    <= sum_2q * multiplier_2;
    half_3q       <= 40'd1 << (shift_2q - 6'd1);
    shift_3q      <= shift_2q;

    rounded_4q    <= {product_3q[39], product_3q} + {1'b0, half_3q};
    shift_4q      <= shift_3q;

    shifted_5q    <= rounded_4q >>> {shift_4q[5:3], 3'b000};
    shift_5q      <= shift_4q[2:0];

    shifted_6q    <= shifted_5q >>> shift_5q;

    total_7q      <= {shifted_6q[40], shifted_6q} + {{8{addend_6[33]}}, addend_6};

    result_8q     <= total_7q > clamp_hi ? clamp_hi_i
                   : total_7q < clamp_lo ? clamp_lo_i : total_7q[7:0];
  end

  assign result_o = result_8q;

  generate
    if (RESIDUAL != 0) begin : g_residual
      reg signed [ 7:0] residual_1q;
      reg signed [15:0] multiplier_r1q;
      reg signed [23:0] product_2q;
      reg signed [32:0] sum_3q;
      reg signed [32:0] shifted_r4q;
      reg signed [32:0] shifted_r5q;
      reg        [ 2:0] fine_4q;
      reg signed [33:0] addend_6q;
      always @(posedge clk_i) begin
        residual_1q    <= residual_i;
        multiplier_r1q <= res_multiplier_i;
        product_2q     <= residual_1q * multiplier_r1q;
        sum_3q         <= {{9{product_2q[23]}}, product_2q}
                        + {res_constant_i[31], res_constant_i};
        shifted_r4q    <= sum_3q >>> {res_shift_i[4:3], 3'b000};
        fine_4q        <= res_shift_i[2:0];
        shifted_r5q    <= shifted_r4q >>> fine_4q;
        addend_6q      <= {shifted_r5q[32], shifted_r5q}
                        + {{26{zero_point_i[7]}}, zero_point_i};
      end
      assign addend_6 = addend_6q;
    end else begin : g_plain
      reg signed [7:0] zero_point_6q;
      wire unused_residual = &{1'b0, residual_i, res_multiplier_i, res_constant_i,
                               res_shift_i};
      always @(posedge clk_i) zero_point_6q <= zero_point_i;
      assign addend_6 = {{26{zero_point_6q[7]}}, zero_point_6q};
    end
  endgenerate

endmodule

`default_nettype wire
