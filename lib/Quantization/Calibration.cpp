//===- Calibration.cpp - Ranges from sample inputs ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Calibration.h"

#include "FloatKernels.h"
#include "OpGeometry.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/FloatEvaluator.h"
#include "nncc/Quantization/Names.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace nncc;

std::optional<Observer> nncc::parseObserver(StringRef name) {
  return llvm::StringSwitch<std::optional<Observer>>(name)
      .Case("minmax", Observer::MinMax)
      .Case("percentile", Observer::Percentile)
      .Case("mse", Observer::LeastError)
      .Case("kl", Observer::Divergence)
      .Default(std::nullopt);
}

//===----------------------------------------------------------------------===//
// The attribute
//===----------------------------------------------------------------------===//

bool nncc::isRangeSource(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.getElementType().isF32())
    return false;
  Operation *op = value.getDefiningOp();
  return !op || isa<nn::Conv2DOp, nn::LinearOp, nn::BatchNormOp, nn::AddOp,
                    nn::MulOp, nn::AvgPool2DOp, nn::ActivationOp>(op);
}

std::optional<Range> nncc::getRange(Value value) {
  Attribute attr;
  if (Operation *op = value.getDefiningOp()) {
    attr = op->getAttr(kRangeAttr);
  } else {
    auto argument = cast<BlockArgument>(value);
    auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
    if (function)
      attr = function.getArgAttr(argument.getArgNumber(), kRangeAttr);
  }
  auto array = dyn_cast_if_present<ArrayAttr>(attr);
  if (!array || array.size() != 2)
    return std::nullopt;
  auto lo = dyn_cast<FloatAttr>(array[0]), hi = dyn_cast<FloatAttr>(array[1]);
  if (!lo || !hi)
    return std::nullopt;
  Range range{lo.getValueAsDouble(), hi.getValueAsDouble()};
  constexpr double kGreatest = std::numeric_limits<float>::max();
  if (!(range.lo >= -kGreatest && range.hi <= kGreatest &&
        range.lo <= range.hi))
    return std::nullopt;
  return range;
}

void nncc::setRange(Value value, Range range) {
  Builder builder(value.getContext());
  ArrayAttr attr = builder.getF64ArrayAttr({range.lo, range.hi});
  if (Operation *op = value.getDefiningOp()) {
    op->setAttr(kRangeAttr, attr);
    return;
  }
  auto argument = cast<BlockArgument>(value);
  cast<func::FuncOp>(argument.getOwner()->getParentOp())
      .setArgAttr(argument.getArgNumber(), kRangeAttr, attr);
}

//===----------------------------------------------------------------------===//
// Observation
//===----------------------------------------------------------------------===//

namespace {
struct Extremes {
  double lo = std::numeric_limits<double>::infinity();
  double hi = -std::numeric_limits<double>::infinity();
  bool finite = true;

  void add(const std::vector<float> &values) {
    float least = std::numeric_limits<float>::infinity(), greatest = -least;
    for (float value : values) {
      finite &= std::isfinite(value);
      least = std::min(least, value);
      greatest = std::max(greatest, value);
    }
    lo = std::min<double>(lo, least);
    hi = std::max<double>(hi, greatest);
  }
};
} // namespace

namespace {
/// Sums behind kInputMeanAttr, of the layers that read one value.
class InputMeans {
public:
  void add(Value value, const TensorData &tensor) {
    for (OpOperand &use : value.getUses()) {
      Operation *op = use.getOwner();
      if (use.getOperandNumber() != 0 || !isa<nn::Conv2DOp, nn::LinearOp>(op))
        continue;
      Geometry geometry = getLayerGeometry(op);
      Layer &layer = layers[op];
      layer.sums.resize(geometry.inC * geometry.kernelH * geometry.kernelW);
      addWindowSums(geometry, tensor.floats.data(), layer.sums.data());
      layer.outputs += geometry.batch * geometry.outH * geometry.outW;
    }
  }

  void setAttributes() {
    for (auto &[op, layer] : layers) {
      Geometry geometry = getLayerGeometry(op);
      std::vector<float> means;
      for (double sum : layer.sums) {
        double mean = sum / static_cast<double>(layer.outputs);
        // The same number on every machine, as for ranges.
        means.push_back(
            static_cast<float>(mean < 0 ? roundOutwards({mean, 0.0}).lo
                                        : roundOutwards({0.0, mean}).hi));
      }
      auto type = RankedTensorType::get(
          {geometry.inC, geometry.kernelH, geometry.kernelW},
          Float32Type::get(op->getContext()));
      op->setAttr(kInputMeanAttr,
                  DenseElementsAttr::get(type, ArrayRef<float>(means)));
    }
  }

private:
  struct Layer {
    std::vector<double> sums;
    int64_t outputs = 0;
  };

  static Geometry getLayerGeometry(Operation *op) {
    if (auto conv = dyn_cast<nn::Conv2DOp>(op))
      return getGeometry(conv);
    return getGeometry(cast<nn::LinearOp>(op));
  }

  llvm::MapVector<Operation *, Layer> layers;
};
} // namespace

/// Runs all inputs, calls `visit` with every float value and `finished` after
/// each input.
static llvm::Error
forEachValue(FloatEvaluator &evaluator, const CalibrationData &data,
             llvm::function_ref<void()> finished,
             llvm::function_ref<void(Value, const TensorData &)> visit) {
  for (int64_t i = 0; i < data.size(); ++i) {
    auto inputs = data.get(i);
    if (!inputs)
      return inputs.takeError();
    auto results =
        evaluator.run(*inputs, [&](Value value, const TensorData &tensor) {
          if (isRangeSource(value))
            visit(value, tensor);
        });
    if (!results)
      return results.takeError();
    finished();
  }
  return llvm::Error::success();
}

LogicalResult nncc::calibrate(func::FuncOp function,
                              const CalibrationData &data,
                              const CalibrationOptions &options) {
  auto evaluator = FloatEvaluator::create(function);
  if (!evaluator)
    return function.emitError() << llvm::toString(evaluator.takeError());

  int64_t passes = options.observer == Observer::MinMax ? 1 : 2;
  int64_t done = 0;
  auto finished = [&] {
    ++done;
    if (options.progress)
      options.progress(done, passes * data.size());
  };

  llvm::MapVector<Value, Extremes> extremes;
  InputMeans means;
  if (llvm::Error error =
          forEachValue(**evaluator, data, finished,
                       [&](Value value, const TensorData &tensor) {
                         if (isRangeSource(value))
                           extremes[value].add(tensor.floats);
                         means.add(value, tensor);
                       }))
    return function.emitError() << llvm::toString(std::move(error));
  for (auto &[value, seen] : extremes)
    if (!seen.finite)
      return mlir::emitError(value.getLoc())
             << "'" << getTensorName(value)
             << "' is infinite or not a number for some calibration input; "
                "check the model and the preprocessing of the inputs";

  llvm::MapVector<Value, Histogram> histograms;
  if (options.observer != Observer::MinMax) {
    int numBins = options.observer == Observer::Divergence
                      ? Histogram::kFineBins
                      : Histogram::kBins;
    for (auto &[value, seen] : extremes)
      histograms.insert({value, Histogram(Range{seen.lo, seen.hi}, numBins)});
    if (llvm::Error error = forEachValue(
            **evaluator, data, finished,
            [&](Value value, const TensorData &tensor) {
              auto *found = histograms.find(value);
              if (found != histograms.end())
                found->second.add(tensor.floats.data(), tensor.floats.size());
            }))
      return function.emitError() << llvm::toString(std::move(error));
  }

  for (auto &[value, seen] : extremes) {
    Range range = Range{seen.lo, seen.hi}.unite({0.0, 0.0});
    if (options.observer == Observer::Percentile)
      range =
          histograms.find(value)->second.percentileRange(options.percentile);
    else if (options.observer == Observer::LeastError)
      range = histograms.find(value)->second.leastErrorRange(options.scales);
    else if (options.observer == Observer::Divergence)
      range =
          histograms.find(value)->second.leastDivergenceRange(options.scales);
    setRange(value, roundOutwards(range));
  }
  means.setAttributes();
  return success();
}

/// No value that is measured depends on this one.
static bool isLastMeasured(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    return llvm::all_of(user->getResults(), [](Value result) {
      return !isRangeSource(result) && isLastMeasured(result);
    });
  });
}

void nncc::widenResultRanges(func::FuncOp function, double factor) {
  for (Operation &op : function.getOps())
    for (Value result : op.getResults())
      if (std::optional<Range> range = getRange(result))
        if (isLastMeasured(result))
          setRange(result, {factor * range->lo, factor * range->hi});
}
