// The accelerator: registers and control, five engines, the memories between them.
//
// Parameters: the configuration, from nncc_config.vh; FAST and DSP_COLUMNS
// as in nncc_mac_array, FAST also as in nncc_counters, LANE_DSP as in nncc_vector_lane.
//
// Ports:
//   s_axil_*        AXI4-Lite registers (nncc_regs); irq_o is a level
//   m_axi_read0_*   AXI4: LOAD0 (ID 0) and the instructions (ID 1)
//   m_axi_read1_*   AXI4: LOAD1
//   m_axi_write_*   AXI4: SAVE
//   Addresses have 40 bits. Bursts are INCR of whole beats and never cross 4096 bytes.
//
// Protocol: see docs/hardware.md, "Job control". After the first error, and for a soft
// reset, nothing starts any more, and all transactions end before anything is cleared.
//
// Latency: from the write of `start` to the address of the first instructions 6 cycles.
//
// For simulators only, with the macro NNCC_PART_CLOCKS: each part has its own clock
// clk_<part>_i, and a bit of awake_o. In a cycle whose edge finds the bit low, the part's
// clock may stand still, and nobody sees a difference: a simulator then has nothing to do
// for it. Bits: 0 load0, 1 load1, 2 conv, 3 vector, 4 save, 5 fetch and check.

`default_nettype none
`include "nncc_isa.vh"
`include "nncc_config.vh"

module nncc_core #(
    parameter V = `NNCC_ARRAY_VECTOR,
    parameter O = `NNCC_ARRAY_OUTPUTS,
    parameter FEATURE_WORDS = `NNCC_BUFFERS_FEATURE_WORDS,
    parameter FEATURE_BANKS = `NNCC_BUFFERS_FEATURE_BANKS,
    parameter WEIGHT_BLOCKS = `NNCC_BUFFERS_WEIGHT_BLOCKS,
    parameter TAP_WORDS = `NNCC_BUFFERS_TAP_WORDS,
    parameter CONV_PARAMS = `NNCC_BUFFERS_CONV_PARAMS,
    parameter VECTOR_WORDS = `NNCC_BUFFERS_VECTOR_WORDS,
    parameter PSUM_PIXELS = `NNCC_BUFFERS_PSUM_PIXELS,
    parameter VECTOR_TAPS = `NNCC_VECTOR_UNIT_TAPS_PER_CYCLE,
    parameter QUEUE_DEPTH = `NNCC_CONTROL_QUEUE_DEPTH,
    parameter TOKEN_LIMIT = `NNCC_CONTROL_TOKEN_LIMIT,
    parameter DATA = `NNCC_AXI_DATA_BITS,
    parameter MAX_BURST = `NNCC_AXI_MAX_BURST_BEATS,
    parameter OUTSTANDING = `NNCC_AXI_OUTSTANDING,
    parameter [63:0] FINGERPRINT = `NNCC_FINGERPRINT,
    parameter FAST = 1,
    parameter DSP_COLUMNS = O,
    parameter LANE_DSP = 1
) (
    input wire clk_i,
    input wire rst_i,

`ifdef NNCC_PART_CLOCKS
    input  wire       clk_load0_i,
    input  wire       clk_load1_i,
    input  wire       clk_conv_i,
    input  wire       clk_vector_i,
    input  wire       clk_save_i,
    input  wire       clk_fetch_i,
    output wire [5:0] awake_o,
`endif

    input  wire        s_axil_awvalid_i,
    output wire        s_axil_awready_o,
    input  wire [11:0] s_axil_awaddr_i,
    input  wire        s_axil_wvalid_i,
    output wire        s_axil_wready_o,
    input  wire [31:0] s_axil_wdata_i,
    input  wire [ 3:0] s_axil_wstrb_i,
    output wire        s_axil_bvalid_o,
    input  wire        s_axil_bready_i,
    output wire [ 1:0] s_axil_bresp_o,
    input  wire        s_axil_arvalid_i,
    output wire        s_axil_arready_o,
    input  wire [11:0] s_axil_araddr_i,
    output wire        s_axil_rvalid_o,
    input  wire        s_axil_rready_i,
    output wire [31:0] s_axil_rdata_o,
    output wire [ 1:0] s_axil_rresp_o,

    output wire irq_o,

    output wire            m_axi_read0_arid_o,
    output wire [    39:0] m_axi_read0_araddr_o,
    output wire [     7:0] m_axi_read0_arlen_o,
    output wire [     2:0] m_axi_read0_arsize_o,
    output wire [     1:0] m_axi_read0_arburst_o,
    output wire            m_axi_read0_arvalid_o,
    input  wire            m_axi_read0_arready_i,
    input  wire            m_axi_read0_rid_i,
    input  wire [DATA-1:0] m_axi_read0_rdata_i,
    input  wire [     1:0] m_axi_read0_rresp_i,
    input  wire            m_axi_read0_rlast_i,
    input  wire            m_axi_read0_rvalid_i,
    output wire            m_axi_read0_rready_o,

    output wire            m_axi_read1_arid_o,
    output wire [    39:0] m_axi_read1_araddr_o,
    output wire [     7:0] m_axi_read1_arlen_o,
    output wire [     2:0] m_axi_read1_arsize_o,
    output wire [     1:0] m_axi_read1_arburst_o,
    output wire            m_axi_read1_arvalid_o,
    input  wire            m_axi_read1_arready_i,
    input  wire            m_axi_read1_rid_i,
    input  wire [DATA-1:0] m_axi_read1_rdata_i,
    input  wire [     1:0] m_axi_read1_rresp_i,
    input  wire            m_axi_read1_rlast_i,
    input  wire            m_axi_read1_rvalid_i,
    output wire            m_axi_read1_rready_o,

    output wire              m_axi_write_awid_o,
    output wire [      39:0] m_axi_write_awaddr_o,
    output wire [       7:0] m_axi_write_awlen_o,
    output wire [       2:0] m_axi_write_awsize_o,
    output wire [       1:0] m_axi_write_awburst_o,
    output wire              m_axi_write_awvalid_o,
    input  wire              m_axi_write_awready_i,
    output wire [  DATA-1:0] m_axi_write_wdata_o,
    output wire [DATA/8-1:0] m_axi_write_wstrb_o,
    output wire              m_axi_write_wlast_o,
    output wire              m_axi_write_wvalid_o,
    input  wire              m_axi_write_wready_i,
    input  wire              m_axi_write_bid_i,
    input  wire [       1:0] m_axi_write_bresp_i,
    input  wire              m_axi_write_bvalid_i,
    output wire              m_axi_write_bready_o
);

  localparam W = 8 * V;
  localparam [31:0] SIZE32 = $clog2(DATA / 8);
  localparam [2:0] AXI_SIZE = SIZE32[2:0];
  localparam [1:0] AXI_INCR = 2'b01;

  localparam [3:0] ERROR_WATCHDOG = 4'd8;
  localparam [2:0] ENGINE_CONTROL = 3'd7;

  localparam FETCH_AHEAD = 16;  // instructions
  localparam LOADS_STARTED = 8;
  localparam SAVES_STARTED = 4;

  localparam LOAD0 = 0;
  localparam LOAD1 = 1;
  localparam CONV = 2;
  localparam VECTOR = 3;
  localparam SAVE = 4;

  localparam MEMORIES = 5;

  genvar g;

  // -- Clocks -----------------------------------------------------------------------

`ifdef NNCC_PART_CLOCKS
  wire [1:0] clk_load = {clk_load1_i, clk_load0_i};
  wire       clk_conv = clk_conv_i;
  wire       clk_vector = clk_vector_i;
  wire       clk_save = clk_save_i;
  wire       clk_fetch = clk_fetch_i;
`else
  wire [1:0] clk_load = {2{clk_i}};
  wire       clk_conv = clk_i;
  wire       clk_vector = clk_i;
  wire       clk_save = clk_i;
  wire       clk_fetch = clk_i;
`endif

  // -- Job control ------------------------------------------------------------------

  localparam [1:0] IDLE = 2'd0;
  localparam [1:0] RUN = 2'd1;
  localparam [1:0] STOP = 2'd2;   // after an error, until a reset
  localparam [1:0] RESET = 2'd3;  // ends transactions, then clears

  wire       start;
  wire       reset;
  wire       done;
  wire       error;
  wire       quiet;  // no transaction is under way

  reg  [1:0] state_q;
  reg        clear_q;
  wire       stop = state_q == STOP || state_q == RESET;
  wire       running = state_q == RUN;
  wire       core_rst = rst_i || clear_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= IDLE;
      clear_q <= 1'b0;
    end else begin
      // Quiet counts from the second cycle of a stop on: what was offered in the first
      // has been seen by then.
      clear_q <= state_q == RESET && stopped_q && quiet && !clear_q;
      case (state_q)
        IDLE: if (start) state_q <= RUN;
        RUN: if (error) state_q <= STOP;
             else if (done) state_q <= IDLE;
        default: ;
      endcase
      if (clear_q) state_q <= IDLE;
      else if (reset) state_q <= RESET;
    end
  end

  reg stopped_q;
  always @(posedge clk_i) stopped_q <= !rst_i && stop && !clear_q;

  // -- Registers --------------------------------------------------------------------

  wire [    39:0] program_base;
  wire [    31:0] program_count;
  wire [4*40-1:0] region_base;
  wire [4*33-1:0] region_size;
  wire [    31:0] watchdog_limit;
  wire [     3:0] error_code;
  wire [     2:0] error_engine;
  wire [    31:0] error_number;
  wire [    31:0] error_address;
  wire            failed;
  wire [     4:0] count_finish;
  wire [     4:0] count_busy;
  wire [     4:0] count_empty;
  wire [    24:0] count_token;
  wire [     2:0] count_beat = {
    m_axi_write_wvalid_o && m_axi_write_wready_i,
    m_axi_read1_rvalid_i && m_axi_read1_rready_o,
    m_axi_read0_rvalid_i && m_axi_read0_rready_o
  };

  nncc_regs #(
      .FINGERPRINT(FINGERPRINT),
      .ISA_VERSION(`ISA_VERSION),
      .FAST       (FAST)
  ) u_regs (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .s_axil_awvalid_i(s_axil_awvalid_i),
      .s_axil_awready_o(s_axil_awready_o),
      .s_axil_awaddr_i (s_axil_awaddr_i),
      .s_axil_wvalid_i (s_axil_wvalid_i),
      .s_axil_wready_o (s_axil_wready_o),
      .s_axil_wdata_i  (s_axil_wdata_i),
      .s_axil_wstrb_i  (s_axil_wstrb_i),
      .s_axil_bvalid_o (s_axil_bvalid_o),
      .s_axil_bready_i (s_axil_bready_i),
      .s_axil_bresp_o  (s_axil_bresp_o),
      .s_axil_arvalid_i(s_axil_arvalid_i),
      .s_axil_arready_o(s_axil_arready_o),
      .s_axil_araddr_i (s_axil_araddr_i),
      .s_axil_rvalid_o (s_axil_rvalid_o),
      .s_axil_rready_i (s_axil_rready_i),
      .s_axil_rdata_o  (s_axil_rdata_o),
      .s_axil_rresp_o  (s_axil_rresp_o),
      .irq_o           (irq_o),
      .start_o         (start),
      .reset_o         (reset),
      .running_i       (running),
      .stopping_i      (state_q == RESET || (state_q == STOP && !(stopped_q && quiet))),
      .done_i          (running && done && !error),
      .error_i         (running && error),
      .error_code_i    (error_code),
      .error_engine_i  (error_engine),
      .error_number_i  (error_number),
      .error_address_i (error_address),
      .clear_i         (clear_q),
      .failed_o        (failed),
      .program_base_o  (program_base),
      .program_count_o (program_count),
      .region_base_o   (region_base),
      .region_size_o   (region_size),
      .watchdog_limit_o(watchdog_limit),
      .counting_i      (running),
      .count_finish_i  (count_finish),
      .count_busy_i    (count_busy),
      .count_empty_i   (count_empty),
      .count_token_i   (count_token),
      .count_beat_i    (count_beat)
  );

  // -- Instructions: fetch, check, dispatch -------------------------------------------

  wire                 fetch_done;
  wire                 fetch_idle;
  wire                 fetch_valid;
  wire                 fetch_ready;
  wire [`ISA_BITS-1:0] fetch_inst;
  wire [         31:0] fetch_number;
  wire                 fetch_error;
  wire [          3:0] fetch_error_code;
  wire [         31:0] fetch_error_number;
  wire [         31:0] fetch_error_address;
  wire [         39:0] fetch_araddr;
  wire [          7:0] fetch_arlen;
  wire                 fetch_arvalid;
  wire                 fetch_arready;
  wire [     DATA-1:0] fetch_rdata;
  wire [          1:0] fetch_rresp;
  wire                 fetch_rlast;
  wire                 fetch_rvalid;
  wire                 fetch_rready;

  nncc_fetch #(
      .DATA       (DATA),
      .MAX_BURST  (MAX_BURST),
      .OUTSTANDING(OUTSTANDING),
      .AHEAD      (FETCH_AHEAD)
  ) u_fetch (
      .clk_i          (clk_fetch),
      .rst_i          (core_rst),
      .start_i        (start),
      .program_base_i (program_base),
      .program_count_i(program_count),
      .stop_i         (stop),
      .done_o         (fetch_done),
      .idle_o         (fetch_idle),
      .inst_o         (fetch_inst),
      .inst_valid_o   (fetch_valid),
      .inst_ready_i   (fetch_ready),
      .number_o       (fetch_number),
      .error_o        (fetch_error),
      .error_code_o   (fetch_error_code),
      .error_number_o (fetch_error_number),
      .error_address_o(fetch_error_address),
      .m_axi_araddr_o (fetch_araddr),
      .m_axi_arlen_o  (fetch_arlen),
      .m_axi_arvalid_o(fetch_arvalid),
      .m_axi_arready_i(fetch_arready),
      .m_axi_rdata_i  (fetch_rdata),
      .m_axi_rresp_i  (fetch_rresp),
      .m_axi_rlast_i  (fetch_rlast),
      .m_axi_rvalid_i (fetch_rvalid),
      .m_axi_rready_o (fetch_rready)
  );

  wire                 check_valid;
  wire                 check_ready;
  wire [`ISA_BITS-1:0] check_inst;
  wire [         31:0] check_number;
  wire                 check_busy;
  wire                 check_error;
  wire [          3:0] check_error_code;
  wire [          2:0] check_error_engine;
  wire [         31:0] check_error_number;
  wire [         31:0] check_error_address;

  nncc_validate #(
      .V            (V),
      .O            (O),
      .FEATURE_WORDS(FEATURE_WORDS),
      .WEIGHT_BLOCKS(WEIGHT_BLOCKS),
      .TAP_WORDS    (TAP_WORDS),
      .CONV_PARAMS  (CONV_PARAMS),
      .VECTOR_WORDS (VECTOR_WORDS),
      .PSUM_PIXELS  (PSUM_PIXELS)
  ) u_validate (
      .clk_i          (clk_fetch),
      .rst_i          (core_rst),
      .valid_i        (fetch_valid),
      .ready_o        (fetch_ready),
      .inst_i         (fetch_inst),
      .number_i       (fetch_number),
      .valid_o        (check_valid),
      .ready_i        (check_ready),
      .inst_o         (check_inst),
      .number_o       (check_number),
      .busy_o         (check_busy),
      .error_o        (check_error),
      .error_code_o   (check_error_code),
      .error_engine_o (check_error_engine),
      .error_number_o (check_error_number),
      .error_address_o(check_error_address)
  );

  wire [            4:0] eng_valid;
  wire [            4:0] eng_ready;
  wire [5*`ISA_BITS-1:0] eng_inst;
  wire [       5*32-1:0] eng_number;
  wire [            4:0] eng_finish;
  wire [           24:0] eng_finish_post;
  wire [            4:0] eng_finish_ready;
  wire [            4:0] eng_idle;
  wire [            4:0] eng_error;
  wire [        5*4-1:0] eng_error_code;
  wire [       5*32-1:0] eng_error_number;
  wire [       5*32-1:0] eng_error_address;

  nncc_dispatch #(
      .DEPTH(QUEUE_DEPTH),
      .LIMIT(TOKEN_LIMIT)
  ) u_dispatch (
      .clk_i             (clk_i),
      .rst_i             (core_rst),
      .clear_i           (start),
      .stop_i            (stop),
      .inst_valid_i      (check_valid),
      .inst_ready_o      (check_ready),
      .inst_i            (check_inst),
      .number_i          (check_number),
      .eng_valid_o       (eng_valid),
      .eng_ready_i       (eng_ready),
      .eng_inst_o        (eng_inst),
      .eng_number_o      (eng_number),
      .eng_finish_i      (eng_finish),
      .eng_finish_post_i (eng_finish_post),
      .eng_finish_ready_o(eng_finish_ready),
      .eng_idle_i        (eng_idle),
      .fetched_i         (fetch_done && !check_busy),
      .done_o            (done),
      .count_finish_o    (count_finish),
      .count_busy_o      (count_busy),
      .count_empty_o     (count_empty),
      .count_token_o     (count_token)
  );

  // Conv and vector have no transactions.
  assign quiet = fetch_idle && eng_idle[LOAD0] && eng_idle[LOAD1] && eng_idle[SAVE];

  // -- Errors -----------------------------------------------------------------------

  wire        watchdog_expired;
  reg  [31:0] dispatched_q;  // the last instruction that went to a queue

  always @(posedge clk_i) begin
    if (start) dispatched_q <= 32'd0;
    else if (check_valid && check_ready) dispatched_q <= check_number;
  end

  nncc_watchdog u_watchdog (
      .clk_i     (clk_i),
      .rst_i     (core_rst),
      .run_i     (running),
      .progress_i(|count_finish),
      .limit_i   (watchdog_limit),
      .expired_o (watchdog_expired)
  );

  localparam REPORT = 4 + 3 + 32 + 32;  // bits of code, engine, number, address
  wire [5*REPORT-1:0] reports;

  generate
    for (g = 0; g < 5; g = g + 1) begin : g_report
      localparam [2:0] ENGINE = g;
      assign reports[REPORT*g+:REPORT] = {
        eng_error_code[4*g+:4], ENGINE, eng_error_number[32*g+:32], eng_error_address[32*g+:32]
      };
    end
  endgenerate

  // Of several in one cycle the engines' come first: they are about older instructions.
  assign error = |eng_error || check_error || fetch_error || watchdog_expired;
  assign {error_code, error_engine, error_number, error_address} =
      eng_error[LOAD0] ? reports[REPORT*LOAD0+:REPORT] :
      eng_error[LOAD1] ? reports[REPORT*LOAD1+:REPORT] :
      eng_error[CONV] ? reports[REPORT*CONV+:REPORT] :
      eng_error[VECTOR] ? reports[REPORT*VECTOR+:REPORT] :
      eng_error[SAVE] ? reports[REPORT*SAVE+:REPORT] :
      check_error ?
          {check_error_code, check_error_engine, check_error_number, check_error_address} :
      fetch_error ? {fetch_error_code, ENGINE_CONTROL, fetch_error_number, fetch_error_address} :
      {ERROR_WATCHDOG, ENGINE_CONTROL, dispatched_q, 32'd0};

  // -- Feature memory -----------------------------------------------------------------

  wire [     5:0] rd_req;
  wire [6*16-1:0] rd_addr;
  wire [     5:0] rd_gnt;
  wire [     5:0] rd_valid;
  wire [ 6*W-1:0] rd_data;
  wire [     3:0] wr_req;
  wire [4*16-1:0] wr_addr;
  wire [ 4*W-1:0] wr_data;
  wire [     3:0] wr_gnt;

  nncc_feature_mem #(
      .V    (V),
      .WORDS(FEATURE_WORDS),
      .BANKS(FEATURE_BANKS)
  ) u_feature_mem (
      .clk_i     (clk_i),
      .rst_i     (core_rst),
      .rd_req_i  (rd_req),
      .rd_addr_i (rd_addr),
      .rd_gnt_o  (rd_gnt),
      .rd_valid_o(rd_valid),
      .rd_data_o (rd_data),
      .wr_req_i  (wr_req),
      .wr_addr_i (wr_addr),
      .wr_data_i (wr_data),
      .wr_gnt_o  (wr_gnt)
  );

  // -- Loads --------------------------------------------------------------------------

  wire [     1:0] lw_valid;
  wire [     1:0] lw_ready;
  wire [     5:0] lw_memory;
  wire [    35:0] lw_addr;
  wire [ 2*W-1:0] lw_data;

  wire [    79:0] ld_araddr;
  wire [    15:0] ld_arlen;
  wire [     1:0] ld_arvalid;
  wire [     1:0] ld_arready;
  wire [2*DATA-1:0] ld_rdata;
  wire [     3:0] ld_rresp;
  wire [     1:0] ld_rlast;
  wire [     1:0] ld_rvalid;
  wire [     1:0] ld_rready;

  generate
    for (g = 0; g < 2; g = g + 1) begin : g_load
      nncc_load #(
          .V          (V),
          .DATA       (DATA),
          .MAX_BURST  (MAX_BURST),
          .OUTSTANDING(OUTSTANDING),
          .STARTED    (LOADS_STARTED)
      ) u_load (
          .clk_i          (clk_load[g]),
          .rst_i          (core_rst),
          .inst_i         (eng_inst[`ISA_BITS*g+:`ISA_BITS]),
          .inst_valid_i   (eng_valid[g]),
          .inst_ready_o   (eng_ready[g]),
          .number_i       (eng_number[32*g+:32]),
          .finish_o       (eng_finish[g]),
          .finish_post_o  (eng_finish_post[5*g+:5]),
          .finish_ready_i (eng_finish_ready[g]),
          .idle_o         (eng_idle[g]),
          .error_o        (eng_error[g]),
          .error_code_o   (eng_error_code[4*g+:4]),
          .error_number_o (eng_error_number[32*g+:32]),
          .error_address_o(eng_error_address[32*g+:32]),
          .stop_i         (stop),
          .region_base_i  (region_base),
          .region_size_i  (region_size),
          .lw_valid_o     (lw_valid[g]),
          .lw_ready_i     (lw_ready[g]),
          .lw_memory_o    (lw_memory[3*g+:3]),
          .lw_addr_o      (lw_addr[18*g+:18]),
          .lw_data_o      (lw_data[W*g+:W]),
          .m_axi_araddr_o (ld_araddr[40*g+:40]),
          .m_axi_arlen_o  (ld_arlen[8*g+:8]),
          .m_axi_arvalid_o(ld_arvalid[g]),
          .m_axi_arready_i(ld_arready[g]),
          .m_axi_rdata_i  (ld_rdata[DATA*g+:DATA]),
          .m_axi_rresp_i  (ld_rresp[2*g+:2]),
          .m_axi_rlast_i  (ld_rlast[g]),
          .m_axi_rvalid_i (ld_rvalid[g]),
          .m_axi_rready_o (ld_rready[g])
      );

      assign wr_req[2+g] = lw_valid[g] && lw_memory[3*g+:3] == `ISA_MEMORY_FEATURE;
      assign wr_addr[16*(2+g)+:16] = lw_addr[18*g+:16];
      assign wr_data[W*(2+g)+:W] = lw_data[W*g+:W];
    end
  endgenerate

  // The other memories take one word a cycle; LOAD0 goes first.
  wire same_memory = lw_valid[0] && lw_memory[2:0] == lw_memory[5:3];

  assign lw_ready[0] = lw_memory[2:0] == `ISA_MEMORY_FEATURE ? wr_gnt[2] : 1'b1;
  assign lw_ready[1] = lw_memory[5:3] == `ISA_MEMORY_FEATURE ? wr_gnt[3] : !same_memory;

  wire [MEMORIES-1:0] mw_we;  // bit 0, the feature memory, is not used
  wire [18*MEMORIES-1:0] mw_addr;
  wire [W*MEMORIES-1:0] mw_data;

  generate
    for (g = 0; g < MEMORIES; g = g + 1) begin : g_memory
      localparam [2:0] MEMORY = g;
      wire first = lw_valid[0] && lw_memory[2:0] == MEMORY;
      wire second = lw_valid[1] && lw_memory[5:3] == MEMORY;
      assign mw_we[g] = first || second;
      assign mw_addr[18*g+:18] = first ? lw_addr[17:0] : lw_addr[35:18];
      assign mw_data[W*g+:W] = first ? lw_data[W-1:0] : lw_data[2*W-1:W];
    end
  endgenerate

  nncc_axi_read_mux #(
      .ADDR(40),
      .DATA(DATA)
  ) u_read_mux (
      .clk_i           (clk_i),
      .rst_i           (core_rst),
      .s0_axi_araddr_i (ld_araddr[39:0]),
      .s0_axi_arlen_i  (ld_arlen[7:0]),
      .s0_axi_arvalid_i(ld_arvalid[0]),
      .s0_axi_arready_o(ld_arready[0]),
      .s0_axi_rdata_o  (ld_rdata[DATA-1:0]),
      .s0_axi_rresp_o  (ld_rresp[1:0]),
      .s0_axi_rlast_o  (ld_rlast[0]),
      .s0_axi_rvalid_o (ld_rvalid[0]),
      .s0_axi_rready_i (ld_rready[0]),
      .s1_axi_araddr_i (fetch_araddr),
      .s1_axi_arlen_i  (fetch_arlen),
      .s1_axi_arvalid_i(fetch_arvalid),
      .s1_axi_arready_o(fetch_arready),
      .s1_axi_rdata_o  (fetch_rdata),
      .s1_axi_rresp_o  (fetch_rresp),
      .s1_axi_rlast_o  (fetch_rlast),
      .s1_axi_rvalid_o (fetch_rvalid),
      .s1_axi_rready_i (fetch_rready),
      .m_axi_arid_o    (m_axi_read0_arid_o),
      .m_axi_araddr_o  (m_axi_read0_araddr_o),
      .m_axi_arlen_o   (m_axi_read0_arlen_o),
      .m_axi_arvalid_o (m_axi_read0_arvalid_o),
      .m_axi_arready_i (m_axi_read0_arready_i),
      .m_axi_rid_i     (m_axi_read0_rid_i),
      .m_axi_rdata_i   (m_axi_read0_rdata_i),
      .m_axi_rresp_i   (m_axi_read0_rresp_i),
      .m_axi_rlast_i   (m_axi_read0_rlast_i),
      .m_axi_rvalid_i  (m_axi_read0_rvalid_i),
      .m_axi_rready_o  (m_axi_read0_rready_o)
  );

  assign m_axi_read0_arsize_o = AXI_SIZE;
  assign m_axi_read0_arburst_o = AXI_INCR;

  assign m_axi_read1_arid_o = 1'b0;
  assign m_axi_read1_araddr_o = ld_araddr[79:40];
  assign m_axi_read1_arlen_o = ld_arlen[15:8];
  assign m_axi_read1_arsize_o = AXI_SIZE;
  assign m_axi_read1_arburst_o = AXI_INCR;
  assign m_axi_read1_arvalid_o = ld_arvalid[1];
  assign ld_arready[1] = m_axi_read1_arready_i;
  assign ld_rdata[2*DATA-1:DATA] = m_axi_read1_rdata_i;
  assign ld_rresp[3:2] = m_axi_read1_rresp_i;
  assign ld_rlast[1] = m_axi_read1_rlast_i;
  assign ld_rvalid[1] = m_axi_read1_rvalid_i;
  assign m_axi_read1_rready_o = ld_rready[1];

  // -- Conv -----------------------------------------------------------------------------

  nncc_conv #(
      .V            (V),
      .O            (O),
      .FEATURE_WORDS(FEATURE_WORDS),
      .WEIGHT_BLOCKS(WEIGHT_BLOCKS),
      .TAP_WORDS    (TAP_WORDS),
      .CONV_PARAMS  (CONV_PARAMS),
      .PSUM_PIXELS  (PSUM_PIXELS),
      .FAST         (FAST),
      .DSP_COLUMNS  (DSP_COLUMNS)
  ) u_conv (
      .clk_i          (clk_conv),
      .rst_i          (core_rst),
      .inst_i         (eng_inst[`ISA_BITS*CONV+:`ISA_BITS]),
      .inst_valid_i   (eng_valid[CONV]),
      .inst_ready_o   (eng_ready[CONV]),
      .number_i       (eng_number[32*CONV+:32]),
      .finish_o       (eng_finish[CONV]),
      .finish_post_o  (eng_finish_post[5*CONV+:5]),
      .finish_ready_i (eng_finish_ready[CONV]),
      .idle_o         (eng_idle[CONV]),
      .error_o        (eng_error[CONV]),
      .error_code_o   (eng_error_code[4*CONV+:4]),
      .error_number_o (eng_error_number[32*CONV+:32]),
      .error_address_o(eng_error_address[32*CONV+:32]),
      .stop_i         (stop),
      .fm_req_o       (rd_req[0]),
      .fm_addr_o      (rd_addr[15:0]),
      .fm_gnt_i       (rd_gnt[0]),
      .fm_valid_i     (rd_valid[0]),
      .fm_data_i      (rd_data[W-1:0]),
      .res_req_o      (rd_req[1]),
      .res_addr_o     (rd_addr[31:16]),
      .res_gnt_i      (rd_gnt[1]),
      .res_valid_i    (rd_valid[1]),
      .res_data_i     (rd_data[2*W-1:W]),
      .dr_req_o       (wr_req[0]),
      .dr_addr_o      (wr_addr[15:0]),
      .dr_data_o      (wr_data[W-1:0]),
      .dr_gnt_i       (wr_gnt[0]),
      .wm_we_i        (mw_we[`ISA_MEMORY_WEIGHT]),
      .wm_addr_i      (mw_addr[18*`ISA_MEMORY_WEIGHT+:18]),
      .wm_data_i      (mw_data[W*`ISA_MEMORY_WEIGHT+:W]),
      .tm_we_i        (mw_we[`ISA_MEMORY_TAP]),
      .tm_addr_i      (mw_addr[18*`ISA_MEMORY_TAP+:18]),
      .tm_data_i      (mw_data[W*`ISA_MEMORY_TAP+:W]),
      .cm_we_i        (mw_we[`ISA_MEMORY_CPARAM]),
      .cm_addr_i      (mw_addr[18*`ISA_MEMORY_CPARAM+:18]),
      .cm_data_i      (mw_data[W*`ISA_MEMORY_CPARAM+:W])
  );

  // -- Vector -----------------------------------------------------------------------------

  nncc_vector #(
      .V            (V),
      .TAPS         (VECTOR_TAPS),
      .FEATURE_WORDS(FEATURE_WORDS),
      .VECTOR_WORDS (VECTOR_WORDS),
      .LANE_DSP     (LANE_DSP)
  ) u_vector (
      .clk_i          (clk_vector),
      .rst_i          (core_rst),
      .inst_i         (eng_inst[`ISA_BITS*VECTOR+:`ISA_BITS]),
      .inst_valid_i   (eng_valid[VECTOR]),
      .inst_ready_o   (eng_ready[VECTOR]),
      .number_i       (eng_number[32*VECTOR+:32]),
      .finish_o       (eng_finish[VECTOR]),
      .finish_post_o  (eng_finish_post[5*VECTOR+:5]),
      .finish_ready_i (eng_finish_ready[VECTOR]),
      .idle_o         (eng_idle[VECTOR]),
      .error_o        (eng_error[VECTOR]),
      .error_code_o   (eng_error_code[4*VECTOR+:4]),
      .error_number_o (eng_error_number[32*VECTOR+:32]),
      .error_address_o(eng_error_address[32*VECTOR+:32]),
      .stop_i         (stop),
      .fm_req_o       (rd_req[4:2]),
      .fm_addr_o      (rd_addr[79:32]),
      .fm_gnt_i       (rd_gnt[4:2]),
      .fm_valid_i     (rd_valid[4:2]),
      .fm_data_i      (rd_data[5*W-1:2*W]),
      .wr_req_o       (wr_req[1]),
      .wr_addr_o      (wr_addr[31:16]),
      .wr_data_o      (wr_data[2*W-1:W]),
      .wr_gnt_i       (wr_gnt[1]),
      .vm_we_i        (mw_we[`ISA_MEMORY_VPARAM]),
      .vm_addr_i      (mw_addr[18*`ISA_MEMORY_VPARAM+:18]),
      .vm_data_i      (mw_data[W*`ISA_MEMORY_VPARAM+:W])
  );

  // -- Save ---------------------------------------------------------------------------------

  nncc_save #(
      .V          (V),
      .DATA       (DATA),
      .MAX_BURST  (MAX_BURST),
      .OUTSTANDING(OUTSTANDING),
      .STARTED    (SAVES_STARTED)
  ) u_save (
      .clk_i          (clk_save),
      .rst_i          (core_rst),
      .inst_i         (eng_inst[`ISA_BITS*SAVE+:`ISA_BITS]),
      .inst_valid_i   (eng_valid[SAVE]),
      .inst_ready_o   (eng_ready[SAVE]),
      .number_i       (eng_number[32*SAVE+:32]),
      .finish_o       (eng_finish[SAVE]),
      .finish_post_o  (eng_finish_post[5*SAVE+:5]),
      .finish_ready_i (eng_finish_ready[SAVE]),
      .idle_o         (eng_idle[SAVE]),
      .error_o        (eng_error[SAVE]),
      .error_code_o   (eng_error_code[4*SAVE+:4]),
      .error_number_o (eng_error_number[32*SAVE+:32]),
      .error_address_o(eng_error_address[32*SAVE+:32]),
      .stop_i         (stop),
      .region_base_i  (region_base),
      .region_size_i  (region_size),
      .fm_req_o       (rd_req[5]),
      .fm_addr_o      (rd_addr[95:80]),
      .fm_gnt_i       (rd_gnt[5]),
      .fm_valid_i     (rd_valid[5]),
      .fm_data_i      (rd_data[6*W-1:5*W]),
      .m_axi_awaddr_o (m_axi_write_awaddr_o),
      .m_axi_awlen_o  (m_axi_write_awlen_o),
      .m_axi_awvalid_o(m_axi_write_awvalid_o),
      .m_axi_awready_i(m_axi_write_awready_i),
      .m_axi_wdata_o  (m_axi_write_wdata_o),
      .m_axi_wstrb_o  (m_axi_write_wstrb_o),
      .m_axi_wlast_o  (m_axi_write_wlast_o),
      .m_axi_wvalid_o (m_axi_write_wvalid_o),
      .m_axi_wready_i (m_axi_write_wready_i),
      .m_axi_bresp_i  (m_axi_write_bresp_i),
      .m_axi_bvalid_i (m_axi_write_bvalid_i),
      .m_axi_bready_o (m_axi_write_bready_o)
  );

  assign m_axi_write_awid_o = 1'b0;
  assign m_axi_write_awsize_o = AXI_SIZE;
  assign m_axi_write_awburst_o = AXI_INCR;

  // -- Parts that need their clock ----------------------------------------------------------

`ifdef NNCC_PART_CLOCKS
  // An engine needs it while something is offered to it or unfinished in it, or a load
  // writes to its memories; fetch and check while something moves. Behind that it runs on
  // until what follows by itself, in pipelines and the like, stands still: no part has 31
  // stages. Without a job, and to stop, all run.
  localparam REST = 5;  // bits of a count of cycles
  localparam PARTS = 6;

  wire conv_we = mw_we[`ISA_MEMORY_WEIGHT] || mw_we[`ISA_MEMORY_TAP] ||
                 mw_we[`ISA_MEMORY_CPARAM];
  wire fetch_moves = fetch_arvalid || fetch_rvalid || !fetch_idle ||
                     (fetch_valid && fetch_ready) || (check_valid && check_ready);
  wire [4:0] engine_moves = eng_valid | ~eng_idle |
                            {1'b0, mw_we[`ISA_MEMORY_VPARAM], conv_we, 2'b00};
  wire [PARTS-1:0] active = {fetch_moves, engine_moves} | {PARTS{core_rst || !running}};

  generate
    for (g = 0; g < PARTS; g = g + 1) begin : g_awake
      reg [REST-1:0] rest_q;
      assign awake_o[g] = active[g] || rest_q != {REST{1'b0}};
      always @(posedge clk_i) begin
        if (active[g]) rest_q <= {REST{1'b1}};
        else if (rest_q != {REST{1'b0}}) rest_q <= rest_q - 1'b1;
      end
    end
  endgenerate
`endif

  // One ID each on these ports; `failed` is what STOP means.
  wire unused = &{1'b0, m_axi_read1_rid_i, m_axi_write_bid_i, failed, mw_we[0], mw_addr[17:0],
                  mw_data[W-1:0]};

endmodule

`default_nettype wire
