//===- EqualizePassTest.cpp - Equalization of a graph ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Quantization/FloatEvaluator.h"
#include "nncc/Quantization/Passes.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace mlir;
using namespace nncc;

namespace {

/// The results of a graph before and after the pass.
class EqualizePassTest : public testing::Test {
protected:
  EqualizePassTest() {
    context.disableMultithreading();
    context
        .loadDialect<func::FuncDialect, quant::QuantDialect, nn::NNDialect>();
  }

  void parse(const std::string &text) {
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module);
  }

  void equalize(bool dropUpperBounds = false) {
    PassManager pm(&context);
    pm.addNestedPass<func::FuncOp>(
        createEqualize(EqualizeOptions{dropUpperBounds}));
    ASSERT_TRUE(succeeded(pm.run(*module)));
  }

  std::vector<float> evaluate(const std::vector<float> &input) {
    func::FuncOp function = *module->getOps<func::FuncOp>().begin();
    auto evaluator = FloatEvaluator::create(function);
    if (!evaluator) {
      ADD_FAILURE() << llvm::toString(evaluator.takeError());
      return {};
    }
    TensorData data;
    data.shape = {static_cast<int64_t>(input.size())};
    data.floats = input;
    auto results = (*evaluator)->run(data);
    if (!results) {
      ADD_FAILURE() << llvm::toString(results.takeError());
      return {};
    }
    return results->front().floats;
  }

  /// Weights whose channels differ by factors of up to a hundred.
  std::string weights(int64_t outputs, int64_t inputs, int64_t kernel) {
    std::normal_distribution<float> normal(0.0f, 1.0f);
    std::vector<float> values, rows, columns;
    for (int64_t o = 0; o < outputs; ++o)
      rows.push_back(std::exp(normal(random)));
    for (int64_t i = 0; i < inputs; ++i)
      columns.push_back(std::exp(normal(random)));
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t i = 0; i < inputs; ++i)
        for (int64_t k = 0; k < kernel * kernel; ++k)
          values.push_back(normal(random) * rows[o] * columns[i]);
    return constant(values, {outputs, inputs, kernel, kernel});
  }

  std::string biases(int64_t count) { return constant(floats(count), {count}); }

  std::vector<float> floats(int64_t count) {
    std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
    std::vector<float> values(count);
    for (float &value : values)
      value = uniform(random);
    return values;
  }

  std::string constant(const std::vector<float> &values,
                       ArrayRef<int64_t> shape) {
    std::string text;
    llvm::raw_string_ostream os(text);
    os << nn::makeFloatElements(&context, shape, values);
    return text;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::mt19937 random{9};
};

/// Within 1e-5 of the greatest.
void expectSame(const std::vector<float> &expected,
                const std::vector<float> &got) {
  ASSERT_EQ(expected.size(), got.size());
  float greatest = 0.0f;
  for (float x : expected)
    greatest = std::max(greatest, std::fabs(x));
  EXPECT_GT(greatest, 0.0f);
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(got[i], expected[i], 1e-5f * greatest) << "at " << i;
}

} // namespace

// Everything that may lie between two layers: ReLU, leaky ReLU, pools, padding,
// grouped and depthwise convolutions; a residual in the last one.
TEST_F(EqualizePassTest, ComputesTheSame) {
  parse(R"(func.func @f(%x: tensor<1x3x16x16xf32>) -> tensor<1x5x4x4xf32> {
  %w0 = nn.constant )" +
        weights(8, 3, 3) + R"(
  %b0 = nn.constant )" +
        biases(8) + R"(
  %w1 = nn.constant )" +
        weights(8, 1, 3) + R"(
  %b1 = nn.constant )" +
        biases(8) + R"(
  %w2 = nn.constant )" +
        weights(12, 8, 1) + R"(
  %b2 = nn.constant )" +
        biases(12) + R"(
  %w3 = nn.constant )" +
        weights(6, 4, 3) + R"(
  %w4 = nn.constant )" +
        weights(5, 6, 1) + R"(
  %b4 = nn.constant )" +
        biases(5) + R"(
  %w5 = nn.constant )" +
        weights(5, 5, 1) + R"(
  %0 = nn.conv2d %x, %w0 bias(%b0) pads [1, 1, 1, 1] clamp_min 0.0
      : (tensor<1x3x16x16xf32>, tensor<8x3x3x3xf32>, tensor<8xf32>)
        -> tensor<1x8x16x16xf32>
  %1 = nn.max_pool2d %0 kernel [2, 2] strides [2, 2]
      : (tensor<1x8x16x16xf32>) -> tensor<1x8x8x8xf32>
  %2 = nn.conv2d %1, %w1 bias(%b1) pads [1, 1, 1, 1] groups 8
      : (tensor<1x8x8x8xf32>, tensor<8x1x3x3xf32>, tensor<8xf32>)
        -> tensor<1x8x8x8xf32>
  %3 = nn.activation leaky_relu %2 alpha 0.1
      : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %4 = nn.conv2d %3, %w2 bias(%b2) : (tensor<1x8x8x8xf32>,
      tensor<12x8x1x1xf32>, tensor<12xf32>) -> tensor<1x12x8x8xf32>
  %5 = nn.clamp %4 min 0.0 : (tensor<1x12x8x8xf32>) -> tensor<1x12x8x8xf32>
  %6 = nn.pad %5 pads [0, 0, 1, 1, 0, 0, 1, 1] value 0.0
      : (tensor<1x12x8x8xf32>) -> tensor<1x12x10x10xf32>
  %7 = nn.conv2d %6, %w3 groups 3 : (tensor<1x12x10x10xf32>,
      tensor<6x4x3x3xf32>) -> tensor<1x6x8x8xf32>
  %8 = nn.avg_pool2d %7 kernel [2, 2] strides [2, 2]
      : (tensor<1x6x8x8xf32>) -> tensor<1x6x4x4xf32>
  %9 = nn.conv2d %8, %w4 bias(%b4) clamp_max 3.0 : (tensor<1x6x4x4xf32>,
      tensor<5x6x1x1xf32>, tensor<5xf32>) -> tensor<1x5x4x4xf32>
  %10 = nn.conv2d %9, %w5 residual(%9) : (tensor<1x5x4x4xf32>,
      tensor<5x5x1x1xf32>, tensor<1x5x4x4xf32>) -> tensor<1x5x4x4xf32>
  return %10 : tensor<1x5x4x4xf32>
})");
  std::vector<float> input = floats(3 * 16 * 16);
  std::vector<float> before = evaluate(input);
  SmallVector<Attribute> weightsBefore, weightsAfter;
  auto collect = [&](SmallVector<Attribute> &into) {
    module->walk([&](nn::Conv2DOp conv) {
      into.push_back(
          conv.getWeight().getDefiningOp<nn::ConstantOp>().getValue());
    });
  };
  collect(weightsBefore);
  equalize();
  collect(weightsAfter);
  expectSame(before, evaluate(input));
  // All are in a pair but the last, whose input has two readers.
  ASSERT_EQ(weightsAfter.size(), 6u);
  for (unsigned i = 0; i < 5; ++i)
    EXPECT_NE(weightsBefore[i], weightsAfter[i]) << "layer " << i;
  EXPECT_EQ(weightsBefore[5], weightsAfter[5]);
}

// Where no value reaches the bound, taking it away changes nothing; where one
// does, it is there no longer.
TEST_F(EqualizePassTest, DropsUpperBounds) {
  std::string graph = R"(func.func @f(%x: tensor<1x2x2x2xf32>)
      -> tensor<1x1x2x2xf32> {
  %w0 = nn.constant dense<[[[[4.0]], [[0.0]]], [[[0.0]], [[1.0]]]]>
      : tensor<2x2x1x1xf32>
  %w1 = nn.constant dense<[[[[1.0]], [[4.0]]]]> : tensor<1x2x1x1xf32>
  %0 = nn.conv2d %x, %w0 clamp_min 0.0 clamp_max 6.0 : (tensor<1x2x2x2xf32>,
      tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
  %1 = nn.conv2d %0, %w1 : (tensor<1x2x2x2xf32>, tensor<1x2x1x1xf32>)
      -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
})";
  std::vector<float> small = {1, -1, 1.5, 0, 3, -2, 1, 6};
  std::vector<float> great = {2, -1, 1.5, 0, 3, -2, 1, 6};
  parse(graph);
  std::vector<float> before = evaluate(small);
  EXPECT_EQ(evaluate(great).front(), 6.0f + 12.0f);
  equalize(/*dropUpperBounds=*/true);
  expectSame(before, evaluate(small));
  EXPECT_NEAR(evaluate(great).front(), 8.0f + 12.0f, 1e-4);

  parse(graph);
  equalize();
  EXPECT_EQ(evaluate(great).front(), 6.0f + 12.0f);
}
