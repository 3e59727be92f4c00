/*===- device.h - What a device has to offer ----------------------*- C -*-===*\
 *
 * Part of nncc, under the Apache License v2.0.
 *
 *===----------------------------------------------------------------------===
 *
 * A device is a table of functions. One of the runtime's own is listed in
 * Devices.cpp; an application brings one of its own with nncc_open_device.
 *
 * The order of calls: open, identify, load, then for each inference: writes to
 * the input region, start, wait, reads from the output region; last, close.
 * A function that fails writes a message of at most `error_size` bytes.
 *
 *===----------------------------------------------------------------------===*/

#ifndef NNCC_DEVICE_H
#define NNCC_DEVICE_H

#include "nncc/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The state of an open device; each device defines its own. */
typedef struct nncc_device nncc_device;

/** What a device gets of a program. Everything lives until close. */
typedef struct nncc_device_program {
  const char *arch_name;
  uint64_t arch_fingerprint;
  const uint8_t *instructions; /**< 64 bytes each */
  uint64_t instruction_bytes;
  const uint8_t *constants;
  uint64_t constant_bytes;
  uint64_t input_bytes;
  uint64_t output_bytes;
  uint64_t workspace_bytes;
  /** For devices in this repository: the program as nncc::Program. */
  const void *program;
} nncc_device_program;

/** The configuration that a device is built as. */
typedef struct nncc_device_identity {
  char arch_name[64]; /**< empty if the device knows its fingerprint only */
  uint64_t arch_fingerprint;
} nncc_device_identity;

typedef enum nncc_host_region {
  NNCC_REGION_INPUT = 1,
  NNCC_REGION_OUTPUT = 2,
  NNCC_REGION_WORKSPACE = 3
} nncc_host_region;

typedef struct nncc_device_ops {
  const char *name;
  nncc_status (*open)(const nncc_options *options, nncc_device **device,
                      char *error, size_t error_size);
  /** `program` is what will be loaded: a simulator becomes what it needs. */
  nncc_status (*identify)(nncc_device *device,
                          const nncc_device_program *program,
                          nncc_device_identity *identity, char *error,
                          size_t error_size);
  nncc_status (*load)(nncc_device *device, const nncc_device_program *program,
                      char *error, size_t error_size);
  /** The memory of a region as the host sees it, or null. */
  uint8_t *(*memory)(nncc_device *device, nncc_host_region region);
  nncc_status (*start)(nncc_device *device, char *error, size_t error_size);
  /** `timeout_ms` 0: no limit. */
  nncc_status (*wait)(nncc_device *device, uint32_t timeout_ms, char *error,
                      size_t error_size);
  /** Null if the device does not count. */
  nncc_status (*stats)(nncc_device *device, nncc_stats *stats, char *error,
                       size_t error_size);
  /** Fills in `cycles`, `array_macs` and `limiter` of a layer; null if the
   * device does not count layers. */
  nncc_status (*layer_stats)(nncc_device *device, size_t layer,
                             nncc_layer_stats *stats, char *error,
                             size_t error_size);
  void (*close)(nncc_device *device);
} nncc_device_ops;

/** nncc_open on a device that the application brings; `ops` must outlive the
 * session. */
NNCC_API nncc_status nncc_open_device(const void *program, size_t size,
                                      const nncc_device_ops *ops,
                                      const nncc_options *options,
                                      nncc_session **session);

#ifdef __cplusplus
}
#endif

#endif /* NNCC_DEVICE_H */
