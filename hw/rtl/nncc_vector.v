// Vector engine: depthwise, max_pool, add, mul and table on V lanes.
//
// Parameters
//   V              lanes: bytes of a word
//   TAPS           window columns that are taken in a cycle, 1 to 3
//   FEATURE_WORDS  words of the feature memory
//   FEATURE_BANKS  its banks, a power of two
//   VECTOR_WORDS   words of the parameter memory
//   LANE_DSP       as DSP in nncc_vector_lane
//
//   walk -> ports (addresses, feature words) ----+
//     |                                          v
//     +---> items -> parameter memory -----> lanes A P T S Q -> requantizers -> results
//     +---> addresses of the results ----------------------------------------> write
//
// A window moves over its image column by column, so that most of its words were in
// the window before: they are kept and not read again. A depthwise of stride one reads
// one word a cycle and leaves the banks to others.
//
// The ports read ahead of each other and of the lanes, and take turns: a bank that
// somebody else has holds back one of them and costs no more than its cycle, also where
// both walk through the banks in step. Where two ports want the same bank, the one that
// is least ahead asks. Behind the queue of items nothing stalls: an
// item enters the lanes only when the queue of results has room for what it becomes.
//
// Instructions run one after the other. An instruction has finished when its last
// result is in the feature memory.
//
// Protocol: the engine protocol of docs/hardware.md. fm_*: readers 2 to 4 and wr_*:
// writer 1 of nncc_feature_mem; a read may be withdrawn for a while in favour of another
// of the three. vm_*: a word of the parameter memory, always accepted;
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
    parameter FEATURE_BANKS = 4,
    parameter VECTOR_WORDS  = 128,
    parameter LANE_DSP      = 1
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
  localparam LATENCY = `NNCC_REQUANT_PLAIN_LATENCY;
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
  reg [7:0]  zero_point_q, clamp_lo_q, clamp_hi_q;

  wire [5:0] opcode       = inst_i[`ISA_HEADER_OPCODE];
  wire       op_depthwise = opcode == `ISA_OP_DEPTHWISE;
  wire       op_add       = opcode == `ISA_OP_ADD;
  wire       op_mul       = opcode == `ISA_OP_MUL;
  wire [7:0] a_zp         = inst_i[`ISA_MUL_A_ZP];

  always @(posedge clk_i) begin
    if (start) begin
      is_max_q       <= opcode == `ISA_OP_MAX_POOL;
      is_add_q       <= op_add;
      is_mul_q       <= op_mul;
      is_table_q     <= opcode == `ISA_OP_TABLE;
      unit_weights_q <= op_depthwise && inst_i[`ISA_DEPTHWISE_UNIT_WEIGHTS];
      pad_q          <= inst_i[`ISA_DEPTHWISE_PAD_VALUE];
      a_zp_q         <= inst_i[`ISA_MUL_A_ZP];
      b_zp_q         <= inst_i[`ISA_MUL_B_ZP];
      a_multiplier_q <= inst_i[`ISA_ADD_A_MULTIPLIER];
      b_multiplier_q <= op_mul ? -{{8{a_zp[7]}}, a_zp} : inst_i[`ISA_ADD_B_MULTIPLIER];
      constant_q     <= op_add ? inst_i[`ISA_ADD_CONSTANT] : 32'd0;
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
  wire [4:0]  walk_index;
  wire [2:0]  walk_active, walk_read;
  wire [1:0]  walk_reuse;
  wire        walk_keep, reuse_far;
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
      .reuse_o        (walk_reuse),
      .reuse_far_o    (reuse_far),
      .keep_o         (walk_keep),
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

  localparam AHEAD_BITS = $clog2(PORT_WORDS + 1);
  localparam BANK_BITS  = $clog2(FEATURE_BANKS);

  // New columns are dealt to the ports in turn, whether they lie in the image or not:
  // a column goes to the port `turn` plus the number of new columns before it.
  localparam [31:0] PORTS32 = PORTS;
  localparam [2:0]  PORTS3  = PORTS32[2:0];

  function [2:0] wrap;                            // modulo PORTS, of at most 5
    input [2:0] value;
    wrap = value - (value >= PORTS3 ? PORTS3 : 3'd0);
  endfunction

  function [2:0] ones;                            // of the lower `count` bits
    input [2:0] mask;
    input [1:0] count;
    ones = {2'b00, mask[0] && count > 2'd0} + {2'b00, mask[1] && count > 2'd1}
         + {2'b00, mask[2] && count > 2'd2};
  endfunction

  reg  [2:0]     turn_q;
  wire [2:0]     walk_new = walk_active & ~{1'b0, walk_reuse};
  wire [2:0]     walk_port0 = turn_q;
  wire [2:0]     walk_port1 = wrap(turn_q + ones(walk_new, 2'd1));
  wire [2:0]     walk_port2 = wrap(turn_q + ones(walk_new, 2'd2));
  wire [2:0]     word_valid;
  wire [3*W-1:0] words;
  wire [2:0]     word_pop;

  always @(posedge clk_i) begin
    if (rst_i) turn_q <= 3'd0;
    else if (walk_step) turn_q <= wrap(turn_q + ones(walk_new, 2'd3));
  end

  // Who goes first at a bank: decided a cycle ahead, so that it is no part of the path
  // of a request. Bit 0: port 0 before 1; 1: 0 before 2; 2: 1 before 2.
  wire [2:0]              want, yield;
  wire [3*AHEAD_BITS-1:0] ahead;
  reg  [2:0]              before_q;

  wire [AHEAD_BITS-1:0] ahead0 = ahead[0 +: AHEAD_BITS];
  wire [AHEAD_BITS-1:0] ahead1 = ahead[AHEAD_BITS +: AHEAD_BITS];
  wire [AHEAD_BITS-1:0] ahead2 = ahead[2*AHEAD_BITS +: AHEAD_BITS];
  wire [BANK_BITS-1:0]  bank0  = fm_addr_o[0 +: BANK_BITS];
  wire [BANK_BITS-1:0]  bank1  = fm_addr_o[16 +: BANK_BITS];
  wire [BANK_BITS-1:0]  bank2  = fm_addr_o[32 +: BANK_BITS];
  wire meet01 = want[0] && want[1] && bank0 == bank1;
  wire meet02 = want[0] && want[2] && bank0 == bank2;
  wire meet12 = want[1] && want[2] && bank1 == bank2;

  always @(posedge clk_i) begin
    before_q <= {ahead1 <= ahead2, ahead0 <= ahead2, ahead0 <= ahead1};
  end

  assign yield = {(meet02 && before_q[1])  || (meet12 && before_q[2]),
                  (meet01 && before_q[0])  || (meet12 && !before_q[2]),
                  (meet01 && !before_q[0]) || (meet02 && !before_q[1])};

  genvar j;
  generate
    for (j = 0; j < 3; j = j + 1) begin : g_port
      if (j < PORTS) begin : g_used
        localparam [31:0] PORT = j;
        wire [2:0]  mine    = walk_new & {walk_port2 == PORT[2:0], walk_port1 == PORT[2:0],
                                          walk_port0 == PORT[2:0]};
        wire [15:0] address = (walk_address[0 +: 16] & {16{mine[0]}})
                            | (walk_address[16 +: 16] & {16{mine[1]}})
                            | (walk_address[32 +: 16] & {16{mine[2]}});

        nncc_vector_port #(
            .WIDTH(W), .ADDRESSES(PORT_ADDRESSES), .DEPTH(PORT_WORDS)
        ) u_port (
            .clk_i       (clk_i),
            .rst_i       (flush),
            .addr_valid_i(walk_step && (walk_read & mine) != 3'b000),
            .addr_ready_o(port_ready[j]),
            .addr_i      (address),
            .want_o      (want[j]),
            .yield_i     (yield[j]),
            .ahead_o     (ahead[j*AHEAD_BITS +: AHEAD_BITS]),
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
                             word_pop[j], yield[j]};
        assign want[j]                          = 1'b0;
        assign ahead[j*AHEAD_BITS +: AHEAD_BITS] = {AHEAD_BITS{1'b0}};
        assign port_ready[j]         = 1'b1;
        assign fm_req_o[j]           = 1'b0;
        assign fm_addr_o[j*16 +: 16] = 16'd0;
        assign word_valid[j]         = 1'b0;
        assign words[j*W +: W]       = {W{1'b0}};
      end
    end
  endgenerate

  // ---- Items, and the parameter words that go with them ----

  localparam ITEM_BITS = 1 + 1 + 5 + 1 + 1 + 3 + 3 + 2 + 1 + 3;

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
                walk_last, walk_active, walk_read, walk_reuse, walk_keep, turn_q}),
      .valid_o(item_waits),
      .ready_i(item_next),
      .data_o ({item_parameter, item}),
      .count_o(unused_items)
  );

  reg                 m_valid_q;                  // an item has its parameter words
  reg [ITEM_BITS-1:0] m_item_q;
  wire                m_record, m_table, m_first, m_last;
  wire [4:0]          m_index;
  wire [2:0]          m_active, m_read;
  wire [1:0]          m_reuse;
  wire                m_keep;
  wire [2:0]          m_turn;
  wire                m_go;
  assign {m_record, m_table, m_index, m_first, m_last, m_active, m_read, m_reuse,
          m_keep, m_turn} = m_item_q;
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

  wire [2:0] m_new = m_active & ~{1'b0, m_reuse};
  wire [8:0] m_wanted_by;                         // ports, for each column
  wire [2:0] m_wanted = m_wanted_by[2:0] | m_wanted_by[5:3] | m_wanted_by[8:6];
  assign m_go = m_valid_q && (m_wanted & ~word_valid) == 3'b000
             && promised_q != RESULTS32[RESULT_BITS-1:0];
  assign word_pop = m_wanted & {3{m_go}};

  always @(posedge clk_i) begin
    if (flush) promised_q <= {RESULT_BITS{1'b0}};
    else if (promise != write) promised_q <= promise ? promised_q + 1'b1 : promised_q - 1'b1;
  end

  // ---- Columns: read, kept from the pixel before, or without a word ----

  wire [W-1:0]   none = {V{is_max_q, 7'd0}};      // never wins; a product of zero
  wire [3*W-1:0] fresh;                           // without reuse
  wire [3*W-1:0] columns;
  wire [3*W-1:0] kept;                            // columns of the pixel before

  generate
    for (j = 0; j < 3; j = j + 1) begin : g_column
      localparam [31:0] COLUMN = j;
      wire [2:0] port = wrap(m_turn + ones(m_new, COLUMN[1:0]));
      wire [2:0] wanted = m_read[j] ? 3'b001 << port : 3'b000;
      assign m_wanted_by[j*3 +: 3] = wanted;
      assign fresh[j*W +: W] = m_read[j] ? words[port*W +: W]
                             : m_active[j] ? {V{pad_q}} : none;
      if (j == 0 || j >= PORTS) begin : g_not_kept
        assign kept[j*W +: W] = {W{1'b0}};
      end else begin : g_kept
        reg [W-1:0] slots [0:31];
        always @(posedge clk_i) begin
          if (m_go && m_keep) slots[m_index] <= columns[j*W +: W];
        end
        assign kept[j*W +: W] = slots[m_index];
      end
    end
  endgenerate

  wire unused_kept = &{1'b0, kept[W-1:0]};
  assign columns[0 +: W]   = !m_reuse[0] ? fresh[0 +: W]
                           : reuse_far ? kept[2*W +: W] : kept[W +: W];
  assign columns[W +: W]   = !m_reuse[1] ? fresh[W +: W]
                           : (is_add_q || is_mul_q) ? kept[W +: W] : kept[2*W +: W];
  assign columns[2*W +: W] = fresh[2*W +: W];

  // ---- Stages of the lanes ----

  reg       a_valid_q, p_valid_q, t_valid_q, s_valid_q;
  reg       a_record_q, p_record_q, t_record_q, s_record_q, q_record_q;
  reg [LATENCY-1:0] requant_q;                    // pixels in the requantizers
  wire              requant_en;
  reg       a_last_q, p_last_q, t_last_q, s_last_q, q_last_q;
  reg       a_first_q, p_first_q, t_first_q;
  reg       a_table_q;
  reg [INDEX-1:0] a_index_q;
  reg [2:0] p_index_q, t_index_q, s_index_q, q_index_q;   // of a word of records

  always @(posedge clk_i) begin
    a_valid_q  <= m_go;
    a_first_q  <= m_first;
    a_index_q  <= m_index[INDEX-1:0];
    a_record_q <= m_go && m_record && !flush;
    a_table_q  <= m_go && m_table && !flush;
    a_last_q   <= m_go && m_last && !flush;

    p_valid_q  <= a_valid_q;
    p_first_q  <= a_first_q;
    p_index_q  <= a_index_q[2:0];
    p_record_q <= a_record_q && !flush;
    p_last_q   <= a_last_q && !flush;

    t_valid_q  <= p_valid_q;
    t_first_q  <= p_first_q;
    t_index_q  <= p_index_q;
    t_record_q <= p_record_q && !flush;
    t_last_q   <= p_last_q && !flush;

    s_valid_q  <= t_valid_q;
    s_index_q  <= t_index_q;
    s_record_q <= t_record_q && !flush;
    s_last_q   <= t_last_q && !flush;

    q_index_q  <= s_index_q;
    q_record_q <= s_record_q && !flush;
    q_last_q   <= s_last_q && !flush;
  end

  // ---- Records ----

  // Without records, scale() is that of the sum of an add or the product of a mul, or
  // leaves the value as it is: 2*t / 2.
  localparam [16:0] KEEP_MULTIPLIER = 17'd2;
  localparam [5:0]  KEEP_SHIFT      = 6'd1;
  wire [16:0] multiplier = op_add ? inst_i[`ISA_ADD_MULTIPLIER]
                         : op_mul ? inst_i[`ISA_MUL_MULTIPLIER] : KEEP_MULTIPLIER;
  wire [5:0]  shift      = op_add ? inst_i[`ISA_ADD_SHIFT]
                         : op_mul ? inst_i[`ISA_MUL_SHIFT] : KEEP_SHIFT;

  reg  [8*W-1:0] records_q;                       // 8 bytes a lane
  wire [W-1:0]   record_word;
  integer        k;

  always @(posedge clk_i) begin
    if (start) begin
      records_q <= {V{2'd0, shift, 7'd0, multiplier, 32'd0}};
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
      wire [23:0] x = {columns[(2*V+j)*8 +: 8], columns[(V+j)*8 +: 8], columns[j*8 +: 8]};
      wire [23:0] w;
      wire [31:0] sum;
      wire [63:0] record = records_q[j*64 +: 64];
      wire        unused_record = &{1'b0, record[63:62], record[55:49]};

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

      nncc_vector_lane #(.V(V), .DSP(LANE_DSP)) u_lane (
          .clk_i         (clk_i),
          .is_max_i      (is_max_q),
          .is_add_i      (is_add_q),
          .is_mul_i      (is_mul_q),
          .is_table_i    (is_table_q),
          .unit_weights_i(unit_weights_q),
          .a_zp_i        (a_zp_q),
          .b_zp_i        (b_zp_q),
          .a_multiplier_i(a_multiplier_q),
          .b_multiplier_i(b_multiplier_q),
          .constant_i    (constant_q),
          .item_i        (m_go),
          .record_i      (m_record),
          .active_i      (m_active[2:1]),
          .x_i           (x),
          .w_i           (w),
          .a_valid_i     (a_valid_q),
          .a_table_we_i  (a_table_q),
          .a_index_i     (a_index_q),
          .a_word_i      (a_word),
          .a_byte_o      (a_word[j*8 +: 8]),
          .p_valid_i     (p_valid_q),
          .t_valid_i     (t_valid_q),
          .t_first_i     (t_first_q),
          .s_valid_i     (s_valid_q),
          .sum_o         (sum)
      );
      assign record_word[j*8 +: 8] = sum[7:0];

      nncc_requant #(.RESIDUAL(0)) u_requant (
          .clk_i           (clk_i),
          .en_i            (requant_en),
          .sum_i           (sum),
          .bias_i          (record[31:0]),
          .multiplier_i    (record[48:32]),
          .shift_i         (record[61:56]),
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

  // A pixel is in them or on its way to them.
  assign requant_en = |requant_q || q_last_q || s_last_q || t_last_q || p_last_q || a_last_q;

  // ---- Results ----

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
