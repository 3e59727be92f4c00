//===- Verifier.cpp - Soundness of a program ------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Program/Program.h"

#include <algorithm>
#include <cmath>

using namespace nncc;

/// Bound on the elements of a tensor, so that no product of sizes overflows.
static constexpr uint64_t kMaxElements = uint64_t(1) << 32;
static constexpr size_t kMaxText = 1 << 16;

namespace {

/// Checks one program. Each function returns the first defect, or "".
class Verifier {
public:
  explicit Verifier(const Program &program) : program(program) {}
  std::string run();

private:
  std::string checkRegions() const;
  std::string checkMemory() const;
  std::string checkInstructions() const;
  std::string checkTensor(const Tensor &tensor) const;
  std::string checkDeviceTensor(const Tensor &tensor) const;
  std::string checkChannels(const Tensor &tensor, uint32_t channels) const;
  std::string checkHostOps();
  std::string checkHostOp(const HostOp &op) const;
  std::string checkInterface();
  std::string checkPicture() const;
  std::string checkLayers() const;
  std::string checkWorkspaceMap() const;

  bool isTensor(uint32_t index) const { return index < program.tensors.size(); }
  bool isHost(uint32_t index) const {
    return program.tensors[index].layout == Layout::Host;
  }
  std::string badIndex(const std::string &what, uint32_t index) const {
    return what + ": tensor " + std::to_string(index) +
           " does not exist; the program has " +
           std::to_string(program.tensors.size());
  }

  const Program &program;
  /// Host tensors that have a value at this point of the walk.
  std::vector<bool> defined;
};

} // namespace

/// Text goes into messages and reports: no control characters.
static std::string checkText(const std::string &what, const std::string &text,
                             bool required) {
  if (required && text.empty())
    return what + " is empty";
  if (text.size() > kMaxText)
    return what + " has " + std::to_string(text.size()) +
           " bytes; expected at most " + std::to_string(kMaxText);
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return what + " has a control character";
  return "";
}

static std::string quoted(const std::string &name) { return "'" + name + "'"; }

//===----------------------------------------------------------------------===//
// Regions and instructions
//===----------------------------------------------------------------------===//

std::string Verifier::checkRegions() const {
  for (unsigned i = 0; i < isa::kNumRegions; ++i) {
    auto region = static_cast<isa::Region>(i);
    if (program.regions[region] > kMaxRegionBytes)
      return std::string("region ") + toString(region) + ": expected at most " +
             std::to_string(kMaxRegionBytes) + " bytes, got " +
             std::to_string(program.regions[region]);
  }
  if (program.constants.size() != program.regions.constant)
    return "region constant: expected the " +
           std::to_string(program.constants.size()) +
           " bytes of the constants, got " +
           std::to_string(program.regions.constant);
  return "";
}

/// A small file must not make its reader take memory that nothing is for.
std::string Verifier::checkMemory() const {
  uint64_t used[isa::kNumRegions] = {};
  uint64_t hostBytes = 0;
  for (const Tensor &tensor : program.tensors) {
    if (tensor.layout == Layout::Host) {
      hostBytes += tensor.elementCount() * sizeInBytes(tensor.type);
      if (hostBytes > kMaxRegionBytes)
        return "the host tensors take more than " +
               std::to_string(kMaxRegionBytes) + " bytes";
      continue;
    }
    uint64_t &end = used[static_cast<unsigned>(tensor.region)];
    end = std::max(end, uint64_t(tensor.offset) + tensor.bytes);
  }
  for (const isa::Instruction &inst : program.instructions)
    if (auto range = isa::dramRange(inst, program.arch)) {
      uint64_t &end = used[static_cast<unsigned>(range->region)];
      end = std::max<uint64_t>(end, range->end);
    }
  for (unsigned i = 0; i < isa::kNumRegions; ++i) {
    auto region = static_cast<isa::Region>(i);
    // What is reserved for a tensor may be larger than what it fills.
    constexpr uint64_t kAlwaysFree = 65536;
    if (region != isa::Region::Constant &&
        program.regions[region] > 2 * used[i] + kAlwaysFree)
      return std::string("region ") + toString(region) + ": takes " +
             std::to_string(program.regions[region]) +
             " bytes, of which only the first " + std::to_string(used[i]) +
             " are used";
  }
  return "";
}

std::string Verifier::checkInstructions() const {
  if (program.instructionLayers.size() != program.instructions.size())
    return "instruction_layers: expected one entry for each of the " +
           std::to_string(program.instructions.size()) + " instructions, got " +
           std::to_string(program.instructionLayers.size());
  auto nameOf = [&](size_t i) {
    return "instruction " + std::to_string(i) + " (" +
           isa::toString(program.instructions[i].opcode()) + "): ";
  };
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    const isa::Instruction &inst = program.instructions[i];
    auto where = [&] { return nameOf(i); };
    std::string error = isa::verify(inst, program.arch);
    if (!error.empty())
      return where() + error;
    if (auto range = isa::dramRange(inst, program.arch)) {
      uint64_t size = program.regions[range->region];
      if (range->end > size)
        return where() + "touches bytes " + std::to_string(range->begin) +
               " to " + std::to_string(range->end) + " of region " +
               toString(range->region) + ", which has " + std::to_string(size);
    }
    if (program.instructionLayers[i] >= program.layers.size())
      return where() + "layer " + std::to_string(program.instructionLayers[i]) +
             " does not exist; the program has " +
             std::to_string(program.layers.size());
  }
  size_t failed = 0;
  std::string error =
      isa::verifyTokens(program.instructions, program.arch, failed);
  return error.empty() ? "" : nameOf(failed) + error;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

std::string Verifier::checkTensor(const Tensor &tensor) const {
  std::string error = checkText("name", tensor.name, /*required=*/true);
  if (!error.empty())
    return error;
  if (sizeInBytes(tensor.type) == 0)
    return "unknown type " + std::to_string(static_cast<unsigned>(tensor.type));
  uint64_t count = 1;
  for (int32_t dim : tensor.shape) {
    if (dim < 1)
      return "shape " + tensor.shapeText() +
             ": expected dimensions of at least 1";
    count *= static_cast<uint32_t>(dim);
    if (count > kMaxElements)
      return "shape " + tensor.shapeText() + " has more than " +
             std::to_string(kMaxElements) + " elements";
  }
  if (tensor.type == DataType::Int8) {
    if (!(std::isfinite(tensor.scale) && tensor.scale > 0))
      return "scale: expected a positive number, got " +
             std::to_string(tensor.scale);
    if (tensor.zeroPoint < -128 || tensor.zeroPoint > 127)
      return "zero_point: expected -128..127, got " +
             std::to_string(tensor.zeroPoint);
    if (tensor.bits < 1 || tensor.bits > 8)
      return "bits: expected 1..8, got " + std::to_string(tensor.bits);
  }
  switch (tensor.layout) {
  case Layout::Host:
    return "";
  case Layout::Words:
  case Layout::Rows:
    return checkDeviceTensor(tensor);
  }
  return "unknown layout " +
         std::to_string(static_cast<unsigned>(tensor.layout));
}

std::string Verifier::checkDeviceTensor(const Tensor &tensor) const {
  const uint32_t v = program.arch.vector;
  if (tensor.type != DataType::Int8)
    return std::string("type: expected int8 in a DRAM region, got ") +
           toString(tensor.type);
  if (tensor.shape.size() > 4 ||
      (!tensor.shape.empty() && tensor.shape[0] != 1))
    return "shape: expected [1, C, H, W] in a DRAM region, got " +
           tensor.shapeText();
  if (static_cast<unsigned>(tensor.region) >= isa::kNumRegions)
    return "unknown region " +
           std::to_string(static_cast<unsigned>(tensor.region));
  if (tensor.offset % v != 0)
    return "offset: expected a multiple of V = " + std::to_string(v) +
           ", got " + std::to_string(tensor.offset);
  uint64_t size = program.regions[tensor.region];
  if (uint64_t(tensor.offset) + tensor.bytes > size)
    return "takes bytes " + std::to_string(tensor.offset) + " to " +
           std::to_string(uint64_t(tensor.offset) + tensor.bytes) +
           " of region " + toString(tensor.region) + ", which has " +
           std::to_string(size);

  auto [channels, height, width] = tensor.featureShape();
  uint64_t expected;
  if (tensor.layout == Layout::Rows) {
    if (!tensor.channels.empty())
      return "a tensor in rows has no channel map";
    if (tensor.rowPitch < uint64_t(width) * channels ||
        tensor.rowPitch % v != 0)
      return "row_pitch: expected at least " +
             std::to_string(uint64_t(width) * channels) +
             ", a multiple of V = " + std::to_string(v) + ", got " +
             std::to_string(tensor.rowPitch);
    expected = uint64_t(height) * tensor.rowPitch;
  } else {
    std::string error = checkChannels(tensor, channels);
    if (!error.empty())
      return error;
    uint64_t slots = tensor.channels.empty()
                         ? (uint64_t(channels) + v - 1) / v * v
                         : tensor.channels.size();
    // At most kMaxElements * V, or the slots that the file holds.
    expected = slots * (uint64_t(height) * width);
  }
  if (tensor.bytes != expected)
    return "bytes: expected " + std::to_string(expected) + " for shape " +
           tensor.shapeText() + " in " + toString(tensor.layout) + ", got " +
           std::to_string(tensor.bytes);
  return "";
}

std::string Verifier::checkChannels(const Tensor &tensor,
                                    uint32_t channels) const {
  if (tensor.channels.empty())
    return "";
  if (tensor.channels.size() % program.arch.vector != 0)
    return "channels: expected a multiple of V = " +
           std::to_string(program.arch.vector) + " slots, got " +
           std::to_string(tensor.channels.size());
  if (tensor.channels.size() < channels)
    return "channels: " + std::to_string(tensor.channels.size()) +
           " slots for " + std::to_string(channels) + " channels";
  std::vector<bool> seen(channels);
  uint32_t count = 0;
  for (int32_t channel : tensor.channels) {
    if (channel == -1)
      continue;
    if (channel < -1 || static_cast<uint32_t>(channel) >= channels)
      return "channels: expected -1.." + std::to_string(int64_t(channels) - 1) +
             ", got " + std::to_string(channel);
    if (seen[channel])
      return "channels: channel " + std::to_string(channel) + " has two slots";
    seen[channel] = true;
    ++count;
  }
  if (count == channels)
    return "";
  uint32_t missing = 0;
  while (seen[missing])
    ++missing;
  return "channels: channel " + std::to_string(missing) + " has no slot";
}

//===----------------------------------------------------------------------===//
// Host operators
//===----------------------------------------------------------------------===//

std::string Verifier::checkHostOp(const HostOp &op) const {
  if (op.inputs.size() != 1 || op.outputs.size() != 1)
    return "expected one input and one output, got " +
           std::to_string(op.inputs.size()) + " and " +
           std::to_string(op.outputs.size());
  for (uint32_t index : {op.inputs[0], op.outputs[0]})
    if (!isTensor(index))
      return badIndex("operand", index);
  const Tensor &in = program.tensors[op.inputs[0]];
  const Tensor &out = program.tensors[op.outputs[0]];
  auto is = [](const Tensor &tensor, bool host, DataType type) {
    return (tensor.layout == Layout::Host) == host && tensor.type == type;
  };
  auto mismatch = [&](const char *expected) {
    auto text = [](const Tensor &tensor) {
      return quoted(tensor.name) + " (" + toString(tensor.type) + ", " +
             toString(tensor.layout) + ", " + tensor.shapeText() + ")";
    };
    return std::string("expected ") + expected + ", got " + text(in) + " to " +
           text(out);
  };
  auto badAxis = [&] {
    int64_t rank = static_cast<int64_t>(in.shape.size());
    return op.axis < -rank || op.axis >= rank;
  };
  auto axisError = [&] {
    return "axis: " + std::to_string(op.axis) + " is none of shape " +
           in.shapeText();
  };

  switch (op.kind) {
  case HostOpKind::Quantize:
    if (!is(in, true, DataType::Float32) || !is(out, false, DataType::Int8) ||
        in.elementCount() != out.elementCount())
      return mismatch("float32 of the host to int8 of a region");
    if (out.region != isa::Region::Input)
      return "expected a result in region input, got " +
             std::string(toString(out.region));
    return "";
  case HostOpKind::Dequantize:
    if (!is(in, false, DataType::Int8) || !is(out, true, DataType::Float32) ||
        in.elementCount() != out.elementCount())
      return mismatch("int8 of a region to float32 of the host");
    return "";
  case HostOpKind::Picture: {
    auto [channels, height, width] = out.featureShape();
    if (!is(in, true, DataType::UInt8) || !is(out, false, DataType::Int8) ||
        in.shape.size() != 4 || in.shape[0] != 1 ||
        uint32_t(in.shape[1]) != height || uint32_t(in.shape[2]) != width ||
        (uint32_t(in.shape[3]) != channels &&
         uint32_t(in.shape[3]) + 1 != channels))
      return mismatch(
          "uint8 [1, H, W, C] of the host to int8 [1, C, H, W] of a "
          "region, or one channel more");
    if (out.region != isa::Region::Input)
      return "expected a result in region input, got " +
             std::string(toString(out.region));
    if (op.fill < -128 || op.fill > 127)
      return "fill: expected -128..127, got " + std::to_string(op.fill);
    return "";
  }
  case HostOpKind::Unpack:
    if (!is(in, false, DataType::Int8) || !is(out, true, DataType::Int8) ||
        in.shape != out.shape)
      return mismatch("int8 of a region to int8 of the host, of one shape");
    return "";
  case HostOpKind::Reshape:
    if (!is(in, true, out.type) || !is(out, true, in.type) ||
        in.elementCount() != out.elementCount())
      return mismatch("host tensors of one type and element count");
    return "";
  case HostOpKind::Softmax:
    if (!is(in, true, DataType::Float32) || !is(out, true, DataType::Float32) ||
        in.shape != out.shape)
      return mismatch("float32 host tensors of one shape");
    return badAxis() ? axisError() : "";
  case HostOpKind::ArgMax:
    if (!is(in, true, DataType::Float32) || !is(out, true, DataType::Int64))
      return mismatch("float32 to int64 of the host");
    if (badAxis())
      return axisError();
    {
      size_t axis = op.axis < 0 ? op.axis + in.shape.size() : op.axis;
      std::vector<int32_t> shape = in.shape;
      if (op.keepDims)
        shape[axis] = 1;
      else
        shape.erase(shape.begin() + axis);
      if (shape != out.shape)
        return mismatch("the shape of the input less the axis");
    }
    return "";
  }
  return "unknown kind " + std::to_string(static_cast<unsigned>(op.kind));
}

std::string Verifier::checkHostOps() {
  const std::pair<const char *, const std::vector<HostOp> *> lists[] = {
      {"prologue", &program.prologue}, {"epilogue", &program.epilogue}};
  for (const auto &list : lists)
    for (size_t i = 0; i < list.second->size(); ++i) {
      const HostOp &op = (*list.second)[i];
      auto where = [&] {
        return std::string(list.first) + ' ' + std::to_string(i) + " (" +
               toString(op.kind) + "): ";
      };
      std::string error = checkText("name", op.name, /*required=*/true);
      if (error.empty())
        error = checkHostOp(op);
      if (!error.empty())
        return where() + error;
      uint32_t in = op.inputs[0], out = op.outputs[0];
      if (isHost(in) && !defined[in])
        return where() + "reads tensor " + quoted(program.tensors[in].name) +
               " before it has a value";
      if (!isHost(out))
        continue;
      if (defined[out])
        return where() + "writes tensor " + quoted(program.tensors[out].name) +
               ", which has a value already";
      defined[out] = true;
    }
  return "";
}

std::string Verifier::checkInterface() {
  defined.assign(program.tensors.size(), false);
  for (size_t i = 0; i < program.inputs.size(); ++i) {
    uint32_t index = program.inputs[i];
    std::string what = "input " + std::to_string(i);
    if (!isTensor(index))
      return badIndex(what, index);
    if (!isHost(index))
      return what + ": expected a host tensor, got " +
             quoted(program.tensors[index].name);
    if (defined[index])
      return what + ": tensor " + quoted(program.tensors[index].name) +
             " is an input twice";
    defined[index] = true;
  }
  std::string error = checkHostOps();
  if (!error.empty())
    return error;
  for (size_t i = 0; i < program.outputs.size(); ++i) {
    uint32_t index = program.outputs[i];
    std::string what = "output " + std::to_string(i);
    if (!isTensor(index))
      return badIndex(what, index);
    if (!isHost(index))
      return what + ": expected a host tensor, got " +
             quoted(program.tensors[index].name);
    if (!defined[index])
      return what + ": nothing gives tensor " +
             quoted(program.tensors[index].name) + " a value";
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

std::string Verifier::checkLayers() const {
  for (size_t i = 0; i < program.layers.size(); ++i) {
    const Layer &layer = program.layers[i];
    const std::pair<const char *, const std::string *> texts[] = {
        {"name", &layer.name},
        {"kind", &layer.kind},
        {"engine", &layer.engine},
        {"reason", &layer.reason},
        {"tile", &layer.tile}};
    for (auto [name, text] : texts) {
      std::string error =
          checkText(name, *text, /*required=*/text == &layer.name);
      if (!error.empty())
        return "layer " + std::to_string(i) + ": " + error;
    }
  }
  return "";
}

std::string Verifier::checkPicture() const {
  if (!program.picture)
    return "";
  if (std::string error = program.picture->verify(); !error.empty())
    return error;
  if (program.inputs.empty())
    return "the program has no input";
  const Tensor &input = program.tensors[program.inputs[0]];
  int64_t channels = program.picture->channels();
  if (input.type != DataType::UInt8 || input.shape.size() != 4 ||
      input.shape[0] != 1 || input.shape[3] != channels ||
      input.shape[1] > int64_t(kMaxPictureSide) ||
      input.shape[2] > int64_t(kMaxPictureSide))
    return "expected input 0 to be uint8 [1, H, W, " +
           std::to_string(channels) + "] for " +
           toString(program.picture->pixels) + ", got " + toString(input.type) +
           ", " + input.shapeText();
  return "";
}

std::string Verifier::checkWorkspaceMap() const {
  for (size_t i = 0; i < program.workspaceMap.size(); ++i) {
    uint32_t index = program.workspaceMap[i];
    std::string what = "workspace_map " + std::to_string(i);
    if (!isTensor(index))
      return badIndex(what, index);
    if (isHost(index) ||
        program.tensors[index].region != isa::Region::Workspace)
      return what + ": expected a tensor of the workspace, got " +
             quoted(program.tensors[index].name);
  }
  return "";
}

std::string Verifier::run() {
  std::string error = checkText("compiler", program.compiler, false);
  if (error.empty())
    error = checkText("arch_name", program.arch.name, true);
  if (!error.empty())
    return error;
  error = program.arch.verify();
  if (!error.empty())
    return "architecture " + quoted(program.arch.name) + ": " + error;
  error = checkRegions();
  if (error.empty())
    error = checkLayers();
  if (error.empty())
    error = checkInstructions();
  if (!error.empty())
    return error;
  for (size_t i = 0; i < program.tensors.size(); ++i) {
    error = checkTensor(program.tensors[i]);
    if (!error.empty())
      return "tensor " + std::to_string(i) +
             (program.tensors[i].name.size() <= kMaxText
                  ? " " + quoted(program.tensors[i].name)
                  : "") +
             ": " + error;
  }
  error = checkMemory();
  if (error.empty())
    error = checkInterface();
  if (error.empty())
    error = checkWorkspaceMap();
  if (!error.empty())
    return error;
  error = checkPicture();
  return error.empty() ? "" : "picture: " + error;
}

std::string nncc::verify(const Program &program) {
  return Verifier(program).run();
}
