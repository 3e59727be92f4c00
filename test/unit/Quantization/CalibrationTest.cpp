//===- CalibrationTest.cpp - Ranges in a graph ----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Calibration.h"
#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/NamedRanges.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace nncc;

namespace {

class CalibrationTest : public testing::Test {
protected:
  CalibrationTest() {
    context.disableMultithreading();
    context
        .loadDialect<func::FuncDialect, quant::QuantDialect, nn::NNDialect>();
  }

  func::FuncOp parse(StringRef text) {
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return *module->getOps<func::FuncOp>().begin();
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

/// Layers a to d: b reads a and is a result through a pool, d through a
/// softmax; c has d behind it.
constexpr char kGraph[] = R"(
func.func @f(%x: tensor<1x1x2x2xf32> {nn.name = "x", nn.range = [-1.0, 1.0]})
    -> (tensor<1x1x1x1xf32>, tensor<1x4xf32>, tensor<1x1x2x2xf32>) {
  %w = nn.constant dense<1.0> : tensor<1x1x1x1xf32>
  %a = nn.conv2d %x, %w {nn.range = [0.0, 1.0]}
      : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
      loc("a")
  %b = nn.conv2d %a, %w {nn.range = [-1.0, 2.0]}
      : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
      loc("b")
  %pool = nn.max_pool2d %b kernel [2, 2]
      : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32>
  %c = nn.conv2d %x, %w {nn.range = [0.0, 3.0],
      nn.input_mean = dense<0.5> : tensor<1x1x1xf32>}
      : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
      loc("same")
  %d = nn.add %c, %c {nn.range = [-4.0, 0.0]}
      : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
      loc("same")
  %flat = nn.reshape %d : (tensor<1x1x2x2xf32>) -> tensor<1x4xf32>
  %scores = nn.softmax %flat axis 1 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %pool, %scores, %c : tensor<1x1x1x1xf32>, tensor<1x4xf32>,
      tensor<1x1x2x2xf32>
})";

} // namespace

TEST_F(CalibrationTest, WidensResultsOnly) {
  func::FuncOp function = parse(kGraph);
  widenResultRanges(function, 2.0);
  std::vector<RangeFile::TensorRange> ranges = collectRanges(function).ranges;
  ASSERT_EQ(ranges.size(), 5u);
  EXPECT_EQ(ranges[0].range, (Range{-1.0, 1.0}));
  EXPECT_EQ(ranges[1].range, (Range{0.0, 1.0}));
  EXPECT_EQ(ranges[2].range, (Range{-2.0, 4.0}));
  EXPECT_EQ(ranges[3].range, (Range{0.0, 3.0}));
  EXPECT_EQ(ranges[4].range, (Range{-8.0, 0.0}));
}

TEST_F(CalibrationTest, SameNamesAreNumbered) {
  func::FuncOp function = parse(kGraph);
  RangeFile file = collectRanges(function);
  ASSERT_EQ(file.ranges.size(), 5u);
  EXPECT_EQ(file.ranges[0].name, "x");
  EXPECT_EQ(file.ranges[3].name, "same");
  EXPECT_EQ(file.ranges[4].name, "same~2");
  ASSERT_EQ(file.means.size(), 1u);
  EXPECT_EQ(file.means[0].name, "same");

  file.ranges[4].range = {-7.0, 7.0};
  file.ranges[4].line = 5;
  EXPECT_EQ(applyRanges(function, file), "");
  EXPECT_EQ(collectRanges(function).ranges[4].range, (Range{-7.0, 7.0}));
  EXPECT_TRUE(lacksInputMeans(function));
  EXPECT_TRUE(findMissingRanges(function).empty());

  file.ranges[4].name = "same~3";
  EXPECT_EQ(applyRanges(function, file),
            "line 5: the network has no tensor 'same~3'; did you mean "
            "'same~2'?");
}

TEST_F(CalibrationTest, ListsWhatIsMissing) {
  func::FuncOp function = parse(kGraph);
  for (Operation &op : function.getOps())
    op.removeAttr(kRangeAttr);
  EXPECT_EQ(findMissingRanges(function),
            (std::vector<std::string>{"a", "b", "same", "same~2"}));
}
