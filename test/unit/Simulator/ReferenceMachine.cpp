//===- ReferenceMachine.cpp - The manual as a program ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ReferenceMachine.h"

#include <cmath>

using namespace nncc;
using namespace nncc::sim;
using namespace nncc::sim::test;

ReferenceMachine::ReferenceMachine(const MachineProgram &program)
    : V(program.arch.vector), O(program.arch.outputs) {
  const ArchConfig &arch = program.arch;
  local[0].assign(size_t(arch.featureWords) * V, 0);
  local[1].assign(size_t(arch.weightBlocks) * V * O, 0);
  local[2].assign(size_t(arch.tapWords) * V, 0);
  local[3].assign(size_t(arch.convParams) * O * 8, 0);
  local[4].assign(size_t(arch.vectorWords) * V, 0);
  dram[0].assign(program.constants.begin(), program.constants.end());
  dram[1].assign(program.inputBytes, 0);
  dram[2].assign(program.outputBytes, 0);
  dram[3].assign(program.workspaceBytes, 0);
  for (auto &bank : sum)
    bank.assign(arch.psumPixels, std::vector<int32_t>(O, 0));
}

void ReferenceMachine::execute(const isa::Instruction &inst) {
  std::visit([&](const auto &body) { run(body); }, inst.body);
}

/// Division with the remainder's sign cut off: floor, as a shift has it.
/// Written with 128 bits so that nothing here depends on widths.
static __int128 shiftRight(__int128 value, int bits) {
  __int128 divisor = __int128(1) << bits;
  __int128 quotient = value / divisor;
  if (value % divisor < 0)
    --quotient;
  return quotient;
}

static __int128 clamp(__int128 value, __int128 lo, __int128 hi) {
  return value < lo ? lo : value > hi ? hi : value;
}

static int32_t wrap(__int128 value) {
  return static_cast<int32_t>(static_cast<uint32_t>(
      static_cast<unsigned __int128>(value) & 0xffffffffu));
}

static __int128 scale(int32_t acc, int32_t m, int32_t s) {
  __int128 a25 = clamp(acc, -(1 << 24), (1 << 24) - 1);
  // Twice the value, rounded down, tells all but exact halves from the rest.
  __int128 twice = shiftRight(a25 * m * 2, s);
  bool isHalf = twice % 2 != 0 && twice * (__int128(1) << s) == a25 * m * 2;
  __int128 down = shiftRight(twice, 1);
  if (isHalf)
    return down % 2 == 0 ? down : down + 1;
  return shiftRight(twice + 1, 1);
}

ReferenceMachine::RecordFields ReferenceMachine::record(isa::Memory memory,
                                                        uint64_t b) const {
  const Bytes &bytes = local[static_cast<size_t>(memory)];
  auto byte = [&](uint64_t i) {
    return static_cast<uint32_t>(static_cast<uint8_t>(bytes.at(b + i)));
  };
  return {static_cast<int32_t>(byte(0) + byte(1) * 256 + byte(2) * 65536 +
                               byte(3) * 16777216),
          static_cast<int32_t>(byte(4) + byte(5) * 256 + byte(6) * 65536),
          static_cast<int32_t>(byte(7))};
}

void ReferenceMachine::run(const isa::Load &i) {
  const Bytes &region = dram[static_cast<size_t>(i.region)];
  for (uint64_t z = 0; z < i.countZ; ++z)
    for (uint64_t y = 0; y < i.countY; ++y)
      for (uint64_t x = 0; x < i.countX; ++x)
        for (uint64_t l = 0; l < V; ++l)
          lane(i.memory,
               i.localBase + z * i.localPitchZ + y * i.localPitchY + x, l) =
              region.at(i.dramOffset +
                        V * (z * i.dramPitchZ + y * i.dramPitchY + x) + l);
}

void ReferenceMachine::run(const isa::LoadWindow &i) {
  const Bytes &region = dram[static_cast<size_t>(i.region)];
  for (uint64_t g = 0; g < i.groups; ++g)
    for (uint64_t y = 0; y < i.countY; ++y)
      for (uint64_t x = 0; x < i.countX; ++x)
        for (uint64_t l = 0; l < V; ++l) {
          int64_t b = i.start + int64_t(x * i.step + g * V + l);
          feature(i.localBase + g * i.localPitchZ + y * i.localPitchY + x, l) =
              0 <= b && b < i.rowBytes
                  ? region.at(i.dramOffset + y * i.dramPitchY * V +
                              static_cast<uint64_t>(b))
                  : static_cast<int8_t>(i.fill);
        }
}

void ReferenceMachine::run(const isa::Save &i) {
  Bytes &region = dram[static_cast<size_t>(i.region)];
  for (uint64_t z = 0; z < i.countZ; ++z)
    for (uint64_t y = 0; y < i.countY; ++y)
      for (uint64_t x = 0; x < i.countX; ++x)
        for (uint64_t l = 0; l < V; ++l)
          region.at(i.dramOffset +
                    V * (z * i.dramPitchZ + y * i.dramPitchY + x) + l) =
              feature(i.localBase + z * i.localPitchZ + y * i.localPitchY + x,
                      l);
}

void ReferenceMachine::run(const isa::Conv &i) {
  auto &bank = sum[i.psumBank];
  if (!i.accumulate)
    for (uint64_t p = 0; p < uint64_t(i.height) * i.width; ++p)
      for (uint64_t o = 0; o < O; ++o)
        bank.at(p)[o] = 0;
  for (uint64_t t = 0; t < i.tapCount; ++t) {
    uint64_t at = (i.tapBase + t) * 4;
    const Bytes &taps = local[static_cast<size_t>(isa::Memory::Tap)];
    uint64_t group = static_cast<uint8_t>(taps.at(at)) +
                     256 * static_cast<uint8_t>(taps.at(at + 1));
    int64_t dy = taps.at(at + 2), dx = taps.at(at + 3);
    for (int64_t y = 0; y < i.height; ++y)
      for (int64_t x = 0; x < i.width; ++x) {
        int64_t iy = i.originY + y * i.strideY + dy;
        int64_t ix = i.originX + x * i.strideX + dx;
        bool inside = 0 <= iy && iy < i.srcHeight && 0 <= ix && ix < i.srcWidth;
        for (uint64_t o = 0; o < O; ++o) {
          __int128 total = bank.at(uint64_t(y * i.width + x))[o];
          for (uint64_t v = 0; v < V; ++v) {
            int64_t a = inside ? feature(i.srcBase + group +
                                             uint64_t(iy) * i.srcRowPitch +
                                             uint64_t(ix),
                                         v)
                               : i.padValue;
            int64_t w = local[static_cast<size_t>(isa::Memory::Weight)].at(
                (i.weightBase + t) * O * V + o * V + v);
            total += a * w;
          }
          bank.at(uint64_t(y * i.width + x))[o] = wrap(total);
        }
      }
  }
  if (!i.drain)
    return;
  for (uint64_t g = 0; g < i.dstGroups; ++g)
    for (uint64_t y = 0; y < i.height; ++y)
      for (uint64_t x = 0; x < i.width; ++x)
        for (uint64_t l = 0; l < V; ++l) {
          uint64_t o = g * V + l;
          RecordFields r =
              record(isa::Memory::Cparam, (i.paramBase * O + o) * 8);
          __int128 t = scale(
              wrap(__int128(bank.at(y * i.width + x)[o]) + r.bias), r.m, r.s);
          if (i.residual) {
            int64_t res = feature(
                i.resBase + g * i.resGroupPitch + y * i.resRowPitch + x, l);
            t += shiftRight(__int128(res) * i.resMultiplier + i.resConstant,
                            static_cast<int>(i.resShift));
          }
          feature(i.dstBase + g * i.dstGroupPitch + y * i.dstRowPitch + x, l) =
              static_cast<int8_t>(clamp(t + i.outZp, i.clampLo, i.clampHi));
        }
}

void ReferenceMachine::run(const isa::Depthwise &i) {
  for (uint64_t g = 0; g < i.groups; ++g)
    for (int64_t y = 0; y < i.height; ++y)
      for (int64_t x = 0; x < i.width; ++x)
        for (uint64_t l = 0; l < V; ++l) {
          __int128 total = 0;
          for (int64_t ky = 0; ky < i.kernelH; ++ky)
            for (int64_t kx = 0; kx < i.kernelW; ++kx) {
              int64_t iy = i.originY + y * i.strideY + ky * i.dilationY;
              int64_t ix = i.originX + x * i.strideX + kx * i.dilationX;
              bool inside =
                  0 <= iy && iy < i.srcHeight && 0 <= ix && ix < i.srcWidth;
              int64_t a = inside ? feature(i.srcBase + g * i.srcGroupPitch +
                                               uint64_t(iy) * i.srcRowPitch +
                                               uint64_t(ix),
                                           l)
                                 : i.padValue;
              int64_t w =
                  i.unitWeights
                      ? 1
                      : lane(isa::Memory::Vparam,
                             i.weightBase + g * i.kernelH * i.kernelW +
                                 uint64_t(ky) * i.kernelW + uint64_t(kx),
                             l);
              total += a * w;
            }
          RecordFields r =
              record(isa::Memory::Vparam,
                     (i.paramBase + (i.sharedParams ? 0 : 8 * g)) * V + 8 * l);
          feature(i.dstBase + g * i.dstGroupPitch +
                      uint64_t(y) * i.dstRowPitch + uint64_t(x),
                  l) =
              static_cast<int8_t>(
                  clamp(scale(wrap(total + r.bias), r.m, r.s) + i.outZp,
                        i.clampLo, i.clampHi));
        }
}

void ReferenceMachine::run(const isa::MaxPool &i) {
  for (uint64_t g = 0; g < i.groups; ++g)
    for (int64_t y = 0; y < i.height; ++y)
      for (int64_t x = 0; x < i.width; ++x)
        for (uint64_t l = 0; l < V; ++l) {
          int64_t most = -1000;
          for (int64_t ky = 0; ky < i.kernelH; ++ky)
            for (int64_t kx = 0; kx < i.kernelW; ++kx) {
              int64_t iy = i.originY + y * i.strideY + ky * i.dilationY;
              int64_t ix = i.originX + x * i.strideX + kx * i.dilationX;
              bool inside =
                  0 <= iy && iy < i.srcHeight && 0 <= ix && ix < i.srcWidth;
              int64_t a = inside ? feature(i.srcBase + g * i.srcGroupPitch +
                                               uint64_t(iy) * i.srcRowPitch +
                                               uint64_t(ix),
                                           l)
                                 : i.padValue;
              most = a > most ? a : most;
            }
          feature(i.dstBase + g * i.dstGroupPitch +
                      uint64_t(y) * i.dstRowPitch + uint64_t(x),
                  l) = static_cast<int8_t>(most);
        }
}

void ReferenceMachine::run(const isa::Add &i) {
  for (uint64_t g = 0; g < i.groups; ++g)
    for (uint64_t y = 0; y < i.height; ++y)
      for (uint64_t x = 0; x < i.width; ++x)
        for (uint64_t l = 0; l < V; ++l) {
          int64_t a =
              feature(i.aBase + g * i.aGroupPitch + y * i.aRowPitch + x, l);
          int64_t b = feature(i.bBase + g * i.bGroupPitch + y * i.bRowPitch +
                                  x * i.bColumnPitch,
                              l);
          int64_t sum = a * i.aMultiplier + b * i.bMultiplier + i.constant;
          __int128 t = scale(static_cast<int32_t>(static_cast<uint32_t>(sum)),
                             static_cast<int32_t>(i.multiplier),
                             static_cast<int32_t>(i.shift));
          feature(i.dstBase + g * i.dstGroupPitch + y * i.dstRowPitch + x, l) =
              static_cast<int8_t>(clamp(t + i.outZp, i.clampLo, i.clampHi));
        }
}

void ReferenceMachine::run(const isa::Mul &i) {
  for (uint64_t g = 0; g < i.groups; ++g)
    for (uint64_t y = 0; y < i.height; ++y)
      for (uint64_t x = 0; x < i.width; ++x)
        for (uint64_t l = 0; l < V; ++l) {
          int32_t a =
              feature(i.aBase + g * i.aGroupPitch + y * i.aRowPitch + x, l);
          int32_t b = feature(i.bBase + g * i.bGroupPitch + y * i.bRowPitch +
                                  x * i.bColumnPitch,
                              l);
          __int128 t = scale((a - i.aZp) * (b - i.bZp),
                             static_cast<int32_t>(i.multiplier),
                             static_cast<int32_t>(i.shift));
          feature(i.dstBase + g * i.dstGroupPitch + y * i.dstRowPitch + x, l) =
              static_cast<int8_t>(clamp(t + i.outZp, i.clampLo, i.clampHi));
        }
}

void ReferenceMachine::run(const isa::Table &i) {
  for (uint64_t g = 0; g < i.groups; ++g)
    for (uint64_t y = 0; y < i.height; ++y)
      for (uint64_t x = 0; x < i.width; ++x)
        for (uint64_t l = 0; l < V; ++l) {
          int q = feature(
              i.srcBase + g * i.srcGroupPitch + y * i.srcRowPitch + x, l);
          feature(i.dstBase + g * i.dstGroupPitch + y * i.dstRowPitch + x, l) =
              local[static_cast<size_t>(isa::Memory::Vparam)].at(
                  uint64_t(i.tableBase) * V + static_cast<uint64_t>(q + 128));
        }
}
