//===- Dram.cpp - The memory around the accelerator -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Dram.h"

#include <algorithm>
#include <cstring>
#include <iterator>

using namespace nncc;
using namespace nncc::hw;

/// No burst crosses a multiple of this.
static constexpr uint64_t kBoundary = 4096;

DramOptions hw::withRandomTiming(DramOptions options, uint64_t seed) {
  std::mt19937_64 random(seed);
  options.seed = random();
  options.stallPercent = 5 + random() % 65;
  return options;
}

Dram::Dram(const DramOptions &options)
    : options(options), random(options.seed) {}

void Dram::map(uint64_t address, uint8_t *data, uint64_t size, bool writable) {
  spaces.push_back({address, data, size, writable});
}

void Dram::inject(uint64_t begin, uint64_t end, Response response) {
  injected.push_back({begin, end, response});
}

void Dram::injectBeat(unsigned port, uint64_t beat, Response response) {
  injectedBeats.push_back({port, beat, response});
}

void Dram::countBeats() { std::fill(std::begin(counts), std::end(counts), 0); }

bool Dram::quiet() const {
  return reads[0].empty() && reads[1].empty() && writes.empty() &&
         answers.empty();
}

void Dram::fail(const std::string &message) {
  if (broken.empty())
    broken = "cycle " + std::to_string(now) + ": " + message;
}

const Dram::Space *Dram::find(uint64_t address) const {
  for (const Space &space : spaces)
    if (address >= space.address &&
        address + options.beatBytes <= space.address + space.size)
      return &space;
  return nullptr;
}

Response Dram::check(unsigned port, uint64_t address) {
  uint64_t number = counts[port]++;
  for (const BeatFault &fault : injectedBeats)
    if (fault.port == port && fault.beat == number)
      return fault.response;
  for (const Fault &fault : injected)
    if (address < fault.end && address + options.beatBytes > fault.begin)
      return fault.response;
  const Space *space = find(address);
  if (!space)
    return Response::DecodeError;
  return port == kWritePort && !space->writable ? Response::SlaveError
                                                : Response::Okay;
}

void Dram::checkBurst(const char *port, uint64_t address, uint32_t beats) {
  // A beat has bytes: NOLINTNEXTLINE(clang-analyzer-core.DivideZero)
  if (address % options.beatBytes != 0)
    fail(std::string(port) + ": a burst begins within a beat");
  if (address % kBoundary + uint64_t(beats) * options.beatBytes > kBoundary)
    fail(std::string(port) + ": a burst crosses a boundary of 4096 bytes");
}

uint64_t Dram::dataTime() {
  if (options.stallPercent)
    return now + 1 + random() % (2 * options.latency + 1);
  return now + std::max(options.latency, 1u);
}

void Dram::driveRead(unsigned port) {
  ReadPins &pins = read[port];
  if (pins.rValid) // was not taken: stays
    return;
  if (credit < options.beatBytes || stalls())
    return;
  const Burst &burst = reads[port].front();
  if (now < burst.ready)
    return;
  uint64_t address = burst.address + uint64_t(burst.done) * options.beatBytes;
  credit -= options.beatBytes;
  pins.rValid = true;
  pins.rLast = burst.done + 1 == burst.beats;
  pins.rId = burst.id;
  pins.rResp = check(port, address);
  if (pins.rResp == Response::Okay) {
    const Space *space = find(address);
    std::memcpy(pins.rData, space->data + (address - space->address),
                options.beatBytes);
  } else {
    for (uint32_t i = 0; i < options.beatBytes; ++i)
      pins.rData[i] = uint8_t(random());
  }
}

void Dram::drive() {
  bool refresh =
      options.refreshInterval && refreshPhase < options.refreshCycles;
  if (++refreshPhase >= options.refreshInterval)
    refreshPhase = 0;
  if (!refresh)
    // What is not used soon is lost.
    credit = std::min<uint64_t>(
        credit + options.bytesPerCycle,
        std::max(options.bytesPerCycle, kPorts * options.beatBytes));
  else
    credit = 0;
  write.wReady = false;
  for (unsigned i = 0; i < kPorts; ++i) {
    unsigned port = turn + i < kPorts ? turn + i : turn + i - kPorts;
    if (port < kReadPorts) {
      read[port].arReady = waiting[port] < options.maxBursts && !stalls();
      if (waiting[port])
        driveRead(port);
    } else if (write.wValid && !writes.empty() && credit >= options.beatBytes &&
               !stalls()) {
      credit -= options.beatBytes;
      write.wReady = true;
    }
  }
  turn = turn + 1 < kPorts ? turn + 1 : 0;
  write.awReady =
      writes.size() + answers.size() < options.maxBursts && !stalls();
  if (!write.bValid && !answers.empty() && now >= answers.front().ready &&
      !stalls()) {
    write.bValid = true;
    write.bResp = answers.front().response;
  }
}

void Dram::sample() {
  static const char *const names[] = {"read port 0", "read port 1"};
  for (unsigned port = 0; port < kReadPorts; ++port) {
    ReadPins &pins = read[port];
    Stable &held = heldReads[port];
    if (held.valid && (!pins.arValid || pins.arAddr != held.address ||
                       pins.arLen != held.length))
      fail(std::string(names[port]) +
           ": an address changed before it was taken");
    held = {pins.arValid && !pins.arReady, pins.arAddr, pins.arLen};
    if (pins.arValid && pins.arReady) {
      checkBurst(names[port], pins.arAddr, pins.arLen + 1);
      reads[port].push_back(
          {pins.arAddr, pins.arLen + 1, pins.arId, dataTime()});
      ++waiting[port];
    }
    if (pins.rValid && pins.rReady) {
      Burst &burst = reads[port].front();
      if (++burst.done == burst.beats) {
        reads[port].pop_front();
        --waiting[port];
      }
      pins.rValid = false;
    }
  }

  if (heldWrite.valid && (!write.awValid || write.awAddr != heldWrite.address ||
                          write.awLen != heldWrite.length))
    fail("write port: an address changed before it was taken");
  heldWrite = {write.awValid && !write.awReady, write.awAddr, write.awLen};
  if (heldData && !write.wValid)
    fail("write port: data went away before it was taken");
  heldData = write.wValid && !write.wReady;
  if (write.wValid && write.wReady) {
    Burst &burst = writes.front();
    uint64_t address = burst.address + uint64_t(burst.done) * options.beatBytes;
    Response response = check(kWritePort, address);
    if (response == Response::Okay) {
      const Space *space = find(address);
      for (uint32_t i = 0; i < options.beatBytes; ++i)
        if (write.wStrobes[i / 8] >> i % 8 & 1)
          space->data[address - space->address + i] = write.wData[i];
    } else if (writeResponse == Response::Okay) {
      writeResponse = response;
    }
    ++burst.done;
    if (write.wLast != (burst.done == burst.beats))
      fail("write port: WLAST is not at the end of the burst");
    if (burst.done == burst.beats) {
      // Answers come in the order of the bursts.
      uint64_t time = dataTime();
      if (!answers.empty())
        time = std::max(time, answers.back().ready);
      answers.push_back({time, writeResponse});
      writeResponse = Response::Okay;
      writes.pop_front();
    }
  }
  if (write.awValid && write.awReady) {
    checkBurst("write port", write.awAddr, write.awLen + 1);
    writes.push_back({write.awAddr, write.awLen + 1, 0, 0});
  }
  if (write.bValid && write.bReady) {
    answers.pop_front();
    write.bValid = false;
  }
  ++now;
}
