//===- CalibrationData.h - Inputs to calibrate with -------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_CALIBRATIONDATA_H
#define NNCC_QUANTIZATION_CALIBRATIONDATA_H

#include "nncc/Quantization/Npy.h"
#include "nncc/Quantization/PictureSamples.h"
#include "nncc/Quantization/Ranges.h"
#include "nncc/Quantization/TensorData.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nncc {

/// Inputs for a function: made up, pictures, or read from NumPy files. A file
/// holds the inputs of one argument; its first axis counts them, the other ones
/// are those of the argument, with or without the argument's batch axis of one.
/// An argument with the attribute `nn.picture` takes pictures, or an array of
/// their bytes.
class CalibrationData {
public:
  /// `path` is a .npy file, for a function of one argument, or a folder that
  /// holds `<name>.npy` for each argument. Characters of a name other than
  /// letters, digits and "._-" are written "_". For pictures it is a picture
  /// file, or a folder of them.
  static llvm::Expected<CalibrationData> load(llvm::StringRef path,
                                              mlir::func::FuncOp function);

  /// Made-up inputs for a function whose sample inputs nobody has: `count` of
  /// them, with values in the range of what the function rounds an argument to
  /// (nn.fake_quantize), or else in `range`.
  ///
  /// A picture's extra channel has the value that it always has.
  static llvm::Expected<CalibrationData> makeUp(mlir::func::FuncOp function,
                                                Range range, int64_t count);

  /// The number of inputs, at least one.
  int64_t size() const { return count; }

  /// Input number `index`: one float tensor per argument. Fails for a picture
  /// that cannot be decoded.
  llvm::Expected<std::vector<TensorData>> get(int64_t index) const;

  /// The pictures of a function that takes some, unless they are made up.
  const PictureSamples *getPictures() const {
    return pictures ? &*pictures : nullptr;
  }

private:
  int64_t count = 0;
  /// One of these three has elements: one for each argument.
  std::vector<NpyArray> arrays;
  std::vector<Range> ranges; ///< in which inputs are made up
  std::optional<PictureSamples> pictures;
  /// What the last channel of made-up pictures holds.
  std::optional<float> fill;
  std::vector<std::vector<int64_t>> shapes;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_CALIBRATIONDATA_H
