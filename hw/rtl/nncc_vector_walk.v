// Walks an instruction of the vector engine: what to read in each cycle, and where the
// result goes.
//
// Parameters
//   V              lanes
//   TAPS           window columns of an item, 1 to 3
//   FEATURE_WORDS  words of the feature memory
//   VECTOR_WORDS   words of the parameter memory
//
// An item is what the lanes take in a cycle: up to TAPS columns of a row of the window
// of a pixel; both operands of an add or mul; one word of records or of a table. Items
// come in the order group, row, column, window row, window column; records before the
// first pixel of their group, a table before everything else. All positions are kept
// by addition: the only products are those of the row pitch, once for an instruction.
//
// A word that a pixel to the left has had in the same item is not read again: where
// the stride is one or two columns of the window, column j is what was column j+1 or
// j+2; where it is half a column, what was column j+1 two pixels ago. The operand b of a
// repeated pixel is the same word. Who consumes the items keeps the columns of up to 32
// of them.
//
// Addresses of the source are formed modulo 2^27. That is exact: a position within the
// image has an address below 65536 + 1022*65535 + 4094*4096 < 2^27, and of others none is
// used. Of operand b and the result every address is used, and the walk ends with the
// first that is beyond the memory: 18 bits; so of parameters, 14 bits.
//
// Protocol: start_i takes inst_i, when done_o. Items are valid/ready. An item that
// reaches beyond a memory is not offered: the walk ends there, error_o pulses.
//
// Latency: the first item comes 3 cycles after start_i, then one a cycle.

`default_nettype none
`include "nncc_isa.vh"

module nncc_vector_walk #(
    parameter V             = 8,
    parameter TAPS          = 3,
    parameter FEATURE_WORDS = 1024,
    parameter VECTOR_WORDS  = 128
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    input  wire                 start_i,
    input  wire [`ISA_BITS-1:0] inst_i,
    output wire                 done_o,           // no instruction is being walked

    output wire                 valid_o,
    input  wire                 ready_i,
    output wire                 record_o,         // a word of records
    output wire                 table_o,          // a word of a table
    output wire [4:0]           index_o,          // its number in the group or table; of other
                                                  // items, where to keep them
    output wire                 first_o,          // the first of a pixel
    output wire                 last_o,           // the last of a pixel
    output wire [2:0]           active_o,         // columns within the window
    output wire [2:0]           read_o,           // those that are read
    output wire [1:0]           reuse_o,          // those that are kept
    output wire                 reuse_far_o,      // column 0 as column 2; constant
    output wire                 keep_o,           // later pixels may reuse columns
    output wire [3*16-1:0]      address_o,        // feature words
    output wire [11:0]          parameter_o,      // first parameter word
    output wire [15:0]          result_o,         // the pixel's word, with last_o

    output reg                  error_o,
    output reg  [31:0]          error_address_o   // the first word beyond its memory
);

  localparam AW = 27;                             // addresses of the source
  localparam DW = 18;                             // of operand b and the result
  localparam MW = 14;                             // of parameters
  localparam PW = 18;                             // signed positions: at most 128227
  localparam [31:0] FEATURE32     = FEATURE_WORDS;
  localparam [31:0] VECTOR32      = VECTOR_WORDS;
  localparam [31:0] TAPS32        = TAPS;
  localparam [31:0] TABLE_LAST32  = 256 / V - 1;
  localparam SLOT_BITS = 5;                       // items of a window that are kept: 32
  localparam [31:0] RECORD_LAST32 = 7;
  localparam [AW-1:0] FEATURE_END = FEATURE32[AW-1:0];
  localparam [MW-1:0] VECTOR_END  = VECTOR32[MW-1:0];
  localparam [8:0]    TAPS9       = TAPS32[8:0];

  // ---- The instruction ----

  reg        is_window_q;                         // depthwise, max_pool
  reg        is_binary_q;                         // add, mul
  reg        is_depthwise_q;
  reg        is_table_q;
  reg        weights_q;                           // a depthwise that reads weights
  reg        shared_q;                            // one group of records
  reg [15:0] src_base_q, src_group_pitch_q;       // of operand a, too
  reg [11:0] src_row_pitch_q;
  reg [11:0] src_height_q, src_width_q;
  reg [11:0] origin_y_q, origin_x_q;
  reg [3:0]  stride_y_q, stride_x_q;
  reg [7:0]  kernel_h_q, kernel_w_q, dilation_y_q, dilation_x_q;
  reg [15:0] b_base_q, b_group_pitch_q;
  reg [11:0] b_row_pitch_q;
  reg        b_column_pitch_q;
  reg [11:0] height_q, width_q;
  reg [9:0]  groups_q;
  reg [15:0] dst_base_q, dst_group_pitch_q;
  reg [11:0] dst_row_pitch_q;
  reg [11:0] weight_base_q, param_base_q;

  wire [5:0] opcode       = inst_i[`ISA_HEADER_OPCODE];
  wire       op_depthwise = opcode == `ISA_OP_DEPTHWISE;
  wire       op_max_pool  = opcode == `ISA_OP_MAX_POOL;
  wire       op_binary    = opcode == `ISA_OP_ADD || opcode == `ISA_OP_MUL;
  wire       op_table     = opcode == `ISA_OP_TABLE;
  wire       unused_inst  = &{1'b0, inst_i};

  // depthwise and max_pool have the same fields but for the last of depthwise; so have
  // add and mul.
  always @(posedge clk_i) begin
    if (start_i) begin
      is_window_q    <= op_depthwise || op_max_pool;
      is_binary_q    <= op_binary;
      is_depthwise_q <= op_depthwise;
      is_table_q     <= op_table;
      weights_q      <= op_depthwise && !inst_i[`ISA_DEPTHWISE_UNIT_WEIGHTS];
      shared_q       <= inst_i[`ISA_DEPTHWISE_SHARED_PARAMS];
      weight_base_q  <= inst_i[`ISA_DEPTHWISE_WEIGHT_BASE];
      param_base_q   <= op_table ? inst_i[`ISA_TABLE_TABLE_BASE]
                                 : inst_i[`ISA_DEPTHWISE_PARAM_BASE];
      src_height_q   <= inst_i[`ISA_DEPTHWISE_SRC_HEIGHT];
      src_width_q    <= inst_i[`ISA_DEPTHWISE_SRC_WIDTH];
      b_base_q         <= inst_i[`ISA_ADD_B_BASE];
      b_row_pitch_q    <= inst_i[`ISA_ADD_B_ROW_PITCH];
      b_group_pitch_q  <= inst_i[`ISA_ADD_B_GROUP_PITCH];
      b_column_pitch_q <= inst_i[`ISA_ADD_B_COLUMN_PITCH];
      // Without a window a pixel is a window of one position.
      origin_y_q   <= 12'd0;
      origin_x_q   <= 12'd0;
      stride_y_q   <= 4'd1;
      stride_x_q   <= 4'd1;
      kernel_h_q   <= 8'd1;
      kernel_w_q   <= 8'd1;
      dilation_y_q <= 8'd1;
      dilation_x_q <= 8'd1;
      if (op_binary) begin
        src_base_q        <= inst_i[`ISA_ADD_A_BASE];
        src_row_pitch_q   <= inst_i[`ISA_ADD_A_ROW_PITCH];
        src_group_pitch_q <= inst_i[`ISA_ADD_A_GROUP_PITCH];
        height_q          <= inst_i[`ISA_ADD_HEIGHT];
        width_q           <= inst_i[`ISA_ADD_WIDTH];
        groups_q          <= inst_i[`ISA_ADD_GROUPS];
        dst_base_q        <= inst_i[`ISA_ADD_DST_BASE];
        dst_row_pitch_q   <= inst_i[`ISA_ADD_DST_ROW_PITCH];
        dst_group_pitch_q <= inst_i[`ISA_ADD_DST_GROUP_PITCH];
      end else if (op_table) begin
        src_base_q        <= inst_i[`ISA_TABLE_SRC_BASE];
        src_row_pitch_q   <= inst_i[`ISA_TABLE_SRC_ROW_PITCH];
        src_group_pitch_q <= inst_i[`ISA_TABLE_SRC_GROUP_PITCH];
        height_q          <= inst_i[`ISA_TABLE_HEIGHT];
        width_q           <= inst_i[`ISA_TABLE_WIDTH];
        groups_q          <= inst_i[`ISA_TABLE_GROUPS];
        dst_base_q        <= inst_i[`ISA_TABLE_DST_BASE];
        dst_row_pitch_q   <= inst_i[`ISA_TABLE_DST_ROW_PITCH];
        dst_group_pitch_q <= inst_i[`ISA_TABLE_DST_GROUP_PITCH];
      end else begin
        src_base_q        <= inst_i[`ISA_DEPTHWISE_SRC_BASE];
        src_row_pitch_q   <= inst_i[`ISA_DEPTHWISE_SRC_ROW_PITCH];
        src_group_pitch_q <= inst_i[`ISA_DEPTHWISE_SRC_GROUP_PITCH];
        origin_y_q        <= inst_i[`ISA_DEPTHWISE_ORIGIN_Y];
        origin_x_q        <= inst_i[`ISA_DEPTHWISE_ORIGIN_X];
        stride_y_q        <= inst_i[`ISA_DEPTHWISE_STRIDE_Y];
        stride_x_q        <= inst_i[`ISA_DEPTHWISE_STRIDE_X];
        kernel_h_q        <= inst_i[`ISA_DEPTHWISE_KERNEL_H];
        kernel_w_q        <= inst_i[`ISA_DEPTHWISE_KERNEL_W];
        dilation_y_q      <= inst_i[`ISA_DEPTHWISE_DILATION_Y];
        dilation_x_q      <= inst_i[`ISA_DEPTHWISE_DILATION_X];
        height_q          <= inst_i[`ISA_DEPTHWISE_HEIGHT];
        width_q           <= inst_i[`ISA_DEPTHWISE_WIDTH];
        groups_q          <= inst_i[`ISA_DEPTHWISE_GROUPS];
        dst_base_q        <= inst_i[`ISA_DEPTHWISE_DST_BASE];
        dst_row_pitch_q   <= inst_i[`ISA_DEPTHWISE_DST_ROW_PITCH];
        dst_group_pitch_q <= inst_i[`ISA_DEPTHWISE_DST_GROUP_PITCH];
      end
    end
  end

  // ---- Start: products, then first positions ----

  localparam [1:0] IDLE = 2'd0, MULTIPLY = 2'd1, PLACE = 2'd2, WALK = 2'd3;
  reg [1:0] state_q;

  reg               near_q, far_q, half_q;        // a stride is 1, 2, 1/2 window columns
  reg signed [24:0] origin_rows_q;                // words from row 0 to the origin's
  reg        [15:0] stride_rows_q;                // words of a stride
  reg        [19:0] dilation_rows_q;              // words of a dilation

  // In LUTs: once for an instruction is not worth a DSP slice.
  function [19:0] narrow(input [7:0] factor, input [11:0] value);
    integer i;
    begin
      narrow = 20'd0;
      for (i = 0; i < 8; i = i + 1)
        narrow = narrow + ({8'd0, value & {12{factor[i]}}} << i);
    end
  endfunction

  wire [19:0] stride_rows_d = narrow({4'd0, stride_y_q}, src_row_pitch_q);
  wire [19:0] origin_low    = narrow(origin_y_q[7:0], src_row_pitch_q);
  wire [19:0] origin_high   = narrow({5'd0, origin_y_q[10:8]}, src_row_pitch_q);
  wire [11:0] origin_sign   = src_row_pitch_q & {12{origin_y_q[11]}};
  wire        unused_rows   = &{1'b0, stride_rows_d[19:16], origin_high[19:17]};

  always @(posedge clk_i) begin
    if (state_q == MULTIPLY) begin
      near_q <= is_window_q && {4'd0, stride_x_q} == dilation_x_q;
      half_q <= is_window_q && {3'd0, stride_x_q, 1'b0} == dilation_x_q;
      far_q  <= is_window_q && {5'd0, stride_x_q} == {dilation_x_q, 1'b0};
      origin_rows_q   <= {5'd0, origin_low} + {origin_high[16:0], 8'd0}
                       - {2'd0, origin_sign, 11'd0};
      stride_rows_q   <= stride_rows_d[15:0];
      dilation_rows_q <= narrow(dilation_y_q, src_row_pitch_q);
    end
  end

  // ---- Position ----

  reg        parameters_q;                        // the item is a word of parameters
  reg [4:0]  index_q;
  reg [15:0] slot_q;                              // items before this one in the window
  reg [8:0]  kx_q;
  reg [7:0]  ky_q;
  reg [11:0] x_q, y_q;
  reg [9:0]  g_q;

  // Of the pixel's window and of the item's first column.
  reg signed [PW-1:0] window_y_q, window_x_q, iy_q, ix_q;
  // Feature words of (row, column 0): at the origin, at the window, at the item.
  reg [AW-1:0] origin_row_q, window_row_q, row_q;
  // Operand b and the result: first word of the group, of the row, of the pixel.
  reg [DW-1:0] b_group_q, b_row_q, b_q;
  reg [DW-1:0] dst_group_q, dst_row_q, dst_q;
  // Weights of the group and of the item; words of records or of the table.
  reg [MW-1:0] weight_group_q, weight_q;
  reg [MW-1:0] parameter_q;

  wire parameters_end = index_q == (is_table_q ? TABLE_LAST32[4:0]
                                                   : RECORD_LAST32[4:0]);
  wire kx_end = kx_q + TAPS9 >= {1'b0, kernel_w_q};
  wire ky_end = ky_q == kernel_h_q - 8'd1;
  wire x_end  = x_q == width_q - 12'd1;
  wire y_end  = y_q == height_q - 12'd1;
  wire g_end  = g_q == groups_q - 10'd1;

  wire row_end   = !parameters_q && kx_end;
  wire pixel_end = row_end && ky_end;
  wire line_end  = pixel_end && x_end;
  wire group_end = line_end && y_end;
  wire walk_end  = group_end && g_end;

  wire        beyond;                             // the item reaches beyond a memory
  wire        step   = valid_o && ready_i;
  // Columns of the item; at the end of a row they are at most TAPS, two bits.
  wire [1:0]  columns = kx_end ? kernel_w_q[1:0] - kx_q[1:0] : TAPS32[1:0];

  wire [AW-1:0] src_group_pitch = {{(AW-16){1'b0}}, src_group_pitch_q};
  wire [AW-1:0] stride_rows     = {{(AW-16){1'b0}}, stride_rows_q};
  wire [AW-1:0] next_group      = origin_row_q + src_group_pitch;
  wire [AW-1:0] next_line       = window_row_q + stride_rows;
  wire signed [PW-1:0] origin_y = {{(PW-12){origin_y_q[11]}}, origin_y_q};
  wire signed [PW-1:0] origin_x = {{(PW-12){origin_x_q[11]}}, origin_x_q};
  wire signed [PW-1:0] next_y   = window_y_q + {{(PW-4){1'b0}}, stride_y_q};
  wire signed [PW-1:0] next_x   = window_x_q + {{(PW-4){1'b0}}, stride_x_q};
  // Three columns on, at most.
  wire [9:0] item_columns       = (TAPS32[0] ? {2'b00, dilation_x_q} : 10'd0)
                                + (TAPS32[1] ? {1'b0, dilation_x_q, 1'b0} : 10'd0);
  wire [DW-1:0] next_b_group    = b_group_q + {{(DW-16){1'b0}}, b_group_pitch_q};
  wire [DW-1:0] next_b_row      = b_row_q + {{(DW-12){1'b0}}, b_row_pitch_q};
  wire [DW-1:0] next_dst_group  = dst_group_q + {{(DW-16){1'b0}}, dst_group_pitch_q};
  wire [DW-1:0] next_dst_row    = dst_row_q + {{(DW-12){1'b0}}, dst_row_pitch_q};
  wire [MW-1:0] next_weight     = weight_q + {{(MW-2){1'b0}}, columns};
  wire [AW-1:0] first_row       = {{(AW-16){1'b0}}, src_base_q}
                                + {{(AW-25){origin_rows_q[24]}}, origin_rows_q};

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= IDLE;
    end else begin
      case (state_q)
        IDLE:     if (start_i) state_q <= MULTIPLY;
        MULTIPLY: state_q <= PLACE;
        PLACE:    state_q <= WALK;
        default:  if ((step && walk_end) || beyond) state_q <= IDLE;
      endcase
    end
  end

  assign done_o = state_q == IDLE;

  always @(posedge clk_i) begin
    if (state_q == PLACE) begin
      parameters_q <= is_depthwise_q || is_table_q;
      index_q      <= 5'd0;
      parameter_q  <= {{(MW-12){1'b0}}, param_base_q};
      g_q          <= 10'd0;
    end else if (step) begin
      if (parameters_q) begin
        parameters_q <= !parameters_end;
        index_q      <= parameters_end ? 5'd0 : index_q + 5'd1;
        parameter_q  <= parameter_q + {{(MW-1){1'b0}}, 1'b1};
      end else if (group_end) begin
        // The records of groups lie one after the other.
        parameters_q <= is_depthwise_q && !shared_q;
        g_q          <= g_q + 10'd1;
      end
    end
  end

  always @(posedge clk_i) begin
    if (state_q == PLACE) begin
      slot_q <= 16'd0;
      kx_q <= 9'd0;
      ky_q <= 8'd0;
      x_q  <= 12'd0;
      y_q  <= 12'd0;
    end else if (step && !parameters_q) begin
      slot_q <= pixel_end ? 16'd0 : slot_q + 16'd1;
      kx_q <= kx_end ? 9'd0 : kx_q + TAPS9;
      if (row_end)   ky_q <= ky_end ? 8'd0 : ky_q + 8'd1;
      if (pixel_end) x_q  <= x_end ? 12'd0 : x_q + 12'd1;
      if (line_end)  y_q  <= y_end ? 12'd0 : y_q + 12'd1;
    end
  end

  // The source: of the larger steps that end with an item, the largest counts.
  always @(posedge clk_i) begin
    if (state_q == PLACE) begin
      origin_row_q <= first_row;
      window_row_q <= first_row;
      row_q        <= first_row;
      window_y_q   <= origin_y;
      iy_q         <= origin_y;
      window_x_q   <= origin_x;
      ix_q         <= origin_x;
    end else if (step && !parameters_q) begin
      if (group_end) begin
        origin_row_q <= next_group;
        window_row_q <= next_group;
        row_q        <= next_group;
        window_y_q   <= origin_y;
        iy_q         <= origin_y;
      end else if (line_end) begin
        window_row_q <= next_line;
        row_q        <= next_line;
        window_y_q   <= next_y;
        iy_q         <= next_y;
      end else if (pixel_end) begin
        row_q        <= window_row_q;
        iy_q         <= window_y_q;
      end else if (row_end) begin
        row_q        <= row_q + {{(AW-20){1'b0}}, dilation_rows_q};
        iy_q         <= iy_q + {{(PW-8){1'b0}}, dilation_y_q};
      end

      if (line_end) begin
        window_x_q <= origin_x;
        ix_q       <= origin_x;
      end else if (pixel_end) begin
        window_x_q <= next_x;
        ix_q       <= next_x;
      end else if (row_end) begin
        ix_q       <= window_x_q;
      end else begin
        ix_q       <= ix_q + {{(PW-10){1'b0}}, item_columns};
      end
    end
  end

  always @(posedge clk_i) begin
    if (state_q == PLACE) begin
      b_group_q   <= {{(DW-16){1'b0}}, b_base_q};
      b_row_q     <= {{(DW-16){1'b0}}, b_base_q};
      b_q         <= {{(DW-16){1'b0}}, b_base_q};
      dst_group_q <= {{(DW-16){1'b0}}, dst_base_q};
      dst_row_q   <= {{(DW-16){1'b0}}, dst_base_q};
      dst_q       <= {{(DW-16){1'b0}}, dst_base_q};
    end else if (step && pixel_end) begin
      if (group_end) begin
        b_group_q   <= next_b_group;
        b_row_q     <= next_b_group;
        b_q         <= next_b_group;
        dst_group_q <= next_dst_group;
        dst_row_q   <= next_dst_group;
        dst_q       <= next_dst_group;
      end else if (line_end) begin
        b_row_q     <= next_b_row;
        b_q         <= next_b_row;
        dst_row_q   <= next_dst_row;
        dst_q       <= next_dst_row;
      end else begin
        b_q         <= b_q + {{(DW-1){1'b0}}, b_column_pitch_q};
        dst_q       <= dst_q + {{(DW-1){1'b0}}, 1'b1};
      end
    end
  end

  always @(posedge clk_i) begin
    if (state_q == PLACE) begin
      weight_group_q <= {{(MW-12){1'b0}}, weight_base_q};
      weight_q       <= {{(MW-12){1'b0}}, weight_base_q};
    end else if (step && !parameters_q) begin
      if (group_end) weight_group_q <= next_weight;
      weight_q <= (pixel_end && !group_end) ? weight_group_q : next_weight;
    end
  end

  // ---- The item ----

  wire          row_inside = $unsigned(iy_q) < {{(PW-12){1'b0}}, src_height_q};
  wire          again      = keep_o && (half_q ? x_q >= 12'd2 : x_q != 12'd0);
  wire [3*AW-1:0] address;
  wire [2:0]      address_beyond;
  wire [2:0]      weight_beyond;

  // Column 2 is always new.
  wire [2:0] reuse;
  assign reuse[0] = again && (((near_q || half_q) && active_o[1]) || (far_q && active_o[2]));
  assign reuse[1] = again && (((near_q || half_q) && active_o[2])
                              || (is_binary_q && !b_column_pitch_q));
  assign reuse[2] = 1'b0;

  genvar j;
  generate
    for (j = 0; j < 3; j = j + 1) begin : g_column
      if (j < TAPS) begin : g_window
        localparam [31:0] COLUMN = j;
        wire [9:0]    offset = {2'b00, dilation_x_q} * {8'd0, COLUMN[1:0]};
        wire [PW-1:0] ix     = $unsigned(ix_q) + {{(PW-10){1'b0}}, offset};
        wire          in_image = row_inside && ix < {{(PW-12){1'b0}}, src_width_q};
        wire          active = !parameters_q && kx_q + COLUMN[8:0] < {1'b0, kernel_w_q};
        wire [AW-1:0] source = row_q + {{(AW-PW){ix[PW-1]}}, ix};
        wire          other  = j == 1 && is_binary_q && !parameters_q;
        assign active_o[j]          = active || other;
        assign read_o[j]            = !reuse[j]
                                   && ((active && (in_image || !is_window_q)) || other);
        assign address[j*AW +: AW]  = other ? {{(AW-DW){1'b0}}, b_q} : source;
        assign weight_beyond[j]     = weights_q && active
                                   && weight_q + COLUMN[MW-1:0] >= VECTOR_END;
      end else begin : g_other
        assign active_o[j]          = j == 1 && is_binary_q && !parameters_q;
        assign read_o[j]            = active_o[j] && !reuse[j];
        assign address[j*AW +: AW]  = {{(AW-DW){1'b0}}, b_q};
        assign weight_beyond[j]     = 1'b0;
      end
      assign address_beyond[j]      = read_o[j] && address[j*AW +: AW] >= FEATURE_END;
      assign address_o[j*16 +: 16]  = address[j*AW +: 16];
    end
  endgenerate

  assign record_o = parameters_q && !is_table_q;
  assign table_o  = parameters_q && is_table_q;
  assign index_o  = parameters_q ? index_q
                  : half_q ? {slot_q[SLOT_BITS-2:0], x_q[0]} : slot_q[SLOT_BITS-1:0];
  assign keep_o   = !parameters_q && slot_q[15:SLOT_BITS] == {(16-SLOT_BITS){1'b0}}
                 && !(half_q && slot_q[SLOT_BITS-1]);
  assign reuse_o  = reuse[1:0];
  assign reuse_far_o = far_q;
  assign first_o  = parameters_q || (kx_q == 9'd0 && ky_q == 8'd0);
  assign last_o   = pixel_end;
  assign result_o = dst_q[15:0];

  assign parameter_o = parameters_q ? parameter_q[11:0] : weight_q[11:0];

  // ---- Words beyond the memories ----

  wire parameter_beyond = parameters_q && parameter_q >= VECTOR_END;
  wire result_beyond    = pixel_end && dst_q >= FEATURE32[DW-1:0];
  assign beyond = state_q == WALK && (|address_beyond || |weight_beyond
                                      || parameter_beyond || result_beyond);

  assign valid_o = state_q == WALK && !beyond;

  reg [AW-1:0] first_beyond;
  always @* begin
    if (parameter_beyond)       first_beyond = {{(AW-MW){1'b0}}, parameter_q};
    else if (address_beyond[0]) first_beyond = address[AW-1:0];
    else if (address_beyond[1]) first_beyond = address[2*AW-1:AW];
    else if (address_beyond[2]) first_beyond = address[3*AW-1:2*AW];
    else if (|weight_beyond)
      first_beyond = {{(AW-MW){1'b0}}, weight_q > VECTOR_END ? weight_q : VECTOR_END};
    else                        first_beyond = {{(AW-DW){1'b0}}, dst_q};
  end

  always @(posedge clk_i) begin
    error_o <= beyond && !rst_i;
    if (beyond) error_address_o <= {{(32-AW){1'b0}}, first_beyond};
  end

endmodule

`default_nettype wire
