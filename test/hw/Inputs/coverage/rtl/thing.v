module thing (input wire clk_i, input wire up_i, input wire down_i, output reg [7:0] q_o);
  always @(posedge clk_i) begin
    if (up_i) q_o <= q_o + 8'd1;
    else if (down_i) q_o <= q_o - 8'd1;
  end
endmodule
