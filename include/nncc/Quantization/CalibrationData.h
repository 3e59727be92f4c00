//===- CalibrationData.h - Inputs to calibrate with -------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_CALIBRATIONDATA_H
#define NNCC_QUANTIZATION_CALIBRATIONDATA_H

#include "nncc/Quantization/Npy.h"
#include "nncc/Quantization/Ranges.h"
#include "nncc/Quantization/TensorData.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nncc {

/// Inputs for a function, made up or read from NumPy files. A file holds the
/// inputs of one argument; its first axis counts them, the other ones are those
/// of the argument, with or without the argument's batch axis of one.
class CalibrationData {
public:
  /// `path` is a .npy file, for a function of one argument, or a folder that
  /// holds `<name>.npy` for each argument. Characters of a name other than
  /// letters, digits and "._-" are written "_".
  static llvm::Expected<CalibrationData> load(llvm::StringRef path,
                                              mlir::func::FuncOp function);

  /// Made-up inputs for a function whose sample inputs nobody has: `count` of
  /// them, with values in the range of what the function rounds an argument to
  /// (nn.fake_quantize), or else in `range`.
  static llvm::Expected<CalibrationData> makeUp(mlir::func::FuncOp function,
                                                Range range, int64_t count);

  /// The number of inputs, at least one.
  int64_t size() const { return count; }

  /// Input number `index`: one float tensor per argument.
  std::vector<TensorData> get(int64_t index) const;

private:
  int64_t count = 0;
  /// One for each argument, or none: then inputs are made up in these ranges.
  std::vector<NpyArray> arrays;
  std::vector<Range> ranges;
  std::vector<std::vector<int64_t>> shapes;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_CALIBRATIONDATA_H
