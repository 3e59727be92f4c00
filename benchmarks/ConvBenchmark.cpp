//===- ConvBenchmark.cpp - Speed of the functional simulator --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Items are multiply-accumulates: `items_per_second=20G/s` is 20 GMAC/s.
//
//===----------------------------------------------------------------------===//

#include "DenseLayer.h"

#include "benchmark/benchmark.h"

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;

static void runLayer(benchmark::State &state, uint32_t size, uint32_t channels,
                     uint32_t kernel, KernelPath path) {
  if (!isSupported(path)) {
    state.SkipWithError("this processor cannot run these kernels");
    return;
  }
  MachineOptions options;
  options.kernels = path;
  ArchConfig arch = z7020Arch();
  arch.featureWords = 65536;
  std::unique_ptr<Machine> machine;
  std::string error = Machine::create(
      makeDenseLayer(arch, size, channels, kernel).program, options, machine);
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
