// The view of nncc_mac_array for synthesis, with DSP48E1 primitives, beside the view
// for simulation: random and extreme operands, equal sums in every cycle. For a
// simulator with a model of the primitive; prints PASSED or the first difference.

`timescale 1ns / 1ps
`default_nettype none

module mac_array_primitives_tb;

  parameter V           = 8;
  parameter O           = 16;
  parameter DSP_COLUMNS = 12;
  parameter BLOCKS      = 60;
  localparam IW         = $clog2(V);
  localparam LATENCY    = 7 + $clog2(V / 4);
  localparam SUM_BITS   = 15 + IW;

  reg                   clk = 0;
  reg  [8*V-1:0]        a;
  reg                   swap, load;
  reg  [IW-1:0]         index;
  reg  [8*O-1:0]        data;
  wire [O*SUM_BITS-1:0] expected, got;

  nncc_mac_array #(.V(V), .O(O), .LATENCY(LATENCY), .FAST(1)) u_fast (
      .clk_i(clk), .a_i(a), .swap_i(swap), .load_i(load), .load_index_i(index),
      .load_data_i(data), .sum_o(expected));
  nncc_mac_array #(.V(V), .O(O), .LATENCY(LATENCY), .FAST(0), .DSP_COLUMNS(DSP_COLUMNS)) u_dsp (
      .clk_i(clk), .a_i(a), .swap_i(swap), .load_i(load), .load_index_i(index),
      .load_data_i(data), .sum_o(got));

  integer seed = 1, block, row, i, kind, checked = 0, cycle = 0;

  function [7:0] weight(input integer k, input integer random);
    weight = k == 0 ? (random[8] ? 8'h7f : 8'h81) : random[7:0] == 8'h80 ? 8'h81 : random[7:0];
  endfunction
  function [7:0] activation(input integer k, input integer random);
    activation = k == 0 ? 8'h80 : k == 1 ? (random[8] ? 8'h7f : 8'h80) : random[7:0];
  endfunction

  // What is known once the first block is in use.
  reg [LATENCY+1:0] known = 0;
  always @(posedge clk) begin
    known <= {known[LATENCY:0], known[0] || swap};
    cycle <= cycle + 1;
    if (known[LATENCY]) begin
      checked <= checked + 1;
      if (got !== expected) begin
        $display("FAILED in cycle %0d: got %h, expected %h", cycle, got, expected);
        $finish;
      end
    end
  end

  initial begin
    #200;  // The primitives' global reset.
    @(negedge clk);
    for (block = 0; block <= BLOCKS; block = block + 1) begin
      kind = $random(seed) & 3;
      for (row = 0; row < V; row = row + 1) begin
        load  = 1;
        index = row;
        swap  = row == 0 && block != 0;
        for (i = 0; i < V; i = i + 1) a[8*i +: 8] = activation(kind, $random(seed));
        for (i = 0; i < O; i = i + 1) data[8*i +: 8] = weight(kind, $random(seed));
        @(negedge clk);
      end
    end
    if (checked > (BLOCKS - 2) * V) $display("PASSED");
    else $display("FAILED: checked only %0d cycles", checked);
    $finish;
  end

  initial begin
    {a, swap, load, index, data} = 0;
    forever #5 clk = !clk;
  end

endmodule

`default_nettype wire
