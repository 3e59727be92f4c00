// Watchdog: notices that nothing has finished for too long.
//
// Parameters: none.
// Protocol:   counts the cycles of `run_i` since the last `progress_i`, and pulses
//             `expired_o` for one cycle when they reach `limit_i`; 0 means never.
//             Without `run_i` the count is zero.
// Latency:    `expired_o` comes in the cycle after the one that reaches the limit.

`default_nettype none

module nncc_watchdog (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        run_i,
    input  wire        progress_i,
    input  wire [31:0] limit_i,
    output reg         expired_o
);

  reg [31:0] count_q;

  wire [31:0] next = count_q + 32'd1;

  always @(posedge clk_i) begin
    expired_o <= 1'b0;
    if (rst_i || !run_i || progress_i) begin
      count_q <= 32'd0;
    end else if (limit_i != 32'd0 && count_q < limit_i) begin
      // Stays at the limit: one pulse only.
      count_q   <= next;
      expired_o <= next == limit_i;
    end
  end

endmodule

`default_nettype wire
