//===- Deserialize.cpp - Reading a container that may hold anything -------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// From the outside in: identifier, envelope, format version, checksum, tables
// of the payload, architecture, instructions, and then the rules of verify. No
// byte is used before the step that vouches for it.
//
//===----------------------------------------------------------------------===//

#include "nncc/Program/Program.h"

#include "Program_generated.h"
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <zlib.h>

using namespace nncc;

/// Tables nest no deeper than Program, its lists' elements and their strings.
static constexpr unsigned kMaxDepth = 8;
static constexpr unsigned kMaxTables = 1 << 20;
/// Alignment that reading a buffer in place needs.
static constexpr size_t kAlignment = 8;

namespace {

/// The container without its payload. The generated verifier of Container would
/// look into the payload, which means something only if version and checksum
/// are right.
struct Envelope : private flatbuffers::Table {
  bool Verify(flatbuffers::Verifier &verifier) const {
    using C = fb::Container;
    return VerifyTableStart(verifier) &&
           VerifyField<uint32_t>(verifier, C::VT_FORMAT_VERSION,
                                 sizeof(uint32_t)) &&
           VerifyField<uint32_t>(verifier, C::VT_CHECKSUM, sizeof(uint32_t)) &&
           VerifyOffsetRequired(verifier, C::VT_PAYLOAD) &&
           verifier.VerifyVector(
               GetPointer<const flatbuffers::Vector<uint8_t> *>(
                   C::VT_PAYLOAD)) &&
           verifier.EndTable();
  }
};

/// Bytes at an address that allows reading them in place: the given ones, or a
/// copy.
class AlignedBytes {
public:
  AlignedBytes(const uint8_t *data, size_t size) : begin(data) {
    if (size == 0 || reinterpret_cast<uintptr_t>(data) % kAlignment == 0)
      return;
    copy.resize((size + sizeof(uint64_t) - 1) / sizeof(uint64_t));
    std::memcpy(copy.data(), data, size);
    begin = reinterpret_cast<const uint8_t *>(copy.data());
  }
  const uint8_t *data() const { return begin; }

private:
  const uint8_t *begin;
  std::vector<uint64_t> copy;
};

} // namespace

static std::string text(const flatbuffers::String *value) {
  return value ? value->str() : std::string();
}

template <typename T>
static std::vector<T> values(const flatbuffers::Vector<T> *vector) {
  if (!vector)
    return {};
  return std::vector<T>(vector->begin(), vector->end());
}

static std::string hex(uint64_t value) {
  char buffer[17];
  std::snprintf(buffer, sizeof(buffer), "%016" PRIx64, value);
  return buffer;
}

static std::string readArch(const fb::Program &in, ArchConfig &arch) {
  arch.name = text(in.arch_name());
  std::vector<bool> seen(archFields().size());
  for (const fb::ArchField *entry : *in.arch()) {
    std::string name = text(entry->name());
    size_t index = 0;
    while (index < archFields().size() && name != archFields()[index].key())
      ++index;
    if (index == archFields().size())
      return "unknown architecture field '" + name + "'";
    if (seen[index])
      return "architecture field " + name + " is given twice";
    seen[index] = true;
    arch.*archFields()[index].member = entry->value();
  }
  for (size_t i = 0; i < seen.size(); ++i)
    if (!seen[i])
      return "architecture field " + archFields()[i].key() + " is missing";
  std::string error = arch.verify();
  if (!error.empty())
    return error;
  if (arch.fingerprint() != in.arch_fingerprint())
    return "fingerprint " + hex(in.arch_fingerprint()) +
           " does not belong to the fields beside it, whose fingerprint is " +
           arch.fingerprintText();
  return "";
}

static std::string readInstructions(const fb::Program &in, Program &out) {
  size_t size = in.instructions()->size();
  if (size % isa::kInstructionBytes != 0)
    return "instructions: expected a multiple of " +
           std::to_string(isa::kInstructionBytes) + " bytes, got " +
           std::to_string(size);
  out.instructions.resize(size / isa::kInstructionBytes);
  for (size_t i = 0; i < out.instructions.size(); ++i) {
    std::string error =
        isa::decode(in.instructions()->data() + i * isa::kInstructionBytes,
                    out.instructions[i]);
    if (!error.empty())
      return "instruction " + std::to_string(i) + ": " + error;
  }
  return "";
}

static Tensor readTensor(const fb::Tensor &in) {
  Tensor tensor;
  tensor.name = text(in.name());
  tensor.type = static_cast<DataType>(in.type());
  tensor.shape = values(in.shape());
  tensor.layout = static_cast<Layout>(in.layout());
  tensor.region = static_cast<isa::Region>(in.region());
  tensor.offset = in.offset();
  tensor.bytes = in.bytes();
  tensor.rowPitch = in.row_pitch();
  tensor.channels = values(in.channels());
  tensor.scale = in.scale();
  tensor.zeroPoint = in.zero_point();
  tensor.bits = in.bits();
  return tensor;
}

static HostOp readHostOp(const fb::HostOp &in) {
  HostOp op;
  op.kind = static_cast<HostOpKind>(in.kind());
  op.name = text(in.name());
  op.inputs = values(in.inputs());
  op.outputs = values(in.outputs());
  op.axis = in.axis();
  op.keepDims = in.keep_dims();
  op.selectLastIndex = in.select_last_index();
  op.fill = in.fill();
  return op;
}

static Layer readLayer(const fb::Layer &in) {
  Layer layer;
  layer.name = text(in.name());
  layer.kind = text(in.kind());
  layer.engine = text(in.engine());
  layer.reason = text(in.reason());
  layer.macs = in.macs();
  layer.tile = text(in.tile());
  return layer;
}

static std::optional<PictureFormat>
readPictureFormat(const fb::PictureFormat *in) {
  if (!in)
    return std::nullopt;
  PictureFormat format;
  format.pixels = static_cast<PixelFormat>(in->pixels());
  format.resize = in->resize();
  format.stretch = in->stretch();
  format.mean = values(in->mean());
  format.std = values(in->std());
  return format;
}

static std::string readProgram(const fb::Program &in, Program &out) {
  if (in.isa_version() != isa::kVersion)
    return "instruction set version " + std::to_string(in.isa_version()) +
           "; this reader knows version " + std::to_string(isa::kVersion);
  out = Program();
  out.compiler = text(in.compiler());
  std::string error = readArch(in, out.arch);
  if (!error.empty())
    return "architecture '" + out.arch.name + "': " + error;
  error = readInstructions(in, out);
  if (!error.empty())
    return error;
  out.constants.assign(in.constants()->begin(), in.constants()->end());
  out.regions.constant = in.regions()->constant();
  out.regions.input = in.regions()->input();
  out.regions.output = in.regions()->output();
  out.regions.workspace = in.regions()->workspace();
  for (const fb::Tensor *tensor : *in.tensors())
    out.tensors.push_back(readTensor(*tensor));
  out.inputs = values(in.inputs());
  out.outputs = values(in.outputs());
  for (const fb::HostOp *op : *in.prologue())
    out.prologue.push_back(readHostOp(*op));
  for (const fb::HostOp *op : *in.epilogue())
    out.epilogue.push_back(readHostOp(*op));
  for (const fb::Layer *layer : *in.layers())
    out.layers.push_back(readLayer(*layer));
  out.instructionLayers = values(in.instruction_layers());
  out.workspaceMap = values(in.workspace_map());
  out.picture = readPictureFormat(in.picture());
  return verify(out);
}

std::string nncc::deserialize(const uint8_t *data, size_t size, Program &out) {
  // A root offset and the identifier, then at least a table.
  if (size < 16 || !fb::ContainerBufferHasIdentifier(data))
    return std::string("not a program: expected the identifier '") +
           fb::ContainerIdentifier() + "' at byte 4";
  if (size >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return "the file has " + std::to_string(size) +
           " bytes; a container holds less than " +
           std::to_string(FLATBUFFERS_MAX_BUFFER_SIZE);
  AlignedBytes bytes(data, size);
  flatbuffers::Verifier outer(bytes.data(), size, kMaxDepth, kMaxTables);
  if (!outer.VerifyBuffer<Envelope>(fb::ContainerIdentifier()))
    return "the container is damaged or cut off (" + std::to_string(size) +
           " bytes)";

  const fb::Container &container = *fb::GetContainer(bytes.data());
  if (container.format_version() != kProgramFormatVersion)
    return "format version " + std::to_string(container.format_version()) +
           "; this reader knows version " +
           std::to_string(kProgramFormatVersion) +
           ". Compile the model again with the compiler of this release";
  const flatbuffers::Vector<uint8_t> &payload = *container.payload();
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  // A fuzzer would never get past it.
  uLong checksum = crc32(0, nullptr, 0);
  checksum = crc32(checksum, payload.data(), payload.size());
  if (checksum != container.checksum())
    return "checksum mismatch: expected " +
           hex(container.checksum()).substr(8) + ", got " +
           hex(checksum).substr(8) + "; the file is damaged";
#endif

  AlignedBytes program(payload.data(), payload.size());
  flatbuffers::Verifier inner(program.data(), payload.size(), kMaxDepth,
                              kMaxTables);
  if (!inner.VerifyBuffer<fb::Program>(nullptr))
    return "the payload is no well-formed program";
  return readProgram(*flatbuffers::GetRoot<fb::Program>(program.data()), out);
}
