// Properties of nncc_axi_read, included in it. (Which bursts there are: nncc_axi_split.)

  // Nothing is promised before the first reset.
  reg formal_started_q = 1'b0;
  always @(posedge clk_i) if (rst_i) formal_started_q <= 1'b1;
  wire formal_on = formal_started_q && !rst_i;

  wire formal_request = m_axi_arvalid_o && m_axi_arready_i;
  wire formal_beat    = m_axi_rvalid_i && m_axi_rready_o;

  // Bursts that the memory has accepted and not finished. It answers nothing else.
  reg [31:0] formal_open_q;
  always @(posedge clk_i) begin
    if (rst_i) formal_open_q <= 0;
    else formal_open_q <= formal_open_q + {31'd0, formal_request}
                                        - {31'd0, formal_beat && m_axi_rlast_i};
  end
  always @* if (formal_on && formal_open_q == 0) assume (!m_axi_rvalid_i);

  // An error was reported; stop_i was there, and stays.
  reg formal_failed_q, formal_failed_q2;
  reg formal_stop_q;
  always @(posedge clk_i) begin
    formal_failed_q  <= !rst_i && (formal_failed_q || error_o);
    // In the cycle of the error a burst may still begin.
    formal_failed_q2 <= !rst_i && formal_failed_q;
    formal_stop_q    <= !rst_i && (formal_stop_q || stop_i);
  end
  always @* if (formal_on && formal_stop_q) assume (stop_i);

  // The address in the last cycle: refused, or none.
  reg            formal_held_q, formal_none_q;
  reg [ADDR-1:0] formal_addr_q;
  reg [     7:0] formal_len_q;
  always @(posedge clk_i) begin
    formal_held_q <= m_axi_arvalid_o && !m_axi_arready_i && !rst_i;
    formal_none_q <= !(m_axi_arvalid_o && !m_axi_arready_i) && !rst_i;
    formal_addr_q <= m_axi_araddr_o;
    formal_len_q  <= m_axi_arlen_o;
  end

  always @* begin
    if (formal_on) begin
      assert (formal_open_q + {31'd0, m_axi_arvalid_o} <= OUTSTANDING);
      assert (quiet_o == (formal_open_q == 0 && !m_axi_arvalid_o));
      // AXI: an address stays until it is accepted, even behind a stop.
      if (formal_held_q)
        assert (m_axi_arvalid_o && m_axi_araddr_o == formal_addr_q &&
                m_axi_arlen_o == formal_len_q);
      // Behind a stop or an error no burst begins, and all beats are taken and dropped.
      if (formal_none_q && (formal_stop_q || formal_failed_q2)) assert (!m_axi_arvalid_o);
      if (stop_i || formal_failed_q) assert (m_axi_rready_o && !beat_valid_o);
      // Otherwise each beat passes in the cycle in which it is taken, or is the error.
      if (!stop_i && !formal_failed_q && m_axi_rvalid_i) begin
        assert (beat_valid_o == !m_axi_rresp_i[1]);
        assert (m_axi_rready_o == beat_ready_i && beat_data_o == m_axi_rdata_i);
      end
      if (beat_valid_o) assert (m_axi_rvalid_i);
      assert (error_o == (formal_beat && m_axi_rresp_i[1] && !formal_failed_q));
      if (error_o) assert (error_code_o == (m_axi_rresp_i == 2'b11 ? 5 : 4));
    end
  end

  // Invariants of the registers, which make the properties inductive.
  always @* begin
    if (formal_on) begin
      assert (outstanding_q == formal_open_q + {31'd0, m_axi_arvalid_o});
      assert (info_count == outstanding_q);
      assert (failed_q == formal_failed_q);
    end
  end
