//===- ShapesTest.cpp - Shape rules against counting ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/IR/Shapes.h"

#include "gtest/gtest.h"

using namespace nncc::nn;

namespace {

/// All small windows on all small images.
template <typename Fn> void forEachWindow(Fn fn) {
  for (int64_t in = 1; in <= 6; ++in)
    for (int64_t kernel = 1; kernel <= 4; ++kernel)
      for (int64_t stride = 1; stride <= 3; ++stride)
        for (int64_t dilation = 1; dilation <= 3; ++dilation)
          for (int64_t before = 0; before <= 3; ++before)
            for (int64_t after = 0; after <= 3; ++after)
              fn(in, WindowAxis{kernel, stride, dilation, before, after});
}

template <typename T> std::string messageOf(llvm::Expected<T> value) {
  return value ? "" : llvm::toString(value.takeError());
}

TEST(Shapes, WindowOutputs) {
  forEachWindow([](int64_t in, const WindowAxis &axis) {
    int64_t padded = in + axis.padBefore + axis.padAfter;
    int64_t down = 0, up = 0;
    for (int64_t start = 0; start < padded; start += axis.stride) {
      bool fits = start + axis.span() <= padded;
      down += fits;
      // Rounded up, windows follow until one reaches the padded end; the last
      // must start inside the image or the leading pad.
      bool needed = start == 0 || start - axis.stride + axis.span() < padded;
      up += fits || (needed && start < in + axis.padBefore);
    }
    llvm::Expected<int64_t> gotDown = windowOutputs(in, axis, Rounding::Down);
    llvm::Expected<int64_t> gotUp = windowOutputs(in, axis, Rounding::Up);
    ASSERT_EQ(bool(gotDown), down > 0);
    ASSERT_EQ(bool(gotUp), down > 0);
    if (!gotDown) {
      llvm::consumeError(gotDown.takeError());
      llvm::consumeError(gotUp.takeError());
      return;
    }
    EXPECT_EQ(*gotDown, down);
    EXPECT_EQ(*gotUp, up);
  });
}

TEST(Shapes, CountPositions) {
  forEachWindow([](int64_t in, const WindowAxis &axis) {
    bool allMeet = true;
    for (int64_t out = 0; out < 5; ++out) {
      int64_t count = 0, padded = 0;
      for (int64_t k = 0; k < axis.kernel; ++k) {
        int64_t at = out * axis.stride - axis.padBefore + k * axis.dilation;
        count += at >= 0 && at < in;
        padded += at >= -axis.padBefore && at < in + axis.padAfter;
      }
      EXPECT_EQ(countPositions(out, axis, 0, in), count);
      EXPECT_EQ(countPositions(out, axis, -axis.padBefore, in + axis.padAfter),
                padded);
      allMeet &= count > 0;
    }
    EXPECT_EQ(everyWindowMeetsImage(in, 5, axis), allMeet);
  });
}

TEST(Shapes, CountElements) {
  EXPECT_EQ(llvm::cantFail(countElements({})), 1);
  EXPECT_EQ(llvm::cantFail(countElements({2, 3, 4})), 24);
  EXPECT_EQ(llvm::cantFail(countElements({kMaxElements})), kMaxElements);
  EXPECT_EQ(messageOf(countElements({2, 0})),
            "expected extents from 1 to 2147483647, got shape 2x0");
  EXPECT_EQ(messageOf(countElements({65536, 65536})),
            "expected at most 2147483647 elements, got shape 65536x65536");
  // The product of these is zero modulo 2^64.
  EXPECT_NE(messageOf(countElements({int64_t(1) << 32, int64_t(1) << 32})), "");
}

TEST(Shapes, Broadcast) {
  EXPECT_EQ(llvm::cantFail(broadcastShape({1, 3, 4}, {2, 1, 1, 4})),
            (Shape{2, 1, 3, 4}));
  EXPECT_EQ(llvm::cantFail(broadcastShape({}, {2})), Shape{2});
  EXPECT_EQ(messageOf(broadcastShape({2, 3}, {2})),
            "expected shapes that broadcast, got 2x3 and 2");
}

TEST(Shapes, ConvolutionAtTheLimits) {
  // No intermediate value may overflow.
  llvm::Expected<Shape> shape = conv2DShape(
      {1, 1, kMaxExtent, kMaxExtent}, {1, 1, kMaxExtent, 1}, {kMaxExtent, 1},
      {kMaxExtent, 0, kMaxExtent, 0}, {1, kMaxExtent}, 1);
  ASSERT_TRUE(bool(shape));
  EXPECT_EQ((*shape)[2], 3);
  EXPECT_NE(messageOf(conv2DShape({1, 1, 4, 4}, {1, 1, kMaxExtent, 1}, {1, 1},
                                  {0, 0, 0, 0}, {kMaxExtent, 1}, 1)),
            "");
}

TEST(Shapes, Format) {
  EXPECT_EQ(formatShape({}), "scalar");
  EXPECT_EQ(formatShape({1, 3, 224, 224}), "1x3x224x224");
}

} // namespace
