//===- MasterTest.cpp - nncc_axi_read and nncc_axi_write
//-------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "AxiSlave.h"
#include "Read128.h"
#include "Read64.h"
#include "ReadLong.h"
#include "Write128.h"
#include "Write64.h"
#include "WriteLong.h"

using namespace nncc::hw;

namespace {

struct Segment {
  uint64_t address;
  uint32_t beats;
  bool last = true;
};

template <typename Top> struct Shape;
template <> struct Shape<Read64> {
  static constexpr AxiLimits limits{8, 16, 8};
};
template <> struct Shape<Read128> {
  static constexpr AxiLimits limits{16, 16, 3};
};
template <> struct Shape<ReadLong> {
  static constexpr AxiLimits limits{4, 256, 1};
};
template <> struct Shape<Write64> {
  static constexpr AxiLimits limits{8, 16, 8};
};
template <> struct Shape<Write128> {
  static constexpr AxiLimits limits{16, 16, 3};
};
template <> struct Shape<WriteLong> {
  static constexpr AxiLimits limits{4, 256, 1};
};

constexpr uint64_t kBase = 0x12ffff0000;
constexpr size_t kBytes = 128 * 1024;

std::vector<uint8_t> randomBytes(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> bytes(count);
  for (uint8_t &value : bytes)
    value = uint8_t(random());
  return bytes;
}

/// The fewest bursts for `beats` from `address`.
uint64_t fewestBursts(uint64_t address, uint64_t beats,
                      const AxiLimits &limits) {
  uint64_t bursts = 0;
  while (beats != 0) {
    uint64_t room = (4096 - address % 4096) / limits.beatBytes;
    uint64_t length = std::min<uint64_t>({beats, room, limits.maxBurst});
    beats -= length;
    address += length * limits.beatBytes;
    ++bursts;
  }
  return bursts;
}

/// Segments on the ports of either master.
template <typename Top> class SegmentDriver {
public:
  void drive(Top &top, const std::vector<Segment> &segments, bool offer) {
    // Behind a segment without `last` the next one must come at once.
    if (next < segments.size() &&
        (offer || (next != 0 && !segments[next - 1].last)))
      offering = true;
    top.seg_valid_i = offering;
    if (offering) {
      top.seg_addr_i = segments[next].address;
      top.seg_beats_i = segments[next].beats;
      top.seg_last_i = segments[next].last;
    }
    top.seg_tag_i = 5;
  }
  void sample(Top &top) {
    if (top.seg_valid_i && top.seg_ready_o) {
      ++next;
      offering = false;
    }
  }
  size_t next = 0;
  bool offering = false;
};

/// Reads the segments; returns the bursts it took.
template <typename Top>
uint64_t readSegments(const std::vector<Segment> &segments,
                      const AxiBehaviour &bus, unsigned ready, uint64_t seed) {
  constexpr AxiLimits limits = Shape<Top>::limits;
  Dram dram;
  std::vector<uint8_t> bytes = randomBytes(kBytes, 1);
  dram.add(kBase, bytes);
  AxiReadSlave slave(dram, limits, bus, seed);
  Testbench<Top> top(seed);
  top->seg_valid_i = top->beat_ready_i = top->stop_i = 0;
  top->m_axi_rvalid_i = top->m_axi_arready_i = 0;
  top.reset();
  SegmentDriver<Top> driver;
  std::vector<uint8_t> expected, actual;
  for (const Segment &segment : segments) {
    auto from = bytes.begin() + (segment.address - kBase);
    expected.insert(expected.end(), from,
                    from + segment.beats * limits.beatBytes);
  }
  for (unsigned i = 0; i < 100000 && actual.size() < expected.size(); ++i) {
    Top &dut = *top.operator->();
    driver.drive(dut, segments, top.chance(70));
    dut.beat_ready_i = top.chance(ready);
    slave.drive(dut);
    top.settle();
    slave.sample(dut);
    driver.sample(dut);
    EXPECT_FALSE(dut.error_o);
    if (dut.beat_valid_o && dut.beat_ready_i)
      for (unsigned b = 0; b < limits.beatBytes; ++b)
        actual.push_back(uint8_t(getBits(dut.beat_data_o, 8 * b, 8)));
    top.tick();
  }
  top.settle();
  EXPECT_TRUE(top->quiet_o);
  EXPECT_TRUE(actual == expected);
  EXPECT_EQ(driver.next, segments.size());
  return slave.burstCount;
}

/// Writes the segments; returns the bursts it took.
template <typename Top>
uint64_t writeSegments(const std::vector<Segment> &segments,
                       const AxiBehaviour &bus, unsigned valid, uint64_t seed) {
  constexpr AxiLimits limits = Shape<Top>::limits;
  Dram dram;
  std::vector<uint8_t> bytes = randomBytes(kBytes, 1);
  std::vector<uint8_t> &memory = dram.add(kBase, bytes);
  std::vector<uint8_t> source = randomBytes(kBytes, 2);
  AxiWriteSlave slave(dram, limits, bus, seed);
  Testbench<Top> top(seed);
  top->seg_valid_i = top->beat_valid_i = top->stop_i = 0;
  top->m_axi_awready_i = top->m_axi_wready_i = top->m_axi_bvalid_i = 0;
  top.reset();
  SegmentDriver<Top> driver;
  size_t beats = 0, from = 0, ends = 0, done = 0;
  for (const Segment &segment : segments) {
    beats += segment.beats;
    ends += segment.last;
    std::copy_n(source.begin() + from, segment.beats * limits.beatBytes,
                bytes.begin() + (segment.address - kBase));
    from += segment.beats * limits.beatBytes;
  }
  size_t beat = 0;
  bool offering = false;
  for (unsigned i = 0; i < 100000 && done < ends; ++i) {
    Top &dut = *top.operator->();
    driver.drive(dut, segments, top.chance(70));
    if (beat < beats && top.chance(valid))
      offering = true;
    dut.beat_valid_i = offering;
    for (unsigned b = 0; b < limits.beatBytes; ++b)
      setBits(dut.beat_data_i, 8 * b, 8,
              offering ? source[beat * limits.beatBytes + b]
                       : uint8_t(top.random()));
    slave.drive(dut);
    top.settle();
    slave.sample(dut);
    driver.sample(dut);
    EXPECT_FALSE(dut.error_o);
    if (dut.beat_valid_i && dut.beat_ready_o) {
      offering = false;
      ++beat;
    }
    done += dut.done_o;
    top.tick();
  }
  top.settle();
  EXPECT_TRUE(top->quiet_o);
  EXPECT_TRUE(slave.idle());
  EXPECT_EQ(done, ends);
  EXPECT_EQ(slave.emptyBeats, 0u);
  EXPECT_TRUE(memory == bytes);
  return slave.burstCount;
}

template <typename Top>
uint64_t transfer(const std::vector<Segment> &segments, const AxiBehaviour &bus,
                  unsigned percent, uint64_t seed) {
  if constexpr (std::is_same_v<Top, Read64> || std::is_same_v<Top, Read128> ||
                std::is_same_v<Top, ReadLong>)
    return readSegments<Top>(segments, bus, percent, seed);
  else
    return writeSegments<Top>(segments, bus, percent, seed);
}

template <typename Top> class Master : public testing::Test {};
using Tops =
    testing::Types<Read64, Read128, ReadLong, Write64, Write128, WriteLong>;
TYPED_TEST_SUITE(Master, Tops);

// Every offset before a boundary of 4096 bytes with lengths up to beyond it.
TYPED_TEST(Master, EveryOffsetAroundABoundary) {
  constexpr AxiLimits limits = Shape<TypeParam>::limits;
  std::vector<uint32_t> lengths{1, 2, 3, 15, 16, 17, 31, 32, 33, 40};
  if (limits.maxBurst > 16)
    lengths.insert(lengths.end(), {255, 256, 257, 600, 1100});
  for (int offset = -40; offset <= 2; ++offset)
    for (uint32_t length : lengths) {
      SCOPED_TRACE(std::to_string(offset) + ", " + std::to_string(length));
      uint64_t address = kBase + 2 * 4096 + int64_t(offset) * limits.beatBytes;
      uint64_t bursts =
          transfer<TypeParam>({{address, length}}, {}, 100, length);
      EXPECT_EQ(bursts, fewestBursts(address, length, limits));
      if (testing::Test::HasFailure())
        return;
    }
}

// Segments that touch become the bursts of one segment, however they are cut.
TYPED_TEST(Master, TouchingSegmentsAreJoined) {
  constexpr AxiLimits limits = Shape<TypeParam>::limits;
  for (uint32_t size : {1u, 3u, 16u, 21u}) {
    std::vector<Segment> segments;
    uint64_t from = kBase + 4096 - 7 * limits.beatBytes;
    for (uint32_t beat = 0; beat < 420; beat += size)
      segments.push_back(
          {from + uint64_t(beat) * limits.beatBytes, size, beat + size >= 420});
    AxiBehaviour bus;
    bus.minLatency = bus.maxLatency = 5;
    uint64_t beats = (420 + size - 1) / size * size;
    EXPECT_EQ(transfer<TypeParam>(segments, bus, 100, size),
              fewestBursts(from, beats, limits));
  }
}

TYPED_TEST(Master, RandomSegments) {
  constexpr AxiLimits limits = Shape<TypeParam>::limits;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<Segment> segments;
    uint64_t end = 0;
    for (unsigned i = 0; i < 40; ++i) {
      uint32_t beats = 1 + random() % (random() % 4 ? 6 : 60);
      uint64_t index = random() % (kBytes / limits.beatBytes - 100);
      uint64_t address = kBase + index * limits.beatBytes;
      if (end != 0 && end < kBase + kBytes - 2048 && random() % 2)
        address = end;
      segments.push_back({address, beats, random() % 3 == 0});
      end = address + beats * limits.beatBytes;
    }
    segments.back().last = true;
    unsigned percent = random() % 2 ? 100 : 40;
    transfer<TypeParam>(segments, AxiBehaviour::random(random), percent, seed);
    if (testing::Test::HasFailure())
      return;
  }
}

} // namespace
