// The weight blocks of the conv engine.
//
// A block is O words of V bytes; G = O/V memories hold one word in G each, so that a
// read delivers G words and V reads a block.
//
// Parameters: V, O; BLOCKS.
//
// Protocol: a write is accepted every cycle; we_addr_i counts words. A read names a
// row: word block*O + index*G is in row block*V + index. Its words and index are at
// load_* two cycles later, as nncc_mac_array wants them.

`default_nettype none

module nncc_weight_mem #(
    parameter V      = 8,
    parameter O      = 8,
    parameter BLOCKS = 32
) (
    input  wire                        clk_i,

    input  wire                        we_i,
    input  wire [17:0]                 we_addr_i,
    input  wire [8*V-1:0]              we_data_i,

    input  wire                        re_i,
    input  wire [$clog2(BLOCKS*V)-1:0] re_row_i,

    output wire                        load_o,
    output wire [$clog2(V)-1:0]        load_index_o,
    output wire [8*O-1:0]              load_data_o
);

  localparam G  = O / V;
  localparam LG = $clog2(G);
  localparam IW = $clog2(V);
  localparam RW = $clog2(BLOCKS * V);

  wire [31:0] we_addr  = {14'd0, we_addr_i};
  wire [31:0] we_group = we_addr % G;
  wire        unused_we_addr = &{1'b0, we_addr};

  genvar g;
  generate
    for (g = 0; g < G; g = g + 1) begin : g_memory
      nncc_ram #(.WIDTH(8 * V), .DEPTH(BLOCKS * V), .OUT_REG(1)) u_ram (
          .clk_i  (clk_i),
          .we_i   (we_i && we_group == g),
          .waddr_i(we_addr[LG +: RW]),
          .wdata_i(we_data_i),
          .re_i   (re_i),
          .raddr_i(re_row_i),
          .rdata_o(load_data_o[8*V*g +: 8*V]));
    end
  endgenerate

  reg          load_1q, load_2q;
  reg [IW-1:0] index_1q, index_2q;
  always @(posedge clk_i) begin
    load_1q  <= re_i;
    load_2q  <= load_1q;
    index_1q <= re_row_i[IW-1:0];
    index_2q <= index_1q;
  end
  assign load_o       = load_2q;
  assign load_index_o = index_2q;

endmodule

`default_nettype wire
