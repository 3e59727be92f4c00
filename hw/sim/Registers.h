//===- Registers.h - The accelerator's registers ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The map of docs/hardware.md, as offsets in bytes.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_HW_SIM_REGISTERS_H
#define NNCC_HW_SIM_REGISTERS_H

#include <cstdint>

namespace nncc::hw::reg {

constexpr uint32_t kId = 0x000;
constexpr uint32_t kVersion = 0x004;
constexpr uint32_t kFingerprintLow = 0x008;
constexpr uint32_t kFingerprintHigh = 0x00c;
constexpr uint32_t kControl = 0x010;
constexpr uint32_t kStatus = 0x014;
constexpr uint32_t kInterruptEnable = 0x018;
constexpr uint32_t kInterruptStatus = 0x01c;
constexpr uint32_t kJob = 0x020;
constexpr uint32_t kWatchdog = 0x024;
constexpr uint32_t kProgramLow = 0x028;
constexpr uint32_t kProgramHigh = 0x02c;
constexpr uint32_t kProgramCount = 0x030;
constexpr uint32_t kError = 0x034;
constexpr uint32_t kErrorNumber = 0x038;
constexpr uint32_t kErrorAddress = 0x03c;
/// Base low, base high, size low, size high of a region.
constexpr uint32_t region(unsigned index) { return 0x080 + 16 * index; }
constexpr uint32_t kCyclesLow = 0x100;
constexpr uint32_t kCyclesHigh = 0x104;
/// Beats on read port 0, read port 1, write port.
constexpr uint32_t beats(unsigned port) { return 0x108 + 4 * port; }
/// Finished, busy, empty, then waiting for engine 0 to 4.
constexpr uint32_t engine(unsigned index) { return 0x200 + 32 * index; }

constexpr uint32_t kIdValue = 0x4e4e4343; // "NNCC"
constexpr uint32_t kMapVersion = 1;       // upper half of kVersion

constexpr uint32_t kControlStart = 1;
constexpr uint32_t kControlReset = 2;

constexpr uint32_t kStatusRunning = 1;
constexpr uint32_t kStatusDone = 2;
constexpr uint32_t kStatusFailed = 4;
constexpr uint32_t kStatusStopping = 8;

constexpr uint32_t kInterruptDone = 1;
constexpr uint32_t kInterruptError = 2;

} // namespace nncc::hw::reg

#endif // NNCC_HW_SIM_REGISTERS_H
