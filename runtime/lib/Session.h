//===- Session.h - A network on a device ------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_RUNTIME_LIB_SESSION_H
#define NNCC_RUNTIME_LIB_SESSION_H

#include "HostOperators/HostOperators.h"
#include "nncc/Program/Program.h"
#include "nncc/device.h"

#include <memory>
#include <string>
#include <vector>

namespace nncc::runtime {

/// A status and, unless it is NNCC_OK, a message.
struct Result {
  nncc_status status = NNCC_OK;
  std::string message;

  explicit operator bool() const { return status == NNCC_OK; }
};

/// What the C functions do, less the handling of pointers.
class Session {
public:
  static Result open(Program program, const nncc_device_ops &ops,
                     const nncc_options &options,
                     std::unique_ptr<Session> &out);
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  const Program &getProgram() const { return program; }
  const Tensor &input(size_t index) const {
    return program.tensors[program.inputs[index]];
  }
  const Tensor &output(size_t index) const {
    return program.tensors[program.outputs[index]];
  }

  Result setInput(size_t index, const void *data, size_t size);
  Result run();
  Result getOutput(size_t index, void *data, size_t size) const;
  Result getStats(nncc_stats &stats);
  Result getLayerStats(size_t index, nncc_layer_stats &stats);

private:
  Session(Program program, const nncc_device_ops &ops,
          const nncc_options &options)
      : program(std::move(program)), ops(ops), options(options) {}

  Result openDevice();
  Result checkIdentity();
  Result allocate();
  Operand operand(uint32_t tensor);
  void runHostOperators(const std::vector<HostOp> &list);

  Program program;
  std::vector<uint8_t> instructions; ///< encoded, for the device
  nncc_device_program deviceProgram{};
  const nncc_device_ops &ops;
  const nncc_options options;
  nncc_device *device = nullptr;

  /// Storage of the host tensors, by tensor. The allocator aligns for all
  /// types.
  std::vector<std::vector<uint8_t>> hostTensors;
  std::vector<bool> inputSet;
  bool hasRun = false;
};

/// Bytes of a host tensor's elements.
size_t hostBytes(const Tensor &tensor);

} // namespace nncc::runtime

#endif // NNCC_RUNTIME_LIB_SESSION_H
