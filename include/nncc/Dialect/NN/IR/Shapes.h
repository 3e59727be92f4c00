//===- Shapes.h - Shape rules of the nn dialect -----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// The shape rule of each layer, on plain extents. Op verifiers, op builders and
// the importers share them, so that a shape is refused for one reason in one
// wording wherever it is met. Extents are at least one and at most 2^31 - 1.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_SHAPES_H
#define NNCC_DIALECT_NN_IR_SHAPES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace nncc::nn {

using Shape = llvm::SmallVector<int64_t, 4>;

/// The largest extent, kernel, stride, dilation and padding.
inline constexpr int64_t kMaxExtent = 2147483647;
/// The largest number of elements of one tensor.
inline constexpr int64_t kMaxElements = 2147483647;

/// "1x3x224x224"; "scalar" for rank zero.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// The number of elements, or an error if an extent is below one or the number
/// exceeds `kMaxElements`.
llvm::Expected<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// One axis of a sliding window.
struct WindowAxis {
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t padBefore = 0;
  int64_t padAfter = 0;

  /// Distance from the first to one past the last position of the window.
  int64_t span() const { return (kernel - 1) * dilation + 1; }
};

/// Both axes of a sliding window.
struct Window {
  WindowAxis vertical;
  WindowAxis horizontal;

  /// Collects attribute lists: `kernel`, `strides` and `dilations` of two
  /// values, `pads` [top, left, bottom, right]. Checks counts and ranges.
  static llvm::Expected<Window> get(llvm::ArrayRef<int64_t> kernel,
                                    llvm::ArrayRef<int64_t> strides,
                                    llvm::ArrayRef<int64_t> pads,
                                    llvm::ArrayRef<int64_t> dilations);
};

/// How an extent is rounded if the stride does not divide it.
enum class Rounding { Down, Up };

/// The number of window positions along one axis of extent `in`. Rounded up,
/// the last window may overhang, but starts inside the image or the leading
/// pad.
llvm::Expected<int64_t> windowOutputs(int64_t in, const WindowAxis &axis,
                                      Rounding rounding);

/// How many of the positions of window number `out` lie in [low, high).
int64_t countPositions(int64_t out, const WindowAxis &axis, int64_t low,
                       int64_t high);

/// True if each of the `out` windows along an axis of extent `in` holds a
/// position of the image.
bool everyWindowMeetsImage(int64_t in, int64_t out, const WindowAxis &axis);

llvm::Expected<Shape>
conv2DShape(llvm::ArrayRef<int64_t> input, llvm::ArrayRef<int64_t> weight,
            llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads,
            llvm::ArrayRef<int64_t> dilations, int64_t groups);
/// `needImage`: a window wholly in the padding is refused.
llvm::Expected<Shape> pool2DShape(llvm::ArrayRef<int64_t> input,
                                  const Window &window, Rounding rounding,
                                  bool needImage);
llvm::Expected<Shape> linearShape(llvm::ArrayRef<int64_t> input,
                                  llvm::ArrayRef<int64_t> weight);
/// The NumPy rule.
llvm::Expected<Shape> broadcastShape(llvm::ArrayRef<int64_t> lhs,
                                     llvm::ArrayRef<int64_t> rhs);
llvm::Expected<Shape>
concatShape(llvm::ArrayRef<llvm::ArrayRef<int64_t>> inputs, int64_t axis);
llvm::Expected<Shape> padShape(llvm::ArrayRef<int64_t> input,
                               llvm::ArrayRef<int64_t> pads);
/// The shape of a part; all lists have as many values as the input's rank.
llvm::Expected<Shape> sliceShape(llvm::ArrayRef<int64_t> input,
                                 llvm::ArrayRef<int64_t> starts,
                                 llvm::ArrayRef<int64_t> sizes,
                                 llvm::ArrayRef<int64_t> steps);
/// The shape of `factors[0] * factors[1]` interleaved feature maps.
llvm::Expected<Shape>
interleaveShape(llvm::ArrayRef<llvm::ArrayRef<int64_t>> inputs,
                llvm::ArrayRef<int64_t> factors);
llvm::Expected<Shape> reduceShape(llvm::ArrayRef<int64_t> input, int64_t axis,
                                  bool keepDims);

} // namespace nncc::nn

#endif // NNCC_DIALECT_NN_IR_SHAPES_H
