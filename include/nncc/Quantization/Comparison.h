//===- Comparison.h - What quantization does to each tensor -----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_COMPARISON_H
#define NNCC_QUANTIZATION_COMPARISON_H

#include "nncc/Quantization/CalibrationData.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace nncc {

/// How far a quantized tensor is from its float original, over all elements of
/// all inputs. Errors of earlier layers are in it.
struct TensorError {
  std::string name; ///< getTensorName
  std::string kind; ///< the op, e.g. "conv2d"
  double rmsValue = 0.0;
  double rmsError = 0.0;
  double meanError = 0.0; ///< signed: a shift of the whole tensor
  double saturated = 0.0; ///< share of elements at either end of int8 while the
                          ///< float value lies beyond

  /// 20 log10(rmsValue / rmsError); infinite without error.
  double signalToNoise() const;
};

/// Evaluates a float function and its quantized form on the first `limit`
/// inputs and compares every quantized tensor, in the order of the function.
llvm::Expected<std::vector<TensorError>>
compareTensors(mlir::func::FuncOp floatFunction, mlir::func::FuncOp quantized,
               const CalibrationData &data, int64_t limit);

/// A table for people.
void printTensorErrors(llvm::ArrayRef<TensorError> errors,
                       llvm::raw_ostream &os);

} // namespace nncc

#endif // NNCC_QUANTIZATION_COMPARISON_H
