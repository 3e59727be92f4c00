//===- CoreInstance.h - One Verilated class as a Core -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Included once for each configuration, with its class.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_SIM_COREINSTANCE_H
#define NNCC_HW_SIM_COREINSTANCE_H

#include "Core.h"

#include "verilated.h"
#include "verilated_sym_props.h"
#if VM_COVERAGE
#include "Coverage.h"
#endif

#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace nncc::hw {

/// Stands for the waveforms of a model that has none.
struct NoTrace {
  void open(const char *) { std::abort(); }
  void dump(uint64_t) {}
  void close() {}
};

/// Lets a model believe that its clocks were low, so that an edge needs one
/// `eval` and not two. It needs the copies by which Verilator knows an edge;
/// where they have other names it does nothing, and `eval` is called twice.
template <typename Root, typename = void> struct ClockMemory {
  static constexpr bool kAccess = false;
  static void lower(Root &) {}
};
template <typename Root>
struct ClockMemory<
    Root, std::void_t<decltype(&Root::__Vtrigrprev__TOP__clk_i),
                      decltype(&Root::__Vtrigrprev__TOP__clk_load0_i),
                      decltype(&Root::__Vtrigrprev__TOP__clk_load1_i),
                      decltype(&Root::__Vtrigrprev__TOP__clk_conv_i),
                      decltype(&Root::__Vtrigrprev__TOP__clk_vector_i),
                      decltype(&Root::__Vtrigrprev__TOP__clk_save_i),
                      decltype(&Root::__Vtrigrprev__TOP__clk_fetch_i)>> {
  static constexpr bool kAccess = true;
  static void lower(Root &root) {
    root.__Vtrigrprev__TOP__clk_i = 0;
    root.__Vtrigrprev__TOP__clk_load0_i = 0;
    root.__Vtrigrprev__TOP__clk_load1_i = 0;
    root.__Vtrigrprev__TOP__clk_conv_i = 0;
    root.__Vtrigrprev__TOP__clk_vector_i = 0;
    root.__Vtrigrprev__TOP__clk_save_i = 0;
    root.__Vtrigrprev__TOP__clk_fetch_i = 0;
  }
};

/// \tparam Trace writes waveforms of `Top`: VerilatedFstC or NoTrace
template <typename Top, typename Trace = NoTrace>
class CoreInstance final : public Core {
public:
  explicit CoreInstance(uint64_t seed) {
    context.randReset(seed == 0 ? 0 : 2);
    context.randSeed(static_cast<int>(seed % 0x7fffffff) + 1);
    context.traceEverOn(kTraced);
    top = std::make_unique<Top>(&context, "core");
    DramOptions options;
    options.beatBytes = beatBytes();
    setDram(options);
    top->clk_i = 0;
    top->rst_i = 1;
    top->s_axil_awvalid_i = top->s_axil_wvalid_i = top->s_axil_arvalid_i = 0;
    top->s_axil_bready_i = top->s_axil_rready_i = 1;
    for (unsigned i = 0; i < kResetCycles; ++i)
      step();
    top->rst_i = 0;
    touched = true;
    step();
  }
  ~CoreInstance() override {
    top->final();
#if VM_COVERAGE
    collectCoverage(context);
#endif
    // Names are taken out of the thread's context, not the model's.
    Verilated::threadContextp(&context);
    top.reset();
  }

  void run(uint64_t limit) override {
    for (uint64_t i = 0; i < limit && !top->irq_o; ++i)
      step();
  }

  bool interrupt() const override { return top->irq_o; }

  uint32_t readRegister(uint32_t address, Response *response) override {
    top->s_axil_araddr_i = address;
    top->s_axil_arvalid_i = 1;
    // AXI: an access ends; a hundred thousand cycles without an end are a bug.
    for (unsigned cycle = 0; cycle < kPatience; ++cycle) {
      bool taken = top->s_axil_arvalid_i && top->s_axil_arready_o;
      bool answered = top->s_axil_rvalid_o;
      uint32_t data = top->s_axil_rdata_o;
      unsigned code = top->s_axil_rresp_o;
      touched = true;
      step();
      touched = true;
      if (taken)
        top->s_axil_arvalid_i = 0;
      if (answered) {
        if (response)
          *response = static_cast<Response>(code);
        return data;
      }
    }
    std::abort();
  }

  Response writeRegister(uint32_t address, uint32_t value,
                         uint8_t strobes) override {
    top->s_axil_awaddr_i = address;
    top->s_axil_wdata_i = value;
    top->s_axil_wstrb_i = strobes;
    top->s_axil_awvalid_i = top->s_axil_wvalid_i = 1;
    for (unsigned cycle = 0; cycle < kPatience; ++cycle) {
      bool address = top->s_axil_awvalid_i && top->s_axil_awready_o;
      bool word = top->s_axil_wvalid_i && top->s_axil_wready_o;
      bool answered = top->s_axil_bvalid_o;
      unsigned code = top->s_axil_bresp_o;
      touched = true;
      step();
      touched = true;
      if (address)
        top->s_axil_awvalid_i = 0;
      if (word)
        top->s_axil_wvalid_i = 0;
      if (answered)
        return static_cast<Response>(code);
    }
    std::abort();
  }

  void openTrace(const std::string &path, uint64_t first, uint64_t count,
                 uint32_t period) override {
    trace = std::make_unique<Trace>();
    if constexpr (kTraced)
      top->trace(trace.get(), kAllLevels);
    trace->open(path.c_str());
    traceFirst = first;
    traceCount = count;
    tracePeriod = period;
    traceCycle = 0;
  }
  void closeTrace() override {
    trace->close();
    trace.reset();
  }

  Ram ram(const std::string &path) const override {
    // memories.vlt keeps `mem` of each nncc_ram in the table of names; it is in
    // one of two blocks.
    for (const char *block : {".g_block", ".g_lut"}) {
      const VerilatedScope *scope =
          context.scopeFind(("core.nncc_core." + path + block).c_str());
      if (const VerilatedVar *memory = scope ? scope->varFind("mem") : nullptr)
        return {static_cast<const uint8_t *>(memory->datap()),
                size_t(memory->unpacked().elements()), memory->entSize()};
    }
    return {};
  }

  void setSleep(bool allowed) override { sleeps = allowed; }

  uint32_t beatBytes() const override {
    return sizeof(top->m_axi_read0_rdata_i);
  }

private:
  static constexpr unsigned kResetCycles = 4;
  static constexpr unsigned kPatience = 100000;
  static constexpr bool kTraced = !std::is_same_v<Trace, NoTrace>;
  static constexpr unsigned kAllParts = 63;
  static constexpr int kAllLevels = 99; ///< of the hierarchy

  /// The clocks of the parts, bits as in `awake_o` of nncc_core.
  void setPartClocks(unsigned mask) {
    top->clk_load0_i = mask & 1;
    top->clk_load1_i = mask >> 1 & 1;
    top->clk_conv_i = mask >> 2 & 1;
    top->clk_vector_i = mask >> 3 & 1;
    top->clk_save_i = mask >> 4 & 1;
    top->clk_fetch_i = mask >> 5 & 1;
  }

  /// `half` 0: the clock has fallen; 1: it has risen.
  void dump(unsigned half) {
    if (traceCycle - traceFirst < traceCount && traceCycle >= traceFirst)
      trace->dump(traceCycle * tracePeriod + half * tracePeriod / 2);
  }

  /// One cycle. Valid signals, and what goes with them, come from registers, so
  /// the memory may answer them in the same cycle.
  void step() {
    Dram &dram = *memory;
    ReadPins &r0 = dram.read[0], &r1 = dram.read[1];
    WritePins &w = dram.write;
    r0.arValid = top->m_axi_read0_arvalid_o;
    r0.arAddr = top->m_axi_read0_araddr_o;
    r0.arLen = top->m_axi_read0_arlen_o;
    r0.arId = top->m_axi_read0_arid_o;
    r1.arValid = top->m_axi_read1_arvalid_o;
    r1.arAddr = top->m_axi_read1_araddr_o;
    r1.arLen = top->m_axi_read1_arlen_o;
    r1.arId = top->m_axi_read1_arid_o;
    w.awValid = top->m_axi_write_awvalid_o;
    w.awAddr = top->m_axi_write_awaddr_o;
    w.awLen = top->m_axi_write_awlen_o;
    w.wValid = top->m_axi_write_wvalid_o;
    w.wLast = top->m_axi_write_wlast_o;
    if (w.wValid) {
      std::memcpy(w.wData, &top->m_axi_write_wdata_o,
                  sizeof(top->m_axi_write_wdata_o));
      std::memcpy(w.wStrobes, &top->m_axi_write_wstrb_o, (beatBytes() + 7) / 8);
    }

    dram.drive();
    // Beats come with other data each time.
    bool changed = touched || r0.rValid || r1.rValid;
    touched = false;
    auto set = [&changed](auto &pin, uint8_t value) {
      changed |= pin != value;
      pin = value;
    };
    set(top->m_axi_read0_arready_i, r0.arReady);
    set(top->m_axi_read0_rvalid_i, r0.rValid);
    set(top->m_axi_read0_rlast_i, r0.rLast);
    set(top->m_axi_read0_rid_i, uint8_t(r0.rId));
    set(top->m_axi_read0_rresp_i, uint8_t(r0.rResp));
    if (r0.rValid)
      std::memcpy(&top->m_axi_read0_rdata_i, r0.rData,
                  sizeof(top->m_axi_read0_rdata_i));
    set(top->m_axi_read1_arready_i, r1.arReady);
    set(top->m_axi_read1_rvalid_i, r1.rValid);
    set(top->m_axi_read1_rlast_i, r1.rLast);
    set(top->m_axi_read1_rid_i, uint8_t(r1.rId));
    set(top->m_axi_read1_rresp_i, uint8_t(r1.rResp));
    if (r1.rValid)
      std::memcpy(&top->m_axi_read1_rdata_i, r1.rData,
                  sizeof(top->m_axi_read1_rdata_i));
    set(top->m_axi_write_awready_i, w.awReady);
    set(top->m_axi_write_wready_i, w.wReady);
    set(top->m_axi_write_bvalid_i, w.bValid);
    set(top->m_axi_write_bid_i, 0);
    set(top->m_axi_write_bresp_i, uint8_t(w.bResp));

    // Outputs follow inputs at once; when none has changed they are as the last
    // edge has left them.
    using Clock = ClockMemory<std::remove_reference_t<decltype(*top->rootp)>>;
    if (changed || kTraced || !Clock::kAccess) {
      top->clk_i = 0;
      setPartClocks(0);
      top->eval();
    } else {
      Clock::lower(*top->rootp);
    }
    if constexpr (kTraced)
      if (trace)
        dump(0);
    r0.rReady = top->m_axi_read0_rready_o;
    r1.rReady = top->m_axi_read1_rready_o;
    w.bReady = top->m_axi_write_bready_o;
    dram.sample();
    top->clk_i = 1;
    // A waveform shows the clocks as they are in hardware.
    setPartClocks(sleeps && !trace ? top->awake_o : kAllParts);
    top->eval();
    if constexpr (kTraced)
      if (trace) {
        dump(1);
        ++traceCycle;
      }
    context.timeInc(1);
  }

  VerilatedContext context;
  std::unique_ptr<Top> top;
  bool sleeps = true;           ///< parts without work get no clock
  bool touched = true;          ///< inputs beside the memory's may have changed
  std::unique_ptr<Trace> trace; ///< null: no waveform is being written
  uint64_t traceCycle = 0, traceFirst = 0, traceCount = 0;
  uint32_t tracePeriod = 0;
};

} // namespace nncc::hw

#endif // NNCC_HW_SIM_COREINSTANCE_H
