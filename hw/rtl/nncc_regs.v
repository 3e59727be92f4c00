// Registers of the accelerator behind an AXI4-Lite port; docs/hardware.md has the map.
//
// Parameters:
//   FINGERPRINT  of the configuration
//   ISA_VERSION  of the instruction set
//   FAST         as in nncc_counters
//
// Protocol:
//   AXI4-Lite, 32 bits, 4 KB. The address and the data of a write may come in any
//   order; one response each; SLVERR where there is no register. Writes to read-only
//   registers do nothing. While a job runs or after an error, writes to what describes
//   a job do nothing either.
//   `start_o` and `reset_o` are pulses. `done_i` and `error_i` are pulses, `error_*_i`
//   belong to `error_i`. The first error of a job is kept until the reset.
//   `counting_i` holds from the start to the end of a job. Each bit of an event vector
//   that is set in a cycle adds one to its counter; counters start at zero with the job
//   and stay at their greatest value.
//
// Latency: a write and its response take two cycles from the later of address and data,
// a read one; that of an event counter three or four.

`default_nettype none

module nncc_regs #(
    parameter [63:0] FINGERPRINT = 64'd0,
    parameter [15:0] ISA_VERSION = 16'd1,
    parameter FAST = 1
) (
    input wire clk_i,
    input wire rst_i,

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

    // Job control
    output reg start_o,
    output reg reset_o,
    input wire running_i,   // a job runs
    input wire stopping_i,  // transactions end after an error or for a reset
    input wire done_i,

    // First error
    input wire        error_i,
    input wire [ 3:0] error_code_i,
    input wire [ 2:0] error_engine_i,
    input wire [31:0] error_number_i,
    input wire [31:0] error_address_i,
    input wire        clear_i,          // the reset is complete
    output wire       failed_o,         // an error is kept

    // Description of the job
    output wire [  39:0] program_base_o,
    output wire [  31:0] program_count_o,
    output wire [4*40-1:0] region_base_o,
    output wire [4*33-1:0] region_size_o,
    output wire [  31:0] watchdog_limit_o,

    // Counters
    input wire        counting_i,
    input wire [ 4:0] count_finish_i,  // an instruction of the engine finished
    input wire [ 4:0] count_busy_i,    // one that has started is unfinished
    input wire [ 4:0] count_empty_i,   // none has, and none has come yet
    input wire [24:0] count_token_i,   // to*5 + from: `to` waits for `from`
    input wire [ 2:0] count_beat_i     // data on read port 0, 1, write port
);

  localparam [31:0] ID = 32'h4e4e_4343;  // "NNCC"
  localparam [15:0] MAP_VERSION = 16'd1;

  localparam [1:0] OKAY = 2'b00;
  localparam [1:0] SLVERR = 2'b10;

  // Word addresses.
  localparam [9:0] A_ID = 10'h000;
  localparam [9:0] A_VERSION = 10'h001;
  localparam [9:0] A_FINGERPRINT_LO = 10'h002;
  localparam [9:0] A_FINGERPRINT_HI = 10'h003;
  localparam [9:0] A_CONTROL = 10'h004;
  localparam [9:0] A_STATUS = 10'h005;
  localparam [9:0] A_IRQ_ENABLE = 10'h006;
  localparam [9:0] A_IRQ_STATUS = 10'h007;
  localparam [9:0] A_JOB = 10'h008;
  localparam [9:0] A_WATCHDOG = 10'h009;
  localparam [9:0] A_PROGRAM_LO = 10'h00a;
  localparam [9:0] A_PROGRAM_HI = 10'h00b;
  localparam [9:0] A_PROGRAM_COUNT = 10'h00c;
  localparam [9:0] A_ERROR = 10'h00d;
  localparam [9:0] A_ERROR_NUMBER = 10'h00e;
  localparam [9:0] A_ERROR_ADDRESS = 10'h00f;
  // Four words for each region: base low, base high, size low, size high.
  localparam [9:0] A_REGIONS = 10'h020;
  localparam [9:0] A_CYCLES_LO = 10'h040;
  localparam [9:0] A_CYCLES_HI = 10'h041;
  localparam [9:0] A_READ0_BEATS = 10'h042;
  localparam [9:0] A_READ1_BEATS = 10'h043;
  localparam [9:0] A_WRITE_BEATS = 10'h044;
  // Eight words for each engine: finished, busy, empty, waiting for engine 0 to 4.
  localparam [9:0] A_ENGINES = 10'h080;

  localparam NUM_REGIONS = 4;
  localparam NUM_ENGINES = 5;
  localparam NUM_COUNTERS = NUM_ENGINES * 8 + 3;
  localparam [9:0] REGION_WORDS = NUM_REGIONS * 4;
  localparam [9:0] ENGINE_WORDS = NUM_ENGINES * 8;
  localparam [5:0] BEATS_INDEX = NUM_ENGINES * 8;  // counters of engines come first

  // -- Writes -----------------------------------------------------------------

  reg         aw_full_q;
  reg  [ 9:0] aw_word_q;
  reg         w_full_q;
  reg  [31:0] w_data_q;
  reg  [ 3:0] w_strb_q;
  reg         b_valid_q;
  reg  [ 1:0] b_resp_q;

  assign s_axil_awready_o = !aw_full_q;
  assign s_axil_wready_o = !w_full_q;
  assign s_axil_bvalid_o = b_valid_q;
  assign s_axil_bresp_o = b_resp_q;

  wire write = aw_full_q && w_full_q && !b_valid_q;
  wire write_mapped;
  wire [31:0] merged;  // what the written register shall hold

  always @(posedge clk_i) begin
    if (rst_i) begin
      aw_full_q <= 1'b0;
      w_full_q  <= 1'b0;
      b_valid_q <= 1'b0;
    end else begin
      if (s_axil_awvalid_i && s_axil_awready_o) aw_full_q <= 1'b1;
      if (s_axil_wvalid_i && s_axil_wready_o) w_full_q <= 1'b1;
      if (s_axil_bready_i) b_valid_q <= 1'b0;
      if (write) begin
        aw_full_q <= 1'b0;
        w_full_q  <= 1'b0;
        b_valid_q <= 1'b1;
      end
    end
    if (!aw_full_q) aw_word_q <= s_axil_awaddr_i[11:2];
    if (!w_full_q) begin
      w_data_q <= s_axil_wdata_i;
      w_strb_q <= s_axil_wstrb_i;
    end
    if (write) b_resp_q <= write_mapped ? OKAY : SLVERR;
  end

  // -- Registers ----------------------------------------------------------------

  reg  [39:0] program_base_q;
  reg  [31:0] program_count_q;
  wire [NUM_REGIONS*128-1:0] region_words;  // as registers show them
  reg  [31:0] watchdog_q;
  reg  [ 1:0] irq_enable_q;
  reg  [ 1:0] irq_status_q;
  reg  [31:0] job_q;
  reg         done_q;
  reg         failed_q;
  reg  [ 3:0] error_code_q;
  reg  [ 2:0] error_engine_q;
  reg  [31:0] error_number_q;
  reg  [31:0] error_address_q;

  assign failed_o = failed_q;
  assign irq_o = |(irq_enable_q & irq_status_q);

  // Bytes of `old` or of the write data, as the strobes say.
  function [31:0] merge(input [31:0] old, input [31:0] data, input [3:0] strb);
    integer i;
    begin
      for (i = 0; i < 4; i = i + 1)
      merge[8*i+:8] = strb[i] ? data[8*i+:8] : old[8*i+:8];
    end
  endfunction

  // A job may be described and started only when none runs and none has failed.
  wire free = !running_i && !stopping_i && !failed_q && !start_o && !reset_o;
  wire write_job = write && free;
  wire write_control = write && aw_word_q == A_CONTROL && w_strb_q[0];
  wire start = write_control && w_data_q[0] && !w_data_q[1] && free;

  always @(posedge clk_i) begin
    start_o <= start && !rst_i;
    reset_o <= write_control && w_data_q[1] && !rst_i;
    if (rst_i) begin
      irq_enable_q <= 2'b00;
      irq_status_q <= 2'b00;
      job_q        <= 32'd0;
      done_q       <= 1'b0;
      failed_q     <= 1'b0;
      watchdog_q   <= 32'd0;
    end else begin
      if (write && aw_word_q == A_IRQ_ENABLE && w_strb_q[0]) irq_enable_q <= w_data_q[1:0];
      if (write && aw_word_q == A_WATCHDOG) watchdog_q <= merged;
      // An event in the cycle of its clearing stays.
      irq_status_q <= ((write && aw_word_q == A_IRQ_STATUS && w_strb_q[0]) ?
                       irq_status_q & ~w_data_q[1:0] : irq_status_q) |
                      {error_i && !failed_q, done_i && !error_i};
      if (start) begin
        job_q  <= job_q + 32'd1;
        done_q <= 1'b0;
      end else if (clear_i) begin
        done_q <= 1'b0;
      end else if (done_i && !error_i) begin
        done_q <= 1'b1;
      end
      if (clear_i) failed_q <= 1'b0;
      else if (error_i) failed_q <= 1'b1;
    end
    if (rst_i || clear_i) begin
      error_code_q    <= 4'd0;
      error_engine_q  <= 3'd0;
      error_number_q  <= 32'd0;
      error_address_q <= 32'd0;
    end else if (error_i && !failed_q) begin
      error_code_q    <= error_code_i;
      error_engine_q  <= error_engine_i;
      error_number_q  <= error_number_i;
      error_address_q <= error_address_i;
    end
    if (write_job) begin
      if (aw_word_q == A_PROGRAM_LO) program_base_q[31:0] <= merged[31:0];
      if (aw_word_q == A_PROGRAM_HI) program_base_q[39:32] <= merged[7:0];
      if (aw_word_q == A_PROGRAM_COUNT) program_count_q <= merged;
    end
  end

  genvar g;
  generate
    for (g = 0; g < NUM_REGIONS; g = g + 1) begin : region
      localparam [9:0] WORD = A_REGIONS + 4 * g;
      reg [39:0] base_q;
      reg [32:0] size_q;
      always @(posedge clk_i) begin
        if (write_job) begin
          if (aw_word_q == WORD) base_q[31:0] <= merged;
          if (aw_word_q == WORD + 10'd1) base_q[39:32] <= merged[7:0];
          if (aw_word_q == WORD + 10'd2) size_q[31:0] <= merged;
          if (aw_word_q == WORD + 10'd3) size_q[32] <= merged[0];
        end
      end
      assign region_base_o[40*g+:40] = base_q;
      assign region_size_o[33*g+:33] = size_q;
      assign region_words[128*g+:128] = {31'd0, size_q, 24'd0, base_q};
    end
  endgenerate

  assign program_base_o = program_base_q;
  assign program_count_o = program_count_q;
  assign watchdog_limit_o = watchdog_q;

  // -- Counters -----------------------------------------------------------------

  reg  [            63:0] cycles_q;
  wire [NUM_COUNTERS-1:0] events;
  wire                    count_read;
  reg  [             5:0] count_index;
  wire                    count_valid;
  wire [            31:0] count_data;

  always @(posedge clk_i) begin
    if (rst_i || start) cycles_q <= 64'd0;
    else if (counting_i) cycles_q <= cycles_q + 64'd1;
  end

  generate
    for (g = 0; g < NUM_ENGINES; g = g + 1) begin : engine
      // Bit 3 + from: waiting for a token of `from`.
      assign events[8*g+:8] = {
        count_token_i[NUM_ENGINES*g+:NUM_ENGINES],
        count_empty_i[g],
        count_busy_i[g],
        count_finish_i[g]
      };
    end
    assign events[NUM_COUNTERS-1-:3] = count_beat_i;
  endgenerate

  nncc_counters #(
      .EVENTS(NUM_COUNTERS),
      .WIDTH (32),
      .FAST  (FAST)
  ) u_counters (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .clear_i(start),
      .event_i(events & {NUM_COUNTERS{counting_i}}),
      .read_i (count_read),
      .index_i(count_index),
      .valid_o(count_valid),
      .data_o (count_data)
  );

  // -- Reads --------------------------------------------------------------------

  // What a register shows; also the old value of bytes that a write leaves alone.
  // Bit 32: the register exists. Counters cannot be written, and their values come later.
  wire [9:0] read_word;
  reg [32:0] shown;
  reg        counted;  // it is a counter, with this index

  wire [9:0] region_offset = read_word - A_REGIONS;
  wire [9:0] engine_offset = read_word - A_ENGINES;
  wire [9:0] beats_offset = read_word - A_READ0_BEATS;

  always @* begin
    shown = {1'b0, 32'd0};
    counted = 1'b0;
    count_index = engine_offset[5:0];
    case (read_word)
      A_ID: shown = {1'b1, ID};
      A_VERSION: shown = {1'b1, MAP_VERSION, ISA_VERSION};
      A_FINGERPRINT_LO: shown = {1'b1, FINGERPRINT[31:0]};
      A_FINGERPRINT_HI: shown = {1'b1, FINGERPRINT[63:32]};
      A_CONTROL: shown = {1'b1, 32'd0};
      A_STATUS: shown = {1'b1, 28'd0, stopping_i, failed_q, done_q, running_i};
      A_IRQ_ENABLE: shown = {1'b1, 30'd0, irq_enable_q};
      A_IRQ_STATUS: shown = {1'b1, 30'd0, irq_status_q};
      A_JOB: shown = {1'b1, job_q};
      A_WATCHDOG: shown = {1'b1, watchdog_q};
      A_PROGRAM_LO: shown = {1'b1, program_base_q[31:0]};
      A_PROGRAM_HI: shown = {1'b1, 24'd0, program_base_q[39:32]};
      A_PROGRAM_COUNT: shown = {1'b1, program_count_q};
      A_ERROR: shown = {1'b1, 21'd0, error_engine_q, 4'd0, error_code_q};
      A_ERROR_NUMBER: shown = {1'b1, error_number_q};
      A_ERROR_ADDRESS: shown = {1'b1, error_address_q};
      A_CYCLES_LO: shown = {1'b1, cycles_q[31:0]};
      A_CYCLES_HI: shown = {1'b1, cycles_q[63:32]};
      A_READ0_BEATS, A_READ1_BEATS, A_WRITE_BEATS: begin
        shown = {1'b1, 32'd0};
        counted = 1'b1;
        count_index = BEATS_INDEX + beats_offset[5:0];
      end
      default: begin
        if (region_offset < REGION_WORDS) begin
          shown = {1'b1, region_words[32*region_offset[3:0]+:32]};
        end else if (engine_offset < ENGINE_WORDS) begin
          shown = {1'b1, 32'd0};
          counted = 1'b1;
        end
      end
    endcase
  end

  // One read port for both: a write that waits for its turn comes first.
  assign read_word = write ? aw_word_q : s_axil_araddr_i[11:2];
  assign write_mapped = shown[32];
  assign merged = merge(shown[31:0], w_data_q, w_strb_q);

  // Not a function of a ready input.
  wire ar_ready;

  reg        r_valid_q;
  reg        r_wait_q;  // for a counter
  reg [31:0] r_data_q;
  reg [ 1:0] r_resp_q;

  wire read = s_axil_arvalid_i && ar_ready;

  assign ar_ready = !r_valid_q && !r_wait_q && !write;
  assign count_read = read && counted;
  assign s_axil_arready_o = ar_ready;
  assign s_axil_rvalid_o = r_valid_q;
  assign s_axil_rdata_o = r_data_q;
  assign s_axil_rresp_o = r_resp_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      r_valid_q <= 1'b0;
      r_wait_q  <= 1'b0;
    end else if (read) begin
      r_valid_q <= !counted;
      r_wait_q  <= counted;
    end else if (count_valid) begin
      r_valid_q <= 1'b1;
      r_wait_q  <= 1'b0;
    end else if (s_axil_rready_i) begin
      r_valid_q <= 1'b0;
    end
    if (ar_ready) begin
      r_data_q <= shown[31:0];
      r_resp_q <= shown[32] ? OKAY : SLVERR;
    end else if (count_valid) begin
      r_data_q <= count_data;
    end
  end

  // The lowest address bits are the byte within a word.
  wire unused = &{1'b0, s_axil_awaddr_i[1:0], s_axil_araddr_i[1:0], region_offset[9:4],
                  engine_offset[9:6], beats_offset[9:6]};

endmodule

`default_nettype wire
