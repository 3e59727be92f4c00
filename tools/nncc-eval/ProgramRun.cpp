//===- ProgramRun.cpp - A compiled network as a function ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ProgramRun.h"

#include "nncc/Quantization/Requantize.h"

#include <cstring>

using namespace nncc;
using llvm::Expected;

static llvm::Error runtimeError(const std::string &path) {
  return llvm::createStringError(path + ": " + nncc_last_error());
}

Expected<ProgramRun> ProgramRun::open(const std::string &path) {
  Program program;
  if (std::string why = readProgramFile(path, program); !why.empty())
    return llvm::createStringError(why);
  ProgramRun result;
  nncc_session *opened = nullptr;
  if (nncc_open_file(path.c_str(), "sim", nullptr, &opened) != NNCC_OK)
    return runtimeError(path);
  result.session.reset(opened);
  result.format = program.picture;

  for (uint32_t index : program.outputs) {
    const Tensor &tensor = program.tensors[index];
    Output output;
    output.name = tensor.name;
    output.shape.assign(tensor.shape.begin(), tensor.shape.end());
    // A layer's bytes come from a tensor of the accelerator, which has its
    // scale.
    for (const HostOp &op : program.epilogue)
      if (op.kind == HostOpKind::Unpack && op.outputs.front() == index) {
        output.scale = program.tensors[op.inputs.front()].scale;
        output.zeroPoint = program.tensors[op.inputs.front()].zeroPoint;
      }
    result.outputInfo.push_back(std::move(output));
  }
  return result;
}

Expected<std::vector<std::vector<float>>>
ProgramRun::run(const std::vector<std::string> &names,
                const std::vector<TensorData> &inputs) {
  for (size_t i = 0; i < nncc_input_count(session.get()); ++i) {
    nncc_tensor_info info;
    if (nncc_get_input_info(session.get(), i, &info) != NNCC_OK)
      return runtimeError("program");
    auto found = std::find(names.begin(), names.end(), info.name);
    if (found == names.end())
      return llvm::createStringError(
          "the program has an input '" + std::string(info.name) +
          "', the model has none of that name: is it another model's?");
    const TensorData &input = inputs[found - names.begin()];
    if (nncc_set_input(session.get(), i, input.floats.data(),
                       input.floats.size() * sizeof(float)) != NNCC_OK)
      return runtimeError("program");
  }
  return run();
}

Expected<std::vector<std::vector<float>>>
ProgramRun::run(const std::vector<uint8_t> &pixels) {
  if (nncc_set_input(session.get(), 0, pixels.data(), pixels.size()) != NNCC_OK)
    return runtimeError("program");
  return run();
}

Expected<std::vector<std::vector<float>>> ProgramRun::run() {
  if (nncc_run(session.get()) != NNCC_OK)
    return runtimeError("program");

  std::vector<std::vector<float>> results;
  for (size_t i = 0; i < outputInfo.size(); ++i) {
    nncc_tensor_info info;
    if (nncc_get_output_info(session.get(), i, &info) != NNCC_OK)
      return runtimeError("program");
    std::vector<uint8_t> bytes(info.bytes);
    if (nncc_get_output(session.get(), i, bytes.data(), bytes.size()) !=
        NNCC_OK)
      return runtimeError("program");
    std::vector<float> values;
    if (info.type == NNCC_FLOAT32) {
      values.resize(bytes.size() / sizeof(float));
      std::memcpy(values.data(), bytes.data(), bytes.size());
    } else if (info.type == NNCC_INT8) {
      for (uint8_t byte : bytes)
        values.push_back(static_cast<float>(
            dequantize(static_cast<int8_t>(byte), outputInfo[i].scale,
                       outputInfo[i].zeroPoint)));
    } else if (info.type == NNCC_INT64) {
      for (size_t at = 0; at < bytes.size(); at += sizeof(int64_t)) {
        int64_t value;
        std::memcpy(&value, &bytes[at], sizeof(value));
        values.push_back(static_cast<float>(value));
      }
    } else {
      return llvm::createStringError("output '" + outputInfo[i].name +
                                     "' is of a type that is not known here");
    }
    results.push_back(std::move(values));
  }
  return results;
}
