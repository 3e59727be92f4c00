// The view of nncc_mac_array for simulation: all products in one step behind a
// delay line for the inputs, which are far narrower than the sums.
//
// Parameters, protocol and latency: see nncc_mac_array.

`default_nettype none

module nncc_mac_array_fast #(
    parameter V       = 8,
    parameter O       = 8,
    parameter LATENCY = 8
) (
    input  wire                        clk_i,
    input  wire [8*V-1:0]              a_i,
    input  wire                        swap_i,
    input  wire                        load_i,
    input  wire [$clog2(V)-1:0]        load_index_i,
    input  wire [8*O-1:0]              load_data_i,
    output wire [O*(15+$clog2(V))-1:0] sum_o
);

  localparam G        = O / V;
  localparam IW       = $clog2(V);
  localparam SUM_BITS = 15 + IW;
  // Two more registers follow: the operands, the sums.
  localparam DELAY    = LATENCY - 2;
  localparam DW       = 8*V + 1 + 1 + IW + 8*O;

  reg [DW-1:0] delay_q [0:DELAY-1];
  integer d;
  always @(posedge clk_i) begin
    delay_q[0] <= {a_i, swap_i, load_i, load_index_i, load_data_i};
    for (d = 1; d < DELAY; d = d + 1) delay_q[d] <= delay_q[d-1];
  end

  wire [8*V-1:0] a;
  wire           swap, load;
  wire [IW-1:0]  load_index;
  wire [8*O-1:0] load_data;
  assign {a, swap, load, load_index, load_data} = delay_q[DELAY-1];

  reg [8*V-1:0]        shadow_q [0:O-1];
  reg [8*V-1:0]        active_q [0:O-1];
  reg [8*V-1:0]        a_q;
  reg [O*SUM_BITS-1:0] sum_q;
  integer o, g;
  always @(posedge clk_i) begin
    a_q <= a;
    if (swap) begin
      for (o = 0; o < O; o = o + 1) active_q[o] <= shadow_q[o];
    end
    if (load) begin
      for (g = 0; g < G; g = g + 1)
        shadow_q[load_index*G + g] <= load_data[8*V*g +: 8*V];
    end
  end

  function signed [SUM_BITS-1:0] dot(input [8*V-1:0] x, input [8*V-1:0] w);
    integer v;
    reg signed [31:0] total;
    begin
      total = 32'sd0;
      for (v = 0; v < V; v = v + 1)
        total = total + $signed(x[8*v +: 8]) * $signed(w[8*v +: 8]);
      dot = total[SUM_BITS-1:0];
    end
  endfunction

  integer c;
  always @(posedge clk_i) begin
    for (c = 0; c < O; c = c + 1) sum_q[SUM_BITS*c +: SUM_BITS] <= dot(a_q, active_q[c]);
  end

  assign sum_o = sum_q;

endmodule

`default_nettype wire
