//===- Program.h - The program container ------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// A compiled network: instructions, constants, tensors, what the host does
// before and after. Plain structures, one for each table of Program.fbs, where
// the meaning of a member that has no comment here stands.
//
// A program that deserialize accepted is sound: every index points to
// something, every tensor lies in its region, every instruction is legal for
// the architecture that the program names, the DRAM side of each stays in the
// regions, and their tokens cannot deadlock.
//
// Functions return a message, empty for success.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_PROGRAM_PROGRAM_H
#define NNCC_PROGRAM_PROGRAM_H

#include "nncc/ISA/ISA.h"
#include "nncc/Picture/PictureFormat.h"
#include "nncc/Target/ArchConfig.h"
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nncc {

/// Version of the container's layout. A reader accepts exactly its own.
constexpr uint32_t kProgramFormatVersion = 1;

enum class DataType : uint8_t {
  Int8 = 0,
  Float32 = 1,
  Int32 = 2,
  Int64 = 3,
  UInt8 = 4
};
/// Bytes of an element.
unsigned sizeInBytes(DataType type);
const char *toString(DataType type);

enum class Layout : uint8_t { Host = 0, Words = 1, Rows = 2 };
const char *toString(Layout layout);

enum class HostOpKind : uint8_t {
  Quantize = 0,
  Dequantize = 1,
  Reshape = 2,
  Softmax = 3,
  ArgMax = 4,
  Unpack = 5,
  Picture = 6
};
const char *toString(HostOpKind kind);

struct Tensor {
  std::string name;
  DataType type = DataType::Int8;
  std::vector<int32_t> shape; ///< ONNX dimensions; NCHW for feature maps
  Layout layout = Layout::Host;
  isa::Region region{};  ///< Words and Rows
  uint32_t offset = 0;   ///< bytes into the region
  uint32_t bytes = 0;    ///< bytes that the tensor takes there; Host: 0
  uint32_t rowPitch = 0; ///< Rows: bytes from a row to the next
  /// Words: channel of each slot, -1 for padding; empty: slot i is channel i,
  /// padded to a multiple of V.
  std::vector<int32_t> channels;
  double scale = 0; ///< Int8: real = (q - zeroPoint) * scale
  int32_t zeroPoint = 0;
  uint8_t bits = 8;

  /// Product of the shape.
  uint64_t elementCount() const;
  /// Channels, rows and columns of a tensor that the accelerator sees: its
  /// shape is [1, C, H, W], where trailing dimensions may be missing and are 1
  /// then.
  std::array<uint32_t, 3> featureShape() const;
  /// "1x3x224x224".
  std::string shapeText() const;
};

struct HostOp {
  HostOpKind kind = HostOpKind::Quantize;
  std::string name; ///< ONNX node
  std::vector<uint32_t> inputs;
  std::vector<uint32_t> outputs;
  int32_t axis = 0;
  bool keepDims = true;
  bool selectLastIndex = false;
  int32_t fill = 0; ///< Picture
};

/// Bytes that each DRAM region needs, at most kMaxRegionBytes.
struct RegionSizes {
  uint64_t constant = 0;
  uint64_t input = 0;
  uint64_t output = 0;
  uint64_t workspace = 0;

  uint64_t operator[](isa::Region region) const;
};
constexpr uint64_t kMaxRegionBytes = uint64_t(1) << 32;

struct Layer {
  std::string name; ///< ONNX node
  std::string kind;
  std::string engine;
  std::string reason;
  uint64_t macs = 0;
  std::string tile;
};

struct Program {
  std::string compiler;
  ArchConfig arch; ///< name in arch.name; the description is not kept
  std::vector<isa::Instruction> instructions;
  std::vector<uint8_t> constants; ///< the constant region
  RegionSizes regions;
  std::vector<Tensor> tensors;
  std::vector<uint32_t> inputs;  ///< network inputs, Host tensors
  std::vector<uint32_t> outputs; ///< network outputs, Host tensors
  std::vector<HostOp> prologue;
  std::vector<HostOp> epilogue;
  std::vector<Layer> layers;
  std::vector<uint32_t> instructionLayers; ///< layer of each instruction
  std::vector<uint32_t> workspaceMap;      ///< tensors in the workspace
  /// How pictures become input 0, which is uint8 [1, H, W, C] then.
  std::optional<PictureFormat> picture;

  /// The instruction stream as the accelerator fetches it.
  std::vector<uint8_t> encodeInstructions() const;
};

/// Checks everything that the comment at the top of this file promises.
std::string verify(const Program &program);

/// Writes a container; fails where `program` does not verify.
std::string serialize(const Program &program, std::vector<uint8_t> &out);

/// Reads a container that may hold anything. Metadata and constants are copied,
/// so `data` may go afterwards. On failure `out` is unspecified.
std::string deserialize(const uint8_t *data, size_t size, Program &out);

/// deserialize of a file; the message starts with its path.
std::string readProgramFile(const std::string &path, Program &out);

/// Replaces the file `path` by `bytes`, all at once or not at all: readers see
/// the old content or the new one, and a failure leaves nothing behind.
std::string writeFileAtomically(const std::string &path,
                                const std::vector<uint8_t> &bytes);
std::string writeFileAtomically(const std::string &path, std::string_view text);

} // namespace nncc

#endif // NNCC_PROGRAM_PROGRAM_H
