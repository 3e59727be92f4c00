//===- SamplePrograms.cpp - Small programs for tests ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "SamplePrograms.h"
#include "ProgramBuilder.h"

using namespace nncc;
using namespace nncc::sim::test;
using isa::Engine;
using isa::Memory;
using isa::Region;

static Tensor hostTensor(const char *name, DataType type,
                         std::vector<int32_t> shape) {
  Tensor tensor;
  tensor.name = name;
  tensor.type = type;
  tensor.shape = std::move(shape);
  return tensor;
}

static Tensor wordsTensor(const char *name, std::vector<int32_t> shape,
                          Region region, uint32_t offset, uint32_t bytes,
                          double scale, int32_t zeroPoint) {
  Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  tensor.layout = Layout::Words;
  tensor.region = region;
  tensor.offset = offset;
  tensor.bytes = bytes;
  tensor.scale = scale;
  tensor.zeroPoint = zeroPoint;
  return tensor;
}

static HostOp hostOp(HostOpKind kind, const char *name, uint32_t input,
                     uint32_t output, int32_t axis = 0) {
  HostOp op;
  op.kind = kind;
  op.name = name;
  op.inputs = {input};
  op.outputs = {output};
  op.axis = axis;
  return op;
}

/// Moves what a builder made into a program.
static Program finish(const ProgramBuilder &builder) {
  Program program;
  program.compiler = "test";
  program.arch = builder.program.arch;
  program.instructions = builder.program.instructions;
  program.constants = builder.program.constants;
  program.regions = {program.constants.size(), builder.program.inputBytes,
                     builder.program.outputBytes, 0};
  return program;
}

Program nncc::test::makeDoublingProgram() {
  ProgramBuilder builder(tinyArch());
  builder.program.inputBytes = 64;
  builder.program.outputBytes = 128;
  std::vector<int8_t> identity(64, 0);
  for (size_t i = 0; i < 8; ++i)
    identity[i * 8 + i] = 1;
  auto toConv = engines({Engine::Conv});
  builder.load(Memory::Feature, 0, Region::Input, 0, 8).post = toConv;
  builder
      .load(Memory::Weight, 0, Region::Constant, builder.constant(identity), 8,
            Engine::Load1)
      .post = 0;
  builder.load(Memory::Tap, 0, Region::Constant, builder.taps({{0, 0, 0}}), 1,
               Engine::Load1);
  // Doubling and the way from zero point 3 to 0 at once: 2*(q - 3).
  builder
      .load(Memory::Cparam, 0, Region::Constant,
            builder.records(std::vector<Record>(8, Record{-3, 4, 1})), 8,
            Engine::Load1)
      .post = toConv;
  isa::Conv conv = makeConv(2, 4, 1);
  conv.dstBase = 100;
  isa::Instruction &inst = builder.add(Engine::Conv, conv);
  inst.wait = engines({Engine::Load0, Engine::Load1});
  inst.post = engines({Engine::Save});
  builder.save(Region::Output, 64, 100, 8).wait = toConv;

  Program program = finish(builder);
  program.tensors = {
      hostTensor("image", DataType::Float32, {1, 3, 2, 4}),
      wordsTensor("image.q", {1, 3, 2, 4}, Region::Input, 0, 64, 0.5, 3),
      wordsTensor("twice.q", {1, 3, 2, 4}, Region::Output, 64, 64, 0.5, 0),
      hostTensor("twice/x:0", DataType::Float32, {1, 3, 2, 4}),
      hostTensor("probabilities", DataType::Float32, {1, 3, 2, 4}),
      hostTensor("best", DataType::Int64, {1, 2, 4})};
  program.inputs = {0};
  program.outputs = {3, 4, 5};
  program.prologue = {hostOp(HostOpKind::Quantize, "image", 0, 1)};
  program.epilogue = {hostOp(HostOpKind::Dequantize, "twice", 2, 3),
                      hostOp(HostOpKind::Softmax, "softmax", 3, 4, 1),
                      hostOp(HostOpKind::ArgMax, "argmax", 3, 5, -3)};
  program.epilogue.back().keepDims = false;
  Layer layer;
  layer.name = "twice/Conv";
  layer.kind = "conv2d";
  layer.engine = "conv";
  layer.macs = 24;
  Layer host;
  host.name = "softmax";
  host.kind = "softmax";
  host.engine = "host";
  program.layers = {layer, host};
  program.instructionLayers.assign(program.instructions.size(), 0);
  return program;
}

Program nncc::test::makeAddingProgram() {
  ProgramBuilder builder(tinyArch());
  builder.program.inputBytes = 16;
  builder.program.outputBytes = 8;
  builder.load(Memory::Feature, 0, Region::Input, 0, 2).post =
      engines({Engine::Vector});
  isa::Add add = makeAdd(1, 1);
  add.bBase = 1;
  add.dstBase = 2;
  isa::Instruction &inst = builder.add(Engine::Vector, add);
  inst.wait = engines({Engine::Load0});
  inst.post = engines({Engine::Save});
  builder.save(Region::Output, 0, 2, 1).wait = engines({Engine::Vector});

  Program program = finish(builder);
  program.tensors = {hostTensor("a", DataType::Float32, {1, 8}),
                     hostTensor("b", DataType::Float32, {1, 8}),
                     wordsTensor("a.q", {1, 8}, Region::Input, 0, 8, 1, 0),
                     wordsTensor("b.q", {1, 8}, Region::Input, 8, 8, 1, 0),
                     wordsTensor("sum.q", {1, 8}, Region::Output, 0, 8, 1, 0),
                     hostTensor("sum", DataType::Float32, {1, 8})};
  program.inputs = {0, 1};
  program.outputs = {5};
  program.prologue = {hostOp(HostOpKind::Quantize, "a", 0, 2),
                      hostOp(HostOpKind::Quantize, "b", 1, 3)};
  program.epilogue = {hostOp(HostOpKind::Dequantize, "sum", 4, 5)};
  Layer layer;
  layer.name = "add";
  layer.kind = "add";
  layer.engine = "vector";
  program.layers = {layer};
  program.instructionLayers.assign(program.instructions.size(), 0);
  return program;
}
