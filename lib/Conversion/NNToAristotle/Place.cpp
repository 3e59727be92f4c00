//===- Place.cpp - Which engine runs what ---------------------------------===//
//
// Marks each layer with its engine, and makes channel layouts agree.
//
//===----------------------------------------------------------------------===//

#include "Layout.h"

#include "nncc/Conversion/NNToAristotle/NNToAristotle.h"
#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/QuantizedOps.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace nncc;

namespace {
/// An engine and the sentence that reports give for it.
struct Placement {
  StringRef engine;
  StringRef reason;
};
} // namespace

static std::optional<Placement> placementOf(Operation *op) {
  if (isCoreOp(op)) {
    if (auto conv = dyn_cast<nn::Conv2DOp>(op))
      return conv.isDepthwise()
                 ? Placement{"vector", "one input channel per output channel"}
                 : Placement{"conv", "convolution"};
    if (llvm::isa<nn::ConcatOp, nn::ReshapeOp>(op))
      return Placement{"none", "a matter of addresses"};
    return Placement{"vector", "no sum over channels"};
  }
  if (llvm::isa<nn::SoftmaxOp, nn::ArgMaxOp>(op))
    return Placement{"host", "at the network's end, on floats"};
  if (llvm::isa<nn::ReshapeOp>(op))
    return Placement{"host", "a reshape of floats"};
  return std::nullopt;
}

/// Puts a convolution by the identity behind `value`: its result has the same
/// bytes in a layout of its own.
static LogicalResult insertRelayout(Value value) {
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  auto type = cast<RankedTensorType>(value.getType());
  auto shape = getFeatureShape(type);
  if (!shape || type.getRank() != 4)
    return emitError(value.getLoc(),
                     "expected a feature map [1, C, H, W] to re-lay, got ")
           << type;
  int64_t c = shape->channels;
  SmallVector<int8_t> identity(c * c, 0);
  for (int64_t i = 0; i < c; ++i)
    identity[i * c + i] = 1;
  auto stored = RankedTensorType::get({c, c, 1, 1}, b.getI8Type());
  auto element = quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, b.getI8Type(), b.getF32Type(),
      SmallVector<double>(c, 1.0), SmallVector<int64_t>(c, 0), 0, -127, 127);
  auto weight = nn::ConstantOp::create(
      b, value.getLoc(), RankedTensorType::get({c, c, 1, 1}, element),
      DenseElementsAttr::get(stored, ArrayRef<int8_t>(identity)));
  auto conv = nn::Conv2DOp::create(b, value.getLoc(), value, weight, Value(),
                                   ArrayRef<int64_t>{1, 1},
                                   ArrayRef<int64_t>{0, 0, 0, 0},
                                   ArrayRef<int64_t>{1, 1}, 1);
  value.replaceAllUsesExcept(conv.getResult(), conv);
  return success();
}

LogicalResult nncc::placeFunction(func::FuncOp function,
                                  const ArchConfig &arch) {
  // Each round settles one conflict; there are no more than values.
  Value conflict;
  while (!LayoutAssignment::compute(function, arch.vector, conflict))
    if (failed(insertRelayout(conflict)))
      return failure();

  bool ok = true;
  Builder b(function.getContext());
  for (Operation &op : function.getBody().front()) {
    if (llvm::isa<nn::ConstantOp, quant::QuantizeCastOp, quant::DequantizeCastOp,
            func::ReturnOp>(op))
      continue;
    std::optional<Placement> placement = placementOf(&op);
    if (!placement) {
      op.emitError("no engine and no host operation runs this");
      ok = false;
      continue;
    }
    op.setAttr("nncc.engine", b.getStringAttr(placement->engine));
    op.setAttr("nncc.reason", b.getStringAttr(placement->reason));
  }
  return success(ok);
}
