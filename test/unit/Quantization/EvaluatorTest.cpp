//===- EvaluatorTest.cpp - Float and quantized evaluation -----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/FloatEvaluator.h"
#include "nncc/Quantization/Names.h"
#include "nncc/Quantization/Passes.h"
#include "nncc/Quantization/QuantizedOps.h"
#include "nncc/Quantization/ReferenceEvaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace mlir;
using namespace nncc;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class EvaluatorTest : public testing::Test {
protected:
  EvaluatorTest() {
    context.disableMultithreading();
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        quant::QuantDialect, nn::NNDialect>();
  }

  /// A module with one function.
  func::FuncOp parse(StringRef text) {
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return *module->getOps<func::FuncOp>().begin();
  }

  void quantizeModule() {
    PassManager pm(&context);
    pm.addNestedPass<func::FuncOp>(createQuantize());
    ASSERT_TRUE(succeeded(pm.run(*module)));
  }

  static TensorData floats(std::vector<float> values) {
    TensorData data;
    data.shape = {static_cast<int64_t>(values.size())};
    data.floats = std::move(values);
    return data;
  }

  template <typename Evaluator>
  TensorData run(func::FuncOp function, std::vector<TensorData> inputs) {
    auto evaluator = Evaluator::create(function);
    if (!evaluator) {
      ADD_FAILURE() << llvm::toString(evaluator.takeError());
      return {};
    }
    // The second run must not see the first one.
    auto results = (*evaluator)->run(inputs);
    auto again = (*evaluator)->run(inputs);
    if (!results || !again) {
      ADD_FAILURE() << llvm::toString(
          llvm::joinErrors(results.takeError(), again.takeError()));
      return {};
    }
    EXPECT_EQ(results->front().floats, again->front().floats);
    return results->front();
  }

  template <typename Evaluator> std::string getError(func::FuncOp function) {
    auto evaluator = Evaluator::create(function);
    return evaluator ? "" : llvm::toString(evaluator.takeError());
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

std::vector<float> randomFloats(int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> values(count);
  for (float &value : values)
    value = uniform(random);
  return values;
}

std::string list(const std::vector<float> &values) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(values, os,
                        [&](float x) { os << llvm::format("%.9e", x); });
  return text;
}

} // namespace

//===----------------------------------------------------------------------===//
// Float
//===----------------------------------------------------------------------===//

TEST_F(EvaluatorTest, ConvolutionOfEveryKind) {
  // Two groups, strides 2x1, pads of four sizes, dilations 1x2; the weights are
  // an argument, so that the values need not be in the text.
  auto function = parse(R"(
    func.func @f(%x: tensor<1x4x9x7xf32>, %w: tensor<6x2x3x2xf32>,
                 %b: tensor<6xf32>, %r: tensor<1x6x5x9xf32>)
        -> tensor<1x6x5x9xf32> {
      %y = nn.conv2d %x, %w bias(%b) residual(%r) strides [2, 1]
          pads [1, 3, 2, 1] dilations [1, 2] groups 2 clamp_min -0.5
          clamp_max 1.0
          : (tensor<1x4x9x7xf32>, tensor<6x2x3x2xf32>, tensor<6xf32>,
             tensor<1x6x5x9xf32>) -> tensor<1x6x5x9xf32>
      return %y : tensor<1x6x5x9xf32>
    })");
  ASSERT_TRUE(function);
  auto x = randomFloats(4 * 9 * 7, 1), w = randomFloats(6 * 2 * 3 * 2, 2);
  auto b = randomFloats(6, 3), r = randomFloats(6 * 5 * 9, 4);
  TensorData y = run<FloatEvaluator>(
      function, {floats(x), floats(w), floats(b), floats(r)});
  ASSERT_EQ(y.floats.size(), 6u * 5 * 9);
  for (int o = 0; o < 6; ++o)
    for (int oy = 0; oy < 5; ++oy)
      for (int ox = 0; ox < 9; ++ox) {
        double sum = b[o] + r[(o * 5 + oy) * 9 + ox];
        for (int c = 0; c < 2; ++c)
          for (int ky = 0; ky < 3; ++ky)
            for (int kx = 0; kx < 2; ++kx) {
              int iy = oy * 2 + ky - 1, ix = ox + kx * 2 - 3;
              if (iy >= 0 && iy < 9 && ix >= 0 && ix < 7)
                sum += double{x[((o / 3 * 2 + c) * 9 + iy) * 7 + ix]} *
                       w[((o * 2 + c) * 3 + ky) * 2 + kx];
            }
        sum = std::min(std::max(sum, -0.5), 1.0);
        ASSERT_NEAR(y.floats[(o * 5 + oy) * 9 + ox], sum, 1e-5);
      }
}

TEST_F(EvaluatorTest, Linear) {
  auto function = parse(R"(
    func.func @f(%x: tensor<2x3xf32>) -> tensor<2x2xf32> {
      %w = nn.constant dense<[[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0]]> : tensor<2x3xf32>
      %b = nn.constant dense<[0.5, -0.5]> : tensor<2xf32>
      %y = nn.linear %x, %w bias(%b)
          : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x2xf32>
      return %y : tensor<2x2xf32>
    })");
  EXPECT_THAT(
      run<FloatEvaluator>(function, {floats({1, 2, 3, 4, 5, 6})}).floats,
      ElementsAre(14.5, 1.5, 32.5, 1.5));
}

TEST_F(EvaluatorTest, PoolingCountsWhatTheDefinitionCounts) {
  // 3 columns, kernel 2, stride 2, one column of padding on the left; rounded
  // up, the third window overhangs: it holds column 3, which is beyond the
  // image.
  auto average = [&](StringRef includePad) {
    auto function = parse((R"(
      func.func @f(%x: tensor<1x1x1x4xf32>) -> tensor<1x1x1x3xf32> {
        %y = nn.avg_pool2d %x kernel [1, 2] strides [1, 2] pads [0, 1, 0, 0])" +
                           includePad + R"(
            : (tensor<1x1x1x4xf32>) -> tensor<1x1x1x3xf32>
        return %y : tensor<1x1x1x3xf32>
      })")
                              .str());
    return run<FloatEvaluator>(function, {floats({2, 4, 6, 8})}).floats;
  };
  EXPECT_THAT(average(""), ElementsAre(2, 5, 8));
  // The leading pad counts, the overhang does not.
  EXPECT_THAT(average(" count_include_pad"), ElementsAre(1, 5, 8));

  auto function = parse(R"(
    func.func @f(%x: tensor<1x1x1x5xf32>) -> tensor<1x1x1x3xf32> {
      %y = nn.max_pool2d %x kernel [1, 2] strides [1, 2] pads [0, 1, 0, 1]
          dilations [1, 2]
          : (tensor<1x1x1x5xf32>) -> tensor<1x1x1x3xf32>
      return %y : tensor<1x1x1x3xf32>
    })");
  // Windows at columns {-1, 1}, {1, 3}, {3, 5}.
  EXPECT_THAT(
      run<FloatEvaluator>(function, {floats({-1, -2, -3, -4, -5})}).floats,
      ElementsAre(-2, -2, -4));
}

TEST_F(EvaluatorTest, ElementwiseAndMovement) {
  auto function = parse(R"(
    func.func @f(%x: tensor<1x2x1x2xf32>, %k: tensor<2x1x1xf32>)
        -> tensor<1x10xf32> {
      %a = nn.add %x, %k clamp_max 20.0
          : (tensor<1x2x1x2xf32>, tensor<2x1x1xf32>) -> tensor<1x2x1x2xf32>
      %p = nn.pad %a pads [0, 0, 0, 1, 0, 0, 0, 0] value -7.0
          : (tensor<1x2x1x2xf32>) -> tensor<1x2x1x3xf32>
      %c = nn.clamp %x min 2.0 : (tensor<1x2x1x2xf32>) -> tensor<1x2x1x2xf32>
      %j = nn.concat %c, %p axis 3
          : (tensor<1x2x1x2xf32>, tensor<1x2x1x3xf32>) -> tensor<1x2x1x5xf32>
      %y = nn.reshape %j : (tensor<1x2x1x5xf32>) -> tensor<1x10xf32>
      return %y : tensor<1x10xf32>
    })");
  EXPECT_THAT(
      run<FloatEvaluator>(function, {floats({1, 2, 3, 4}), floats({10, 17})})
          .floats,
      ElementsAre(2, 2, -7, 11, 12, 3, 4, -7, 20, 20));
}

TEST_F(EvaluatorTest, BatchNormActivationsAndHeads) {
  auto function = parse(R"(
    func.func @f(%x: tensor<1x2x1x1xf32>) -> tensor<1x1x1xi64> {
      %s = nn.constant dense<[2.0, 1.0]> : tensor<2xf32>
      %b = nn.constant dense<[1.0, 0.0]> : tensor<2xf32>
      %m = nn.constant dense<[3.0, 0.0]> : tensor<2xf32>
      %v = nn.constant dense<[4.0, 1.0]> : tensor<2xf32>
      %n = nn.batch_norm %x, %s, %b, %m, %v epsilon 0.0
          : (tensor<1x2x1x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>,
             tensor<2xf32>) -> tensor<1x2x1x1xf32>
      %a = nn.activation leaky_relu %n alpha 0.25
          : (tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32>
      %p = nn.softmax %a axis 1 : (tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32>
      %i = nn.argmax %p axis 1 : (tensor<1x2x1x1xf32>) -> tensor<1x1x1xi64>
      return %i : tensor<1x1x1xi64>
    })");
  auto evaluator = FloatEvaluator::create(function);
  ASSERT_TRUE(static_cast<bool>(evaluator));
  std::vector<std::vector<float>> seen;
  auto results =
      (*evaluator)->run({floats({5, -4})}, [&](Value, const TensorData &data) {
        if (data.element == TensorData::Element::Float)
          seen.push_back(data.floats);
      });
  ASSERT_TRUE(static_cast<bool>(results));
  EXPECT_THAT(results->front().ints, ElementsAre(0));
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_THAT(seen[1], ElementsAre(3, -4));
  EXPECT_THAT(seen[2], ElementsAre(3, -1));
  EXPECT_NEAR(seen[3][0], 1 / (1 + std::exp(-4.0)), 1e-7);
}

TEST_F(EvaluatorTest, RefusesOtherOps) {
  auto function = parse(R"(
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = arith.negf %x : tensor<2xf32> loc("Neg_3")
      return %y : tensor<2xf32>
    })");
  EXPECT_THAT(getError<FloatEvaluator>(function),
              HasSubstr("'Neg_3': cannot evaluate a 'arith.negf' op"));
  EXPECT_THAT(getError<ReferenceEvaluator>(function), HasSubstr("Neg_3"));
}

//===----------------------------------------------------------------------===//
// Quantized
//===----------------------------------------------------------------------===//

TEST_F(EvaluatorTest, ConvolutionByHand) {
  // Scales of a quarter and a half: the factor to the result is 1/16.
  auto function = parse(R"(
    !in = !quant.uniform<i8:f32, 0.25:-3>
    !out = !quant.uniform<i8:f32, 2.0:5>
    !res = !quant.uniform<i8:f32, 1.0:1>
    func.func @f(%x: tensor<1x1x1x3x!in>, %r: tensor<1x1x1x3x!res>)
        -> tensor<1x1x1x3x!out> {
      %w = nn.constant dense<[[[[100, -20, 7]]]]> : tensor<1x1x1x3xi8>
          -> tensor<1x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.5}>>
      %b = nn.constant dense<[8]> : tensor<1xi32>
      %y = nn.conv2d %x, %w bias(%b) residual(%r) pads [0, 1, 0, 1]
          clamp_min -8.0
          : (tensor<1x1x1x3x!in>,
             tensor<1x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.5}>>,
             tensor<1xi32>, tensor<1x1x1x3x!res>) -> tensor<1x1x1x3x!out>
      return %y : tensor<1x1x1x3x!out>
    })");
  ASSERT_TRUE(function);
  TensorData x, r;
  x.element = r.element = TensorData::Element::Int8;
  x.bytes = {-3, 1, 7}; // 0, 4, 10 above the zero point; padding is 0
  r.bytes = {1, 2, -9}; // 0, 1, -10 above the zero point
  // Sums: 8 + 4*7 = 36; 8 - 20*4 + 7*10 = -2; 8 + 100*4 - 20*10 = 208.
  // In sixteenths: 2.25 -> 2, -0.125 -> 0, 13. Residuals: 0, 0.5 -> 1, -5.
  EXPECT_THAT(run<ReferenceEvaluator>(function, {x, r}).bytes,
              ElementsAre(7, 6, 13));
  // Real -8 is integer 1.
  r.bytes = {1, -100, -9};
  EXPECT_EQ(run<ReferenceEvaluator>(function, {x, r}).bytes[1], 1);
}

TEST_F(EvaluatorTest, PoolsAndSumsByHand) {
  auto function = parse(R"(
    !a = !quant.uniform<i8:f32, 0.5:-128>
    !b = !quant.uniform<i8:f32, 1.0>
    func.func @f(%x: tensor<1x1x1x3x!a>) -> tensor<1x1x1x4x!b> {
      %m = nn.avg_pool2d %x kernel [1, 2] pads [0, 1, 0, 1]
          : (tensor<1x1x1x3x!a>) -> tensor<1x1x1x4x!b>
      %y = nn.add %m, %m clamp_max 90.0
          : (tensor<1x1x1x4x!b>, tensor<1x1x1x4x!b>) -> tensor<1x1x1x4x!b>
      return %y : tensor<1x1x1x4x!b>
    })");
  TensorData x;
  x.element = TensorData::Element::Int8;
  x.bytes = {-128 + 10, -128 + 21, -128 + 100};
  // Means 5, 7.75, 30.25, 50 round to 5, 8, 30, 50; twice that, at most 90.
  EXPECT_THAT(run<ReferenceEvaluator>(function, {x}).bytes,
              ElementsAre(10, 16, 60, 90));
}

TEST_F(EvaluatorTest, QuantizedNetworkFollowsFloat) {
  std::string text = R"(
    func.func @f(%x: tensor<1x3x8x8xf32> {nn.range = [-1.0, 1.0]})
        -> tensor<1x10xf32> {
      %w1 = nn.constant dense<[WEIGHTS1]> : tensor<96xf32>
      %k1 = nn.reshape %w1 : (tensor<96xf32>) -> tensor<8x3x2x2xf32>
      %w2 = nn.constant dense<[WEIGHTS2]> : tensor<72xf32>
      %k2 = nn.reshape %w2 : (tensor<72xf32>) -> tensor<8x1x3x3xf32>
      %w3 = nn.constant dense<[WEIGHTS3]> : tensor<120xf32>
      %k3 = nn.reshape %w3 : (tensor<120xf32>) -> tensor<10x12xf32>
      %1 = nn.conv2d %x, %k1 strides [2, 2] clamp_min 0.0
          {nn.range = [0.0, 3.0]}
          : (tensor<1x3x8x8xf32>, tensor<8x3x2x2xf32>) -> tensor<1x8x4x4xf32>
      %2 = nn.conv2d %1, %k2 residual(%1) pads [1, 1, 1, 1] groups 8
          {nn.range = [-6.0, 6.0]}
          : (tensor<1x8x4x4xf32>, tensor<8x1x3x3xf32>, tensor<1x8x4x4xf32>)
            -> tensor<1x8x4x4xf32>
      %3 = nn.activation silu %2 {nn.range = [-0.3, 6.0]}
          : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
      %4 = nn.max_pool2d %3 kernel [2, 2] strides [2, 2]
          : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
      %5 = nn.avg_pool2d %4 kernel [2, 2] {nn.range = [-0.3, 4.0]}
          : (tensor<1x8x2x2xf32>) -> tensor<1x8x1x1xf32>
      %6 = nn.avg_pool2d %1 kernel [4, 4] {nn.range = [0.0, 1.5]}
          : (tensor<1x8x4x4xf32>) -> tensor<1x8x1x1xf32>
      %7 = nn.add %5, %6 clamp_min 0.0 {nn.range = [0.0, 4.0]}
          : (tensor<1x8x1x1xf32>, tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
      %8 = nn.reshape %7 : (tensor<1x8x1x1xf32>) -> tensor<1x8xf32>
      %9 = nn.pad %8 pads [0, 4, 0, 0] value 0.5
          : (tensor<1x8xf32>) -> tensor<1x12xf32>
      %10 = nn.linear %9, %k3 {nn.range = [-6.0, 6.0]}
          : (tensor<1x12xf32>, tensor<10x12xf32>) -> tensor<1x10xf32>
      return %10 : tensor<1x10xf32>
    })";
  auto replace = [&](StringRef key, int count, unsigned seed) {
    text.replace(text.find(key), key.size(), list(randomFloats(count, seed)));
  };
  replace("WEIGHTS1", 96, 5);
  replace("WEIGHTS2", 72, 6);
  replace("WEIGHTS3", 120, 7);
  auto function = parse(text);
  ASSERT_TRUE(function);
  PassManager pm(&context);
  // Weights must be constants.
  SmallVector<nn::ReshapeOp> reshapes(function.getOps<nn::ReshapeOp>());
  for (nn::ReshapeOp reshape : reshapes)
    if (auto constant = reshape.getInput().getDefiningOp<nn::ConstantOp>()) {
      OpBuilder builder(reshape);
      Value folded = nn::ConstantOp::create(
          builder, reshape.getLoc(),
          constant.getValue().reshape(reshape.getType()));
      reshape.replaceAllUsesWith(folded);
      reshape.erase();
    }
  auto input = randomFloats(3 * 64, 8);
  TensorData expected = run<FloatEvaluator>(function, {floats(input)});
  quantizeModule();
  TensorData got = run<ReferenceEvaluator>(function, {floats(input)});
  ASSERT_EQ(got.floats.size(), 10u);
  for (int i = 0; i < 10; ++i)
    EXPECT_NEAR(got.floats[i], expected.floats[i], 0.15) << i;
}
