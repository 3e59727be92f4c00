//===- Devices.h - The runtime's own devices --------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_RUNTIME_LIB_DEVICES_DEVICES_H
#define NNCC_RUNTIME_LIB_DEVICES_DEVICES_H

#include "nncc/device.h"

#include <cstddef>
#include <string>

namespace nncc::runtime {

/// The device at `index`, null behind the last.
const nncc_device_ops *deviceAt(size_t index);
/// The device of that name, or null.
const nncc_device_ops *findDevice(const std::string &name);
/// "sim, ...": for messages.
std::string deviceNames();

/// For implementations of a device: writes a message and returns `status`.
nncc_status fail(nncc_status status, const std::string &message, char *error,
                 size_t errorSize);

/// For a device that has no settings: a failure if some are given.
nncc_status refuseSettings(const nncc_options &options, const char *device,
                           char *error, size_t errorSize);

// The devices: one file each. `rtl` is there only if Verilator was (hw/sim).
extern const nncc_device_ops simDevice;
extern const nncc_device_ops rtlDevice;

} // namespace nncc::runtime

#endif // NNCC_RUNTIME_LIB_DEVICES_DEVICES_H
