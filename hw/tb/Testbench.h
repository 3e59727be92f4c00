//===- Testbench.h - What the Verilator testbenches share -------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// A clocked model with a reset, and access to the bits of wide ports.
//
// A cycle of a testbench: set inputs, `settle()`, look at combinational outputs
// (and change inputs that depend on them, `settle()` again), `tick()`.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_TESTBENCH_H
#define NNCC_HW_TB_TESTBENCH_H

#include "verilated.h"
#if VM_COVERAGE
#include "Coverage.h"
#endif
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <type_traits>

namespace nncc::hw {

/// Bits [lsb, lsb + width) of a port of any width; `width` is at most 64.
template <typename Port>
uint64_t getBits(const Port &port, unsigned lsb, unsigned width) {
  uint64_t value = 0;
  if constexpr (std::is_integral_v<Port>) {
    value = uint64_t(port) >> lsb;
  } else {
    for (unsigned done = 0; done < width;) {
      unsigned word = (lsb + done) / 32, shift = (lsb + done) % 32;
      value |= uint64_t(port[word] >> shift) << done;
      done += 32 - shift;
    }
  }
  return width >= 64 ? value : value & ((uint64_t(1) << width) - 1);
}

/// Replaces bits [lsb, lsb + width) of a port; `width` is at most 64.
template <typename Port>
void setBits(Port &port, unsigned lsb, unsigned width, uint64_t value) {
  for (unsigned done = 0; done < width;) {
    unsigned wordBits = std::is_integral_v<Port> ? 64 : 32;
    unsigned shift = (lsb + done) % wordBits;
    unsigned bits =
        width - done < wordBits - shift ? width - done : wordBits - shift;
    uint64_t mask = (bits >= 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1)
                    << shift;
    uint64_t part = ((value >> done) << shift) & mask;
    if constexpr (std::is_integral_v<Port>)
      port = Port((uint64_t(port) & ~mask) | part);
    else
      port[(lsb + done) / 32] = EData((port[(lsb + done) / 32] & ~mask) | part);
    done += bits;
  }
}

/// `Top` is a verilated class with a port clk_i and usually rst_i. What the
/// design leaves undefined is random, from the seed.
template <typename Top> class Testbench {
public:
  explicit Testbench(uint64_t seed = 1) : random(seed) {
    context.randReset(2);
    context.randSeed(int(seed % 0x7fffffff) + 1);
    top = std::make_unique<Top>(&context, "top");
#if VM_TRACE
    if (const char *file = std::getenv("NNCC_TRACE")) {
      context.traceEverOn(true);
      trace = std::make_unique<VerilatedVcdC>();
      top->trace(trace.get(), 99);
      trace->open(file);
    }
#endif
    top->clk_i = 0;
  }
  ~Testbench() {
#if VM_TRACE
    if (trace)
      trace->close();
#endif
    top->final();
#if VM_COVERAGE
    collectCoverage(context);
#endif
  }

  /// Combinational outputs follow the inputs.
  void settle() { top->eval(); }

  /// One rising edge of the clock.
  void tick() {
    top->clk_i = 0;
    step();
    top->clk_i = 1;
    step();
    ++cycle;
  }

  void reset(unsigned cycles = 2) {
    top->rst_i = 1;
    for (unsigned i = 0; i < cycles; ++i)
      tick();
    top->rst_i = 0;
    settle();
  }

  Top *operator->() { return top.get(); }

  /// Uniform in [0, bound).
  uint64_t below(uint64_t bound) {
    return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random);
  }
  /// True in `percent` of 100 calls.
  bool chance(unsigned percent) { return below(100) < percent; }

  uint64_t cycle = 0; ///< Rising edges so far.
  std::mt19937_64 random;

private:
  void step() {
    top->eval();
#if VM_TRACE
    if (trace)
      trace->dump(context.time());
#endif
    context.timeInc(1);
  }

  VerilatedContext context;
  std::unique_ptr<Top> top;
#if VM_TRACE
  std::unique_ptr<VerilatedVcdC> trace;
#endif
};

} // namespace nncc::hw

#endif
