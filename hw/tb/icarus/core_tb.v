// The whole core on one memory: writes a list of registers, waits for the interrupt,
// leaves the memory in a file. Verilog-2005; see CoreJob.cpp.
//
// Parameters: WORDS, beats of memory; the configuration is that of nncc_config.vh.
//
// Plusargs:
//   +image=FILE       the memory before, $readmemh, a beat a line
//   +words=N          beats that the image has; what is outside answers DECERR
//   +base=HEX         address of the first
//   +writable=N       first beat that may be written; before, writes answer SLVERR
//   +fingerprint=HEX  of the configuration that the job is for
//   +job=FILE         registers to write, "address value" a line, hexadecimal
//   +dump=FILE        the memory from +writable on after the job, $writememh
//   +latency=N        cycles of the memory, default 20
//   +stall=N          percent of the cycles in which a channel stalls, default 0
//   +seed=N           for stalls
//   +limit=N          cycles that the job may take, default 100 million
//
// The last line says "PASS <cycles>", the core's own count, or "FAIL ...".

`default_nettype none
`include "nncc_config.vh"
`include "nncc_isa.vh"

module core_tb;

  parameter WORDS = 1 << 19;

  localparam DATA = `NNCC_AXI_DATA_BITS;
  localparam BYTES = DATA / 8;

  localparam [1:0] OKAY = 2'b00;
  localparam [1:0] DECERR = 2'b11;

  localparam [11:0] REG_ID = 12'h000;
  localparam [11:0] REG_VERSION = 12'h004;
  localparam [11:0] REG_FINGERPRINT = 12'h008;
  localparam [11:0] REG_STATUS = 12'h014;
  localparam [11:0] REG_ERROR = 12'h034;
  localparam [11:0] REG_ERROR_NUMBER = 12'h038;
  localparam [11:0] REG_ERROR_ADDRESS = 12'h03c;
  localparam [11:0] REG_CYCLES = 12'h100;
  localparam [31:0] ID_VALUE = 32'h4e4e4343;
  localparam [31:0] MAP_VERSION = 32'd1;
  localparam [31:0] STATUS_DONE = 32'd2;

  reg clk = 1'b0;
  reg rst = 1'b1;
  always #1 clk = !clk;

  // -- Memory -----------------------------------------------------------------------

  reg [DATA-1:0] memory [0:WORDS-1];
  reg [39:0] base;
  reg [31:0] words;
  reg [31:0] writable;
  reg [31:0] latency;
  reg [31:0] stall;
  reg [31:0] seed;

  wire [39:0] read0_address;
  wire [39:0] read1_address;
  wire [39:0] write_address;
  wire [39:0] read0_index = (read0_address - base) / BYTES;
  wire [39:0] read1_index = (read1_address - base) / BYTES;
  wire [39:0] write_index = (write_address - base) / BYTES;
  wire [DATA-1:0] read0_data = memory[read0_index[31:0]];
  wire [DATA-1:0] read1_data = memory[read1_index[31:0]];
  wire write;
  wire [DATA-1:0] write_data;
  wire [BYTES-1:0] write_strobes;
  wire [2:0] violation;

  reg [DATA-1:0] merged;
  integer i;
  always @(posedge clk) begin
    if (write) begin
      merged = memory[write_index[31:0]];
      for (i = 0; i < BYTES; i = i + 1)
        if (write_strobes[i]) merged[8*i +: 8] = write_data[8*i +: 8];
      memory[write_index[31:0]] <= merged;
    end
  end

  // -- Core -------------------------------------------------------------------------

  reg         awvalid = 1'b0;
  wire        awready;
  reg  [11:0] awaddr;
  reg         wvalid = 1'b0;
  wire        wready;
  reg  [31:0] wdata;
  wire        bvalid;
  wire [ 1:0] bresp;
  reg         arvalid = 1'b0;
  wire        arready;
  reg  [11:0] araddr;
  wire        rvalid;
  wire [31:0] rdata;
  wire [ 1:0] rresp;
  wire        irq;

  wire [1:0] r_arid;
  wire [39:0] r_araddr [0:1];
  wire [7:0] r_arlen [0:1];
  wire [2:0] r_arsize [0:1];
  wire [1:0] r_arburst [0:1];
  wire [1:0] r_arvalid;
  wire [1:0] r_arready;
  wire [1:0] r_rid;
  wire [DATA-1:0] r_rdata [0:1];
  wire [1:0] r_rresp [0:1];
  wire [1:0] r_rlast;
  wire [1:0] r_rvalid;
  wire [1:0] r_rready;
  wire w_awid;
  wire [39:0] w_awaddr;
  wire [7:0] w_awlen;
  wire [2:0] w_awsize;
  wire [1:0] w_awburst;
  wire w_awvalid;
  wire w_awready;
  wire [DATA-1:0] w_wdata;
  wire [BYTES-1:0] w_wstrb;
  wire w_wlast;
  wire w_wvalid;
  wire w_wready;
  wire [1:0] w_bresp;
  wire w_bvalid;
  wire w_bready;

  nncc_core #(.FAST(1)) u_core (
      .clk_i                (clk),
      .rst_i                (rst),
      .s_axil_awvalid_i     (awvalid),
      .s_axil_awready_o     (awready),
      .s_axil_awaddr_i      (awaddr),
      .s_axil_wvalid_i      (wvalid),
      .s_axil_wready_o      (wready),
      .s_axil_wdata_i       (wdata),
      .s_axil_wstrb_i       (4'hf),
      .s_axil_bvalid_o      (bvalid),
      .s_axil_bready_i      (1'b1),
      .s_axil_bresp_o       (bresp),
      .s_axil_arvalid_i     (arvalid),
      .s_axil_arready_o     (arready),
      .s_axil_araddr_i      (araddr),
      .s_axil_rvalid_o      (rvalid),
      .s_axil_rready_i      (1'b1),
      .s_axil_rdata_o       (rdata),
      .s_axil_rresp_o       (rresp),
      .irq_o                (irq),
      .m_axi_read0_arid_o   (r_arid[0]),
      .m_axi_read0_araddr_o (r_araddr[0]),
      .m_axi_read0_arlen_o  (r_arlen[0]),
      .m_axi_read0_arsize_o (r_arsize[0]),
      .m_axi_read0_arburst_o(r_arburst[0]),
      .m_axi_read0_arvalid_o(r_arvalid[0]),
      .m_axi_read0_arready_i(r_arready[0]),
      .m_axi_read0_rid_i    (r_rid[0]),
      .m_axi_read0_rdata_i  (r_rdata[0]),
      .m_axi_read0_rresp_i  (r_rresp[0]),
      .m_axi_read0_rlast_i  (r_rlast[0]),
      .m_axi_read0_rvalid_i (r_rvalid[0]),
      .m_axi_read0_rready_o (r_rready[0]),
      .m_axi_read1_arid_o   (r_arid[1]),
      .m_axi_read1_araddr_o (r_araddr[1]),
      .m_axi_read1_arlen_o  (r_arlen[1]),
      .m_axi_read1_arsize_o (r_arsize[1]),
      .m_axi_read1_arburst_o(r_arburst[1]),
      .m_axi_read1_arvalid_o(r_arvalid[1]),
      .m_axi_read1_arready_i(r_arready[1]),
      .m_axi_read1_rid_i    (r_rid[1]),
      .m_axi_read1_rdata_i  (r_rdata[1]),
      .m_axi_read1_rresp_i  (r_rresp[1]),
      .m_axi_read1_rlast_i  (r_rlast[1]),
      .m_axi_read1_rvalid_i (r_rvalid[1]),
      .m_axi_read1_rready_o (r_rready[1]),
      .m_axi_write_awid_o   (w_awid),
      .m_axi_write_awaddr_o (w_awaddr),
      .m_axi_write_awlen_o  (w_awlen),
      .m_axi_write_awsize_o (w_awsize),
      .m_axi_write_awburst_o(w_awburst),
      .m_axi_write_awvalid_o(w_awvalid),
      .m_axi_write_awready_i(w_awready),
      .m_axi_write_wdata_o  (w_wdata),
      .m_axi_write_wstrb_o  (w_wstrb),
      .m_axi_write_wlast_o  (w_wlast),
      .m_axi_write_wvalid_o (w_wvalid),
      .m_axi_write_wready_i (w_wready),
      .m_axi_write_bid_i    (1'b0),
      .m_axi_write_bresp_i  (w_bresp),
      .m_axi_write_bvalid_i (w_bvalid),
      .m_axi_write_bready_o (w_bready)
  );

  wire [39:0] read_address [0:1];
  wire [1:0] read_resp [0:1];
  assign read0_address = read_address[0];
  assign read1_address = read_address[1];
  assign read_resp[0] = read0_index < words ? OKAY : DECERR;
  assign read_resp[1] = read1_index < words ? OKAY : DECERR;

  genvar p;
  generate
    for (p = 0; p < 2; p = p + 1) begin : g_read
      axi_read_port #(.DATA(DATA), .SEED(p)) u_port (
          .clk_i      (clk),
          .rst_i      (rst),
          .latency_i  (latency),
          .stall_i    (stall),
          .seed_i     (seed),
          .violation_o(violation[p]),
          .address_o  (read_address[p]),
          .data_i     (p == 0 ? read0_data : read1_data),
          .resp_i     (read_resp[p]),
          .arid_i     (r_arid[p]),
          .araddr_i   (r_araddr[p]),
          .arlen_i    (r_arlen[p]),
          .arsize_i   (r_arsize[p]),
          .arburst_i  (r_arburst[p]),
          .arvalid_i  (r_arvalid[p]),
          .arready_o  (r_arready[p]),
          .rid_o      (r_rid[p]),
          .rdata_o    (r_rdata[p]),
          .rresp_o    (r_rresp[p]),
          .rlast_o    (r_rlast[p]),
          .rvalid_o   (r_rvalid[p]),
          .rready_i   (r_rready[p])
      );
    end
  endgenerate

  axi_write_port #(.DATA(DATA)) u_write (
      .clk_i      (clk),
      .rst_i      (rst),
      .latency_i  (latency),
      .stall_i    (stall),
      .seed_i     (seed),
      .violation_o(violation[2]),
      .write_o    (write),
      .address_o  (write_address),
      .data_o     (write_data),
      .strobes_o  (write_strobes),
      .base_i     (base),
      .writable_i (base + writable * BYTES),
      .end_i      (base + words * BYTES),
      .awaddr_i   (w_awaddr),
      .awlen_i    (w_awlen),
      .awsize_i   (w_awsize),
      .awburst_i  (w_awburst),
      .awvalid_i  (w_awvalid),
      .awready_o  (w_awready),
      .wdata_i    (w_wdata),
      .wstrb_i    (w_wstrb),
      .wlast_i    (w_wlast),
      .wvalid_i   (w_wvalid),
      .wready_o   (w_wready),
      .bresp_o    (w_bresp),
      .bvalid_o   (w_bvalid),
      .bready_i   (w_bready)
  );

  // -- The host ---------------------------------------------------------------------

  task fail(input [8*40-1:0] what, input [31:0] number);
    begin
      $display("FAIL %0s (%h)", what, number);
      $finish(0);
      @(negedge rst);  // never: nothing else happens
    end
  endtask

  task write_register(input [11:0] address, input [31:0] value);
    begin
      awaddr  <= address;
      wdata   <= value;
      awvalid <= 1'b1;
      wvalid  <= 1'b1;
      @(posedge clk);
      while (awvalid || wvalid) begin
        if (awready) awvalid <= 1'b0;
        if (wready) wvalid <= 1'b0;
        @(posedge clk);
      end
      while (!bvalid) @(posedge clk);
      if (bresp !== OKAY) fail("a register refuses a write", address);
    end
  endtask

  task read_register(input [11:0] address, output [31:0] value);
    begin
      araddr  <= address;
      arvalid <= 1'b1;
      @(posedge clk);
      while (arvalid) begin
        if (arready) arvalid <= 1'b0;
        @(posedge clk);
      end
      while (!rvalid) @(posedge clk);
      value = rdata;
      if (rresp !== OKAY || ^rdata === 1'bx) fail("a register refuses a read", address);
    end
  endtask

  reg [8*1024-1:0] image;
  reg [8*1024-1:0] job;
  reg [8*1024-1:0] dump;
  reg [31:0] limit;
  reg [63:0] fingerprint;
  reg [31:0] value;
  reg [31:0] high;
  integer file;
  reg [11:0] job_address;
  reg [31:0] job_value;

  initial begin
    latency = 20;
    stall = 0;
    seed = 1;
    limit = 100000000;
    if (!$value$plusargs("image=%s", image) || !$value$plusargs("job=%s", job)
        || !$value$plusargs("dump=%s", dump) || !$value$plusargs("base=%h", base)
        || !$value$plusargs("fingerprint=%h", fingerprint)
        || !$value$plusargs("words=%d", words) || !$value$plusargs("writable=%d", writable))
      fail("a plusarg is missing", 0);
    if ($value$plusargs("latency=%d", latency)) ;
    if ($value$plusargs("stall=%d", stall)) ;
    if ($value$plusargs("seed=%d", seed)) ;
    if ($value$plusargs("limit=%d", limit)) ;
    if (words > WORDS) fail("the memory has fewer words than the image", words);
    $readmemh(image, memory, 0, words - 1);
    repeat (4) @(posedge clk);
    rst <= 1'b0;

    read_register(REG_ID, value);
    if (value != ID_VALUE) fail("identification", value);
    read_register(REG_VERSION, value);
    if (value != {MAP_VERSION[15:0], 16'd`ISA_VERSION}) fail("version", value);
    read_register(REG_FINGERPRINT, value);
    read_register(REG_FINGERPRINT + 12'd4, high);
    if ({high, value} != fingerprint) fail("fingerprint", value);

    file = $fopen(job, "r");
    if (file == 0) fail("the job cannot be read", 0);
    while ($fscanf(file, "%h %h\n", job_address, job_value) == 2)
      write_register(job_address, job_value);
    $fclose(file);

    while (irq !== 1'b1) @(posedge clk);
    read_register(REG_STATUS, value);
    if (value != STATUS_DONE) begin
      $display("status %h", value);
      read_register(REG_ERROR_NUMBER, value);
      $display("instruction %0d", value);
      read_register(REG_ERROR_ADDRESS, value);
      $display("address %h", value);
      read_register(REG_ERROR, value);
      fail("the job ended with error", value);
    end
    if (violation !== 3'b000) fail("AXI violation at a port", violation);
    $writememh(dump, memory, writable, words - 1);
    read_register(REG_CYCLES, value);
    read_register(REG_CYCLES + 12'd4, high);
    $display("PASS %0d", {high, value});
    $finish(0);
  end

  initial begin
    repeat (2) @(posedge clk);
    repeat (limit) @(posedge clk);
    fail("no end within so many cycles", limit);
  end

endmodule

`default_nettype wire
