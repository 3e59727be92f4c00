// Instruction check: what the manual's "Legal programs" calls illegal instructions, and
// every range of local memory that follows from the fields of an instruction alone.
// Addresses that depend on the windows' positions or on tap contents, and DRAM
// addresses, are checked by the engines as they form them.
//
// Parameters: sizes of the configuration; *_WORDS, *_BLOCKS and the like are what the
// memories hold.
//
// Protocol: valid/ready in and out, one instruction at a time, in order. An instruction
// that fails comes out nowhere: `error_o` pulses, with code 1 (illegal instruction) or
// 2 (local address; `error_address_o` is the first word behind the range), and nothing
// more is taken until `rst_i`.
//
// Latency: 5 to 8 cycles, by the number of ranges; one instruction each so many cycles.
// A read port of 64 bits brings one in 8.

`default_nettype none
`include "nncc_isa.vh"

module nncc_validate #(
    parameter V = 8,
    parameter O = 8,
    parameter FEATURE_WORDS = 1024,
    parameter WEIGHT_BLOCKS = 32,
    parameter TAP_WORDS = 64,
    parameter CONV_PARAMS = 8,
    parameter VECTOR_WORDS = 128,
    parameter PSUM_PIXELS = 64
) (
    input wire clk_i,
    input wire rst_i,

    input  wire                 valid_i,
    output wire                 ready_o,
    input  wire [`ISA_BITS-1:0] inst_i,
    input  wire [         31:0] number_i,

    output wire                 valid_o,
    input  wire                 ready_i,
    output wire [`ISA_BITS-1:0] inst_o,
    output wire [         31:0] number_o,

    output wire busy_o,  // holds an instruction

    output reg         error_o,
    output reg  [ 3:0] error_code_o,
    output wire [ 2:0] error_engine_o,
    output wire [31:0] error_number_o,
    output reg  [31:0] error_address_o
);

  localparam [3:0] ERROR_ILLEGAL = 4'd1;
  localparam [3:0] ERROR_LOCAL = 4'd2;

  localparam [31:0] DST_GROUPS = O / V;
  localparam [31:0] LIMIT_FEATURE = FEATURE_WORDS;
  localparam [31:0] LIMIT_WEIGHT = WEIGHT_BLOCKS * O;
  localparam [31:0] LIMIT_BLOCK = WEIGHT_BLOCKS;
  localparam [31:0] LIMIT_TAP = TAP_WORDS;
  localparam [31:0] LIMIT_TAP_ENTRY = TAP_WORDS * (V / 4);
  localparam [31:0] LIMIT_CPARAM = CONV_PARAMS * 8 * (O / V);
  localparam [31:0] LIMIT_RECORDS = CONV_PARAMS;
  localparam [31:0] LIMIT_VPARAM = VECTOR_WORDS;
  localparam [31:0] LIMIT_PSUM = PSUM_PIXELS;
  localparam [31:0] OFFSET_MASK = V - 1;
  localparam [15:0] RECORD_WORDS = 8;  // of a group of V records
  localparam [15:0] TABLE_WORDS = 256 / V;

  // -- One instruction ------------------------------------------------------------

  // Its ranges enter the pipeline in steps from 0 on; two cycles behind the last one
  // stands the verdict.
  localparam [2:0] PIPELINE = 3'd3;

  reg                 full_q;
  reg [`ISA_BITS-1:0] inst_q;
  reg [         31:0] number_q;
  reg [          2:0] step_q;
  reg [          2:0] wait_q;     // cycles until the verdict, from the last step on
  reg                 checked_q;  // the verdict stands
  reg                 failed_q;

  wire [5:0] opcode = inst_q[`ISA_HEADER_OPCODE];
  wire [2:0] engine = inst_q[`ISA_HEADER_ENGINE];

  assign ready_o = !full_q && !failed_q;
  assign valid_o = full_q && checked_q;
  assign inst_o = inst_q;
  assign number_o = number_q;
  assign busy_o = full_q;
  assign error_engine_o = engine;
  assign error_number_o = number_q;

  // -- Fields ---------------------------------------------------------------------

  function outside(input [31:0] field, input [31:0] min, input [31:0] max);
    outside = field < min || field > max;
  endfunction

  function wrong_engine(input [4:0] mask, input [2:0] number);
    reg [7:0] wide;
    begin
      wide = {3'd0, mask};
      wrong_engine = !wide[number];
    end
  endfunction

  function misaligned(input [31:0] offset);
    misaligned = |(offset & OFFSET_MASK);
  endfunction

  // Waiting for or posting to the own engine.
  wire [7:0] tokens = {3'd0, inst_q[`ISA_HEADER_WAIT] | inst_q[`ISA_HEADER_POST]};
  wire own_token = tokens[engine];

  // Bits that must be zero: chosen first, since most are so in several instructions.
  reg [`ISA_BITS-1:0] reserved;

  always @* begin
    case (opcode)
      `ISA_OP_LOAD:        reserved = `ISA_LOAD_RESERVED;
      `ISA_OP_LOAD_WINDOW: reserved = `ISA_LOAD_WINDOW_RESERVED;
      `ISA_OP_SAVE:        reserved = `ISA_SAVE_RESERVED;
      `ISA_OP_CONV:        reserved = `ISA_CONV_RESERVED;
      `ISA_OP_DEPTHWISE:   reserved = `ISA_DEPTHWISE_RESERVED;
      `ISA_OP_MAX_POOL:    reserved = `ISA_MAX_POOL_RESERVED;
      `ISA_OP_ADD:         reserved = `ISA_ADD_RESERVED;
      `ISA_OP_MUL:         reserved = `ISA_MUL_RESERVED;
      `ISA_OP_TABLE:       reserved = `ISA_TABLE_RESERVED;
      default:         reserved = {`ISA_BITS{1'b0}};
    endcase
  end

  wire reserved_set = |(inst_q & reserved);
  reg  illegal;

  always @* begin
    case (opcode)
      `ISA_OP_LOAD:
        illegal =
            wrong_engine(`ISA_LOAD_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_LOAD_COUNT_X_WIDTH) {1'b0}}, inst_q[`ISA_LOAD_COUNT_X]},
                `ISA_LOAD_COUNT_X_MIN, `ISA_LOAD_COUNT_X_MAX) ||
            outside(
                {{(32 - `ISA_LOAD_COUNT_Y_WIDTH) {1'b0}}, inst_q[`ISA_LOAD_COUNT_Y]},
                `ISA_LOAD_COUNT_Y_MIN, `ISA_LOAD_COUNT_Y_MAX) ||
            outside(
                {{(32 - `ISA_LOAD_COUNT_Z_WIDTH) {1'b0}}, inst_q[`ISA_LOAD_COUNT_Z]},
                `ISA_LOAD_COUNT_Z_MIN, `ISA_LOAD_COUNT_Z_MAX) ||
            inst_q[`ISA_LOAD_MEMORY] > `ISA_MEMORY_VPARAM ||
            inst_q[`ISA_LOAD_REGION] > `ISA_REGION_WORKSPACE ||
            misaligned(inst_q[`ISA_LOAD_DRAM_OFFSET]);
      `ISA_OP_LOAD_WINDOW:
        illegal =
            wrong_engine(`ISA_LOAD_WINDOW_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_LOAD_WINDOW_COUNT_X_WIDTH) {1'b0}}, inst_q[`ISA_LOAD_WINDOW_COUNT_X]},
                `ISA_LOAD_WINDOW_COUNT_X_MIN, `ISA_LOAD_WINDOW_COUNT_X_MAX) ||
            outside(
                {{(32 - `ISA_LOAD_WINDOW_COUNT_Y_WIDTH) {1'b0}}, inst_q[`ISA_LOAD_WINDOW_COUNT_Y]},
                `ISA_LOAD_WINDOW_COUNT_Y_MIN, `ISA_LOAD_WINDOW_COUNT_Y_MAX) ||
            outside(
                {{(32 - `ISA_LOAD_WINDOW_GROUPS_WIDTH) {1'b0}}, inst_q[`ISA_LOAD_WINDOW_GROUPS]},
                `ISA_LOAD_WINDOW_GROUPS_MIN, `ISA_LOAD_WINDOW_GROUPS_MAX) ||
            outside(
                {{(32 - `ISA_LOAD_WINDOW_STEP_WIDTH) {1'b0}}, inst_q[`ISA_LOAD_WINDOW_STEP]},
                `ISA_LOAD_WINDOW_STEP_MIN, `ISA_LOAD_WINDOW_STEP_MAX) ||
            outside(
                {{(32 - `ISA_LOAD_WINDOW_ROW_BYTES_WIDTH) {1'b0}},
                 inst_q[`ISA_LOAD_WINDOW_ROW_BYTES]},
                `ISA_LOAD_WINDOW_ROW_BYTES_MIN, `ISA_LOAD_WINDOW_ROW_BYTES_MAX) ||
            inst_q[`ISA_LOAD_WINDOW_REGION] > `ISA_REGION_WORKSPACE ||
            misaligned(inst_q[`ISA_LOAD_WINDOW_DRAM_OFFSET]);
      `ISA_OP_SAVE:
        illegal =
            wrong_engine(`ISA_SAVE_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_SAVE_COUNT_X_WIDTH) {1'b0}}, inst_q[`ISA_SAVE_COUNT_X]},
                `ISA_SAVE_COUNT_X_MIN, `ISA_SAVE_COUNT_X_MAX) ||
            outside(
                {{(32 - `ISA_SAVE_COUNT_Y_WIDTH) {1'b0}}, inst_q[`ISA_SAVE_COUNT_Y]},
                `ISA_SAVE_COUNT_Y_MIN, `ISA_SAVE_COUNT_Y_MAX) ||
            outside(
                {{(32 - `ISA_SAVE_COUNT_Z_WIDTH) {1'b0}}, inst_q[`ISA_SAVE_COUNT_Z]},
                `ISA_SAVE_COUNT_Z_MIN, `ISA_SAVE_COUNT_Z_MAX) ||
            (inst_q[`ISA_SAVE_REGION] != `ISA_REGION_OUTPUT &&
             inst_q[`ISA_SAVE_REGION] != `ISA_REGION_WORKSPACE) ||
            misaligned(inst_q[`ISA_SAVE_DRAM_OFFSET]);
      `ISA_OP_CONV:
        illegal =
            wrong_engine(`ISA_CONV_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_CONV_TAP_COUNT_WIDTH) {1'b0}}, inst_q[`ISA_CONV_TAP_COUNT]},
                `ISA_CONV_TAP_COUNT_MIN, `ISA_CONV_TAP_COUNT_MAX) ||
            outside(
                {{(32 - `ISA_CONV_SRC_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_CONV_SRC_HEIGHT]},
                `ISA_CONV_SRC_HEIGHT_MIN, `ISA_CONV_SRC_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_CONV_SRC_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_CONV_SRC_WIDTH]},
                `ISA_CONV_SRC_WIDTH_MIN, `ISA_CONV_SRC_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_CONV_STRIDE_Y_WIDTH) {1'b0}}, inst_q[`ISA_CONV_STRIDE_Y]},
                `ISA_CONV_STRIDE_Y_MIN, `ISA_CONV_STRIDE_Y_MAX) ||
            outside(
                {{(32 - `ISA_CONV_STRIDE_X_WIDTH) {1'b0}}, inst_q[`ISA_CONV_STRIDE_X]},
                `ISA_CONV_STRIDE_X_MIN, `ISA_CONV_STRIDE_X_MAX) ||
            outside(
                {{(32 - `ISA_CONV_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_CONV_HEIGHT]},
                `ISA_CONV_HEIGHT_MIN, `ISA_CONV_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_CONV_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_CONV_WIDTH]},
                `ISA_CONV_WIDTH_MIN, `ISA_CONV_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_CONV_DST_GROUPS_WIDTH) {1'b0}}, inst_q[`ISA_CONV_DST_GROUPS]},
                `ISA_CONV_DST_GROUPS_MIN, `ISA_CONV_DST_GROUPS_MAX) ||
            (inst_q[`ISA_CONV_DRAIN] && {29'd0, inst_q[`ISA_CONV_DST_GROUPS]} > DST_GROUPS) ||
            (inst_q[`ISA_CONV_DRAIN] &&
             $signed(inst_q[`ISA_CONV_CLAMP_LO]) > $signed(inst_q[`ISA_CONV_CLAMP_HI]));
      `ISA_OP_DEPTHWISE:
        illegal =
            wrong_engine(`ISA_DEPTHWISE_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_SRC_HEIGHT_WIDTH) {1'b0}},
                 inst_q[`ISA_DEPTHWISE_SRC_HEIGHT]},
                `ISA_DEPTHWISE_SRC_HEIGHT_MIN, `ISA_DEPTHWISE_SRC_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_SRC_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_SRC_WIDTH]},
                `ISA_DEPTHWISE_SRC_WIDTH_MIN, `ISA_DEPTHWISE_SRC_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_STRIDE_Y_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_STRIDE_Y]},
                `ISA_DEPTHWISE_STRIDE_Y_MIN, `ISA_DEPTHWISE_STRIDE_Y_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_STRIDE_X_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_STRIDE_X]},
                `ISA_DEPTHWISE_STRIDE_X_MIN, `ISA_DEPTHWISE_STRIDE_X_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_KERNEL_H_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_KERNEL_H]},
                `ISA_DEPTHWISE_KERNEL_H_MIN, `ISA_DEPTHWISE_KERNEL_H_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_KERNEL_W_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_KERNEL_W]},
                `ISA_DEPTHWISE_KERNEL_W_MIN, `ISA_DEPTHWISE_KERNEL_W_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_DILATION_Y_WIDTH) {1'b0}},
                 inst_q[`ISA_DEPTHWISE_DILATION_Y]},
                `ISA_DEPTHWISE_DILATION_Y_MIN, `ISA_DEPTHWISE_DILATION_Y_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_DILATION_X_WIDTH) {1'b0}},
                 inst_q[`ISA_DEPTHWISE_DILATION_X]},
                `ISA_DEPTHWISE_DILATION_X_MIN, `ISA_DEPTHWISE_DILATION_X_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_HEIGHT]},
                `ISA_DEPTHWISE_HEIGHT_MIN, `ISA_DEPTHWISE_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_WIDTH]},
                `ISA_DEPTHWISE_WIDTH_MIN, `ISA_DEPTHWISE_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_DEPTHWISE_GROUPS_WIDTH) {1'b0}}, inst_q[`ISA_DEPTHWISE_GROUPS]},
                `ISA_DEPTHWISE_GROUPS_MIN, `ISA_DEPTHWISE_GROUPS_MAX) ||
            $signed(inst_q[`ISA_DEPTHWISE_CLAMP_LO]) > $signed(inst_q[`ISA_DEPTHWISE_CLAMP_HI]);
      `ISA_OP_MAX_POOL:
        illegal =
            wrong_engine(`ISA_MAX_POOL_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_MAX_POOL_SRC_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_SRC_HEIGHT]},
                `ISA_MAX_POOL_SRC_HEIGHT_MIN, `ISA_MAX_POOL_SRC_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_SRC_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_SRC_WIDTH]},
                `ISA_MAX_POOL_SRC_WIDTH_MIN, `ISA_MAX_POOL_SRC_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_STRIDE_Y_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_STRIDE_Y]},
                `ISA_MAX_POOL_STRIDE_Y_MIN, `ISA_MAX_POOL_STRIDE_Y_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_STRIDE_X_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_STRIDE_X]},
                `ISA_MAX_POOL_STRIDE_X_MIN, `ISA_MAX_POOL_STRIDE_X_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_KERNEL_H_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_KERNEL_H]},
                `ISA_MAX_POOL_KERNEL_H_MIN, `ISA_MAX_POOL_KERNEL_H_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_KERNEL_W_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_KERNEL_W]},
                `ISA_MAX_POOL_KERNEL_W_MIN, `ISA_MAX_POOL_KERNEL_W_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_DILATION_Y_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_DILATION_Y]},
                `ISA_MAX_POOL_DILATION_Y_MIN, `ISA_MAX_POOL_DILATION_Y_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_DILATION_X_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_DILATION_X]},
                `ISA_MAX_POOL_DILATION_X_MIN, `ISA_MAX_POOL_DILATION_X_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_HEIGHT]},
                `ISA_MAX_POOL_HEIGHT_MIN, `ISA_MAX_POOL_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_WIDTH]},
                `ISA_MAX_POOL_WIDTH_MIN, `ISA_MAX_POOL_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_MAX_POOL_GROUPS_WIDTH) {1'b0}}, inst_q[`ISA_MAX_POOL_GROUPS]},
                `ISA_MAX_POOL_GROUPS_MIN, `ISA_MAX_POOL_GROUPS_MAX);
      `ISA_OP_ADD:
        illegal =
            wrong_engine(`ISA_ADD_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_ADD_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_ADD_HEIGHT]},
                `ISA_ADD_HEIGHT_MIN, `ISA_ADD_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_ADD_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_ADD_WIDTH]},
                `ISA_ADD_WIDTH_MIN, `ISA_ADD_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_ADD_GROUPS_WIDTH) {1'b0}}, inst_q[`ISA_ADD_GROUPS]},
                `ISA_ADD_GROUPS_MIN, `ISA_ADD_GROUPS_MAX) ||
            outside(
                {{(32 - `ISA_ADD_SHIFT_WIDTH) {1'b0}}, inst_q[`ISA_ADD_SHIFT]},
                `ISA_ADD_SHIFT_MIN, `ISA_ADD_SHIFT_MAX) ||
            $signed(inst_q[`ISA_ADD_CLAMP_LO]) > $signed(inst_q[`ISA_ADD_CLAMP_HI]);
      `ISA_OP_MUL:
        illegal =
            wrong_engine(`ISA_MUL_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_MUL_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_MUL_HEIGHT]},
                `ISA_MUL_HEIGHT_MIN, `ISA_MUL_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_MUL_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_MUL_WIDTH]},
                `ISA_MUL_WIDTH_MIN, `ISA_MUL_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_MUL_GROUPS_WIDTH) {1'b0}}, inst_q[`ISA_MUL_GROUPS]},
                `ISA_MUL_GROUPS_MIN, `ISA_MUL_GROUPS_MAX) ||
            outside(
                {{(32 - `ISA_MUL_SHIFT_WIDTH) {1'b0}}, inst_q[`ISA_MUL_SHIFT]},
                `ISA_MUL_SHIFT_MIN, `ISA_MUL_SHIFT_MAX) ||
            $signed(inst_q[`ISA_MUL_CLAMP_LO]) > $signed(inst_q[`ISA_MUL_CLAMP_HI]);
      `ISA_OP_TABLE:
        illegal =
            wrong_engine(`ISA_TABLE_ENGINES, engine) ||
            outside(
                {{(32 - `ISA_TABLE_HEIGHT_WIDTH) {1'b0}}, inst_q[`ISA_TABLE_HEIGHT]},
                `ISA_TABLE_HEIGHT_MIN, `ISA_TABLE_HEIGHT_MAX) ||
            outside(
                {{(32 - `ISA_TABLE_WIDTH_WIDTH) {1'b0}}, inst_q[`ISA_TABLE_WIDTH]},
                `ISA_TABLE_WIDTH_MIN, `ISA_TABLE_WIDTH_MAX) ||
            outside(
                {{(32 - `ISA_TABLE_GROUPS_WIDTH) {1'b0}}, inst_q[`ISA_TABLE_GROUPS]},
                `ISA_TABLE_GROUPS_MIN, `ISA_TABLE_GROUPS_MAX);
      default: illegal = 1'b1;
    endcase
  end

  // -- Ranges ---------------------------------------------------------------------

  // A range ends at base + (count_z-1)*pitch_z + (count_y-1)*pitch_y + count_x.
  reg  [17:0] base;
  reg  [15:0] count_x;
  reg  [11:0] count_y;
  reg  [15:0] pitch_y;
  reg  [11:0] count_z;
  reg  [17:0] pitch_z;
  reg  [31:0] limit;
  reg         is_illegal;  // beyond the limit is an illegal instruction
  reg         last;

  // The words of a depthwise window, in LUTs. They are needed in step 2: a cycle for the
  // halves, one for their sum.
  function [11:0] half(input [7:0] rows, input [3:0] columns);
    half = ({4'd0, rows & {8{columns[0]}}} + {3'd0, rows & {8{columns[1]}}, 1'b0})
         + ({2'd0, rows & {8{columns[2]}}, 2'd0} + {1'b0, rows & {8{columns[3]}}, 3'd0});
  endfunction

  wire [7:0]  kernel_h = inst_q[`ISA_DEPTHWISE_KERNEL_H];
  wire [7:0]  kernel_w = inst_q[`ISA_DEPTHWISE_KERNEL_W];
  reg  [11:0] window_low_q;
  reg  [11:0] window_high_q;
  reg  [15:0] window_q;

  always @(posedge clk_i) begin
    window_low_q  <= half(kernel_h, kernel_w[3:0]);
    window_high_q <= half(kernel_h, kernel_w[7:4]);
    window_q      <= {4'd0, window_low_q} + {window_high_q, 4'd0};
  end

  always @* begin
    base = 18'd0;
    count_x = 16'd1;
    count_y = 12'd1;
    pitch_y = 16'd0;
    count_z = 12'd1;
    pitch_z = 18'd0;
    limit = LIMIT_FEATURE;
    is_illegal = 1'b0;
    last = 1'b1;
    case (opcode)
      `ISA_OP_LOAD: begin
        base = inst_q[`ISA_LOAD_LOCAL_BASE];
        count_x = inst_q[`ISA_LOAD_COUNT_X];
        count_y = inst_q[`ISA_LOAD_COUNT_Y];
        pitch_y = inst_q[`ISA_LOAD_LOCAL_PITCH_Y];
        count_z = inst_q[`ISA_LOAD_COUNT_Z];
        pitch_z = inst_q[`ISA_LOAD_LOCAL_PITCH_Z];
        case (inst_q[`ISA_LOAD_MEMORY])
          `ISA_MEMORY_WEIGHT: limit = LIMIT_WEIGHT;
          `ISA_MEMORY_TAP: limit = LIMIT_TAP;
          `ISA_MEMORY_CPARAM: limit = LIMIT_CPARAM;
          `ISA_MEMORY_VPARAM: limit = LIMIT_VPARAM;
          default: limit = LIMIT_FEATURE;
        endcase
      end
      `ISA_OP_LOAD_WINDOW: begin
        base = {2'd0, inst_q[`ISA_LOAD_WINDOW_LOCAL_BASE]};
        count_x = {4'd0, inst_q[`ISA_LOAD_WINDOW_COUNT_X]};
        count_y = inst_q[`ISA_LOAD_WINDOW_COUNT_Y];
        pitch_y = inst_q[`ISA_LOAD_WINDOW_LOCAL_PITCH_Y];
        count_z = {6'd0, inst_q[`ISA_LOAD_WINDOW_GROUPS]};
        pitch_z = {2'd0, inst_q[`ISA_LOAD_WINDOW_LOCAL_PITCH_Z]};
      end
      `ISA_OP_SAVE: begin
        base = {2'd0, inst_q[`ISA_SAVE_LOCAL_BASE]};
        count_x = inst_q[`ISA_SAVE_COUNT_X];
        count_y = inst_q[`ISA_SAVE_COUNT_Y];
        pitch_y = inst_q[`ISA_SAVE_LOCAL_PITCH_Y];
        count_z = inst_q[`ISA_SAVE_COUNT_Z];
        pitch_z = inst_q[`ISA_SAVE_LOCAL_PITCH_Z];
      end
      `ISA_OP_CONV:
      case (step_q)
        3'd0: begin  // pixels
          count_x = {4'd0, inst_q[`ISA_CONV_WIDTH]};
          count_y = inst_q[`ISA_CONV_HEIGHT];
          pitch_y = {4'd0, inst_q[`ISA_CONV_WIDTH]};
          limit = LIMIT_PSUM;
          is_illegal = 1'b1;
          last = 1'b0;
        end
        3'd1: begin
          base = {4'd0, inst_q[`ISA_CONV_TAP_BASE]};
          count_x = {2'd0, inst_q[`ISA_CONV_TAP_COUNT]};
          limit = LIMIT_TAP_ENTRY;
          last = 1'b0;
        end
        3'd2: begin
          base = {6'd0, inst_q[`ISA_CONV_WEIGHT_BASE]};
          count_x = {2'd0, inst_q[`ISA_CONV_TAP_COUNT]};
          limit = LIMIT_BLOCK;
          last = !inst_q[`ISA_CONV_DRAIN];
        end
        3'd3: begin
          base  = {8'd0, inst_q[`ISA_CONV_PARAM_BASE]};
          limit = LIMIT_RECORDS;
          last  = 1'b0;
        end
        3'd4: begin
          base = {2'd0, inst_q[`ISA_CONV_DST_BASE]};
          count_x = {4'd0, inst_q[`ISA_CONV_WIDTH]};
          count_y = inst_q[`ISA_CONV_HEIGHT];
          pitch_y = {4'd0, inst_q[`ISA_CONV_DST_ROW_PITCH]};
          count_z = {9'd0, inst_q[`ISA_CONV_DST_GROUPS]};
          pitch_z = {2'd0, inst_q[`ISA_CONV_DST_GROUP_PITCH]};
          last = !inst_q[`ISA_CONV_RESIDUAL];
        end
        default: begin
          base = {2'd0, inst_q[`ISA_CONV_RES_BASE]};
          count_x = {4'd0, inst_q[`ISA_CONV_WIDTH]};
          count_y = inst_q[`ISA_CONV_HEIGHT];
          pitch_y = {4'd0, inst_q[`ISA_CONV_RES_ROW_PITCH]};
          count_z = {9'd0, inst_q[`ISA_CONV_DST_GROUPS]};
          pitch_z = {2'd0, inst_q[`ISA_CONV_RES_GROUP_PITCH]};
        end
      endcase
      `ISA_OP_DEPTHWISE:
      case (step_q)
        3'd0: begin
          base = {2'd0, inst_q[`ISA_DEPTHWISE_DST_BASE]};
          count_x = {4'd0, inst_q[`ISA_DEPTHWISE_WIDTH]};
          count_y = inst_q[`ISA_DEPTHWISE_HEIGHT];
          pitch_y = {4'd0, inst_q[`ISA_DEPTHWISE_DST_ROW_PITCH]};
          count_z = {2'd0, inst_q[`ISA_DEPTHWISE_GROUPS]};
          pitch_z = {2'd0, inst_q[`ISA_DEPTHWISE_DST_GROUP_PITCH]};
          last = 1'b0;
        end
        3'd1: begin
          base = {6'd0, inst_q[`ISA_DEPTHWISE_PARAM_BASE]};
          count_x = RECORD_WORDS;
          count_y = inst_q[`ISA_DEPTHWISE_SHARED_PARAMS] ? 12'd1 :
                    {2'd0, inst_q[`ISA_DEPTHWISE_GROUPS]};
          pitch_y = RECORD_WORDS;
          limit = LIMIT_VPARAM;
          last = inst_q[`ISA_DEPTHWISE_UNIT_WEIGHTS];
        end
        default: begin
          base = {6'd0, inst_q[`ISA_DEPTHWISE_WEIGHT_BASE]};
          count_x = window_q;
          count_y = {2'd0, inst_q[`ISA_DEPTHWISE_GROUPS]};
          pitch_y = window_q;
          limit = LIMIT_VPARAM;
        end
      endcase
      `ISA_OP_MAX_POOL: begin
        base = {2'd0, inst_q[`ISA_MAX_POOL_DST_BASE]};
        count_x = {4'd0, inst_q[`ISA_MAX_POOL_WIDTH]};
        count_y = inst_q[`ISA_MAX_POOL_HEIGHT];
        pitch_y = {4'd0, inst_q[`ISA_MAX_POOL_DST_ROW_PITCH]};
        count_z = {2'd0, inst_q[`ISA_MAX_POOL_GROUPS]};
        pitch_z = {2'd0, inst_q[`ISA_MAX_POOL_DST_GROUP_PITCH]};
      end
      // The operands of add and mul lie in the same bits.
      `ISA_OP_ADD, `ISA_OP_MUL: begin
        count_x = {4'd0, inst_q[`ISA_ADD_WIDTH]};
        count_y = inst_q[`ISA_ADD_HEIGHT];
        count_z = {2'd0, inst_q[`ISA_ADD_GROUPS]};
        case (step_q)
          3'd0: begin
            base = {2'd0, inst_q[`ISA_ADD_A_BASE]};
            pitch_y = {4'd0, inst_q[`ISA_ADD_A_ROW_PITCH]};
            pitch_z = {2'd0, inst_q[`ISA_ADD_A_GROUP_PITCH]};
            last = 1'b0;
          end
          3'd1: begin
            base = {2'd0, inst_q[`ISA_ADD_B_BASE]};
            if (!inst_q[`ISA_ADD_B_COLUMN_PITCH]) count_x = 16'd1;
            pitch_y = {4'd0, inst_q[`ISA_ADD_B_ROW_PITCH]};
            pitch_z = {2'd0, inst_q[`ISA_ADD_B_GROUP_PITCH]};
            last = 1'b0;
          end
          default: begin
            base = {2'd0, inst_q[`ISA_ADD_DST_BASE]};
            pitch_y = {4'd0, inst_q[`ISA_ADD_DST_ROW_PITCH]};
            pitch_z = {2'd0, inst_q[`ISA_ADD_DST_GROUP_PITCH]};
          end
        endcase
      end
      `ISA_OP_TABLE: begin
        count_x = {4'd0, inst_q[`ISA_TABLE_WIDTH]};
        count_y = inst_q[`ISA_TABLE_HEIGHT];
        count_z = {2'd0, inst_q[`ISA_TABLE_GROUPS]};
        case (step_q)
          3'd0: begin
            base = {2'd0, inst_q[`ISA_TABLE_SRC_BASE]};
            pitch_y = {4'd0, inst_q[`ISA_TABLE_SRC_ROW_PITCH]};
            pitch_z = {2'd0, inst_q[`ISA_TABLE_SRC_GROUP_PITCH]};
            last = 1'b0;
          end
          3'd1: begin
            base = {2'd0, inst_q[`ISA_TABLE_DST_BASE]};
            pitch_y = {4'd0, inst_q[`ISA_TABLE_DST_ROW_PITCH]};
            pitch_z = {2'd0, inst_q[`ISA_TABLE_DST_GROUP_PITCH]};
            last = 1'b0;
          end
          default: begin
            base = {6'd0, inst_q[`ISA_TABLE_TABLE_BASE]};
            count_x = TABLE_WORDS;
            count_y = 12'd1;
            count_z = 12'd1;
            limit = LIMIT_VPARAM;
          end
        endcase
      end
      default: ;
    endcase
  end

  // Stage 1: operands. Stage 2: products. Stage 3: the end.
  wire        step = full_q && !checked_q && wait_q == 3'd0;

  reg         step1_q;
  reg  [18:0] first1_q;  // base + count_x
  reg  [11:0] y1_q;
  reg  [15:0] pitch_y1_q;
  reg  [11:0] z1_q;
  reg  [17:0] pitch_z1_q;
  reg  [31:0] limit1_q;
  reg         illegal1_q;

  reg         step2_q;
  reg  [18:0] first2_q;
  reg  [27:0] product_y2_q;
  reg  [29:0] product_z2_q;
  reg  [31:0] limit2_q;
  reg         illegal2_q;

  wire [31:0] finish = {13'd0, first2_q} + {4'd0, product_y2_q} + {2'd0, product_z2_q};
  wire        beyond = step2_q && finish > limit2_q;

  // Errors seen so far: fields, then the first range.
  reg         field_error_q;
  reg         range_error_q;
  reg         range_illegal_q;
  reg  [31:0] range_end_q;

  wire        verdict = full_q && !checked_q && wait_q == 3'd1;
  wire        good = !field_error_q && !range_error_q;

  always @(posedge clk_i) begin
    first1_q     <= {1'b0, base} + {3'd0, count_x};
    y1_q         <= count_y - 12'd1;
    pitch_y1_q   <= pitch_y;
    z1_q         <= count_z - 12'd1;
    pitch_z1_q   <= pitch_z;
    limit1_q     <= limit;
    illegal1_q   <= is_illegal;
    first2_q     <= first1_q;
    product_y2_q <= {16'd0, y1_q} * {12'd0, pitch_y1_q};
    product_z2_q <= {18'd0, z1_q} * {12'd0, pitch_z1_q};
    limit2_q     <= limit1_q;
    illegal2_q   <= illegal1_q;

    error_o      <= 1'b0;

    if (rst_i) begin
      full_q    <= 1'b0;
      failed_q  <= 1'b0;
      checked_q <= 1'b0;
      step1_q   <= 1'b0;
      step2_q   <= 1'b0;
      wait_q    <= 3'd0;
    end else begin
      step1_q <= step;
      step2_q <= step1_q;

      if (valid_i && ready_o) begin
        full_q        <= 1'b1;
        inst_q        <= inst_i;
        number_q      <= number_i;
        checked_q     <= 1'b0;
        step_q        <= 3'd0;
        wait_q        <= 3'd0;
        field_error_q <= 1'b0;
        range_error_q <= 1'b0;
      end else if (valid_o && ready_i) begin
        full_q <= 1'b0;
      end

      if (step) begin
        step_q        <= step_q + 3'd1;
        field_error_q <= illegal || reserved_set || own_token;
        // Ranges of fields that are no good mean nothing.
        if (last || illegal || reserved_set) wait_q <= PIPELINE;
      end else if (wait_q != 3'd0) begin
        wait_q <= wait_q - 3'd1;
      end
      if (beyond && !range_error_q) begin
        range_error_q   <= 1'b1;
        range_illegal_q <= illegal2_q;
        range_end_q     <= finish;
      end
      if (verdict) begin
        checked_q <= good;
        failed_q  <= !good;
        full_q    <= good;
        error_o   <= !good;
      end
    end
    if (verdict) begin
      error_code_o    <= field_error_q || range_illegal_q ? ERROR_ILLEGAL : ERROR_LOCAL;
      error_address_o <= field_error_q || range_illegal_q ? 32'd0 : range_end_q;
    end
  end

endmodule

`default_nettype wire
