//===- Serialize.cpp - Writing a container --------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Program/Program.h"

#include "Program_generated.h"
#include <zlib.h>

using namespace nncc;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
template <typename T> using Vector = flatbuffers::Vector<T>;
template <typename T> using TableVector = Vector<Offset<T>>;

/// Alignment of instructions and constants in the file.
static constexpr size_t kAlignment = 64;
/// FlatBuffers' offsets reach 2 GiB; the metadata needs some of it.
static constexpr uint64_t kMaxBytes = (uint64_t(1) << 31) - (1 << 20);

static Offset<Vector<uint8_t>> alignedBytes(FlatBufferBuilder &builder,
                                            const uint8_t *data, size_t size) {
  builder.ForceVectorAlignment(size, 1, kAlignment);
  return builder.CreateVector(data, size);
}

static Offset<flatbuffers::String> text(FlatBufferBuilder &builder,
                                        const std::string &value) {
  return value.empty() ? 0 : builder.CreateString(value);
}

static Offset<TableVector<fb::Tensor>> tensors(FlatBufferBuilder &builder,
                                               const Program &program) {
  std::vector<Offset<fb::Tensor>> result;
  for (const Tensor &tensor : program.tensors) {
    auto name = builder.CreateString(tensor.name);
    auto shape = builder.CreateVector(tensor.shape);
    Offset<Vector<int32_t>> channels;
    if (!tensor.channels.empty())
      channels = builder.CreateVector(tensor.channels);
    result.push_back(
        fb::CreateTensor(builder, name, static_cast<fb::DataType>(tensor.type),
                         shape, static_cast<fb::Layout>(tensor.layout),
                         static_cast<fb::Region>(tensor.region), tensor.offset,
                         tensor.bytes, tensor.rowPitch, channels, tensor.scale,
                         tensor.zeroPoint, tensor.bits));
  }
  return builder.CreateVector(result);
}

static Offset<TableVector<fb::HostOp>> hostOps(FlatBufferBuilder &builder,
                                               const std::vector<HostOp> &ops) {
  std::vector<Offset<fb::HostOp>> result;
  for (const HostOp &op : ops) {
    auto name = builder.CreateString(op.name);
    auto inputs = builder.CreateVector(op.inputs);
    auto outputs = builder.CreateVector(op.outputs);
    result.push_back(fb::CreateHostOp(
        builder, static_cast<fb::HostOpKind>(op.kind), name, inputs, outputs,
        op.axis, op.keepDims, op.selectLastIndex, op.fill));
  }
  return builder.CreateVector(result);
}

static Offset<TableVector<fb::Layer>> layers(FlatBufferBuilder &builder,
                                             const Program &program) {
  std::vector<Offset<fb::Layer>> result;
  for (const Layer &layer : program.layers) {
    auto name = builder.CreateString(layer.name);
    auto kind = builder.CreateString(layer.kind);
    auto engine = builder.CreateString(layer.engine);
    auto reason = text(builder, layer.reason);
    auto tile = text(builder, layer.tile);
    result.push_back(
        fb::CreateLayer(builder, name, kind, engine, reason, layer.macs, tile));
  }
  return builder.CreateVector(result);
}

static Offset<TableVector<fb::ArchField>> arch(FlatBufferBuilder &builder,
                                               const ArchConfig &config) {
  std::vector<Offset<fb::ArchField>> result;
  for (const ArchField &field : archFields()) {
    auto name = builder.CreateString(field.key());
    result.push_back(fb::CreateArchField(builder, name, config.*field.member));
  }
  return builder.CreateVector(result);
}

static Offset<fb::PictureFormat>
picture(FlatBufferBuilder &builder,
        const std::optional<PictureFormat> &format) {
  if (!format)
    return 0;
  auto mean = builder.CreateVector(format->mean);
  auto std = builder.CreateVector(format->std);
  return fb::CreatePictureFormat(builder,
                                 static_cast<fb::PixelFormat>(format->pixels),
                                 format->resize, format->stretch, mean, std);
}

static void buildProgram(FlatBufferBuilder &builder, const Program &program) {
  auto compiler = text(builder, program.compiler);
  auto archName = builder.CreateString(program.arch.name);
  auto archFields = arch(builder, program.arch);
  std::vector<uint8_t> code = program.encodeInstructions();
  auto instructions = alignedBytes(builder, code.data(), code.size());
  auto constants =
      alignedBytes(builder, program.constants.data(), program.constants.size());
  fb::RegionSizes regions(program.regions.constant, program.regions.input,
                          program.regions.output, program.regions.workspace);
  auto tensorTables = tensors(builder, program);
  auto inputs = builder.CreateVector(program.inputs);
  auto outputs = builder.CreateVector(program.outputs);
  auto prologue = hostOps(builder, program.prologue);
  auto epilogue = hostOps(builder, program.epilogue);
  auto layerTables = layers(builder, program);
  auto instructionLayers = builder.CreateVector(program.instructionLayers);
  Offset<Vector<uint32_t>> workspaceMap;
  if (!program.workspaceMap.empty())
    workspaceMap = builder.CreateVector(program.workspaceMap);
  auto pictureFormat = picture(builder, program.picture);
  builder.Finish(fb::CreateProgram(
      builder, compiler, archName, program.arch.fingerprint(), archFields,
      isa::kVersion, instructions, constants, &regions, tensorTables, inputs,
      outputs, prologue, epilogue, layerTables, instructionLayers, workspaceMap,
      pictureFormat));
}

/// A generous bound on what the tables take beside the two large vectors.
static uint64_t metadataBound(const Program &program) {
  uint64_t bytes = 1 << 16;
  for (const Tensor &tensor : program.tensors)
    bytes += 256 + tensor.name.size() + 4 * tensor.shape.size() +
             4 * tensor.channels.size();
  for (const auto *ops : {&program.prologue, &program.epilogue})
    for (const HostOp &op : *ops)
      bytes += 256 + op.name.size();
  for (const Layer &layer : program.layers)
    bytes += 256 + layer.name.size() + layer.kind.size() + layer.engine.size() +
             layer.reason.size() + layer.tile.size();
  bytes += 4 * (program.inputs.size() + program.outputs.size() +
                program.workspaceMap.size());
  return bytes;
}

std::string nncc::serialize(const Program &program, std::vector<uint8_t> &out) {
  std::string error = verify(program);
  if (!error.empty())
    return error;
  uint64_t bytes =
      program.constants.size() +
      program.instructions.size() * uint64_t(isa::kInstructionBytes + 4) +
      metadataBound(program);
  if (bytes > kMaxBytes)
    return "the program needs about " + std::to_string(bytes) +
           " bytes; a container holds at most " + std::to_string(kMaxBytes);

  FlatBufferBuilder inner;
  buildProgram(inner, program);
  uLong checksum = crc32(0, nullptr, 0);
  checksum = crc32(checksum, inner.GetBufferPointer(), inner.GetSize());

  FlatBufferBuilder outer(inner.GetSize() + 256);
  auto payload = alignedBytes(outer, inner.GetBufferPointer(), inner.GetSize());
  fb::FinishContainerBuffer(
      outer, fb::CreateContainer(outer, kProgramFormatVersion,
                                 static_cast<uint32_t>(checksum), payload));
  out.assign(outer.GetBufferPointer(),
             outer.GetBufferPointer() + outer.GetSize());
  return "";
}
