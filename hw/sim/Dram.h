//===- Dram.h - The memory around the accelerator ---------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Two AXI4 read ports and one write port on one memory: a latency, a rate that
// the ports share, refresh. A random mode stalls every channel as it likes;
// errors can be injected. A cycle: `drive` gives what the ports answer in it,
// `sample` takes what was transferred.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_SIM_DRAM_H
#define NNCC_HW_SIM_DRAM_H

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace nncc::hw {

constexpr unsigned kReadPorts = 2;
constexpr unsigned kWritePort = kReadPorts; ///< its number among the ports
constexpr unsigned kPorts = kReadPorts + 1;
constexpr unsigned kMaxBeatBytes = 128;

enum class Response : uint8_t { Okay = 0, SlaveError = 2, DecodeError = 3 };

struct DramOptions {
  uint32_t beatBytes = 8;
  uint32_t bytesPerCycle = 8;   ///< of all ports together
  uint32_t latency = 60;        ///< cycles from an address to its first data
  uint32_t refreshInterval = 0; ///< cycles; 0: no refresh
  uint32_t refreshCycles = 0;
  uint32_t maxBursts = 64; ///< that a port takes before they are answered
  /// Percent of the cycles in which a channel that could move stalls, and a
  /// latency between zero and twice `latency`.
  unsigned stallPercent = 0;
  uint64_t seed = 1;
};

/// The same memory with every channel stalling at random; `seed` says how often
/// and when.
DramOptions withRandomTiming(DramOptions options, uint64_t seed);

/// The pins of a read port, as the memory sees them.
struct ReadPins {
  bool arValid = false, rReady = false; // from the accelerator
  uint64_t arAddr = 0;
  uint32_t arLen = 0; ///< beats less one
  uint32_t arId = 0;

  bool arReady = false, rValid = false, rLast = false; // to it
  uint32_t rId = 0;
  Response rResp = Response::Okay;
  uint8_t rData[kMaxBeatBytes] = {};
};

struct WritePins {
  bool awValid = false, wValid = false, wLast = false, bReady = false;
  uint64_t awAddr = 0;
  uint32_t awLen = 0;
  uint8_t wData[kMaxBeatBytes] = {};
  uint8_t wStrobes[kMaxBeatBytes / 8] = {}; ///< a bit a byte

  bool awReady = false, wReady = false, bValid = false;
  Response bResp = Response::Okay;
};

class Dram {
public:
  explicit Dram(const DramOptions &options);

  /// Memory at `address`; outside of all of it, accesses end with a decode
  /// error. `data` must stay. Without `writable`, a write ends with a slave
  /// error.
  void map(uint64_t address, uint8_t *data, uint64_t size, bool writable);
  void unmapAll() { spaces.clear(); }

  /// Accesses to the bytes from `begin` to `end` end with `response` and move
  /// nothing.
  void inject(uint64_t begin, uint64_t end, Response response);
  /// So does beat number `beat` of a port, from 0 since `countBeats`.
  void injectBeat(unsigned port, uint64_t beat, Response response);
  void clearErrors() {
    injected.clear();
    injectedBeats.clear();
  }

  /// Counts the beats of the ports from here.
  void countBeats();
  uint64_t beats(unsigned port) const { return counts[port]; }

  /// First half of a cycle: answers for what the pins show.
  void drive();
  /// Second half: transfers happen.
  void sample();

  ReadPins read[kReadPorts];
  WritePins write;

  /// Empty, or the first rule of AXI that the accelerator broke.
  const std::string &violation() const { return broken; }
  /// Nothing is under way.
  bool quiet() const;
  uint64_t cycle() const { return now; }

private:
  struct Burst {
    uint64_t address;
    uint32_t beats;
    uint32_t id;
    uint64_t ready; ///< cycle of its first data
    uint32_t done = 0;
  };
  struct Space {
    uint64_t address;
    uint8_t *data;
    uint64_t size;
    bool writable;
  };
  struct Fault {
    uint64_t begin, end;
    Response response;
  };
  struct BeatFault {
    unsigned port;
    uint64_t beat;
    Response response;
  };
  struct Answer {
    uint64_t ready;
    Response response;
  };

  const Space *find(uint64_t address) const;
  /// The answer to the next beat of a port, which is counted.
  Response check(unsigned port, uint64_t address);
  void checkBurst(const char *port, uint64_t address, uint32_t beats);
  bool stalls() {
    return options.stallPercent && random() % 100 < options.stallPercent;
  }
  uint64_t dataTime();
  void fail(const std::string &message);
  void driveRead(unsigned port);

  DramOptions options;
  std::vector<Space> spaces;
  std::vector<Fault> injected;
  std::vector<BeatFault> injectedBeats;
  uint64_t counts[kPorts] = {};
  std::mt19937_64 random;
  uint64_t now = 0;
  uint64_t credit = 0;       ///< bytes that may move
  unsigned turn = 0;         ///< port that comes first
  uint32_t refreshPhase = 0; ///< of `now`
  std::deque<Burst> reads[kReadPorts];
  uint32_t waiting[kReadPorts] = {}; ///< their sizes
  std::deque<Burst> writes;
  std::deque<Answer> answers;
  Response writeResponse = Response::Okay; ///< worst of the burst so far
  struct Stable {
    bool valid = false;
    uint64_t address = 0;
    uint32_t length = 0;
  };
  Stable heldReads[kReadPorts], heldWrite; ///< requests that were not taken
  bool heldData = false;
  std::string broken;
};

} // namespace nncc::hw

#endif // NNCC_HW_SIM_DRAM_H
