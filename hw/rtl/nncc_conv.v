// The conv engine: tap-list convolution on the MAC array.
//
//   nncc_conv_walk    taps, pixels, addresses -> activations, weight rows
//   nncc_weight_mem   weight rows -> shadow registers of the array
//   nncc_mac_array    activations x weights -> O sums a cycle
//   nncc_psum_mem     adds them up, in two banks
//   nncc_conv_drain   a complete bank -> requantized words of the result
//
// While one instruction drains its bank, the next accumulate in the other. An
// instruction starts when the walker is free and nothing that drains its bank is
// unfinished; all finish in order, when drained or, without drain, when their sums
// are complete.
//
// Parameters: V, O and the sizes of the memories, as in nncc_config.vh; FAST and
// DSP_COLUMNS as in nncc_mac_array.
//
// Protocol: control, see "Engine protocol" in docs/hardware.md; fm_* and res_* are
// read ports and dr_* a write port of nncc_feature_mem, whose data comes exactly two
// cycles after the grant. A write to a local memory (wm: weights, tm: taps, cm:
// records) is accepted in every cycle. Instructions are legal (nncc_validate);
// addresses are checked here. After an address error the engine stands still until
// reset.
//
// Cycles: a tap takes max(pixels, V), taps and instructions follow each other
// without a gap, the drain writes a word a cycle.

`default_nettype none

`include "nncc_isa.vh"

module nncc_conv #(
    parameter V             = 8,
    parameter O             = 8,
    parameter FEATURE_WORDS = 1024,
    parameter WEIGHT_BLOCKS = 32,
    parameter TAP_WORDS     = 64,
    parameter CONV_PARAMS   = 8,
    parameter PSUM_PIXELS   = 64,
    parameter FAST          = 1,
    parameter DSP_COLUMNS   = O
) (
    input  wire           clk_i,
    input  wire           rst_i,

    input  wire [511:0]   inst_i,
    input  wire           inst_valid_i,
    output wire           inst_ready_o,
    input  wire [31:0]    number_i,
    output wire           finish_o,
    output wire [4:0]     finish_post_o,
    input  wire           finish_ready_i,
    output wire           idle_o,
    output wire           error_o,
    output wire [3:0]     error_code_o,
    output wire [31:0]    error_number_o,
    output wire [31:0]    error_address_o,
    input  wire           stop_i,

    output wire           fm_req_o,
    output wire [15:0]    fm_addr_o,
    input  wire           fm_gnt_i,
    input  wire           fm_valid_i,
    input  wire [8*V-1:0] fm_data_i,

    output wire           res_req_o,
    output wire [15:0]    res_addr_o,
    input  wire           res_gnt_i,
    input  wire           res_valid_i,
    input  wire [8*V-1:0] res_data_i,

    output wire           dr_req_o,
    output wire [15:0]    dr_addr_o,
    output wire [8*V-1:0] dr_data_o,
    input  wire           dr_gnt_i,

    input  wire           wm_we_i,
    input  wire [17:0]    wm_addr_i,
    input  wire [8*V-1:0] wm_data_i,
    input  wire           tm_we_i,
    input  wire [17:0]    tm_addr_i,
    input  wire [8*V-1:0] tm_data_i,
    input  wire           cm_we_i,
    input  wire [17:0]    cm_addr_i,
    input  wire [8*V-1:0] cm_data_i
);

  localparam IW       = $clog2(V);
  localparam PW       = $clog2(PSUM_PIXELS);
  localparam SUM_BITS = 15 + IW;
  localparam LATENCY  = 7 + $clog2(V / 4);  // of the array
  // Instructions that are started and not finished.
  localparam STARTED  = 8;
  localparam SW       = $clog2(STARTED + 1);
  // A bank has at most one instruction that drains.
  localparam JOBS     = 2;
  localparam JW       = $clog2(JOBS + 1);

  localparam [3:0] ERROR_LOCAL_ADDRESS = 4'd2;

  // Fixed latencies take their place.
  wire unused_valid = &{1'b0, fm_valid_i, res_valid_i};

  //--------------------------------------------------------------------------
  // Starting and finishing

  wire       walk_free;
  wire       halt;
  reg  [1:0] draining_q;     // by bank: an unfinished instruction drains it
  wire       inst_drain = inst_i[`ISA_CONV_DRAIN];
  wire       inst_bank  = inst_i[`ISA_CONV_PSUM_BANK];
  wire       list_ready, list_valid;
  wire [SW-1:0] list_count;
  wire       unused_list = &{1'b0, list_count};

  assign inst_ready_o = walk_free && list_ready && !draining_q[inst_bank] && !stop_i && !halt;
  wire start = inst_valid_i && inst_ready_o;

  wire       head_drain, head_bank;
  wire [4:0] head_post;
  reg [SW-1:0] complete_q;   // instructions without drain whose sums are complete
  reg [JW-1:0] drained_q;    // instructions that are drained
  reg [JW-1:0] drainable_q;  // sums that are complete and wait for the drain
  wire       sums_done, sums_done_drain, sums_taken, drained;
  wire       finish = finish_o && finish_ready_i;

  nncc_fifo #(.WIDTH(7), .DEPTH(STARTED)) u_list (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .valid_i(start),
      .ready_o(list_ready),
      .data_i ({inst_i[`ISA_HEADER_POST], inst_drain, inst_bank}),
      .valid_o(list_valid),
      .ready_i(finish),
      .data_o ({head_post, head_drain, head_bank}),
      .count_o(list_count));

  assign finish_o      = list_valid && (head_drain ? drained_q != {JW{1'b0}}
                                                   : complete_q != {SW{1'b0}});
  assign finish_post_o = head_post;
  assign idle_o        = !list_valid || halt;

  wire complete_up   = sums_done && !sums_done_drain;
  wire complete_down = finish && !head_drain;
  wire drained_down  = finish && head_drain;
  wire drainable_up  = sums_done && sums_done_drain;
  always @(posedge clk_i) begin
    if (rst_i) begin
      draining_q  <= 2'b00;
      complete_q  <= {SW{1'b0}};
      drained_q   <= {JW{1'b0}};
      drainable_q <= {JW{1'b0}};
    end else begin
      if (finish && head_drain) draining_q[head_bank] <= 1'b0;
      if (start && inst_drain) draining_q[inst_bank] <= 1'b1;
      if (complete_up != complete_down)
        complete_q <= complete_up ? complete_q + 1'b1 : complete_q - 1'b1;
      if (drained != drained_down)
        drained_q <= drained ? drained_q + 1'b1 : drained_q - 1'b1;
      if (drainable_up != sums_taken)
        drainable_q <= drainable_up ? drainable_q + 1'b1 : drainable_q - 1'b1;
    end
  end

  wire         job_ready, job_valid, job_room;
  wire [511:0] job_inst;
  wire [31:0]  job_number;
  wire [JW-1:0] job_count;
  wire         unused_jobs = &{1'b0, job_room, job_count};
  nncc_fifo #(.WIDTH(512 + 32), .DEPTH(JOBS)) u_jobs (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .valid_i(start && inst_drain),
      .ready_o(job_room),
      .data_i ({inst_i, number_i}),
      .valid_o(job_valid),
      .ready_i(job_ready),
      .data_o ({job_inst, job_number}),
      .count_o(job_count));

  //--------------------------------------------------------------------------
  // From the feature memory to the sums

  wire                               weight_re;
  wire [$clog2(WEIGHT_BLOCKS*V)-1:0] weight_row;
  wire                               load;
  wire [IW-1:0]                      load_index;
  wire [8*O-1:0]                     load_data;
  wire                               s_valid, s_swap, s_bank, s_zero, s_last, s_drain;
  wire [8*V-1:0]                     s_data;
  wire [PW-1:0]                      s_pixel;
  wire                               walk_error;
  wire [31:0]                        walk_error_number, walk_error_address;

  nncc_conv_walk #(
      .V(V), .FEATURE_WORDS(FEATURE_WORDS), .WEIGHT_BLOCKS(WEIGHT_BLOCKS),
      .TAP_WORDS(TAP_WORDS), .CONV_PARAMS(CONV_PARAMS), .PSUM_PIXELS(PSUM_PIXELS)
  ) u_walk (
      .clk_i(clk_i), .rst_i(rst_i), .halt_i(halt),
      .start_i(start), .free_o(walk_free), .inst_i(inst_i), .number_i(number_i),
      .tm_we_i(tm_we_i), .tm_addr_i(tm_addr_i), .tm_data_i(tm_data_i),
      .weight_re_o(weight_re), .weight_row_o(weight_row),
      .fm_req_o(fm_req_o), .fm_addr_o(fm_addr_o), .fm_gnt_i(fm_gnt_i), .fm_data_i(fm_data_i),
      .stream_valid_o(s_valid), .stream_data_o(s_data), .stream_swap_o(s_swap),
      .stream_pixel_o(s_pixel), .stream_bank_o(s_bank), .stream_zero_o(s_zero),
      .stream_last_o(s_last), .stream_drain_o(s_drain),
      .error_o(walk_error), .error_number_o(walk_error_number),
      .error_address_o(walk_error_address));

  nncc_weight_mem #(.V(V), .O(O), .BLOCKS(WEIGHT_BLOCKS)) u_weights (
      .clk_i(clk_i),
      .we_i(wm_we_i), .we_addr_i(wm_addr_i), .we_data_i(wm_data_i),
      .re_i(weight_re), .re_row_i(weight_row),
      .load_o(load), .load_index_o(load_index), .load_data_o(load_data));

  wire [O*SUM_BITS-1:0] array_sum;
  nncc_mac_array #(
      .V(V), .O(O), .LATENCY(LATENCY), .FAST(FAST), .DSP_COLUMNS(DSP_COLUMNS)
  ) u_array (
      .clk_i(clk_i), .a_i(s_data), .swap_i(s_swap),
      .load_i(load), .load_index_i(load_index), .load_data_i(load_data),
      .sum_o(array_sum));

  // The sums are announced two cycles before they leave the array.
  localparam AHEAD = LATENCY - 2;
  localparam NW    = PW + 4;
  reg [AHEAD-1:0]    announce_q;
  reg [NW*AHEAD-1:0] note_q;
  always @(posedge clk_i) begin
    if (rst_i) announce_q <= {AHEAD{1'b0}};
    else announce_q <= {announce_q[AHEAD-2:0], s_valid};
    note_q <= {note_q[NW*(AHEAD-1)-1:0], s_pixel, s_bank, s_zero, s_last, s_drain};
  end
  wire [PW-1:0] n_pixel;
  wire          n_bank, n_zero, n_last, n_drain;
  assign {n_pixel, n_bank, n_zero, n_last, n_drain} = note_q[NW*AHEAD-1 -: NW];

  // Whether the sums that are done are drained: three cycles, as in nncc_psum_mem.
  reg [2:0] n_drain_q;
  always @(posedge clk_i) n_drain_q <= {n_drain_q[1:0], n_drain};
  assign sums_done_drain = n_drain_q[2];

  wire            psum_re, psum_bank;
  wire [PW-1:0]   psum_pixel;
  wire [1:0]      psum_group;
  wire [32*V-1:0] psum_data;
  nncc_psum_mem #(.V(V), .O(O), .PIXELS(PSUM_PIXELS), .SUM_BITS(SUM_BITS)) u_psum (
      .clk_i(clk_i), .rst_i(rst_i),
      .acc_valid_i(announce_q[AHEAD-1]), .acc_bank_i(n_bank), .acc_pixel_i(n_pixel),
      .acc_zero_i(n_zero), .acc_last_i(n_last), .acc_sum_i(array_sum), .acc_done_o(sums_done),
      .drain_re_i(psum_re), .drain_bank_i(psum_bank), .drain_pixel_i(psum_pixel),
      .drain_group_i(psum_group), .drain_data_o(psum_data));

  //--------------------------------------------------------------------------
  // From the sums to the feature memory

  wire        drain_error;
  wire [31:0] drain_error_number, drain_error_address;
  nncc_conv_drain #(
      .V(V), .O(O), .FEATURE_WORDS(FEATURE_WORDS), .CONV_PARAMS(CONV_PARAMS),
      .PSUM_PIXELS(PSUM_PIXELS)
  ) u_drain (
      .clk_i(clk_i), .rst_i(rst_i), .halt_i(halt),
      .job_valid_i(job_valid), .job_ready_o(job_ready), .job_inst_i(job_inst),
      .job_number_i(job_number), .sums_i(drainable_q != {JW{1'b0}}), .sums_taken_o(sums_taken),
      .cm_we_i(cm_we_i), .cm_addr_i(cm_addr_i), .cm_data_i(cm_data_i),
      .psum_re_o(psum_re), .psum_bank_o(psum_bank), .psum_pixel_o(psum_pixel),
      .psum_group_o(psum_group), .psum_data_i(psum_data),
      .res_req_o(res_req_o), .res_addr_o(res_addr_o), .res_gnt_i(res_gnt_i),
      .res_data_i(res_data_i),
      .dr_req_o(dr_req_o), .dr_addr_o(dr_addr_o), .dr_data_o(dr_data_o), .dr_gnt_i(dr_gnt_i),
      .drained_o(drained),
      .error_o(drain_error), .error_number_o(drain_error_number),
      .error_address_o(drain_error_address));

  //--------------------------------------------------------------------------
  // The first error, that of the older instruction, stops everything.

  reg        error_q, halt_q;
  reg [31:0] error_number_q, error_address_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      error_q <= 1'b0;
      halt_q  <= 1'b0;
    end else begin
      error_q <= (drain_error || walk_error) && !halt_q;
      if (drain_error || walk_error) halt_q <= 1'b1;
    end
    if (!halt_q) begin
      error_number_q  <= drain_error ? drain_error_number : walk_error_number;
      error_address_q <= drain_error ? drain_error_address : walk_error_address;
    end
  end
  assign halt            = halt_q;
  assign error_o         = error_q;
  assign error_code_o    = ERROR_LOCAL_ADDRESS;
  assign error_number_o  = error_number_q;
  assign error_address_o = error_address_q;

endmodule

`default_nettype wire
