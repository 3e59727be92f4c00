//===- VerifierTest.cpp ---------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "SampleProgram.h"

#include <functional>
#include <gtest/gtest.h>
#include <limits>

using namespace nncc;
using namespace nncc::test;

namespace {

struct Case {
  const char *message;
  std::function<void(Program &)> change;
};

void check(const std::vector<Case> &cases,
           Program (*sample)() = sampleProgram) {
  for (const Case &test : cases) {
    Program program = sample();
    ASSERT_EQ(verify(program), "");
    test.change(program);
    EXPECT_EQ(verify(program), test.message);
    std::vector<uint8_t> bytes;
    EXPECT_EQ(serialize(program, bytes), test.message);
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(ProgramVerifier, Architecture) {
  check({
      {"architecture 'sample': array.vector: expected 8, 16 or 32, got 12",
       [](Program &p) { p.arch.vector = 12; }},
      {"arch_name is empty", [](Program &p) { p.arch.name = ""; }},
      {"arch_name has a control character",
       [](Program &p) { p.arch.name = "a\nb"; }},
  });
}

TEST(ProgramVerifier, Regions) {
  check({
      {"region workspace: expected at most 4294967296 bytes, got 4294967297",
       [](Program &p) { p.regions.workspace = kMaxRegionBytes + 1; }},
      {"region constant: expected the 8 bytes of the constants, got 9",
       [](Program &p) { p.regions.constant = 9; }},
      {"region workspace: takes 1073741824 bytes, of which only the first 24 "
       "are used",
       [](Program &p) { p.regions.workspace = uint64_t(1) << 30; }},
      {"the host tensors take more than 4294967296 bytes",
       [](Program &p) {
         p.tensors[6].shape = {1 << 30};
         p.tensors[6].type = DataType::Int64;
       }},
  });
}

TEST(ProgramVerifier, Instructions) {
  check({
      {"instruction_layers: expected one entry for each of the 3 "
       "instructions, got 2",
       [](Program &p) { p.instructionLayers.pop_back(); }},
      {"instruction 2 (save): layer 7 does not exist; the program has 1",
       [](Program &p) { p.instructionLayers[2] = 7; }},
      {"instruction 0 (load): touches bytes 0 to 128 of region input, which "
       "has 127",
       [](Program &p) { p.regions.input = 127; }},
      {"instruction 2 (save): waits for a token of vector that no earlier "
       "instruction gives",
       [](Program &p) { p.instructions[1].post = 0; }},
      {"instruction 1 (max_pool): the source ends at word 1036 of the feature "
       "memory, which has 1024",
       [](Program &p) {
         std::get<isa::MaxPool>(p.instructions[1].body).srcBase = 1020;
       }},
  });
}

TEST(ProgramVerifier, Tensors) {
  check({
      {"tensor 0 '': name is empty",
       [](Program &p) { p.tensors[0].name = ""; }},
      {"tensor 0 'x': unknown type 77",
       [](Program &p) { p.tensors[0].type = static_cast<DataType>(77); }},
      {"tensor 0 'x': unknown layout 3",
       [](Program &p) { p.tensors[0].layout = static_cast<Layout>(3); }},
      {"tensor 0 'x': shape 1x-3x4x4: expected dimensions of at least 1",
       [](Program &p) { p.tensors[0].shape[1] = -3; }},
      {"tensor 0 'x': shape 1x65536x65536x2 has more than 4294967296 elements",
       [](Program &p) { p.tensors[0].shape = {1, 65536, 65536, 2}; }},
      {"tensor 1 'x.quantized': scale: expected a positive number, got "
       "0.000000",
       [](Program &p) { p.tensors[1].scale = 0; }},
      {"tensor 1 'x.quantized': scale: expected a positive number, got nan",
       [](Program &p) {
         p.tensors[1].scale = std::numeric_limits<double>::quiet_NaN();
       }},
      {"tensor 1 'x.quantized': zero_point: expected -128..127, got 128",
       [](Program &p) { p.tensors[1].zeroPoint = 128; }},
      {"tensor 1 'x.quantized': bits: expected 1..8, got 0",
       [](Program &p) { p.tensors[1].bits = 0; }},
      {"tensor 1 'x.quantized': type: expected int8 in a DRAM region, got "
       "int64",
       [](Program &p) { p.tensors[1].type = DataType::Int64; }},
      {"tensor 1 'x.quantized': shape: expected [1, C, H, W] in a DRAM "
       "region, got 2x3x4x4",
       [](Program &p) { p.tensors[1].shape[0] = 2; }},
      {"tensor 1 'x.quantized': unknown region 9",
       [](Program &p) { p.tensors[1].region = static_cast<isa::Region>(9); }},
      {"tensor 1 'x.quantized': offset: expected a multiple of V = 8, got 4",
       [](Program &p) { p.tensors[1].offset = 4; }},
      {"tensor 1 'x.quantized': takes bytes 8 to 136 of region input, which "
       "has 128",
       [](Program &p) { p.tensors[1].offset = 8; }},
      {"tensor 1 'x.quantized': takes bytes 4294967288 to 8589934583 of "
       "region input, which has 128",
       [](Program &p) {
         p.tensors[1].offset = 0xfffffff8u;
         p.tensors[1].bytes = 0xffffffffu;
       }},
      {"tensor 1 'x.quantized': bytes: expected 128 for shape 1x3x4x4 in "
       "words, got 120",
       [](Program &p) { p.tensors[1].bytes = 120; }},
      {"tensor 7 'rows': row_pitch: expected at least 12, a multiple of V = 8, "
       "got 8",
       [](Program &p) { p.tensors[7].rowPitch = 8; }},
      {"tensor 7 'rows': a tensor in rows has no channel map",
       [](Program &p) { p.tensors[7].channels = {0}; }},
  });
}

TEST(ProgramVerifier, ChannelMaps) {
  check({
      {"tensor 1 'x.quantized': channels: expected a multiple of V = 8 slots, "
       "got 7",
       [](Program &p) { p.tensors[1].channels.pop_back(); }},
      {"tensor 1 'x.quantized': channels: expected -1..2, got 3",
       [](Program &p) { p.tensors[1].channels[0] = 3; }},
      {"tensor 1 'x.quantized': channels: expected -1..2, got -2",
       [](Program &p) { p.tensors[1].channels[0] = -2; }},
      {"tensor 1 'x.quantized': channels: channel 2 has two slots",
       [](Program &p) { p.tensors[1].channels[1] = 2; }},
      {"tensor 1 'x.quantized': channels: channel 2 has no slot",
       [](Program &p) { p.tensors[1].channels[0] = -1; }},
      {"tensor 1 'x.quantized': channels: 8 slots for 9 channels",
       [](Program &p) { p.tensors[1].shape[1] = 9; }},
  });
}

TEST(ProgramVerifier, Interface) {
  check({
      {"input 0: tensor 8 does not exist; the program has 8",
       [](Program &p) { p.inputs[0] = 8; }},
      {"input 0: expected a host tensor, got 'x.quantized'",
       [](Program &p) { p.inputs[0] = 1; }},
      {"input 1: tensor 'x' is an input twice",
       [](Program &p) { p.inputs = {0, 0}; }},
      {"output 1: tensor 4294967295 does not exist; the program has 8",
       [](Program &p) { p.outputs[1] = ~0u; }},
      {"output 0: expected a host tensor, got 'pool'",
       [](Program &p) { p.outputs[0] = 2; }},
      {"output 1: nothing gives tensor 'best' a value",
       [](Program &p) { p.epilogue.pop_back(); }},
      {"workspace_map 0: tensor 8 does not exist; the program has 8",
       [](Program &p) { p.workspaceMap = {8}; }},
      {"workspace_map 0: expected a tensor of the workspace, got 'pool'",
       [](Program &p) { p.workspaceMap = {2}; }},
  });
}

TEST(ProgramVerifier, HostOps) {
  check({
      {"prologue 0 (quantize): name is empty",
       [](Program &p) { p.prologue[0].name = ""; }},
      {"prologue 0 (?): unknown kind 99",
       [](Program &p) { p.prologue[0].kind = static_cast<HostOpKind>(99); }},
      {"prologue 0 (quantize): expected one input and one output, got 2 and 1",
       [](Program &p) { p.prologue[0].inputs = {0, 0}; }},
      {"prologue 0 (quantize): operand: tensor 9 does not exist; the program "
       "has 8",
       [](Program &p) { p.prologue[0].outputs = {9}; }},
      {"prologue 0 (quantize): expected float32 of the host to int8 of a "
       "region, got 'x' (float32, host, 1x3x4x4) to 'pool' (int8, words, "
       "1x3x1x1)",
       [](Program &p) { p.prologue[0].outputs = {2}; }},
      {"epilogue 0 (dequantize): expected int8 of a region to float32 of the "
       "host, got 'x' (float32, host, 1x3x4x4) to 'pool.float' (float32, "
       "host, 1x3x1x1)",
       [](Program &p) { p.epilogue[0].inputs = {0}; }},
      {"epilogue 1 (reshape): expected host tensors of one type and element "
       "count, got 'x' (float32, host, 1x3x4x4) to 'flat' (float32, host, "
       "1x3)",
       [](Program &p) { p.epilogue[1].inputs = {0}; }},
      {"epilogue 2 (softmax): axis: 2 is none of shape 1x3",
       [](Program &p) { p.epilogue[2].axis = 2; }},
      {"epilogue 3 (argmax): axis: -3 is none of shape 1x3",
       [](Program &p) { p.epilogue[3].axis = -3; }},
      {"epilogue 3 (argmax): expected the shape of the input less the axis, "
       "got 'probabilities' (float32, host, 1x3) to 'best' (int64, host, 1)",
       [](Program &p) { p.epilogue[3].keepDims = true; }},
      {"epilogue 0 (reshape): reads tensor 'pool.float' before it has a value",
       [](Program &p) { p.epilogue.erase(p.epilogue.begin()); }},
      {"epilogue 2 (reshape): writes tensor 'flat', which has a value already",
       [](Program &p) {
         p.epilogue.insert(p.epilogue.begin() + 2, p.epilogue[1]);
       }},
  });
}

TEST(ProgramVerifier, Pictures) {
  check(
      {{"picture: std: expected numbers above zero, got 0.000000",
        [](Program &p) { p.picture->std[1] = 0; }},
       {"picture: expected input 0 to be uint8 [1, H, W, 1] for gray8, got "
        "uint8, 1x4x4x3",
        [](Program &p) {
          p.picture->pixels = PixelFormat::Gray8;
          p.picture->mean.resize(1);
          p.picture->std.resize(1);
        }},
       {"prologue 0 (picture): fill: expected -128..127, got 128",
        [](Program &p) { p.prologue[0].fill = 128; }},
       {"prologue 0 (picture): expected uint8 [1, H, W, C] of the host to int8 "
        "[1, C, H, W] of a region, or one channel more, got 'x' (uint8, host, "
        "1x2x8x3) to 'x.quantized' (int8, words, 1x4x4x4)",
        [](Program &p) { p.tensors[0].shape = {1, 2, 8, 3}; }},
       {"prologue 0 (picture): expected uint8 [1, H, W, C] of the host to int8 "
        "[1, C, H, W] of a region, or one channel more, got 'x' (float32, "
        "host, "
        "1x4x4x3) to 'x.quantized' (int8, words, 1x4x4x4)",
        [](Program &p) { p.tensors[0].type = DataType::Float32; }}},
      samplePictureProgram);
}

TEST(ProgramVerifier, Layers) {
  check({
      {"layer 0: name is empty", [](Program &p) { p.layers[0].name = ""; }},
      {"layer 0: tile has a control character",
       [](Program &p) { p.layers[0].tile = std::string("a\0b", 3); }},
      {"layer 0: reason has 65537 bytes; expected at most 65536",
       [](Program &p) { p.layers[0].reason.assign(65537, 'x'); }},
  });
}

} // namespace
