//===- RtlSettings.h - Settings of the device `rtl` -------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_RUNTIME_LIB_DEVICES_RTLSETTINGS_H
#define NNCC_RUNTIME_LIB_DEVICES_RTLSETTINGS_H

#include "Dram.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nncc::runtime {

/// What docs/runtime.md says about the settings of `rtl`.
struct RtlSettings {
  std::string traceFile; ///< empty: no waveform
  uint64_t traceStart = 0;
  uint64_t traceCycles = UINT64_MAX;
  std::optional<uint64_t> randomMemory; ///< its seed
  struct Injection {
    unsigned port;
    uint64_t beat;
    hw::Response response;
  };
  std::vector<Injection> injections;
};

/// \param settings "NAME=VALUE" texts up to a null pointer, or null
/// \returns a message, empty for success.
std::string parseRtlSettings(const char *const *settings, RtlSettings &out);

/// "read0", "read1", "write".
const char *portName(unsigned port);

} // namespace nncc::runtime

#endif // NNCC_RUNTIME_LIB_DEVICES_RTLSETTINGS_H
