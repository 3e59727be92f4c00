//===- Devices.cpp - The runtime's own devices ----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Devices.h"

#include <algorithm>
#include <cstring>
#include <iterator>

using namespace nncc;

/// The first is the default.
static const nncc_device_ops *const devices[] = {
    &runtime::simDevice,
#ifdef NNCC_RTL_DEVICE
    &runtime::rtlDevice,
#endif
};

const nncc_device_ops *runtime::deviceAt(size_t index) {
  return index < std::size(devices) ? devices[index] : nullptr;
}

const nncc_device_ops *runtime::findDevice(const std::string &name) {
  for (const nncc_device_ops *device : devices)
    if (device->name == name)
      return device;
  return nullptr;
}

std::string runtime::deviceNames() {
  std::string names;
  for (const nncc_device_ops *device : devices)
    names += (names.empty() ? "" : ", ") + std::string(device->name);
  return names;
}

nncc_status runtime::refuseSettings(const nncc_options &options,
                                    const char *device, char *error,
                                    size_t errorSize) {
  if (!options.settings || !*options.settings)
    return NNCC_OK;
  std::string text = *options.settings;
  return fail(NNCC_INVALID_ARGUMENT,
              "device '" + std::string(device) + "' has no setting '" +
                  text.substr(0, text.find('=')) + "'",
              error, errorSize);
}

nncc_status runtime::fail(nncc_status status, const std::string &message,
                          char *error, size_t errorSize) {
  if (errorSize != 0) {
    size_t length = std::min(message.size(), errorSize - 1);
    std::memcpy(error, message.data(), length);
    error[length] = '\0';
  }
  return status;
}
