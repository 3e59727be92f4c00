// The back half of the conv engine: turns the sums of a bank into words of the
// result, V channels a cycle.
//
// A *prefetcher* reads the V requantization records of the next group of channels
// (8 words) while the *issuer* walks the pixels of the current one. The issuer reads
// sums and, in the same cycle, the word of the residual; both meet V requantizers,
// and the results wait in a queue until the feature memory takes them. The issuer
// stops when the queue could overflow, or the residual is not granted.
//
// Parameters: V, O and the sizes of the memories, as in nncc_config.vh.
//
// Protocol
//   job_*        instructions with drain, in order, and their numbers, before their
//                sums are complete; job_ready_o takes one away
//   sums_i       the sums of the oldest job that the issuer has not begun are
//                complete; it begins with sums_taken_o
//   psum_*       drain port of nncc_psum_mem, data three cycles after psum_re_o
//   res_*, dr_*  ports of nncc_feature_mem
//   drained_o    a cycle for each job, after its last word was written
//   halt_i       stops everything, for good
//   error_o      an address beyond the feature memory; stays up, nothing is accessed
//
// Latency: a word is offered on dr_* 12 cycles after its sums were read.

`default_nettype none

`include "nncc_isa.vh"
`include "nncc_requant.vh"

module nncc_conv_drain #(
    parameter V             = 8,
    parameter O             = 8,
    parameter FEATURE_WORDS = 1024,
    parameter CONV_PARAMS   = 8,
    parameter PSUM_PIXELS   = 64
) (
    input  wire                           clk_i,
    input  wire                           rst_i,
    input  wire                           halt_i,

    input  wire                           job_valid_i,
    output wire                           job_ready_o,
    input  wire [511:0]                   job_inst_i,
    input  wire [31:0]                    job_number_i,
    input  wire                           sums_i,
    output wire                           sums_taken_o,

    input  wire                           cm_we_i,
    input  wire [17:0]                    cm_addr_i,
    input  wire [8*V-1:0]                 cm_data_i,

    output wire                           psum_re_o,
    output wire                           psum_bank_o,
    output wire [$clog2(PSUM_PIXELS)-1:0] psum_pixel_o,
    output wire [1:0]                     psum_group_o,
    input  wire [32*V-1:0]                psum_data_i,

    output wire                           res_req_o,
    output wire [15:0]                    res_addr_o,
    input  wire                           res_gnt_i,
    input  wire [8*V-1:0]                 res_data_i,

    output wire                           dr_req_o,
    output wire [15:0]                    dr_addr_o,
    output wire [8*V-1:0]                 dr_data_o,
    input  wire                           dr_gnt_i,

    output wire                           drained_o,

    output wire                           error_o,
    output wire [31:0]                    error_number_o,
    output wire [31:0]                    error_address_o
);

  localparam G      = O / V;
  localparam PW     = $clog2(PSUM_PIXELS);
  localparam RECORD_WORDS = 8;                    // of a group
  localparam PARAM_WORDS  = CONV_PARAMS * G * RECORD_WORDS;
  localparam KW     = $clog2(PARAM_WORDS);
  localparam AW     = 25;                         // word addresses, exact
  // From the read of the sums to the requantizers, and to the queue.
  localparam READ   = 3;
  localparam TOTAL  = READ + `NNCC_REQUANT_LATENCY;
  // A word is in flight for TOTAL cycles, in the queue for one, and its place is
  // known to be free in the next.
  localparam QUEUE  = 16;
  localparam QW     = $clog2(QUEUE + 1);
  localparam [31:0] QUEUE32 = QUEUE;

  wire unused_job = &{1'b0, job_inst_i, cm_addr_i};
  wire stop       = halt_i || error_o;

  //--------------------------------------------------------------------------
  // Prefetcher: the records of group next_group_q of the job.

  reg  [2:0] next_group_q;
  reg  [3:0] word_q;        // of the group, the next to read; 8: all read
  reg        busy_q;        // reads
  reg        here_q;        // the records of the group are in records_q
  reg        read_1q, read_2q;
  reg  [2:0] place_1q, place_2q;
  reg  [64*V-1:0] records_q;
  wire       take;          // the issuer takes the group
  wire       last_group = next_group_q + 3'd1 == job_inst_i[`ISA_CONV_DST_GROUPS];
  wire [31:0] param_word =
      ({22'd0, job_inst_i[`ISA_CONV_PARAM_BASE]} * G + {29'd0, next_group_q}) * RECORD_WORDS
      + {29'd0, word_q[2:0]};
  wire       unused_param_word = &{1'b0, param_word};
  wire [8*V-1:0] param_data;

  nncc_ram #(.WIDTH(8 * V), .DEPTH(PARAM_WORDS), .OUT_REG(1)) u_params (
      .clk_i  (clk_i),
      .we_i   (cm_we_i),
      .waddr_i(cm_addr_i[KW-1:0]),
      .wdata_i(cm_data_i),
      .re_i   (busy_q),
      .raddr_i(param_word[KW-1:0]),
      .rdata_o(param_data));

  assign job_ready_o = take && last_group;

  integer w;
  always @(posedge clk_i) begin
    if (rst_i) begin
      next_group_q <= 3'd0;
      busy_q       <= 1'b0;
      here_q       <= 1'b0;
      read_1q      <= 1'b0;
      read_2q      <= 1'b0;
    end else begin
      read_1q <= busy_q;
      read_2q <= read_1q;
      if (take) begin
        next_group_q <= last_group ? 3'd0 : next_group_q + 3'd1;
        here_q       <= 1'b0;
      end
      if (busy_q) begin
        if (word_q == 4'd7) busy_q <= 1'b0;
      end else if (job_valid_i && !here_q && !read_1q && !read_2q) begin
        busy_q <= 1'b1;
      end
      if (read_2q && place_2q == 3'd7) here_q <= 1'b1;
    end
    word_q   <= busy_q ? word_q + 4'd1 : 4'd0;
    place_1q <= word_q[2:0];
    place_2q <= place_1q;
    for (w = 0; w < RECORD_WORDS; w = w + 1)
      if (read_2q && {29'd0, place_2q} == w) records_q[8*V*w +: 8*V] <= param_data;
  end

  //--------------------------------------------------------------------------
  // Issuer

  reg          issue_q;
  reg          bank_q, residual_q, last_group_q;
  reg  [1:0]   group_q;
  reg  [11:0]  columns_left_q, rows_left_q;  // behind this pixel, this row
  reg  [11:0]  columns_q, rows_q;            // of the result, less one
  reg  [PW-1:0] pixel_q;
  reg  [AW-1:0] dst_q, dst_row_q, dst_group_q, res_q, res_row_q, res_group_q;
  reg  [11:0]  dst_row_pitch_q, res_row_pitch_q;
  reg  [15:0]  dst_group_pitch_q, res_group_pitch_q;
  reg  [31:0]  number_q;
  reg signed [15:0] res_multiplier_q;
  reg signed [31:0] res_constant_q;
  reg  [4:0]   res_shift_q;
  reg signed [7:0] zero_point_q, clamp_lo_q, clamp_hi_q;
  reg  [QW-1:0] room_q;                      // in the queue, for words not yet issued

  wire dst_beyond = {7'd0, dst_q} >= FEATURE_WORDS;
  wire res_beyond = residual_q && {7'd0, res_q} >= FEATURE_WORDS;
  wire room       = room_q != {QW{1'b0}};
  wire ready      = issue_q && room && !stop;
  wire fire       = ready && (!residual_q || res_gnt_i);
  wire row_end    = columns_left_q == 12'd0;
  wire pixel_last = row_end && rows_left_q == 12'd0;
  wire first      = next_group_q == 3'd0;

  assign take = here_q && (!issue_q || (fire && pixel_last)) && (!first || sums_i) && !stop;
  assign sums_taken_o = take && first;

  assign res_req_o    = ready && residual_q;
  assign res_addr_o   = res_q[15:0];
  assign psum_re_o    = fire;
  assign psum_bank_o  = bank_q;
  assign psum_pixel_o = pixel_q;
  assign psum_group_o = group_q;

  wire [AW-1:0] next_dst_row   = dst_row_q + {13'd0, dst_row_pitch_q};
  wire [AW-1:0] next_res_row   = res_row_q + {13'd0, res_row_pitch_q};
  wire [AW-1:0] next_dst_group = first ? {9'd0, job_inst_i[`ISA_CONV_DST_BASE]}
                                       : dst_group_q + {9'd0, dst_group_pitch_q};
  wire [AW-1:0] next_res_group = first ? {9'd0, job_inst_i[`ISA_CONV_RES_BASE]}
                                       : res_group_q + {9'd0, res_group_pitch_q};

  always @(posedge clk_i) begin
    if (rst_i) issue_q <= 1'b0;
    else if (take) issue_q <= 1'b1;
    else if (fire && pixel_last) issue_q <= 1'b0;

    if (take && first) begin
      bank_q            <= job_inst_i[`ISA_CONV_PSUM_BANK];
      residual_q        <= job_inst_i[`ISA_CONV_RESIDUAL];
      columns_q         <= job_inst_i[`ISA_CONV_WIDTH] - 12'd1;
      rows_q            <= job_inst_i[`ISA_CONV_HEIGHT] - 12'd1;
      dst_row_pitch_q   <= job_inst_i[`ISA_CONV_DST_ROW_PITCH];
      dst_group_pitch_q <= job_inst_i[`ISA_CONV_DST_GROUP_PITCH];
      res_row_pitch_q   <= job_inst_i[`ISA_CONV_RES_ROW_PITCH];
      res_group_pitch_q <= job_inst_i[`ISA_CONV_RES_GROUP_PITCH];
      number_q          <= job_number_i;
      // Without residual its term is zero.
      res_multiplier_q  <= job_inst_i[`ISA_CONV_RES_MULTIPLIER]
                           & {16{job_inst_i[`ISA_CONV_RESIDUAL]}};
      res_constant_q    <= job_inst_i[`ISA_CONV_RES_CONSTANT]
                           & {32{job_inst_i[`ISA_CONV_RESIDUAL]}};
      res_shift_q       <= job_inst_i[`ISA_CONV_RES_SHIFT];
      zero_point_q      <= job_inst_i[`ISA_CONV_OUT_ZP];
      clamp_lo_q        <= job_inst_i[`ISA_CONV_CLAMP_LO];
      clamp_hi_q        <= job_inst_i[`ISA_CONV_CLAMP_HI];
    end
    if (take) begin
      group_q        <= next_group_q[1:0];
      last_group_q   <= last_group;
      columns_left_q <= first ? job_inst_i[`ISA_CONV_WIDTH] - 12'd1 : columns_q;
      rows_left_q    <= first ? job_inst_i[`ISA_CONV_HEIGHT] - 12'd1 : rows_q;
      pixel_q        <= {PW{1'b0}};
      {dst_q, dst_row_q, dst_group_q} <= {3{next_dst_group}};
      {res_q, res_row_q, res_group_q} <= {3{next_res_group}};
    end else if (fire) begin
      pixel_q <= pixel_q + 1'b1;
      if (row_end) begin
        columns_left_q <= columns_q;
        rows_left_q    <= rows_left_q - 12'd1;
        {dst_q, dst_row_q} <= {2{next_dst_row}};
        {res_q, res_row_q} <= {2{next_res_row}};
      end else begin
        columns_left_q <= columns_left_q - 12'd1;
        dst_q <= dst_q + {{AW-1{1'b0}}, 1'b1};
        res_q <= res_q + {{AW-1{1'b0}}, 1'b1};
      end
    end
  end

  //--------------------------------------------------------------------------
  // What goes along with a word: stage n holds what was issued n cycles before.

  localparam TW = 16 + 1;
  reg [TOTAL-1:0]    flight_q;
  reg [TW*TOTAL-1:0] tag_q;   // address, last of the job
  wire [TW-1:0]      tag = {dst_q[15:0], pixel_last && last_group_q};
  always @(posedge clk_i) begin
    if (rst_i) flight_q <= {TOTAL{1'b0}};
    else flight_q <= {flight_q[TOTAL-2:0], fire};
    tag_q <= {tag_q[TW*(TOTAL-1)-1:0], tag};
  end

  // Parameters move to the requantizers READ cycles after take, behind the last
  // word before, and to their later stages when nncc_requant wants them. Records of
  // the next group come READ + 1 cycles after take at the earliest, and it takes the
  // prefetcher until after the last move to have them all.
  localparam LAST_MOVE = READ + 7;
  reg  [LAST_MOVE-1:0] move_q;
  always @(posedge clk_i) begin
    if (rst_i) move_q <= {LAST_MOVE{1'b0}};
    else move_q <= {move_q[LAST_MOVE-2:0], take};
  end

  reg [64*V-1:0]    s_records_q;
  reg signed [15:0] s_res_multiplier_q;
  reg signed [31:0] s_res_constant_q;
  reg        [4:0]  s_res_shift_q;
  reg signed [7:0]  s_zero_point_q, s_clamp_lo_q, s_clamp_hi_q;
  reg                  s_residual_q;
  reg        [8*V-1:0] residual_3q;
  always @(posedge clk_i) begin
    if (move_q[READ-2]) s_residual_q <= residual_q;
    if (move_q[READ-1]) begin
      s_records_q        <= records_q;
      s_res_multiplier_q <= res_multiplier_q;
    end
    if (move_q[READ+1]) s_res_constant_q <= res_constant_q;
    if (move_q[READ+2]) s_res_shift_q    <= res_shift_q;
    if (move_q[READ+4]) s_zero_point_q   <= zero_point_q;
    if (move_q[READ+6]) begin
      s_clamp_lo_q <= clamp_lo_q;
      s_clamp_hi_q <= clamp_hi_q;
    end
    // The multiplier is zero without residual, but nothing times undefined is
    // undefined in a simulation of four values.
    residual_3q <= s_residual_q ? res_data_i : {8*V{1'b0}};
  end

  // A value enters or is in flight, or parameters move.
  wire requant_en = |flight_q || fire || |move_q;

  wire [8*V-1:0] result;
  genvar v;
  generate
    for (v = 0; v < V; v = v + 1) begin : g_lane
      wire [63:0] record = s_records_q[64*v +: 64];
      wire unused_record = &{1'b0, record};
      nncc_requant #(.RESIDUAL(1)) u_requant (
          .clk_i           (clk_i),
          .en_i            (requant_en),
          .sum_i           (psum_data_i[32*v +: 32]),
          .bias_i          (record[31:0]),
          .multiplier_i    (record[48:32]),
          .shift_i         (record[61:56]),
          .residual_i      (residual_3q[8*v +: 8]),
          .res_multiplier_i(s_res_multiplier_q),
          .res_constant_i  (s_res_constant_q),
          .res_shift_i     (s_res_shift_q),
          .zero_point_i    (s_zero_point_q),
          .clamp_lo_i      (s_clamp_lo_q),
          .clamp_hi_i      (s_clamp_hi_q),
          .result_o        (result[8*v +: 8]));
    end
  endgenerate

  //--------------------------------------------------------------------------
  // Queue

  wire                  queue_ready;
  wire [QW-1:0]         queue_count;
  wire                  queue_valid;
  wire [TW+8*V-1:0]     queue_data;
  wire                  unused_queue = &{1'b0, queue_ready, queue_count};
  nncc_fifo #(.WIDTH(TW + 8 * V), .DEPTH(QUEUE)) u_queue (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .valid_i(flight_q[TOTAL-1]),
      .ready_o(queue_ready),
      .data_i ({tag_q[TW*TOTAL-1 -: TW], result}),
      .valid_o(queue_valid),
      .ready_i(dr_gnt_i && !halt_i),
      .data_o (queue_data),
      .count_o(queue_count));

  wire written = dr_req_o && dr_gnt_i;
  wire written_last;
  assign dr_req_o = queue_valid && !halt_i;
  assign {dr_addr_o, written_last, dr_data_o} = queue_data;

  reg drained_q;
  assign drained_o = drained_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      room_q    <= QUEUE32[QW-1:0];
      drained_q <= 1'b0;
    end else begin
      if (fire != written) room_q <= fire ? room_q - 1'b1 : room_q + 1'b1;
      drained_q <= written && written_last;
    end
  end

  assign error_o         = issue_q && (dst_beyond || res_beyond);
  assign error_number_o  = number_q;
  assign error_address_o = {7'd0, dst_beyond ? dst_q : res_q};

endmodule

`default_nettype wire
