// The view of nncc_mac_array for synthesis.
//
// Outputs below DSP_COLUMNS are made in pairs: output 2k and 2k+1 share a DSP slice
// for each input (see nncc_dsp_pair). Four slices are a cascade, so row i of it
// works i cycles behind row 0: activations, loads and swaps are delayed alike. The
// sums of the V/4 cascades meet in a registered tree. The other outputs are made of
// LUTs (nncc_mac_column).
//
// Parameters, protocol and latency: see nncc_mac_array.

`default_nettype none

module nncc_mac_array_dsp #(
    parameter V           = 8,
    parameter O           = 8,
    parameter LATENCY     = 8,
    parameter DSP_COLUMNS = O
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
  localparam CASCADE  = 4;
  localparam CHAINS   = V / CASCADE;
  localparam PAIRS    = DSP_COLUMNS / 2;
  // Pairs that a load brings.
  localparam SLOTS    = G > 1 ? G / 2 : 1;
  // The sum of a cascade.
  localparam FIELD    = 17;
  localparam OWN_LATENCY = 7 + $clog2(CHAINS);
  localparam EXTRA       = LATENCY - OWN_LATENCY;

  generate
    if (DSP_COLUMNS % 2 != 0 || DSP_COLUMNS > O || EXTRA < 0) begin : g_check
      nncc_mac_array_dsp_needs_even_dsp_columns_up_to_O_and_enough_latency u_error ();
    end
  endgenerate

  //--------------------------------------------------------------------------
  // Inputs: one register; weights are packed in front of it.

  reg [8*V-1:0]        a_1q;
  reg                  swap_1q, load_1q;
  reg [IW-1:0]         index_1q;
  reg [8*O-1:0]        data_1q;   // for the LUT columns
  reg [16*V*SLOTS-1:0] pair_1q;   // {w1 less the borrow, w0} for the DSP columns
  reg                  load_pair_1q;

  wire [8*V*SLOTS-1:0] low, high;  // w0 and w1 of the pairs
  wire                 load_pair;
  genvar s, v, k, r, n, c;
  generate
    if (G > 1) begin : g_neighbours
      for (s = 0; s < SLOTS; s = s + 1) begin : g_slot
        assign low[8*V*s +: 8*V]  = load_data_i[8*V*2*s +: 8*V];
        assign high[8*V*s +: 8*V] = load_data_i[8*V*(2*s + 1) +: 8*V];
      end
      assign load_pair = load_i;
    end else begin : g_successive
      // The even word of a pair comes first and waits for the odd one.
      reg [8*V-1:0] even_q;
      always @(posedge clk_i) if (load_i) even_q <= load_data_i;
      assign low       = even_q;
      assign high      = load_data_i;
      assign load_pair = load_i && load_index_i[0];
    end
    for (s = 0; s < SLOTS; s = s + 1) begin : g_pack
      for (v = 0; v < V; v = v + 1) begin : g_row
        wire [7:0] w0 = low[8*(V*s + v) +: 8];
        wire [7:0] w1 = high[8*(V*s + v) +: 8];
        always @(posedge clk_i) pair_1q[16*(V*s + v) +: 16] <= {w1 - {7'd0, w0[7]}, w0};
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    a_1q         <= a_i;
    swap_1q      <= swap_i;
    load_1q      <= load_i;
    load_pair_1q <= load_pair;
    index_1q     <= load_index_i;
    data_1q      <= load_data_i;
  end

  //--------------------------------------------------------------------------
  // Delays along a cascade: part i of each vector is i cycles late.

  reg [8*V*(CASCADE-1)-1:0]        a_late_q;
  reg [16*V*SLOTS*(CASCADE-1)-1:0] pair_late_q;
  reg [CASCADE-2:0]                swap_late_q, load_late_q;
  reg [IW*(CASCADE-1)-1:0]         index_late_q;

  wire [8*V*CASCADE-1:0]        a_late     = {a_late_q, a_1q};
  wire [16*V*SLOTS*CASCADE-1:0] pair_late  = {pair_late_q, pair_1q};
  wire [CASCADE-1:0]            swap_late  = {swap_late_q, swap_1q};
  wire [CASCADE-1:0]            load_late  = {load_late_q, load_pair_1q};
  wire [IW*CASCADE-1:0]         index_late = {index_late_q, index_1q};

  always @(posedge clk_i) begin
    a_late_q     <= a_late[8*V*(CASCADE-1)-1:0];
    pair_late_q  <= pair_late[16*V*SLOTS*(CASCADE-1)-1:0];
    swap_late_q  <= swap_late[CASCADE-2:0];
    load_late_q  <= load_late[CASCADE-2:0];
    index_late_q <= index_late[IW*(CASCADE-1)-1:0];
  end
  wire unused_late = &{1'b0, a_late, pair_late, swap_late, load_late, index_late};

  //--------------------------------------------------------------------------
  // Columns

  wire [O*SUM_BITS-1:0] sum;

  generate
    for (k = 0; k < PAIRS; k = k + 1) begin : g_pair
      // The load that brings the pair, and where in it.
      localparam [31:0] INDEX = G > 1 ? k / SLOTS : 2 * k + 1;
      localparam        SLOT  = k % SLOTS;
      wire [48*V-1:0] p;
      wire [34*V-1:0] fields;
      for (r = 0; r < V; r = r + 1) begin : g_row
        localparam LATE = r % CASCADE;
        wire [47:0] p_before;
        if (LATE == 0) begin : g_first
          assign p_before = 48'd0;
        end else begin : g_next
          assign p_before = p[48*(r - 1) +: 48];
        end
        nncc_dsp_pair #(.FIRST(LATE == 0)) u_dsp (
            .clk_i   (clk_i),
            .load_i  (load_late[LATE] && index_late[IW*LATE +: IW] == INDEX[IW-1:0]),
            .weight_i(pair_late[16*(V*SLOTS*LATE + V*SLOT + r) +: 16]),
            .swap_i  (swap_late[LATE]),
            .a_i     (a_late[8*(V*LATE + r) +: 8]),
            .p_i     (p_before),
            .p_o     (p[48*r +: 48]),
            .sum_o   (fields[34*r +: 34]));
      end
      wire unused_p = &{1'b0, p, fields};

      // Trees for the two outputs: node n adds nodes 2n and 2n + 1.
      wire [2*CHAINS*SUM_BITS-1:0] node0, node1;
      for (c = 0; c < CHAINS; c = c + 1) begin : g_leaf
        wire [33:0] field = fields[34*(CASCADE*c + CASCADE - 1) +: 34];
        assign node0[SUM_BITS*(CHAINS + c) +: SUM_BITS] =
            {{SUM_BITS-FIELD+1{~field[16]}}, field[15:0]};
        assign node1[SUM_BITS*(CHAINS + c) +: SUM_BITS] =
            {{SUM_BITS-FIELD+1{field[33]}}, field[32:17]};
      end
      for (n = 1; n < CHAINS; n = n + 1) begin : g_add
        reg [SUM_BITS-1:0] sum0_q, sum1_q;
        always @(posedge clk_i) begin
          sum0_q <= node0[SUM_BITS*2*n +: SUM_BITS] + node0[SUM_BITS*(2*n + 1) +: SUM_BITS];
          sum1_q <= node1[SUM_BITS*2*n +: SUM_BITS] + node1[SUM_BITS*(2*n + 1) +: SUM_BITS];
        end
        assign node0[SUM_BITS*n +: SUM_BITS] = sum0_q;
        assign node1[SUM_BITS*n +: SUM_BITS] = sum1_q;
      end
      assign node0[SUM_BITS-1:0] = {SUM_BITS{1'b0}};
      assign node1[SUM_BITS-1:0] = {SUM_BITS{1'b0}};
      wire unused_node = &{1'b0, node0[SUM_BITS-1:0], node1[SUM_BITS-1:0]};
      assign sum[SUM_BITS*2*k +: SUM_BITS]       = node0[SUM_BITS +: SUM_BITS];
      assign sum[SUM_BITS*(2*k + 1) +: SUM_BITS] = node1[SUM_BITS +: SUM_BITS];
    end
    for (k = DSP_COLUMNS; k < O; k = k + 1) begin : g_column
      localparam [31:0] INDEX = k / G;
      nncc_mac_column #(.V(V)) u_column (
          .clk_i      (clk_i),
          .a_i        (a_1q),
          .swap_i     (swap_1q),
          .load_i     (load_1q && index_1q == INDEX[IW-1:0]),
          .load_data_i(data_1q[8*V*(k % G) +: 8*V]),
          .sum_o      (sum[SUM_BITS*k +: SUM_BITS]));
    end
    if (DSP_COLUMNS == O) begin : g_no_column
      wire unused_data = &{1'b0, load_1q, data_1q};
    end
  endgenerate

  //--------------------------------------------------------------------------
  // What LATENCY asks for beyond the structure's own.

  generate
    if (EXTRA > 0) begin : g_extra
      reg [O*SUM_BITS*EXTRA-1:0] sum_q;
      if (EXTRA == 1) begin : g_one
        always @(posedge clk_i) sum_q <= sum;
      end else begin : g_more
        always @(posedge clk_i) sum_q <= {sum_q[O*SUM_BITS*(EXTRA-1)-1:0], sum};
      end
      assign sum_o = sum_q[O*SUM_BITS*EXTRA-1 -: O*SUM_BITS];
    end else begin : g_own
      assign sum_o = sum;
    end
  endgenerate

endmodule

`default_nettype wire
