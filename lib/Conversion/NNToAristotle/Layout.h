//===- Layout.h - Channel layouts of feature maps ---------------*- C++ -*-===//
//
// Which channel lies in which lane of which word. The order is free as long as
// producers and consumers agree: a convolution permutes its weights for
// nothing. Concatenation is then free of cost: its operands lie side by side,
// each padded to whole words, and its consumers know.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_CONVERSION_NNTOARISTOTLE_LAYOUT_H
#define NNCC_LIB_CONVERSION_NNTOARISTOTLE_LAYOUT_H

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Target/ArchConfig.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace nncc {

/// The channel of each slot, -1 for padding; the size is a multiple of V.
using ChannelLayout = llvm::SmallVector<int64_t>;

/// True for the quantized ops that the accelerator runs.
bool isCoreOp(mlir::Operation *op);

/// Why neither the instruction set nor the configuration can do a quantized op
/// at all, however it is tiled; empty if they can.
std::string whyUnsupported(mlir::Operation *op, const ArchConfig &arch);

/// True for a layer that the conv engine runs: a convolution, unless it is
/// depthwise and the vector engine can run it, and an average that the vector
/// engine cannot, because its window exceeds memories or fields.
bool runsOnArray(nn::Conv2DOp conv, const ArchConfig &arch);
bool runsOnArray(nn::AvgPool2DOp pool, const ArchConfig &arch);

/// True for what placement puts into the network, such as the convolution by
/// the identity where layouts of channels do not agree.
bool isInserted(mlir::Operation *op);

/// Channels, rows and columns of a quantized tensor: [1, C, H, W], or [1, C]
/// with one pixel.
struct FeatureShape {
  int64_t channels = 1, height = 1, width = 1;
};
std::optional<FeatureShape> getFeatureShape(mlir::Type type);

/// Slot i holds channel i; padded to a multiple of `vector`.
ChannelLayout identityLayout(int64_t channels, int64_t vector);

/// Layouts of all quantized feature maps of a function.
class LayoutAssignment {
public:
  /// Operations that keep each channel in its slot tie the layouts of their
  /// operands and results together. Where two concatenations with different
  /// layouts are tied, `conflict` is set to the value that has to be re-laid
  /// (by a convolution) and the result is null.
  static std::optional<LayoutAssignment>
  compute(mlir::func::FuncOp function, int64_t vector, mlir::Value &conflict);

  const ChannelLayout &of(mlir::Value value) const {
    return layouts.find(value)->second;
  }

private:
  llvm::DenseMap<mlir::Value, ChannelLayout> layouts;
};

} // namespace nncc

#endif // NNCC_LIB_CONVERSION_NNTOARISTOTLE_LAYOUT_H
