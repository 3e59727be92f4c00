//===- HostOperatorTests.cpp - Arithmetic of the host ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "HostOperators/HostOperators.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace nncc;
using namespace nncc::runtime;
using testing::ElementsAre;

template <typename T> static uint8_t *bytes(std::vector<T> &values) {
  return reinterpret_cast<uint8_t *>(values.data());
}

static Tensor hostTensor(DataType type, std::vector<int32_t> shape) {
  Tensor tensor;
  tensor.type = type;
  tensor.shape = std::move(shape);
  return tensor;
}

static Tensor wordsTensor(std::vector<int32_t> shape, uint32_t size,
                          double scale, int32_t zeroPoint) {
  Tensor tensor;
  tensor.shape = std::move(shape);
  tensor.layout = Layout::Words;
  tensor.bytes = size;
  tensor.scale = scale;
  tensor.zeroPoint = zeroPoint;
  return tensor;
}

TEST(HostOperators, QuantizeRoundsHalvesToEvenAndClamps) {
  Tensor in = hostTensor(DataType::Float32, {1, 7});
  Tensor out = wordsTensor({1, 7}, 8, 0.5, 10);
  float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {0.25f,   -0.75f,    0.2f,         1000.f,
                               -1000.f, -infinity, std::nanf("")};
  std::vector<int8_t> result(8, 99);
  quantize({in, bytes(values)}, {out, bytes(result)}, 8);
  // 0.5 -> 0, -1.5 -> -2, 0.4 -> 0; the slot without a channel is a real zero.
  EXPECT_THAT(result, ElementsAre(10, 8, 10, 127, -128, -128, 10, 10));
}

TEST(HostOperators, QuantizeKnowsNoQuotientOfZeroes) {
  // In single precision this scale is zero.
  Tensor in = hostTensor(DataType::Float32, {1, 3});
  Tensor out = wordsTensor({1, 3}, 8, 1e-300, 10);
  std::vector<float> values = {0.f, 1.f, -1.f};
  std::vector<int8_t> result(8, 99);
  quantize({in, bytes(values)}, {out, bytes(result)}, 8);
  EXPECT_THAT(result, ElementsAre(10, 127, -128, 10, 10, 10, 10, 10));
}

TEST(HostOperators, QuantizeFillsTheEndsOfRows) {
  Tensor in = hostTensor(DataType::Float32, {1, 1, 2, 3});
  Tensor out = wordsTensor({1, 1, 2, 3}, 16, 1, -5);
  out.layout = Layout::Rows;
  out.rowPitch = 8;
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  std::vector<int8_t> result(16, 99);
  quantize({in, bytes(values)}, {out, bytes(result)}, 8);
  EXPECT_THAT(result, ElementsAre(-4, -3, -2, -5, -5, -5, -5, -5, //
                                  -1, 0, 1, -5, -5, -5, -5, -5));
}

TEST(HostOperators, PictureTurnsPixelsIntoChannels) {
  Tensor in = hostTensor(DataType::UInt8, {1, 1, 2, 3});
  std::vector<uint8_t> pixels = {0, 127, 128, 255, 1, 2};
  Tensor out = wordsTensor({1, 3, 1, 2}, 16, 1, -28);
  std::vector<int8_t> result(16, 99);
  HostOp op;
  op.fill = 9;
  picture(op, {in, pixels.data()}, {out, bytes(result)}, 8);
  EXPECT_THAT(result, ElementsAre(-128, -1, 0, -28, -28, -28, -28, -28, //
                                  127, -127, -126, -28, -28, -28, -28, -28));
  // With a channel that says where the picture is, in rows.
  out.shape = {1, 4, 1, 2};
  out.layout = Layout::Rows;
  out.rowPitch = 16;
  picture(op, {in, pixels.data()}, {out, bytes(result)}, 8);
  EXPECT_THAT(result, ElementsAre(-128, -1, 0, 9, 127, -127, -126, 9, //
                                  -28, -28, -28, -28, -28, -28, -28, -28));
}

TEST(HostOperators, DequantizeAndUnpack) {
  Tensor in = wordsTensor({1, 3}, 8, 0.25, -2);
  std::vector<int8_t> values = {-128, 0, 127, 55, 55, 55, 55, 55};
  std::vector<float> real(3);
  Tensor out = hostTensor(DataType::Float32, {1, 3});
  dequantize({in, bytes(values)}, {out, bytes(real)}, 8);
  EXPECT_THAT(real, ElementsAre(-31.5f, 0.5f, 32.25f));
  std::vector<int8_t> raw(3);
  Tensor packed = hostTensor(DataType::Int8, {1, 3});
  unpack({in, bytes(values)}, {packed, bytes(raw)}, 8);
  EXPECT_THAT(raw, ElementsAre(-128, 0, 127));
}

TEST(HostOperators, SoftmaxAlongAnAxis) {
  Tensor tensor = hostTensor(DataType::Float32, {1, 2, 2});
  std::vector<float> values = {1000.f, 0.f, 1000.f, std::log(3.f)};
  std::vector<float> result(4);
  HostOp op;
  op.axis = 1;
  softmax(op, {tensor, bytes(values)}, {tensor, bytes(result)});
  EXPECT_FLOAT_EQ(result[0], 0.5f);
  EXPECT_FLOAT_EQ(result[2], 0.5f);
  EXPECT_FLOAT_EQ(result[1], 0.25f);
  EXPECT_FLOAT_EQ(result[3], 0.75f);
}

TEST(HostOperators, ArgMax) {
  Tensor in = hostTensor(DataType::Float32, {2, 3});
  Tensor out = hostTensor(DataType::Int64, {2, 1});
  std::vector<float> values = {1, 5, 5, 7, 7, 0};
  std::vector<int64_t> result(2);
  HostOp op;
  op.axis = -1;
  argMax(op, {in, bytes(values)}, {out, bytes(result)});
  EXPECT_THAT(result, ElementsAre(1, 0));
  op.selectLastIndex = true;
  argMax(op, {in, bytes(values)}, {out, bytes(result)});
  EXPECT_THAT(result, ElementsAre(2, 1));
  Tensor columns = hostTensor(DataType::Int64, {1, 3});
  std::vector<int64_t> rows(3);
  op.axis = 0;
  op.selectLastIndex = false;
  argMax(op, {in, bytes(values)}, {columns, bytes(rows)});
  EXPECT_THAT(rows, ElementsAre(1, 1, 0));
}

TEST(HostOperators, Reshape) {
  Tensor in = hostTensor(DataType::Int64, {1, 3});
  Tensor out = hostTensor(DataType::Int64, {3});
  std::vector<int64_t> values = {1, 2, 3}, result(3);
  reshape({in, bytes(values)}, {out, bytes(result)});
  EXPECT_EQ(result, values);
}
