//===- AxiSlave.h - AXI4 memories with checks -------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Memory behind an AXI4 master of a design under test, with random latency,
// random back-pressure and errors on request, that checks the master's side of
// the protocol: stable payloads, no burst across 4096 bytes, lengths, aligned
// addresses, WLAST, strobes, bursts under way.
//
// In every cycle: `drive` sets the slave's outputs, the model settles, `sample`
// takes what is transferred, the clock ticks.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_TB_AXI_AXISLAVE_H
#define NNCC_HW_TB_AXI_AXISLAVE_H

#include "Testbench.h"
#include "gtest/gtest.h"
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace nncc::hw {

/// Bytes at addresses of 40 bits, in separate areas.
class Dram {
public:
  std::vector<uint8_t> &add(uint64_t base, std::vector<uint8_t> bytes) {
    return areas[base] = std::move(bytes);
  }

  /// A beat may reach beyond the end of an area, but must begin within one.
  void read(uint64_t address, unsigned bytes, uint8_t *out) const {
    const std::vector<uint8_t> *area;
    uint64_t offset;
    for (unsigned i = 0; i < bytes; ++i)
      out[i] = 0xa5;
    if (!find(address, area, offset)) {
      ADD_FAILURE() << "reads at " << std::hex << address;
      return;
    }
    for (unsigned i = 0; i < bytes && offset + i < area->size(); ++i)
      out[i] = (*area)[offset + i];
  }

  void write(uint64_t address, unsigned bytes, const uint8_t *in) {
    const std::vector<uint8_t> *area;
    uint64_t offset;
    if (!find(address, area, offset) || offset + bytes > area->size()) {
      ADD_FAILURE() << "writes at " << std::hex << address;
      return;
    }
    std::copy(in, in + bytes,
              const_cast<std::vector<uint8_t> &>(*area).begin() + offset);
  }

private:
  bool find(uint64_t address, const std::vector<uint8_t> *&area,
            uint64_t &offset) const {
    auto it = areas.upper_bound(address);
    if (it == areas.begin())
      return false;
    --it;
    area = &it->second;
    offset = address - it->first;
    return offset < area->size();
  }

  std::map<uint64_t, std::vector<uint8_t>> areas;
};

/// How a slave behaves.
struct AxiBehaviour {
  unsigned minLatency = 1; ///< cycles from an address to its first answer
  unsigned maxLatency = 1;
  unsigned addressReady = 100; ///< percent
  unsigned dataReady = 100;    ///< of write data
  unsigned answerValid = 100;  ///< of read data, of write responses
  /// Beat (read) or burst (write), counted from the first one, that is answered
  /// with `errorResponse`.
  std::optional<uint64_t> errorAt;
  unsigned errorResponse = 2;

  static AxiBehaviour random(std::mt19937_64 &random) {
    auto below = [&](unsigned bound) { return unsigned(random() % bound); };
    static const unsigned percents[] = {10, 50, 90, 100};
    AxiBehaviour result;
    result.minLatency = 1 + below(8);
    result.maxLatency = result.minLatency + (below(2) ? below(60) : 0);
    result.addressReady = percents[below(4)];
    result.dataReady = percents[below(4)];
    result.answerValid = percents[below(4)];
    return result;
  }
};

/// What a master must keep to.
struct AxiLimits {
  unsigned beatBytes = 8;
  unsigned maxBurst = 16;
  unsigned outstanding = 8;
};

/// A payload that must not change from valid to the transfer.
template <typename T> class StableChecker {
public:
  explicit StableChecker(const char *channel) : channel(channel) {}
  void check(bool valid, bool ready, const T &payload) {
    if (pending) {
      EXPECT_TRUE(valid) << channel << " withdrawn";
      EXPECT_TRUE(payload == last) << channel << " changed while waiting";
    }
    pending = valid && !ready;
    last = payload;
  }

private:
  const char *channel;
  bool pending = false;
  T last{};
};

inline void checkBurst(uint64_t address, unsigned beats,
                       const AxiLimits &limits) {
  EXPECT_EQ(address % limits.beatBytes, 0u);
  EXPECT_LE(beats, limits.maxBurst);
  EXPECT_LE(address % 4096 + uint64_t(beats) * limits.beatBytes, 4096u)
      << "burst at " << std::hex << address;
}

/// The ports of the one read master of most designs; a design with an ID has
/// its own.
template <typename Top> struct ReadId {
  static unsigned ar(const Top &) { return 0; }
  static void r(Top &, unsigned) {}
};

class AxiReadSlave {
public:
  AxiReadSlave(const Dram &dram, AxiLimits limits, AxiBehaviour behaviour,
               uint64_t seed)
      : behaviour(behaviour), dram(dram), limits(limits), random(seed) {}

  template <typename Top> void drive(Top &top) {
    top.m_axi_arready_i = chance(behaviour.addressReady);
    // Bursts of one ID are answered in order, those of several in any.
    if (!answering && chance(behaviour.answerValid)) {
      unsigned first = unsigned(random() % kIds);
      for (unsigned i = 0; i < kIds && !answering; ++i) {
        unsigned id = (first + i) % kIds;
        if (!bursts[id].empty() && bursts[id].front().ready <= cycle)
          answering = id;
      }
    }
    top.m_axi_rvalid_i = answering.has_value();
    if (!answering) {
      // Nothing may depend on these.
      for (unsigned i = 0; i < limits.beatBytes; ++i)
        setBits(top.m_axi_rdata_i, 8 * i, 8, random());
      top.m_axi_rresp_i = random() & 3;
      top.m_axi_rlast_i = random() & 1;
      ReadId<Top>::r(top, random() & 1);
      return;
    }
    const Burst &burst = bursts[*answering].front();
    uint8_t bytes[128];
    dram.read(burst.address, limits.beatBytes, bytes);
    for (unsigned i = 0; i < limits.beatBytes; ++i)
      setBits(top.m_axi_rdata_i, 8 * i, 8, bytes[i]);
    top.m_axi_rlast_i = burst.beats == 1;
    top.m_axi_rresp_i =
        behaviour.errorAt == beats ? behaviour.errorResponse : 0;
    ReadId<Top>::r(top, *answering);
  }

  template <typename Top> void sample(Top &top) {
    std::tuple<uint64_t, unsigned, unsigned> payload(
        top.m_axi_araddr_o, top.m_axi_arlen_o, ReadId<Top>::ar(top));
    stable.check(top.m_axi_arvalid_o, top.m_axi_arready_i, payload);
    if (top.m_axi_rvalid_i && top.m_axi_rready_o) {
      Burst &burst = bursts[*answering].front();
      if (behaviour.errorAt == beats)
        errorAddress = burst.address;
      burst.address += limits.beatBytes;
      if (--burst.beats == 0) {
        bursts[*answering].pop_front();
        --outstanding;
      }
      answering.reset();
      ++beats;
      lastBeatCycle = cycle;
    }
    if (top.m_axi_arvalid_o && top.m_axi_arready_i) {
      unsigned count = top.m_axi_arlen_o + 1;
      checkBurst(top.m_axi_araddr_o, count, limits);
      uint64_t wait =
          behaviour.minLatency +
          random() % (behaviour.maxLatency - behaviour.minLatency + 1);
      bursts[ReadId<Top>::ar(top)].push_back(
          {top.m_axi_araddr_o, count, cycle + wait});
      ++outstanding;
      ++burstCount;
      EXPECT_LE(outstanding, limits.outstanding);
      if (burstCount == 1)
        firstAddressCycle = cycle;
    }
    ++cycle;
  }

  bool idle() const { return outstanding == 0; }

  AxiBehaviour behaviour;
  uint64_t beats = 0; ///< transferred
  uint64_t burstCount = 0;
  uint64_t firstAddressCycle = 0;
  uint64_t lastBeatCycle = 0;
  std::optional<uint64_t> errorAddress; ///< of the beat with the error
  unsigned outstanding = 0;
  uint64_t cycle = 0;

private:
  struct Burst {
    uint64_t address;
    unsigned beats;
    uint64_t ready;
  };
  static constexpr unsigned kIds = 2;

  bool chance(unsigned percent) { return random() % 100 < percent; }

  const Dram &dram;
  AxiLimits limits;
  std::mt19937_64 random;
  std::deque<Burst> bursts[kIds];
  std::optional<unsigned> answering; ///< ID of the beat that is offered
  StableChecker<std::tuple<uint64_t, unsigned, unsigned>> stable{"AR"};
};

class AxiWriteSlave {
public:
  AxiWriteSlave(Dram &dram, AxiLimits limits, AxiBehaviour behaviour,
                uint64_t seed)
      : behaviour(behaviour), dram(dram), limits(limits), random(seed) {}

  template <typename Top> void drive(Top &top) {
    top.m_axi_awready_i = chance(behaviour.addressReady);
    top.m_axi_wready_i = chance(behaviour.dataReady);
    if (!answering && !answers.empty() && answers.front().ready <= cycle)
      answering = chance(behaviour.answerValid);
    top.m_axi_bvalid_i = answering;
    top.m_axi_bresp_i = !answering ? random() & 3
                        : behaviour.errorAt == answered
                            ? behaviour.errorResponse
                            : 0;
  }

  template <typename Top> void sample(Top &top) {
    std::pair<uint64_t, unsigned> address(top.m_axi_awaddr_o,
                                          top.m_axi_awlen_o);
    stableAddress.check(top.m_axi_awvalid_o, top.m_axi_awready_i, address);
    Beat beat;
    for (unsigned i = 0; i < limits.beatBytes; ++i)
      beat.bytes.push_back(uint8_t(getBits(top.m_axi_wdata_o, 8 * i, 8)));
    beat.strobes = getBits(top.m_axi_wstrb_o, 0, limits.beatBytes);
    beat.last = top.m_axi_wlast_o;
    stableData.check(top.m_axi_wvalid_o, top.m_axi_wready_i, beat);

    if (top.m_axi_bvalid_i && top.m_axi_bready_o) {
      if (behaviour.errorAt == answered)
        errorAddress = answers.front().address;
      answers.pop_front();
      answering = false;
      ++answered;
      --outstanding;
      lastAnswerCycle = cycle;
    }
    if (top.m_axi_awvalid_o && top.m_axi_awready_i) {
      unsigned count = top.m_axi_awlen_o + 1;
      checkBurst(top.m_axi_awaddr_o, count, limits);
      addresses.push_back({top.m_axi_awaddr_o, count});
      ++outstanding;
      EXPECT_LE(outstanding, limits.outstanding);
      if (burstCount++ == 0)
        firstAddressCycle = cycle;
    }
    if (top.m_axi_wvalid_o && top.m_axi_wready_i) {
      data.push_back(beat);
      ++beats;
      lastBeatCycle = cycle;
      if (beat.strobes == 0)
        ++emptyBeats;
      else
        EXPECT_EQ(beat.strobes, limits.beatBytes == 64
                                    ? ~uint64_t(0)
                                    : (uint64_t(1) << limits.beatBytes) - 1);
    }
    commit();
    ++cycle;
  }

  bool idle() const { return outstanding == 0 && data.empty(); }

  AxiBehaviour behaviour;
  uint64_t beats = 0;
  uint64_t emptyBeats = 0; ///< without strobes
  uint64_t burstCount = 0;
  uint64_t answered = 0; ///< bursts
  uint64_t firstAddressCycle = 0;
  uint64_t lastBeatCycle = 0;
  uint64_t lastAnswerCycle = 0;
  std::optional<uint64_t> errorAddress; ///< of the burst with the error
  unsigned outstanding = 0;
  uint64_t cycle = 0;

private:
  struct Beat {
    std::vector<uint8_t> bytes;
    uint64_t strobes = 0;
    bool last = false;
    bool operator==(const Beat &other) const {
      return bytes == other.bytes && strobes == other.strobes &&
             last == other.last;
    }
  };
  struct Burst {
    uint64_t address;
    unsigned beats;
  };
  struct Answer {
    uint64_t address;
    uint64_t ready;
  };

  bool chance(unsigned percent) { return random() % 100 < percent; }

  /// Writes what has its address and answers what is complete.
  void commit() {
    while (!addresses.empty() && !data.empty()) {
      Burst &burst = addresses.front();
      const Beat &beat = data.front();
      if (written == 0)
        burstAddress = burst.address;
      EXPECT_EQ(beat.last, written + 1 == burst.beats);
      if (beat.strobes != 0)
        dram.write(burst.address + written * limits.beatBytes, limits.beatBytes,
                   beat.bytes.data());
      data.pop_front();
      if (++written == burst.beats) {
        uint64_t wait =
            behaviour.minLatency +
            random() % (behaviour.maxLatency - behaviour.minLatency + 1);
        answers.push_back({burstAddress, cycle + wait});
        addresses.pop_front();
        written = 0;
      }
    }
  }

  Dram &dram;
  AxiLimits limits;
  std::mt19937_64 random;
  std::deque<Burst> addresses;
  std::deque<Beat> data;
  std::deque<Answer> answers;
  unsigned written = 0; ///< beats of the oldest burst
  uint64_t burstAddress = 0;
  bool answering = false;
  StableChecker<std::pair<uint64_t, unsigned>> stableAddress{"AW"};
  StableChecker<Beat> stableData{"W"};
};

} // namespace nncc::hw

#endif // NNCC_HW_TB_AXI_AXISLAVE_H
