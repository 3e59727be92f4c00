// A read port of the memory in core_tb: bursts are answered in their order.
//
// Parameters: DATA, bits of a beat; DEPTH, bursts that wait for their data.
//
// Ports: the slave side of an AXI4 read port; address_o asks for the beat that data_i
// and resp_i answer in the same cycle; latency_i and stall_i (percent) may be changed
// at any time; violation_o stays up after the first broken rule of AXI.
//
// Latency: `latency_i` cycles from an address to its first data; with stalls, random
// between one and twice that, and any channel stalls in stall_i percent of the cycles.

`default_nettype none

module axi_read_port #(
    parameter DATA  = 64,
    parameter DEPTH = 64,
    parameter SEED  = 1
) (
    input wire clk_i,
    input wire rst_i,

    input wire [31:0] latency_i,
    input wire [31:0] stall_i,
    input wire [31:0] seed_i,
    output reg        violation_o,

    output wire [39:0]     address_o,
    input  wire [DATA-1:0] data_i,
    input  wire [1:0]      resp_i,

    input  wire            arid_i,
    input  wire [39:0]     araddr_i,
    input  wire [7:0]      arlen_i,
    input  wire [2:0]      arsize_i,
    input  wire [1:0]      arburst_i,
    input  wire            arvalid_i,
    output reg             arready_o,
    output reg             rid_o,
    output reg  [DATA-1:0] rdata_o,
    output reg  [1:0]      rresp_o,
    output reg             rlast_o,
    output reg             rvalid_o,
    input  wire            rready_i
);

  localparam BYTES = DATA / 8;
  localparam INCR = 2'b01;

  // Bursts from head to tail; their address, beats less one, ID, time of the data.
  reg     [39:0] address [0:DEPTH-1];
  reg     [ 7:0] length  [0:DEPTH-1];
  reg            id      [0:DEPTH-1];
  reg     [31:0] ready   [0:DEPTH-1];
  integer        head;
  integer        tail;
  integer        count;

  reg     [31:0] now;
  reg     [ 7:0] beat;       // of the burst at the head
  integer        random;
  reg            held;       // an address that was not taken
  reg     [39:0] held_address;
  reg     [ 7:0] held_length;
  reg            stall_address;
  reg            stall_data;

  assign address_o = address[head] + beat * BYTES;

  always @(posedge clk_i) begin
    if (rst_i) begin
      arready_o   <= 1'b0;
      rvalid_o    <= 1'b0;
      violation_o <= 1'b0;
      head = 0;
      tail = 0;
      count = 0;
      now = 0;
      beat = 0;
      held = 1'b0;
      random = seed_i + SEED;
      address[0] = 40'd0;
    end else begin
      now = now + 1;
      stall_address = 1'b0;
      stall_data = 1'b0;
      if (stall_i != 0) begin
        stall_address = $unsigned($random(random)) % 100 < stall_i;
        stall_data = $unsigned($random(random)) % 100 < stall_i;
      end

      // An address.
      if (arvalid_i === 1'bx || rready_i === 1'bx || (arvalid_i && ^{araddr_i, arlen_i} === 1'bx)
          || (held && (!arvalid_i || araddr_i != held_address || arlen_i != held_length)))
        violation_o <= 1'b1;
      held = arvalid_i && !arready_o;
      held_address = araddr_i;
      held_length = arlen_i;
      if (arvalid_i && arready_o) begin
        if (araddr_i % BYTES != 0 || arburst_i != INCR || (1 << arsize_i) != BYTES
            || araddr_i[11:0] + (arlen_i + 1) * BYTES > 4096)
          violation_o <= 1'b1;
        address[tail] = araddr_i;
        length[tail] = arlen_i;
        id[tail] = arid_i;
        ready[tail] = now + latency_i;
        if (stall_i != 0)
          ready[tail] = now + 1 + $unsigned($random(random)) % (2 * latency_i);
        tail = (tail + 1) % DEPTH;
        count = count + 1;
      end
      arready_o <= count < DEPTH && !stall_address;

      // The next beat, when the one before has been taken.
      if (!rvalid_o || rready_i) begin
        rvalid_o <= 1'b0;
        rdata_o  <= {DATA{1'bx}};
        if (count != 0 && now >= ready[head] && !stall_data) begin
          rvalid_o <= 1'b1;
          rdata_o  <= data_i;
          rresp_o  <= resp_i;
          rid_o    <= id[head];
          rlast_o  <= beat == length[head];
          if (beat == length[head]) begin
            beat = 0;
            head = (head + 1) % DEPTH;
            count = count - 1;
          end else begin
            beat = beat + 1;
          end
        end
      end
    end
  end

endmodule

`default_nettype wire
