// The write port of the memory in core_tb.
//
// Parameters: DATA, bits of a beat; DEPTH, bursts under way.
//
// Ports: the slave side of an AXI4 write port. With write_o, the memory takes data_o
// under strobes_o at address_o. There is memory from base_i to before end_i; it can be
// written from writable_i on. latency_i, stall_i, seed_i and violation_o as in
// axi_read_port.
//
// Latency: a cycle from a beat to write_o; latency_i cycles from the last beat of a
// burst to its answer, with stalls as in axi_read_port. Data is taken only behind its
// address.

`default_nettype none

module axi_write_port #(
    parameter DATA  = 64,
    parameter DEPTH = 64,
    parameter SEED  = 3
) (
    input wire clk_i,
    input wire rst_i,

    input wire [31:0] latency_i,
    input wire [31:0] stall_i,
    input wire [31:0] seed_i,
    output reg        violation_o,

    input  wire [39:0]       base_i,
    input  wire [39:0]       writable_i,
    input  wire [39:0]       end_i,
    output reg               write_o,
    output reg  [39:0]       address_o,
    output reg  [DATA-1:0]   data_o,
    output reg  [DATA/8-1:0] strobes_o,

    input  wire [39:0]       awaddr_i,
    input  wire [7:0]        awlen_i,
    input  wire [2:0]        awsize_i,
    input  wire [1:0]        awburst_i,
    input  wire              awvalid_i,
    output reg               awready_o,
    input  wire [DATA-1:0]   wdata_i,
    input  wire [DATA/8-1:0] wstrb_i,
    input  wire              wlast_i,
    input  wire              wvalid_i,
    output reg               wready_o,
    output reg  [1:0]        bresp_o,
    output reg               bvalid_o,
    input  wire              bready_i
);

  localparam BYTES = DATA / 8;
  localparam INCR = 2'b01;
  localparam [1:0] OKAY = 2'b00;
  localparam [1:0] SLVERR = 2'b10;
  localparam [1:0] DECERR = 2'b11;

  // Bursts: answered from head to done, filled at done, taken up to tail.
  reg     [39:0] address [0:DEPTH-1];
  reg     [ 7:0] length  [0:DEPTH-1];
  reg     [31:0] ready   [0:DEPTH-1];
  reg     [ 1:0] answer  [0:DEPTH-1];
  integer        head;
  integer        done;
  integer        tail;
  integer        count;      // head to tail
  integer        unfilled;   // done to tail

  reg     [31:0] now;
  reg     [ 7:0] beat;
  integer        random;
  reg            held;
  reg     [39:0] held_address;
  reg     [ 7:0] held_length;
  reg            held_data;
  reg     [ 2:0] stall;      // address, data, answer

  reg     [39:0] at;         // address of a beat
  reg     [ 1:0] response;   // to it

  always @(posedge clk_i) begin
    if (rst_i) begin
      awready_o   <= 1'b0;
      wready_o    <= 1'b0;
      bvalid_o    <= 1'b0;
      violation_o <= 1'b0;
      write_o     <= 1'b0;
      head = 0;
      done = 0;
      tail = 0;
      count = 0;
      unfilled = 0;
      now = 0;
      beat = 0;
      held = 1'b0;
      held_data = 1'b0;
      random = seed_i + SEED;
      address[0] = 40'd0;
      answer[0] = OKAY;
    end else begin
      now = now + 1;
      stall = 3'b000;
      if (stall_i != 0) begin
        stall[0] = $unsigned($random(random)) % 100 < stall_i;
        stall[1] = $unsigned($random(random)) % 100 < stall_i;
        stall[2] = $unsigned($random(random)) % 100 < stall_i;
      end

      if (awvalid_i === 1'bx || wvalid_i === 1'bx || bready_i === 1'bx
          || (awvalid_i && ^{awaddr_i, awlen_i} === 1'bx)
          || (wvalid_i && ^{wstrb_i, wlast_i} === 1'bx)
          || (held && (!awvalid_i || awaddr_i != held_address || awlen_i != held_length))
          || (held_data && !wvalid_i))
        violation_o <= 1'b1;
      held = awvalid_i && !awready_o;
      held_address = awaddr_i;
      held_length = awlen_i;
      held_data = wvalid_i && !wready_o;

      // Data of the burst at `done`; before addresses, as it belongs to earlier ones.
      write_o <= 1'b0;
      if (wvalid_i && wready_o) begin
        at = address[done] + beat * BYTES;
        response = at < base_i || at >= end_i ? DECERR : at < writable_i ? SLVERR : OKAY;
        write_o   <= response == OKAY;
        address_o <= at;
        data_o    <= wdata_i;
        strobes_o <= wstrb_i;
        if (wlast_i != (beat == length[done])) violation_o <= 1'b1;
        if (answer[done] == OKAY) answer[done] = response;
        if (beat == length[done]) begin
          ready[done] = now + latency_i;
          if (stall_i != 0)
            ready[done] = now + 1 + $unsigned($random(random)) % (2 * latency_i);
          beat = 0;
          done = (done + 1) % DEPTH;
          unfilled = unfilled - 1;
        end else begin
          beat = beat + 1;
        end
      end

      if (awvalid_i && awready_o) begin
        if (awaddr_i % BYTES != 0 || awburst_i != INCR || (1 << awsize_i) != BYTES
            || awaddr_i[11:0] + (awlen_i + 1) * BYTES > 4096)
          violation_o <= 1'b1;
        address[tail] = awaddr_i;
        length[tail] = awlen_i;
        answer[tail] = OKAY;
        tail = (tail + 1) % DEPTH;
        count = count + 1;
        unfilled = unfilled + 1;
      end

      if (!bvalid_o || bready_i) begin
        bvalid_o <= 1'b0;
        if (count != unfilled && now >= ready[head] && !stall[2]) begin
          bvalid_o <= 1'b1;
          bresp_o  <= answer[head];
          head = (head + 1) % DEPTH;
          count = count - 1;
        end
      end

      awready_o <= count < DEPTH && !stall[0];
      wready_o  <= unfilled != 0 && !stall[1];
    end
  end

endmodule

`default_nettype wire
