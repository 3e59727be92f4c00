//===- Program.cpp - The program container --------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Program/Program.h"

using namespace nncc;

unsigned nncc::sizeInBytes(DataType type) {
  switch (type) {
  case DataType::Int8:
  case DataType::UInt8:
    return 1;
  case DataType::Float32:
  case DataType::Int32:
    return 4;
  case DataType::Int64:
    return 8;
  }
  return 0;
}

const char *nncc::toString(DataType type) {
  switch (type) {
  case DataType::Int8:
    return "int8";
  case DataType::Float32:
    return "float32";
  case DataType::Int32:
    return "int32";
  case DataType::Int64:
    return "int64";
  case DataType::UInt8:
    return "uint8";
  }
  return "?";
}

const char *nncc::toString(Layout layout) {
  switch (layout) {
  case Layout::Host:
    return "host";
  case Layout::Words:
    return "words";
  case Layout::Rows:
    return "rows";
  }
  return "?";
}

const char *nncc::toString(HostOpKind kind) {
  switch (kind) {
  case HostOpKind::Quantize:
    return "quantize";
  case HostOpKind::Dequantize:
    return "dequantize";
  case HostOpKind::Reshape:
    return "reshape";
  case HostOpKind::Softmax:
    return "softmax";
  case HostOpKind::ArgMax:
    return "argmax";
  case HostOpKind::Picture:
    return "picture";
  case HostOpKind::Unpack:
    return "unpack";
  }
  return "?";
}

uint64_t Tensor::elementCount() const {
  uint64_t count = 1;
  for (int32_t dim : shape)
    count *= static_cast<uint32_t>(dim);
  return count;
}

std::array<uint32_t, 3> Tensor::featureShape() const {
  std::array<uint32_t, 3> result = {1, 1, 1};
  for (size_t i = 1; i < shape.size() && i <= result.size(); ++i)
    result[i - 1] = static_cast<uint32_t>(shape[i]);
  return result;
}

std::string Tensor::shapeText() const {
  if (shape.empty())
    return "scalar";
  std::string result;
  for (int32_t dim : shape)
    result += (result.empty() ? "" : "x") + std::to_string(dim);
  return result;
}

uint64_t RegionSizes::operator[](isa::Region region) const {
  switch (region) {
  case isa::Region::Constant:
    return constant;
  case isa::Region::Input:
    return input;
  case isa::Region::Output:
    return output;
  case isa::Region::Workspace:
    return workspace;
  }
  return 0;
}

std::vector<uint8_t> Program::encodeInstructions() const {
  std::vector<uint8_t> bytes(instructions.size() * isa::kInstructionBytes);
  for (size_t i = 0; i < instructions.size(); ++i)
    isa::encode(instructions[i], &bytes[i * isa::kInstructionBytes]);
  return bytes;
}
