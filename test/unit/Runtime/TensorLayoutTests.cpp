//===- TensorLayoutTests.cpp - Tensors in device memory -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "TensorLayout.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace nncc;
using namespace nncc::runtime;
using testing::ElementsAre;

static std::vector<size_t> offsets(const Tensor &tensor, uint32_t vector) {
  std::vector<size_t> result;
  TensorLayout(tensor, vector).forEach([&](size_t index, size_t offset) {
    EXPECT_EQ(index, result.size());
    result.push_back(offset);
  });
  return result;
}

static Tensor makeTensor(Layout layout, std::vector<int32_t> shape) {
  Tensor tensor;
  tensor.layout = layout;
  tensor.shape = std::move(shape);
  return tensor;
}

TEST(TensorLayout, WordsInTheirOwnOrder) {
  // Ten channels in words of eight: channel 8 is lane 0 of the second group.
  Tensor tensor = makeTensor(Layout::Words, {1, 10, 1, 2});
  std::vector<size_t> result = offsets(tensor, 8);
  ASSERT_EQ(result.size(), 20u);
  EXPECT_EQ(result[0], 0u);   // channel 0, column 0
  EXPECT_EQ(result[1], 8u);   // column 1 is the next word
  EXPECT_EQ(result[2], 1u);   // channel 1
  EXPECT_EQ(result[16], 16u); // channel 8: behind the two words of group 0
  EXPECT_EQ(result[19], 25u);
}

TEST(TensorLayout, WordsWithAChannelMap) {
  Tensor tensor = makeTensor(Layout::Words, {1, 3, 1, 1});
  tensor.channels.assign(16, -1);
  tensor.channels[0] = 2;
  tensor.channels[5] = 0;
  tensor.channels[9] = 1;
  EXPECT_THAT(offsets(tensor, 8), ElementsAre(5, 9, 0));
}

TEST(TensorLayout, Rows) {
  // Two rows of two pixels of three channels, 8 bytes a row.
  Tensor tensor = makeTensor(Layout::Rows, {1, 3, 2, 2});
  tensor.rowPitch = 8;
  EXPECT_THAT(offsets(tensor, 8),
              ElementsAre(0, 3, 8, 11, 1, 4, 9, 12, 2, 5, 10, 13));
}

TEST(TensorLayout, VectorsAreChannels) {
  EXPECT_THAT(offsets(makeTensor(Layout::Words, {1, 3}), 8),
              ElementsAre(0, 1, 2));
}
