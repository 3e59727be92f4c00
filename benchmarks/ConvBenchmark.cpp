//===- ConvBenchmark.cpp - Speed of the functional simulator --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Items are multiply-accumulates: `items_per_second=20G/s` is 20 GMAC/s.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"

#include "benchmark/benchmark.h"

#include <algorithm>

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;
using isa::Memory;
using isa::Region;

namespace {

std::vector<uint8_t> noise(size_t count) {
  std::vector<uint8_t> bytes(count);
  uint32_t state = 1;
  for (uint8_t &byte : bytes) {
    byte = static_cast<uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
    byte = byte == 0x80 ? 0x81 : byte; // no weight is -128
  }
  return bytes;
}

/// A dense layer as the compiler would tile it: all of the input on the chip,
/// tiles of whole rows that fill the partial sums.
ProgramBuilder makeLayer(uint32_t size, uint32_t channels, uint32_t kernel) {
  ArchConfig arch = z7020Arch();
  arch.featureWords = 65536;
  ProgramBuilder builder(arch);
  uint32_t pixels = size * size;
  uint32_t groups = channels / arch.vector;
  std::vector<isa::Tap> taps;
  int radius = static_cast<int>(kernel / 2);
  for (uint32_t g = 0; g < groups; ++g)
    for (int y = -radius; y <= radius; ++y)
      for (int x = -radius; x <= radius; ++x)
        taps.push_back({static_cast<uint16_t>(g * pixels),
                        static_cast<int8_t>(y), static_cast<int8_t>(x)});
  auto count = static_cast<uint32_t>(taps.size());
  uint32_t blocks = count * (channels / arch.outputs);
  auto load = [&](Memory memory, uint32_t offset, uint32_t words) {
    builder.load(memory, 0, Region::Constant, offset, words);
  };
  load(Memory::Feature, builder.constant(noise(size_t(pixels) * channels)),
       pixels * groups);
  load(Memory::Weight,
       builder.constant(noise(size_t(blocks) * arch.vector * arch.outputs)),
       blocks * arch.outputs);
  load(Memory::Tap, builder.taps(taps), (count + 3) / 4);
  load(Memory::Cparam,
       builder.records(std::vector<Record>(channels, Record{7, 20000, 27})),
       channels / 2);
  uint32_t rows = std::min(arch.psumPixels / size, size);
  for (uint32_t y = 0; y < size; y += rows)
    for (uint32_t o = 0; o < channels / arch.outputs; ++o) {
      isa::Conv conv = makeConv(size, size, count);
      conv.originY = static_cast<int32_t>(y);
      conv.height = std::min(rows, size - y);
      conv.weightBase = o * count;
      conv.paramBase = o;
      conv.dstGroups = 2;
      conv.dstBase = (groups + 2 * o) * pixels + y * size;
      conv.dstGroupPitch = pixels;
      builder.add(isa::Engine::Conv, conv);
    }
  return builder;
}

} // namespace

static void runLayer(benchmark::State &state, uint32_t size, uint32_t channels,
                     uint32_t kernel, KernelPath path) {
  if (!isSupported(path)) {
    state.SkipWithError("this processor cannot run these kernels");
    return;
  }
  MachineOptions options;
  options.kernels = path;
  std::unique_ptr<Machine> machine;
  std::string error = Machine::create(makeLayer(size, channels, kernel).program,
                                      options, machine);
  for (auto _ : state) {
    if (error.empty())
      error = machine->run();
    if (!error.empty()) {
      state.SkipWithError(error.c_str());
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() * int64_t(size) * size * channels *
                          channels * kernel * kernel);
}

BENCHMARK_CAPTURE(runLayer, dense_3x3_64_56x56, 56, 64, 3, KernelPath::Auto)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(runLayer, dense_3x3_64_56x56_avx2, 56, 64, 3,
                  KernelPath::AVX2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(runLayer, dense_3x3_64_56x56_plain, 56, 64, 3,
                  KernelPath::Plain)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(runLayer, pointwise_128_28x28, 28, 128, 1, KernelPath::Auto)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(runLayer, dense_3x3_64_7x7, 7, 64, 3, KernelPath::Auto)
    ->Unit(benchmark::kMillisecond);
