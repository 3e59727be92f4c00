//===- Calibration.h - Ranges from sample inputs ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_CALIBRATION_H
#define NNCC_QUANTIZATION_CALIBRATION_H

#include "nncc/Quantization/CalibrationData.h"
#include "nncc/Quantization/Ranges.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <functional>
#include <optional>
#include <string>

namespace nncc {

/// How a range is taken from the values that were seen.
enum class Observer {
  MinMax,     ///< the least and the greatest value
  Percentile, ///< without the outermost values on either side
  LeastError, ///< the range with the least mean square error
  Divergence  ///< the range that keeps the most of the distribution
};

/// Reads "minmax", "percentile", "mse" or "kl".
std::optional<Observer> parseObserver(llvm::StringRef name);

struct CalibrationOptions {
  Observer observer = Observer::LeastError;
  double percentile = 99.99;
  ScaleMode scales = ScaleMode::Float;
  /// Called after each input that was evaluated, with how many evaluations are
  /// done and how many there will be.
  std::function<void(int64_t done, int64_t total)> progress;
};

/// The discardable attribute that holds a range, `nn.range = [lo, hi]`, on an
/// op for its result and on a function argument.
inline constexpr llvm::StringLiteral kRangeAttr = "nn.range";

/// The discardable attribute of a convolution or linear layer that holds the
/// mean of what each of its weights is multiplied with, over all outputs and
/// inputs: an f32 tensor [C, KH, KW] of the input's channels and the kernel's
/// positions.
inline constexpr llvm::StringLiteral kInputMeanAttr = "nn.input_mean";

/// True for values whose range is measured: arguments and results of
/// arithmetic. Other values repeat elements of those.
bool isRangeSource(mlir::Value value);

/// The range attribute of a value, if it is there and well-formed.
std::optional<Range> getRange(mlir::Value value);
void setRange(mlir::Value value, Range range);

/// Whether quantization needs the range of a value: not if the model rounds it
/// to a grid of its own (nn.fake_quantize), or the op bounds its results.
bool needsRange(mlir::Value value);

/// Whether quantization needs the range of some value.
bool needsRanges(mlir::func::FuncOp function);

/// Evaluates the float graph on all inputs and leaves the range of each value
/// as an attribute. Makes one pass over the data, and a second one for
/// observers that need a histogram. A value that is not finite is an error on
/// its op.
mlir::LogicalResult calibrate(mlir::func::FuncOp function,
                              const CalibrationData &data,
                              const CalibrationOptions &options);

/// Multiplies the range of each value behind which nothing but the host or the
/// end of the function is. A classifier's greatest scores are those of inputs
/// that it was trained on, and beyond what it makes of made-up ones.
void widenResultRanges(mlir::func::FuncOp function, double factor);

} // namespace nncc

#endif // NNCC_QUANTIZATION_CALIBRATION_H
