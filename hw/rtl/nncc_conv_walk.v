// The front half of the conv engine: walks tap lists and pixels, fetches activations
// and weight blocks, and feeds the MAC array.
//
// Two units work one behind the other. The *loader* holds an instruction and, tap by
// tap, reads the weight block into the shadow registers of the array (V cycles)
// and, meanwhile, the tap and the address of its first pixel. The *walker* takes a
// tap that is nearly loaded as soon as its own last pixel is under way, and steps
// through the pixels, one a cycle. The loader goes on with the next block once the
// first pixel of the tap is on its way to the array, where it swaps the blocks; when
// the walker has taken its last tap, it is free for the next instruction.
//
// Parameters: V and the sizes of the memories, as in nncc_config.vh.
//
// Protocol
//   start_i, free_o   an instruction starts in a cycle with both; inst_i and number_i
//                     are taken then
//   weight_*_o        reads for nncc_weight_mem
//   fm_*              port of nncc_feature_mem
//   stream_*_o        to the array: one pixel a cycle with stream_valid_o;
//                     stream_swap_o with the first pixel of a tap, stream_last_o with
//                     the last of an instruction, stream_zero_o in the first tap of
//                     one that does not accumulate
//   halt_i            stops everything, for good
//   error_o           an address beyond its memory (error_address_o, in the unit of
//                     that memory's field); stays up, and nothing more is fetched
//
// Latency: the first pixel asks for its word V + 1 cycles after the start; a pixel is
// on stream_* three cycles after its grant.

`default_nettype none

`include "nncc_isa.vh"

module nncc_conv_walk #(
    parameter V             = 8,
    parameter FEATURE_WORDS = 1024,
    parameter WEIGHT_BLOCKS = 32,
    parameter TAP_WORDS     = 64,
    parameter CONV_PARAMS   = 8,
    parameter PSUM_PIXELS   = 64
) (
    input  wire                               clk_i,
    input  wire                               rst_i,
    input  wire                               halt_i,

    input  wire                               start_i,
    output wire                               free_o,
    input  wire [511:0]                       inst_i,
    input  wire [31:0]                        number_i,

    input  wire                               tm_we_i,
    input  wire [17:0]                        tm_addr_i,
    input  wire [8*V-1:0]                     tm_data_i,

    output wire                               weight_re_o,
    output wire [$clog2(WEIGHT_BLOCKS*V)-1:0] weight_row_o,

    output wire                               fm_req_o,
    output wire [15:0]                        fm_addr_o,
    input  wire                               fm_gnt_i,
    input  wire [8*V-1:0]                     fm_data_i,

    output wire                               stream_valid_o,
    output wire [8*V-1:0]                     stream_data_o,
    output wire                               stream_swap_o,
    output wire [$clog2(PSUM_PIXELS)-1:0]     stream_pixel_o,
    output wire                               stream_bank_o,
    output wire                               stream_zero_o,
    output wire                               stream_last_o,
    output wire                               stream_drain_o,

    output wire                               error_o,
    output wire [31:0]                        error_number_o,
    output wire [31:0]                        error_address_o
);

  localparam TAPS  = TAP_WORDS * V / 4;  // in the tap memory
  localparam TPW   = V / 4;              // in a word of it
  localparam LT    = $clog2(TPW);
  localparam TW    = $clog2(TAP_WORDS);
  localparam IW    = $clog2(V);
  localparam PW    = $clog2(PSUM_PIXELS);
  localparam RW    = $clog2(WEIGHT_BLOCKS * V);
  // Word addresses: 26 bits hold each one inside the image exactly, others modulo.
  localparam AW    = 26;
  // Coordinates: -2176 to 2047 + 127 + 4094*15.
  localparam CW    = 17;

  //--------------------------------------------------------------------------
  // Loader

  localparam [2:0] IDLE  = 3'd0;  // free
  localparam [2:0] CHECK = 3'd1;  // ranges
  localparam [2:0] WAIT  = 3'd2;  // for the shadow registers
  localparam [2:0] LOAD  = 3'd3;  // reads row index_q of the block
  localparam [2:0] READY = 3'd4;  // waits for the walker

  // From this read on the walker may take the tap: its first pixel then reaches the
  // array just behind the last row of the block.
  localparam [31:0] EARLY = V - 3;
  localparam [31:0] LAST  = V - 1;
  // Steps of the tap's address, by read.
  localparam [31:0] TAP_READ = 0, TAP_HERE = 2, TAP_PRODUCT = 3, TAP_SUM = 4;

  reg  [2:0]    state_q;
  reg  [IW-1:0] index_q;
  reg           taken_q;         // the walker has the tap whose block is loaded
  reg           first_q;         // the first tap of the instruction
  reg  [511:0]  inst_q;
  reg  [31:0]   number_q;
  reg  [14:0]   tap_q, block_q;  // of this tap
  reg  [13:0]   taps_left_q;     // with this one
  reg  [15:0]   row_step_q;      // words from a row of pixels to the next
  reg           few_q;           // fewer than four pixels, the loop of nncc_psum_mem
  reg           swap_pending_q;  // the array has not yet swapped for the tap taken last
  wire          unused_inst = &{1'b0, inst_q};
  wire [11:0]   height = inst_q[`ISA_CONV_HEIGHT];
  wire [11:0]   width  = inst_q[`ISA_CONV_WIDTH];

  wire [14:0] count     = {1'b0, inst_q[`ISA_CONV_TAP_COUNT]};
  wire [14:0] tap_end   = {1'b0, inst_q[`ISA_CONV_TAP_BASE]} + count;
  wire [14:0] block_end = {3'b0, inst_q[`ISA_CONV_WEIGHT_BASE]} + count;
  wire taps_beyond   = {17'd0, tap_end} > TAPS;
  wire blocks_beyond = {17'd0, block_end} > WEIGHT_BLOCKS;
  wire params_beyond = inst_q[`ISA_CONV_DRAIN]
                       && {22'd0, inst_q[`ISA_CONV_PARAM_BASE]} >= CONV_PARAMS;
  wire range_error   = state_q == CHECK && (taps_beyond || blocks_beyond || params_beyond);

  wire swap_passes;   // the first pixel of a tap leaves for the array
  wire shadow_free = !swap_pending_q || swap_passes;
  wire last_tap    = taps_left_q == 14'd1;
  wire tap_ready   = (state_q == LOAD && {{32-IW{1'b0}}, index_q} >= EARLY) || state_q == READY;
  wire take;          // the walker takes the tap
  wire stop        = halt_i || error_o;

  assign free_o       = state_q == IDLE;
  assign weight_re_o  = state_q == LOAD;
  assign weight_row_o = {block_q[RW-IW-1:0], index_q};

  wire at_last  = {{32-IW{1'b0}}, index_q} == LAST;
  wire tap_done = (state_q == LOAD && at_last && (taken_q || take)) || (state_q == READY && take);

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q        <= IDLE;
      swap_pending_q <= 1'b0;
    end else if (!stop) begin
      case (state_q)
        IDLE:    if (start_i) state_q <= CHECK;
        CHECK:   state_q <= shadow_free ? LOAD : WAIT;
        WAIT:    if (shadow_free) state_q <= LOAD;
        LOAD:    if (tap_done) state_q <= last_tap ? IDLE : taken_q && shadow_free ? LOAD : WAIT;
                 else if (at_last) state_q <= READY;
        READY:   if (take) state_q <= last_tap ? IDLE : WAIT;
        default: state_q <= IDLE;
      endcase
      if (take) swap_pending_q <= 1'b1;
      else if (swap_passes) swap_pending_q <= 1'b0;
    end

    if (state_q == LOAD) index_q <= index_q + 1'b1;
    else index_q <= {IW{1'b0}};

    if (state_q == IDLE) begin
      inst_q      <= inst_i;
      number_q    <= number_i;
      tap_q       <= {1'b0, inst_i[`ISA_CONV_TAP_BASE]};
      block_q     <= {3'd0, inst_i[`ISA_CONV_WEIGHT_BASE]};
      taps_left_q <= inst_i[`ISA_CONV_TAP_COUNT];
      first_q     <= 1'b1;
      taken_q     <= 1'b0;
    end else if (tap_done) begin
      tap_q       <= tap_q + 15'd1;
      block_q     <= block_q + 15'd1;
      taps_left_q <= taps_left_q - 14'd1;
      first_q     <= 1'b0;
      taken_q     <= 1'b0;
    end else if (take) begin
      taken_q     <= 1'b1;
    end

    if (state_q == CHECK) begin
      row_step_q <= {12'd0, inst_q[`ISA_CONV_STRIDE_Y]} * {4'd0, inst_q[`ISA_CONV_SRC_ROW_PITCH]};
      few_q      <= height[11:2] == 10'd0 && width[11:2] == 10'd0
                 && (height == 12'd1 || width == 12'd1);
    end
  end

  // The tap and where its first pixel lies.
  wire [8*V-1:0] tap_word;
  wire [31:0]    tap_address = {17'd0, tap_q} / TPW;
  wire [31:0]    tap_place   = {17'd0, tap_q} % TPW;
  wire [31:0]    tap         = tap_word[32*tap_place[(LT > 0 ? LT : 1)-1:0] +: 32];
  wire           unused_tap  = &{1'b0, tap_address, tap_place, tm_addr_i};

  nncc_ram #(.WIDTH(8 * V), .DEPTH(TAP_WORDS), .OUT_REG(1)) u_taps (
      .clk_i  (clk_i),
      .we_i   (tm_we_i),
      .waddr_i(tm_addr_i[TW-1:0]),
      .wdata_i(tm_data_i),
      .re_i   (state_q == LOAD && {{32-IW{1'b0}}, index_q} == TAP_READ),
      .raddr_i(tap_address[TW-1:0]),
      .rdata_o(tap_word));

  // Row and column of the first pixel in the image.
  reg signed [12:0] tap_y_q, tap_x_q;
  reg        [AW-1:0] base_q, product_q, address_q;
  wire signed [AW-1:0] product = tap_y_q * $signed({1'b0, inst_q[`ISA_CONV_SRC_ROW_PITCH]});
  always @(posedge clk_i) begin
    case ({{32-IW{1'b0}}, index_q})
      TAP_HERE: begin
        tap_y_q <= {inst_q[`ISA_CONV_ORIGIN_Y_LSB + 11], inst_q[`ISA_CONV_ORIGIN_Y]}
                 + {{5{tap[23]}}, tap[23:16]};
        tap_x_q <= {inst_q[`ISA_CONV_ORIGIN_X_LSB + 11], inst_q[`ISA_CONV_ORIGIN_X]}
                 + {{5{tap[31]}}, tap[31:24]};
        base_q  <= {10'd0, inst_q[`ISA_CONV_SRC_BASE]} + {10'd0, tap[15:0]};
      end
      TAP_PRODUCT: begin
        product_q <= product;
        base_q    <= base_q + {{13{tap_x_q[12]}}, tap_x_q};
      end
      TAP_SUM: address_q <= base_q + product_q;
      default: ;
    endcase
  end

  //--------------------------------------------------------------------------
  // Walker

  reg           walk_q;          // has a pixel
  reg           tap_start_q;     // its first
  reg  [11:0]   columns_left_q, rows_left_q;  // behind this pixel, this row
  reg  [PW-1:0] pixel_q;
  reg  [CW-1:0] y_q, x_q, first_x_q;
  reg  [AW-1:0] word_q, row_word_q;
  reg  [11:0]   w_height_q, w_width_q, w_columns_q;  // of the image; of the result, less one
  reg  [3:0]    w_stride_y_q, w_stride_x_q;
  reg  [15:0]   w_row_step_q;
  reg  [7:0]    w_pad_q;
  reg           w_bank_q, w_zero_q, w_last_q, w_drain_q;
  reg  [31:0]   w_number_q;

  wire fetch_ready;   // the fetch stage takes the pixel
  reg  fetch_q;       // the fetch stage has one
  reg  passed_q;      // it let one go in the last cycle

  wire row_end  = columns_left_q == 12'd0;
  wire tap_end_pixel = row_end && rows_left_q == 12'd0;
  wire advance  = walk_q && fetch_ready;
  // Few pixels come again soon: only when all of them are well under way.
  wire far_enough = !few_q || !(walk_q || fetch_q || passed_q);
  assign take = tap_ready && (!walk_q || (advance && tap_end_pixel)) && far_enough && !stop;

  wire in_image = y_q < {5'd0, w_height_q} && x_q < {5'd0, w_width_q};
  wire [AW-1:0] row_word = row_word_q + {10'd0, w_row_step_q};

  always @(posedge clk_i) begin
    if (rst_i) walk_q <= 1'b0;
    else if (take) walk_q <= 1'b1;
    else if (advance && tap_end_pixel) walk_q <= 1'b0;

    if (take) begin
      tap_start_q    <= 1'b1;
      columns_left_q <= inst_q[`ISA_CONV_WIDTH] - 12'd1;
      rows_left_q    <= inst_q[`ISA_CONV_HEIGHT] - 12'd1;
      pixel_q        <= {PW{1'b0}};
      y_q            <= {{CW-13{tap_y_q[12]}}, tap_y_q};
      x_q            <= {{CW-13{tap_x_q[12]}}, tap_x_q};
      first_x_q      <= {{CW-13{tap_x_q[12]}}, tap_x_q};
      word_q         <= address_q;
      row_word_q     <= address_q;
      w_height_q     <= inst_q[`ISA_CONV_SRC_HEIGHT];
      w_width_q      <= inst_q[`ISA_CONV_SRC_WIDTH];
      w_columns_q    <= inst_q[`ISA_CONV_WIDTH] - 12'd1;
      w_stride_y_q   <= inst_q[`ISA_CONV_STRIDE_Y];
      w_stride_x_q   <= inst_q[`ISA_CONV_STRIDE_X];
      w_row_step_q   <= row_step_q;
      w_pad_q        <= inst_q[`ISA_CONV_PAD_VALUE];
      w_bank_q       <= inst_q[`ISA_CONV_PSUM_BANK];
      w_zero_q       <= first_q && !inst_q[`ISA_CONV_ACCUMULATE];
      w_last_q       <= last_tap;
      w_drain_q      <= inst_q[`ISA_CONV_DRAIN];
      w_number_q     <= number_q;
    end else if (advance) begin
      tap_start_q <= 1'b0;
      pixel_q     <= pixel_q + 1'b1;
      if (row_end) begin
        columns_left_q <= w_columns_q;
        rows_left_q    <= rows_left_q - 12'd1;
        x_q            <= first_x_q;
        y_q            <= y_q + {13'd0, w_stride_y_q};
        word_q         <= row_word;
        row_word_q     <= row_word;
      end else begin
        columns_left_q <= columns_left_q - 12'd1;
        x_q            <= x_q + {13'd0, w_stride_x_q};
        word_q         <= word_q + {22'd0, w_stride_x_q};
      end
    end
  end

  //--------------------------------------------------------------------------
  // Fetch: waits for the grant; then two cycles of memory, and a register behind
  // the choice between the word and padding.

  localparam FW = 1 + PW + 1 + 1 + 1 + 1;

  reg           f_inside_q, f_beyond_q;
  reg [AW-1:0]  f_word_q;
  reg [7:0]     f_pad_q;
  reg [FW-1:0]  f_flags_q;  // swap, pixel, bank, zero, last, drain
  reg [31:0]    f_number_q;

  assign fm_req_o    = fetch_q && f_inside_q && !f_beyond_q && !halt_i;
  assign fm_addr_o   = f_word_q[15:0];
  wire   pass        = fetch_q && !stop && (!f_inside_q || fm_gnt_i);
  assign fetch_ready = (!fetch_q || pass) && !stop;
  assign swap_passes = pass && f_flags_q[FW-1];

  always @(posedge clk_i) begin
    if (rst_i) begin
      fetch_q  <= 1'b0;
      passed_q <= 1'b0;
    end else begin
      if (fetch_ready) fetch_q <= walk_q;
      passed_q <= pass;
    end
    if (advance) begin
      f_inside_q <= in_image;
      f_beyond_q <= in_image && {6'd0, word_q} >= FEATURE_WORDS;
      f_word_q   <= word_q;
      f_pad_q    <= w_pad_q;
      f_flags_q  <= {tap_start_q, pixel_q, w_bank_q, w_zero_q, w_last_q && tap_end_pixel,
                     w_drain_q};
      f_number_q <= w_number_q;
    end
  end

  reg           m1_q, m2_q, s_q;  // memory, memory, stream
  reg [FW-1:0]  m1_flags_q, m2_flags_q, s_flags_q;
  reg           m1_inside_q, m2_inside_q;
  reg [7:0]     m1_pad_q, m2_pad_q;
  reg [8*V-1:0] s_data_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      m1_q <= 1'b0;
      m2_q <= 1'b0;
      s_q  <= 1'b0;
    end else begin
      m1_q <= pass;
      m2_q <= m1_q;
      s_q  <= m2_q;
    end
    {m1_flags_q, m1_inside_q, m1_pad_q} <= {f_flags_q, f_inside_q, f_pad_q};
    {m2_flags_q, m2_inside_q, m2_pad_q} <= {m1_flags_q, m1_inside_q, m1_pad_q};
    s_flags_q <= m2_flags_q;
    if (m2_q) s_data_q <= m2_inside_q ? fm_data_i : {V{m2_pad_q}};
  end

  wire s_swap;
  assign {s_swap, stream_pixel_o, stream_bank_o, stream_zero_o, stream_last_o, stream_drain_o} =
      s_flags_q;
  assign stream_valid_o = s_q;
  assign stream_swap_o  = s_q && s_swap;
  assign stream_data_o  = s_data_q;

  //--------------------------------------------------------------------------
  // Errors: that of the older instruction first.

  wire fetch_error = fetch_q && f_beyond_q;
  assign error_o         = fetch_error || range_error;
  assign error_number_o  = fetch_error ? f_number_q : number_q;
  assign error_address_o = fetch_error   ? {6'd0, f_word_q}
                         : taps_beyond   ? {17'd0, tap_end} - 32'd1
                         : blocks_beyond ? {17'd0, block_end} - 32'd1
                                         : {22'd0, inst_q[`ISA_CONV_PARAM_BASE]};

endmodule

`default_nettype wire
