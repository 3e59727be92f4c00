//===- SampleProgram.h - A program with one of everything -------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TEST_UNIT_PROGRAM_SAMPLEPROGRAM_H
#define NNCC_TEST_UNIT_PROGRAM_SAMPLEPROGRAM_H

#include "nncc/Program/Program.h"
#include <string>
#include <vector>

namespace nncc::test {

inline ArchConfig sampleArch() {
  ArchConfig arch;
  for (const ArchField &field : archFields())
    arch.*field.member = field.min;
  arch.name = "sample";
  arch.featureWords = 1024;
  arch.vectorWords = 128;
  return arch;
}

inline isa::Instruction sampleInstruction(const char *text) {
  isa::Instruction inst;
  std::string error = isa::parse(text, inst);
  return error.empty() ? inst : isa::Instruction();
}

/// x (float 1x3x4x4) is quantized, goes through max_pool on the accelerator,
/// and ends in softmax and arg-max on the host.
inline Program sampleProgram() {
  Program program;
  program.compiler = "test";
  program.arch = sampleArch();
  program.instructions = {
      sampleInstruction("load engine=load0 post=vector memory=feature "
                        "region=input dram_offset=0 local_base=0 count_x=16 "
                        "count_y=1 count_z=1 dram_pitch_y=0 dram_pitch_z=0 "
                        "local_pitch_y=0 local_pitch_z=0"),
      sampleInstruction(
          "max_pool wait=load0 post=save src_base=0 src_row_pitch=4 "
          "src_group_pitch=16 src_height=4 src_width=4 origin_y=0 origin_x=0 "
          "stride_y=4 stride_x=4 pad_value=-128 kernel_h=4 kernel_w=4 "
          "dilation_y=1 dilation_x=1 height=1 width=1 groups=1 dst_base=16 "
          "dst_row_pitch=1 dst_group_pitch=1"),
      sampleInstruction("save wait=vector region=output dram_offset=0 "
                        "local_base=16 count_x=1 count_y=1 count_z=1 "
                        "dram_pitch_y=0 dram_pitch_z=0 local_pitch_y=0 "
                        "local_pitch_z=0")};
  program.instructionLayers = {0, 0, 0};
  program.constants = {1, 2, 3, 4, 5, 6, 7, 8};
  program.regions = {8, 128, 8, 24};

  Tensor x;
  x.name = "x";
  x.type = DataType::Float32;
  x.shape = {1, 3, 4, 4};
  Tensor xq = x;
  xq.name = "x.quantized";
  xq.type = DataType::Int8;
  xq.layout = Layout::Words;
  xq.region = isa::Region::Input;
  xq.bytes = 128;
  xq.channels = {2, -1, 0, 1, -1, -1, -1, -1};
  xq.scale = 0.1;
  xq.zeroPoint = -3;
  Tensor yq = xq;
  yq.name = "pool";
  yq.shape = {1, 3, 1, 1};
  yq.region = isa::Region::Output;
  yq.bytes = 8;
  yq.channels.clear();
  Tensor y = x;
  y.name = "pool.float";
  y.shape = {1, 3, 1, 1};
  Tensor flat = y;
  flat.name = "flat";
  flat.shape = {1, 3};
  Tensor soft = flat;
  soft.name = "probabilities";
  Tensor best;
  best.name = "best";
  best.type = DataType::Int64;
  best.shape = {1};
  Tensor rows = xq; // nothing uses it; it is here for its layout
  rows.name = "rows";
  rows.layout = Layout::Rows;
  rows.region = isa::Region::Workspace;
  rows.shape = {1, 3, 1, 4};
  rows.rowPitch = 16;
  rows.offset = 8;
  rows.bytes = 16;
  rows.channels.clear();
  program.tensors = {x, xq, yq, y, flat, soft, best, rows};
  program.inputs = {0};
  program.outputs = {5, 6};
  auto op = [](HostOpKind kind, const char *name, uint32_t in, uint32_t out) {
    HostOp result;
    result.kind = kind;
    result.name = name;
    result.inputs = {in};
    result.outputs = {out};
    return result;
  };
  program.prologue = {op(HostOpKind::Quantize, "x", 0, 1)};
  program.epilogue = {op(HostOpKind::Dequantize, "pool", 2, 3),
                      op(HostOpKind::Reshape, "flatten", 3, 4),
                      op(HostOpKind::Softmax, "softmax", 4, 5),
                      op(HostOpKind::ArgMax, "argmax", 5, 6)};
  program.epilogue[2].axis = -1;
  program.epilogue[3].axis = 1;
  program.epilogue[3].keepDims = false;
  program.epilogue[3].selectLastIndex = true;
  Layer layer;
  layer.name = "pool";
  layer.kind = "max_pool2d";
  layer.engine = "vector";
  layer.reason = "a window";
  layer.macs = 48;
  layer.tile = "4x4";
  program.layers = {layer};
  program.workspaceMap = {7};
  return program;
}

inline std::vector<uint8_t> sampleBytes() {
  std::vector<uint8_t> bytes;
  std::string error = serialize(sampleProgram(), bytes);
  return error.empty() ? bytes : std::vector<uint8_t>();
}

/// The same with a picture x of 4x4 pixels instead, and a channel more.
inline Program samplePictureProgram() {
  Program program = sampleProgram();
  program.tensors[0].type = DataType::UInt8;
  program.tensors[0].shape = {1, 4, 4, 3};
  program.tensors[1].shape = {1, 4, 4, 4};
  program.tensors[1].channels = {2, 3, 0, 1, -1, -1, -1, -1};
  program.prologue[0].kind = HostOpKind::Picture;
  program.prologue[0].fill = -5;
  program.picture.emplace();
  program.picture->pixels = PixelFormat::BGR8;
  program.picture->resize = 256;
  program.picture->mean = {1.5, 2, 3};
  program.picture->std = {4, 5, 6};
  return program;
}

} // namespace nncc::test

#endif // NNCC_TEST_UNIT_PROGRAM_SAMPLEPROGRAM_H
