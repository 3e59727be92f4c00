// Vector engine: depthwise, max_pool, add, mul and table on V lanes.
//
// Parameters
//   V              lanes: bytes of a word
//   TAPS           window columns that are taken in a cycle, 1 to 3
//   FEATURE_WORDS  words of the feature memory
//   VECTOR_WORDS   words of the parameter memory
//
//   walk -> ports (addresses, feature words) ----+
//     |                                          v
//     +---> items -> parameter memory -----> lanes A P S Q -> requantizers -> results
//     +---> addresses of the results ----------------------------------------> write
//
// The ports read ahead of each other and of the lanes, so that a bank that somebody
// else has costs no more than its cycle. Behind the queue of items nothing stalls: an
// item enters the lanes only when the queue of results has room for what it becomes.
//
// Instructions run one after the other. An instruction has finished when its last
// result is in the feature memory.
//
// Protocol: the engine protocol of docs/hardware.md. fm_*: readers 2 to 4 and wr_*:
// writer 1 of nncc_feature_mem. vm_*: a word of the parameter memory, always accepted;
// the address is below VECTOR_WORDS. The only error is a word beyond a memory, code 2:
// from then on the engine does nothing until rst_i.
//
// Latency: from the cycle in which an instruction is taken to finish_o, without
// conflicts, 20 cycles and one for each item: TAPS columns of a row of the window of a
// pixel, or a word of records or of a table.

`default_nettype none
`include "nncc_isa.vh"
`include "nncc_requant.vh"

module nncc_vector #(
    parameter V             = 8,
    parameter TAPS          = 3,
    parameter FEATURE_WORDS = 1024,
    parameter VECTOR_WORDS  = 128
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    input  wire [`ISA_BITS-1:0] inst_i,
    input  wire                 inst_valid_i,
    output wire                 inst_ready_o,
    input  wire [31:0]          number_i,
    output wire                 finish_o,
    output wire [4:0]           finish_post_o,
    input  wire                 finish_ready_i,
    output wire                 idle_o,
    output wire                 error_o,
    output wire [3:0]           error_code_o,
    output wire [31:0]          error_number_o,
    output wire [31:0]          error_address_o,
    input  wire                 stop_i,

    output wire [2:0]           fm_req_o,
    output wire [3*16-1:0]      fm_addr_o,
    input  wire [2:0]           fm_gnt_i,
    input  wire [2:0]           fm_valid_i,
    input  wire [3*8*V-1:0]     fm_data_i,

    output wire                 wr_req_o,
    output wire [15:0]          wr_addr_o,
    output wire [8*V-1:0]       wr_data_o,
    input  wire                 wr_gnt_i,

    input  wire                 vm_we_i,
    input  wire [17:0]          vm_addr_i,
    input  wire [8*V-1:0]       vm_data_i
);

  localparam W       = 8 * V;
  localparam PORTS   = (TAPS < 2) ? 2 : TAPS;     // add and mul have two operands
  localparam VAW     = $clog2(VECTOR_WORDS);
  localparam LATENCY = `NNCC_REQUANT_LATENCY;
  localparam INDEX   = 8 - $clog2(V);             // words of a table; at least 8

  // Addresses and words a port may be ahead; items under way up to the lanes cover
  // both. Results cover the way from the lanes to the write and back, 14 cycles.
  localparam PORT_ADDRESSES = 4;
  localparam PORT_WORDS     = 8;
  localparam ITEMS          = 16;
  localparam RESULTS        = 32;
  localparam RESULT_BITS    = $clog2(RESULTS + 1);
  localparam [31:0] RESULTS32 = RESULTS;

  localparam [3:0] ERROR_LOCAL = 4'd2;

  // ---- Control ----

  reg        busy_q;                              // an instruction is unfinished
  reg        halt_q;                              // after an error
  reg [4:0]  post_q;
  reg [31:0] number_q;

  wire walk_done;
  wire walk_error;
  wire results_left;                              // some are not written yet
  wire start = inst_valid_i && inst_ready_o;
  wire flush = rst_i || halt_q;

  assign inst_ready_o  = !busy_q && !halt_q && !stop_i;
  assign finish_o      = busy_q && walk_done && !walk_error && !results_left;
  assign finish_post_o = post_q;
  assign idle_o        = !busy_q;
  assign error_o        = walk_error;
  assign error_code_o   = ERROR_LOCAL;
  assign error_number_o = number_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      busy_q <= 1'b0;
      halt_q <= 1'b0;
    end else begin
      if (start) busy_q <= 1'b1;
      else if ((finish_o && finish_ready_i) || walk_error) busy_q <= 1'b0;
      if (walk_error) halt_q <= 1'b1;
    end
    if (start) begin
      post_q   <= inst_i[`ISA_HEADER_POST];
      number_q <= number_i;
    end
  end

  // ---- What the instruction asks of the lanes ----

  reg        is_max_q, is_add_q, is_mul_q, is_table_q, unit_weights_q;
  reg [7:0]  pad_q, a_zp_q, b_zp_q;
  reg [15:0] a_multiplier_q, b_multiplier_q;
  reg [31:0] constant_q;
  reg [4:0]  shift_q;
  reg [7:0]  zero_point_q, clamp_lo_q, clamp_hi_q;

  wire [5:0] opcode       = inst_i[`ISA_HEADER_OPCODE];
  wire       op_depthwise = opcode == `ISA_OP_DEPTHWISE;
  wire       op_add       = opcode == `ISA_OP_ADD;
  wire       op_mul       = opcode == `ISA_OP_MUL;

  always @(posedge clk_i) begin
    if (start) begin
      is_max_q       <= opcode == `ISA_OP_MAX_POOL;
      is_add_q       <= op_add;
      is_mul_q       <= op_mul;
      is_table_q     <= opcode == `ISA_OP_TABLE;
      unit_weights_q <= op_depthwise && inst_i[`ISA_DEPTHWISE_UNIT_WEIGHTS];
      pad_q          <= inst_i[`ISA_DEPTHWISE_PAD_VALUE];
      a_zp_q         <= op_mul ? inst_i[`ISA_MUL_A_ZP] : 8'd0;
      b_zp_q         <= inst_i[`ISA_MUL_B_ZP];
      a_multiplier_q <= inst_i[`ISA_ADD_A_MULTIPLIER];
      b_multiplier_q <= inst_i[`ISA_ADD_B_MULTIPLIER];
      constant_q     <= op_add ? inst_i[`ISA_ADD_CONSTANT] : 32'd0;
      shift_q        <= inst_i[`ISA_ADD_SHIFT];
      zero_point_q   <= op_depthwise ? inst_i[`ISA_DEPTHWISE_OUT_ZP]
                      : op_add ? inst_i[`ISA_ADD_OUT_ZP]
                      : op_mul ? inst_i[`ISA_MUL_OUT_ZP] : 8'd0;
      clamp_lo_q     <= op_depthwise ? inst_i[`ISA_DEPTHWISE_CLAMP_LO]
                      : op_add ? inst_i[`ISA_ADD_CLAMP_LO]
                      : op_mul ? inst_i[`ISA_MUL_CLAMP_LO] : 8'h80;
      clamp_hi_q     <= op_depthwise ? inst_i[`ISA_DEPTHWISE_CLAMP_HI]
                      : op_add ? inst_i[`ISA_ADD_CLAMP_HI]
                      : op_mul ? inst_i[`ISA_MUL_CLAMP_HI] : 8'h7f;
    end
  end

  // ---- Walk ----

  wire        walk_valid, walk_ready;
  wire        walk_record, walk_table, walk_first, walk_last;
  wire [INDEX-1:0] walk_index;
  wire [2:0]  walk_active, walk_read;
  wire [47:0] walk_address;
  wire [11:0] walk_parameter;
  wire [15:0] walk_result;

  nncc_vector_walk #(
      .V(V), .TAPS(TAPS), .FEATURE_WORDS(FEATURE_WORDS), .VECTOR_WORDS(VECTOR_WORDS)
  ) u_walk (
      .clk_i          (clk_i),
      .rst_i          (rst_i),
      .start_i        (start),
      .inst_i         (inst_i),
      .done_o         (walk_done),
      .valid_o        (walk_valid),
      .ready_i        (walk_ready),
      .record_o       (walk_record),
      .table_o        (walk_table),
      .index_o        (walk_index),
      .first_o        (walk_first),
      .last_o         (walk_last),
      .active_o       (walk_active),
      .read_o         (walk_read),
      .address_o      (walk_address),
      .parameter_o    (walk_parameter),
      .result_o       (walk_result),
      .error_o        (walk_error),
      .error_address_o(error_address_o)
  );

  wire [2:0] port_ready;
  wire       items_ready, results_ready;
  wire       walk_step = walk_valid && walk_ready;
  assign walk_ready = &port_ready && items_ready && results_ready;

  // ---- Ports ----

  wire [2:0]     word_valid;
  wire [3*W-1:0] words;
  wire [2:0]     word_pop;

  genvar j;
  generate
    for (j = 0; j < 3; j = j + 1) begin : g_port
      if (j < PORTS) begin : g_used
        nncc_vector_port #(
            .WIDTH(W), .ADDRESSES(PORT_ADDRESSES), .DEPTH(PORT_WORDS)
        ) u_port (
            .clk_i       (clk_i),
            .rst_i       (flush),
            .addr_valid_i(walk_step && walk_read[j]),
            .addr_ready_o(port_ready[j]),
            .addr_i      (walk_address[j*16 +: 16]),
            .fm_req_o    (fm_req_o[j]),
            .fm_addr_o   (fm_addr_o[j*16 +: 16]),
            .fm_gnt_i    (fm_gnt_i[j]),
            .fm_valid_i  (fm_valid_i[j]),
            .fm_data_i   (fm_data_i[j*W +: W]),
            .valid_o     (word_valid[j]),
            .data_o      (words[j*W +: W]),
            .pop_i       (word_pop[j])
        );
      end else begin : g_unused
        wire unused_port = &{1'b0, fm_gnt_i[j], fm_valid_i[j], fm_data_i[j*W +: W],
                             walk_read[j], walk_address[j*16 +: 16], word_pop[j]};
        assign port_ready[j]         = 1'b1;
        assign fm_req_o[j]           = 1'b0;
        assign fm_addr_o[j*16 +: 16] = 16'd0;
        assign word_valid[j]         = 1'b0;
        assign words[j*W +: W]       = {W{1'b0}};
      end
    end
  endgenerate

  // ---- Items, and the parameter words that go with them ----

  localparam ITEM_BITS = 1 + 1 + INDEX + 1 + 1 + 3 + 3;

  wire                 item_waits, item_next;
  wire [ITEM_BITS-1:0] item;
  wire [11:0]          item_parameter;
  wire                 unused_parameter = &{1'b0, item_parameter};
  wire [$clog2(ITEMS+1)-1:0] unused_items;

  nncc_fifo #(.WIDTH(ITEM_BITS + 12), .DEPTH(ITEMS)) u_items (
      .clk_i  (clk_i),
      .rst_i  (flush),
      .valid_i(walk_step),
      .ready_o(items_ready),
      .data_i ({walk_parameter, walk_record, walk_table, walk_index, walk_first,
                walk_last, walk_active, walk_read}),
      .valid_o(item_waits),
      .ready_i(item_next),
      .data_o ({item_parameter, item}),
      .count_o(unused_items)
  );

  reg                 m_valid_q;                  // an item has its parameter words
  reg [ITEM_BITS-1:0] m_item_q;
  wire                m_record, m_table, m_first, m_last;
  wire [INDEX-1:0]    m_index;
  wire [2:0]          m_active, m_read;
  wire                m_go;
  assign {m_record, m_table, m_index, m_first, m_last, m_active, m_read} = m_item_q;
  assign item_next = !m_valid_q || m_go;

  always @(posedge clk_i) begin
    if (flush) m_valid_q <= 1'b0;
    else if (item_next) m_valid_q <= item_waits;
    if (item_next) m_item_q <= item;
  end

  wire [TAPS*W-1:0] parameters;
  wire              unused_vm_addr = &{1'b0, vm_addr_i};

  nncc_vparam_mem #(.WIDTH(W), .WORDS(VECTOR_WORDS), .TAPS(TAPS)) u_vparam (
      .clk_i  (clk_i),
      .we_i   (vm_we_i),
      .waddr_i(vm_addr_i[VAW-1:0]),
      .wdata_i(vm_data_i),
      .re_i   (item_next && item_waits),
      .raddr_i(item_parameter[VAW-1:0]),
      .rdata_o(parameters)
  );

  // An item goes when its words are there and its result will find a place.
  reg [RESULT_BITS-1:0] promised_q;               // results behind this point
  wire                  write = wr_req_o && wr_gnt_i;
  wire                  promise = m_go && m_last;

  assign m_go = m_valid_q && (m_read & ~word_valid) == 3'b000
             && promised_q != RESULTS32[RESULT_BITS-1:0];
  assign word_pop = m_read & {3{m_go}};

  always @(posedge clk_i) begin
    if (flush) promised_q <= {RESULT_BITS{1'b0}};
    else if (promise != write) promised_q <= promise ? promised_q + 1'b1 : promised_q - 1'b1;
  end

  // ---- Stages of the lanes ----

  reg       a_valid_q, p_valid_q, s_valid_q;
  reg       a_record_q, p_record_q, s_record_q, q_record_q;
  reg       a_last_q, p_last_q, s_last_q, q_last_q;
  reg       a_first_q, p_first_q;
  reg       a_table_q;
  reg [INDEX-1:0] a_index_q;
  reg [2:0] p_index_q, s_index_q, q_index_q;      // of a word of records

  always @(posedge clk_i) begin
    a_valid_q  <= m_go;
    a_first_q  <= m_first;
    a_index_q  <= m_index;
    a_record_q <= m_go && m_record && !flush;
    a_table_q  <= m_go && m_table && !flush;
    a_last_q   <= m_go && m_last && !flush;

    p_valid_q  <= a_valid_q;
    p_first_q  <= a_first_q;
    p_index_q  <= a_index_q[2:0];
    p_record_q <= a_record_q && !flush;
    p_last_q   <= a_last_q && !flush;

    s_valid_q  <= p_valid_q;
    s_index_q  <= p_index_q;
    s_record_q <= p_record_q && !flush;
    s_last_q   <= p_last_q && !flush;

    q_index_q  <= s_index_q;
    q_record_q <= s_record_q && !flush;
    q_last_q   <= s_last_q && !flush;
  end

  // ---- Records ----

  // Without records, scale() is the product of a mul, or leaves the value as it is:
  // (2*t + 1) >> 1.
  localparam [14:0] KEEP_MULTIPLIER = 15'd2;
  localparam [5:0]  KEEP_SHIFT      = 6'd1;

  reg  [8*W-1:0] records_q;                       // 8 bytes a lane
  wire [W-1:0]   record_word;
  integer        k;

  always @(posedge clk_i) begin
    if (start) begin
      records_q <= {V{8'd0, 2'd0, op_mul ? inst_i[`ISA_MUL_SHIFT] : KEEP_SHIFT,
                      1'b0, op_mul ? inst_i[`ISA_MUL_MULTIPLIER] : KEEP_MULTIPLIER,
                      32'd0}};
    end else if (q_record_q) begin
      for (k = 0; k < 8; k = k + 1) begin
        if (q_index_q == k[2:0]) records_q[k*W +: W] <= record_word;
      end
    end
  end

  // ---- Lanes ----

  wire [W-1:0] a_word;
  wire [W-1:0] result;

  generate
    for (j = 0; j < V; j = j + 1) begin : g_lane
      wire [23:0] x = {words[(2*V+j)*8 +: 8], words[(V+j)*8 +: 8], words[j*8 +: 8]};
      wire [23:0] w;
      wire [31:0] sum;
      wire [63:0] record = records_q[j*64 +: 64];
      wire        unused_record = &{1'b0, record[63:54], record[47]};

      assign w[7:0] = parameters[j*8 +: 8];
      if (TAPS > 1) begin : g_second
        assign w[15:8] = parameters[(V+j)*8 +: 8];
      end else begin : g_no_second
        assign w[15:8] = 8'd0;
      end
      if (TAPS > 2) begin : g_third
        assign w[23:16] = parameters[(2*V+j)*8 +: 8];
      end else begin : g_no_third
        assign w[23:16] = 8'd0;
      end

      nncc_vector_lane #(.V(V)) u_lane (
          .clk_i         (clk_i),
          .is_max_i      (is_max_q),
          .is_add_i      (is_add_q),
          .is_mul_i      (is_mul_q),
          .is_table_i    (is_table_q),
          .unit_weights_i(unit_weights_q),
          .pad_i         (pad_q),
          .a_zp_i        (a_zp_q),
          .b_zp_i        (b_zp_q),
          .a_multiplier_i(a_multiplier_q),
          .b_multiplier_i(b_multiplier_q),
          .constant_i    (constant_q),
          .shift_i       (shift_q),
          .item_i        (m_go),
          .record_i      (m_record),
          .active_i      (m_active),
          .read_i        (m_read),
          .x_i           (x),
          .w_i           (w),
          .a_valid_i     (a_valid_q),
          .a_table_we_i  (a_table_q),
          .a_index_i     (a_index_q),
          .a_word_i      (a_word),
          .a_byte_o      (a_word[j*8 +: 8]),
          .p_valid_i     (p_valid_q),
          .p_first_i     (p_first_q),
          .s_valid_i     (s_valid_q),
          .sum_o         (sum)
      );
      assign record_word[j*8 +: 8] = sum[7:0];

      nncc_requant #(.RESIDUAL(0)) u_requant (
          .clk_i           (clk_i),
          .sum_i           (sum),
          .bias_i          (record[31:0]),
          .multiplier_i    (record[46:32]),
          .shift_i         (record[53:48]),
          .residual_i      (8'd0),
          .res_multiplier_i(16'd0),
          .res_constant_i  (32'd0),
          .res_shift_i     (5'd0),
          .zero_point_i    (zero_point_q),
          .clamp_lo_i      (clamp_lo_q),
          .clamp_hi_i      (clamp_hi_q),
          .result_o        (result[j*8 +: 8])
      );
    end
  endgenerate

  // ---- Results ----

  reg [LATENCY-1:0] requant_q;                    // pixels in the requantizers
  always @(posedge clk_i) begin
    if (flush) requant_q <= {LATENCY{1'b0}};
    else requant_q <= {requant_q[LATENCY-2:0], q_last_q};
  end

  wire                   unused_result_ready, unused_address_valid;
  wire [RESULT_BITS-1:0] unused_result_count;
  nncc_fifo #(.WIDTH(W), .DEPTH(RESULTS)) u_results (
      .clk_i  (clk_i),
      .rst_i  (flush),
      .valid_i(requant_q[LATENCY-1]),
      .ready_o(unused_result_ready),
      .data_i (result),
      .valid_o(wr_req_o),
      .ready_i(wr_gnt_i),
      .data_o (wr_data_o),
      .count_o(unused_result_count)
  );

  // An address is kept from the walk to the write: as many as there are items and
  // results under way.
  localparam ADDRESSES = 2 * RESULTS;
  wire [$clog2(ADDRESSES+1)-1:0] unwritten;
  assign results_left = |unwritten;
  nncc_fifo #(.WIDTH(16), .DEPTH(ADDRESSES)) u_addresses (
      .clk_i  (clk_i),
      .rst_i  (flush),
      .valid_i(walk_step && walk_last),
      .ready_o(results_ready),
      .data_i (walk_result),
      .valid_o(unused_address_valid),
      .ready_i(write),
      .data_o (wr_addr_o),
      .count_o(unwritten)
  );

endmodule

`default_nettype wire
