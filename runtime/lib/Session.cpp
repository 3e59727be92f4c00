//===- Session.cpp - A network on a device --------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Session.h"

#include <cstdio>
#include <cstring>

using namespace nncc;
using namespace nncc::runtime;

namespace {

/// Room for the message of a device.
struct DeviceError {
  char text[1024] = "";

  Result result(nncc_status status) const {
    if (status == NNCC_OK)
      return {};
    return {status, *text ? text : "the device gave no reason"};
  }
};

} // namespace

size_t runtime::hostBytes(const Tensor &tensor) {
  return static_cast<size_t>(tensor.elementCount()) * sizeInBytes(tensor.type);
}

static std::string configurationText(const std::string &name,
                                     uint64_t fingerprint) {
  char text[32];
  std::snprintf(text, sizeof(text), "fingerprint %016llx",
                static_cast<unsigned long long>(fingerprint));
  return name.empty() ? "an unnamed configuration (" + std::string(text) + ")"
                      : "'" + name + "' (" + text + ")";
}

Result Session::open(Program program, const nncc_device_ops &ops,
                     const nncc_options &options,
                     std::unique_ptr<Session> &out) {
  std::unique_ptr<Session> session(
      new Session(std::move(program), ops, options));
  Result result = session->openDevice();
  if (result)
    result = session->allocate();
  if (result)
    out = std::move(session);
  return result;
}

Session::~Session() {
  if (device)
    ops.close(device);
}

Result Session::openDevice() {
  instructions = program.encodeInstructions();
  deviceProgram.arch_name = program.arch.name.c_str();
  deviceProgram.arch_fingerprint = program.arch.fingerprint();
  deviceProgram.instructions = instructions.data();
  deviceProgram.instruction_bytes = instructions.size();
  deviceProgram.constants = program.constants.data();
  deviceProgram.constant_bytes = program.constants.size();
  deviceProgram.input_bytes = program.regions.input;
  deviceProgram.output_bytes = program.regions.output;
  deviceProgram.workspace_bytes = program.regions.workspace;
  deviceProgram.program = &program;

  DeviceError error;
  nncc_status status =
      ops.open(&options, &device, error.text, sizeof(error.text));
  if (status != NNCC_OK) {
    device = nullptr;
    return error.result(status);
  }
  if (Result result = checkIdentity(); !result)
    return result;
  return error.result(
      ops.load(device, &deviceProgram, error.text, sizeof(error.text)));
}

Result Session::checkIdentity() {
  DeviceError error;
  nncc_device_identity identity{};
  nncc_status status = ops.identify(device, &deviceProgram, &identity,
                                    error.text, sizeof(error.text));
  if (status != NNCC_OK)
    return error.result(status);
  if (identity.arch_fingerprint == deviceProgram.arch_fingerprint)
    return {};
  identity.arch_name[sizeof(identity.arch_name) - 1] = '\0';
  std::string name = identity.arch_name;
  std::string message =
      "the program was compiled for " +
      configurationText(program.arch.name, deviceProgram.arch_fingerprint) +
      ", but device '" + ops.name + "' is built as " +
      configurationText(name, identity.arch_fingerprint) +
      "; compile it again for the device's architecture";
  if (!name.empty())
    message += ": nncc --arch=" + name;
  return {NNCC_WRONG_DEVICE, message};
}

Result Session::allocate() {
  inputSet.assign(program.inputs.size(), false);
  hostTensors.resize(program.tensors.size());
  for (size_t i = 0; i < program.tensors.size(); ++i)
    if (program.tensors[i].layout == Layout::Host)
      hostTensors[i].resize(hostBytes(program.tensors[i]));
  return {};
}

static nncc_host_region hostRegion(isa::Region region) {
  return static_cast<nncc_host_region>(region);
}

Operand Session::operand(uint32_t index) {
  const Tensor &tensor = program.tensors[index];
  if (tensor.layout == Layout::Host)
    return {tensor, hostTensors[index].data()};
  // A device tensor may be a constant: the network's output is then known.
  if (tensor.region == isa::Region::Constant)
    return {tensor, program.constants.data() + tensor.offset};
  return {tensor,
          ops.memory(device, hostRegion(tensor.region)) + tensor.offset};
}

void Session::runHostOperators(const std::vector<HostOp> &list) {
  for (const HostOp &op : list)
    runHostOperator(op, operand(op.inputs[0]), operand(op.outputs[0]),
                    program.arch.vector);
}

static Result checkSize(const Tensor &tensor, size_t size) {
  if (size == hostBytes(tensor))
    return {};
  return {NNCC_INVALID_ARGUMENT, "tensor '" + tensor.name + "' (" +
                                     toString(tensor.type) + ", " +
                                     tensor.shapeText() + "): expected " +
                                     std::to_string(hostBytes(tensor)) +
                                     " bytes, got " + std::to_string(size)};
}

Result Session::setInput(size_t index, const void *data, size_t size) {
  if (Result result = checkSize(input(index), size); !result)
    return result;
  if (size != 0)
    std::memcpy(hostTensors[program.inputs[index]].data(), data, size);
  inputSet[index] = true;
  return {};
}

Result Session::run() {
  hasRun = false;
  for (size_t i = 0; i < inputSet.size(); ++i)
    if (!inputSet[i])
      return {NNCC_INVALID_ARGUMENT,
              "input '" + input(i).name + "' has not been set"};
  runHostOperators(program.prologue);
  DeviceError error;
  nncc_status status = ops.start(device, error.text, sizeof(error.text));
  if (status == NNCC_OK)
    status =
        ops.wait(device, options.timeout_ms, error.text, sizeof(error.text));
  if (status != NNCC_OK)
    return error.result(status);
  runHostOperators(program.epilogue);
  hasRun = true;
  return {};
}

Result Session::getOutput(size_t index, void *data, size_t size) const {
  if (!hasRun)
    return {NNCC_INVALID_ARGUMENT, "there has been no successful run"};
  if (Result result = checkSize(output(index), size); !result)
    return result;
  if (size != 0)
    std::memcpy(data, hostTensors[program.outputs[index]].data(), size);
  return {};
}

Result Session::getStats(nncc_stats &stats) {
  stats = {};
  if (!ops.stats)
    return {NNCC_UNAVAILABLE,
            std::string("device '") + ops.name + "' has no statistics"};
  DeviceError error;
  return error.result(
      ops.stats(device, &stats, error.text, sizeof(error.text)));
}

Result Session::getLayerStats(size_t index, nncc_layer_stats &stats) {
  const Layer &layer = program.layers[index];
  stats = {};
  stats.name = layer.name.c_str();
  stats.kind = layer.kind.c_str();
  stats.engine = layer.engine.c_str();
  stats.macs = layer.macs;
  stats.limiter = "none";
  if (!ops.layer_stats)
    return {NNCC_UNAVAILABLE,
            std::string("device '") + ops.name + "' does not count layers"};
  DeviceError error;
  return error.result(
      ops.layer_stats(device, index, &stats, error.text, sizeof(error.text)));
}
