//===- RoundTripTest.cpp --------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "SampleProgram.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace nncc;
using namespace nncc::test;

namespace {

TEST(RoundTrip, KeepsThePicture) {
  for (bool stretch : {false, true}) {
    Program in = samplePictureProgram(), out;
    if (stretch) {
      in.picture->resize = 0;
      in.picture->stretch = true;
    }
    std::vector<uint8_t> bytes;
    ASSERT_EQ(serialize(in, bytes), "");
    ASSERT_EQ(deserialize(bytes.data(), bytes.size(), out), "");
    EXPECT_TRUE(out.picture == in.picture);
    EXPECT_EQ(out.tensors[0].type, DataType::UInt8);
    EXPECT_EQ(out.prologue[0].kind, HostOpKind::Picture);
    EXPECT_EQ(out.prologue[0].fill, -5);
  }
}

TEST(RoundTrip, KeepsEverything) {
  Program in = sampleProgram();
  std::vector<uint8_t> bytes;
  ASSERT_EQ(serialize(in, bytes), "");
  Program out;
  ASSERT_EQ(deserialize(bytes.data(), bytes.size(), out), "");

  EXPECT_EQ(out.compiler, in.compiler);
  EXPECT_EQ(out.arch.name, in.arch.name);
  for (const ArchField &field : archFields())
    EXPECT_EQ(out.arch.*field.member, in.arch.*field.member) << field.key();
  EXPECT_TRUE(out.instructions == in.instructions);
  EXPECT_EQ(out.constants, in.constants);
  for (unsigned i = 0; i < isa::kNumRegions; ++i)
    EXPECT_EQ(out.regions[static_cast<isa::Region>(i)],
              in.regions[static_cast<isa::Region>(i)]);
  EXPECT_EQ(out.inputs, in.inputs);
  EXPECT_EQ(out.outputs, in.outputs);
  EXPECT_EQ(out.instructionLayers, in.instructionLayers);
  EXPECT_EQ(out.workspaceMap, in.workspaceMap);

  ASSERT_EQ(out.tensors.size(), in.tensors.size());
  for (size_t i = 0; i < in.tensors.size(); ++i) {
    const Tensor &a = out.tensors[i], &b = in.tensors[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.shape, b.shape);
    EXPECT_EQ(a.layout, b.layout);
    EXPECT_EQ(a.region, b.region);
    EXPECT_EQ(a.offset, b.offset);
    EXPECT_EQ(a.bytes, b.bytes);
    EXPECT_EQ(a.rowPitch, b.rowPitch);
    EXPECT_EQ(a.channels, b.channels);
    EXPECT_EQ(a.scale, b.scale);
    EXPECT_EQ(a.zeroPoint, b.zeroPoint);
    EXPECT_EQ(a.bits, b.bits);
  }
  auto same = [](const std::vector<HostOp> &a, const std::vector<HostOp> &b) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].kind, b[i].kind);
      EXPECT_EQ(a[i].name, b[i].name);
      EXPECT_EQ(a[i].inputs, b[i].inputs);
      EXPECT_EQ(a[i].outputs, b[i].outputs);
      EXPECT_EQ(a[i].axis, b[i].axis);
      EXPECT_EQ(a[i].keepDims, b[i].keepDims);
      EXPECT_EQ(a[i].selectLastIndex, b[i].selectLastIndex);
      EXPECT_EQ(a[i].fill, b[i].fill);
    }
  };
  same(out.prologue, in.prologue);
  same(out.epilogue, in.epilogue);
  ASSERT_EQ(out.layers.size(), 1u);
  EXPECT_EQ(out.layers[0].name, in.layers[0].name);
  EXPECT_EQ(out.layers[0].kind, in.layers[0].kind);
  EXPECT_EQ(out.layers[0].engine, in.layers[0].engine);
  EXPECT_EQ(out.layers[0].reason, in.layers[0].reason);
  EXPECT_EQ(out.layers[0].macs, in.layers[0].macs);
  EXPECT_EQ(out.layers[0].tile, in.layers[0].tile);
}

TEST(RoundTrip, IsDeterministic) { EXPECT_EQ(sampleBytes(), sampleBytes()); }

TEST(RoundTrip, AlignsInstructionsAndConstants) {
  Program program = sampleProgram();
  program.constants.assign(256, 0xa7);
  program.regions.constant = 256;
  std::vector<uint8_t> bytes;
  ASSERT_EQ(serialize(program, bytes), "");
  auto positionOf = [&](const std::vector<uint8_t> &part) {
    return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) -
           bytes.begin();
  };
  EXPECT_EQ(positionOf(program.encodeInstructions()) % 64, 0);
  EXPECT_EQ(positionOf(program.constants) % 64, 0);
}

TEST(RoundTrip, ReadsFromAnyAddress) {
  std::vector<uint8_t> bytes = sampleBytes();
  for (size_t shift = 1; shift < 9; ++shift) {
    std::vector<uint8_t> moved(bytes.size() + shift);
    std::copy(bytes.begin(), bytes.end(), moved.begin() + shift);
    Program out;
    EXPECT_EQ(deserialize(moved.data() + shift, bytes.size(), out), "");
  }
}

TEST(RoundTrip, AllowsAnEmptyProgram) {
  Program program;
  program.arch = sampleArch();
  std::vector<uint8_t> bytes;
  ASSERT_EQ(serialize(program, bytes), "");
  Program out;
  EXPECT_EQ(deserialize(bytes.data(), bytes.size(), out), "");
  EXPECT_TRUE(out.instructions.empty());
}

} // namespace
