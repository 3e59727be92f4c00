//===- Comparison.cpp - What quantization does to each tensor -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Comparison.h"

#include "nncc/Quantization/FloatEvaluator.h"
#include "nncc/Quantization/Names.h"
#include "nncc/Quantization/QuantizedOps.h"
#include "nncc/Quantization/ReferenceEvaluator.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace nncc;
using llvm::Expected;

double TensorError::signalToNoise() const {
  if (rmsError == 0.0)
    return std::numeric_limits<double>::infinity();
  return 20.0 * std::log10(rmsValue / rmsError);
}

namespace {
/// Sums behind a TensorError.
struct Sums {
  double value = 0.0, error = 0.0, shift = 0.0;
  int64_t saturated = 0, count = 0;

  void add(const std::vector<float> &expected, const std::vector<int8_t> &got,
           const QuantParams &params) {
    double least = dequantize(-128, params.scale, params.zeroPoint);
    double greatest = dequantize(127, params.scale, params.zeroPoint);
    for (auto [x, q] : llvm::zip_equal(expected, got)) {
      double difference = dequantize(q, params.scale, params.zeroPoint) - x;
      value += double{x} * x;
      error += difference * difference;
      shift += difference;
      saturated += (q == -128 && x < least - params.scale / 2) ||
                   (q == 127 && x > greatest + params.scale / 2);
    }
    count += expected.size();
  }
};
} // namespace

Expected<std::vector<TensorError>>
nncc::compareTensors(func::FuncOp floatFunction, func::FuncOp quantized,
                     const CalibrationData &data, int64_t limit) {
  auto original = FloatEvaluator::create(floatFunction);
  if (!original)
    return original.takeError();
  auto reference = ReferenceEvaluator::create(quantized);
  if (!reference)
    return reference.takeError();

  llvm::MapVector<Value, Sums> sums;
  for (int64_t i = 0; i < std::min(limit, data.size()); ++i) {
    auto inputs = data.get(i);
    if (!inputs)
      return inputs.takeError();
    llvm::StringMap<std::vector<float>> expected;
    auto remember = [&](Value value, const TensorData &tensor) {
      expected[getTensorName(value)] = tensor.floats;
    };
    auto compare = [&](Value value, const TensorData &tensor) {
      if (tensor.element != TensorData::Element::Int8)
        return;
      auto found = expected.find(getTensorName(value));
      if (found != expected.end() &&
          found->second.size() == tensor.bytes.size())
        sums[value].add(found->second, tensor.bytes,
                        *getQuantParams(value.getType()));
    };
    auto floatResults = (*original)->run(*inputs, remember);
    if (!floatResults)
      return floatResults.takeError();
    auto results = (*reference)->run(*inputs, compare);
    if (!results)
      return results.takeError();
  }

  std::vector<TensorError> errors;
  for (auto &[value, sum] : sums) {
    TensorError error;
    error.name = getTensorName(value);
    Operation *op = value.getDefiningOp();
    error.kind = op ? op->getName().stripDialect().str() : "input";
    double count = static_cast<double>(sum.count);
    error.rmsValue = std::sqrt(sum.value / count);
    error.rmsError = std::sqrt(sum.error / count);
    error.meanError = sum.shift / count;
    error.saturated = static_cast<double>(sum.saturated) / count;
    errors.push_back(std::move(error));
  }
  return errors;
}

void nncc::printTensorErrors(ArrayRef<TensorError> errors,
                             llvm::raw_ostream &os) {
  os << "   SNR dB        rms      error       mean  saturated  tensor\n";
  for (const TensorError &error : errors)
    os << llvm::format("%9.1f %10.4g %10.3g %10.2g %9.2f%%  ",
                       error.signalToNoise(), error.rmsValue, error.rmsError,
                       error.meanError, error.saturated * 100)
       << error.name << " (" << error.kind << ")\n";
}
