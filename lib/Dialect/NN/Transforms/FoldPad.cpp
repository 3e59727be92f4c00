//===- FoldPad.cpp - Fold explicit padding into windows -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/IR/Shapes.h"
#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

namespace nncc::nn {
#define GEN_PASS_DEF_FOLDPAD
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

/// The pads of a window behind `pad`, together with those of the pad.
SmallVector<int64_t, 4> addPads(ArrayRef<int64_t> pads, PadOp pad) {
  return {pads[0] + pad.getPadTop(), pads[1] + pad.getPadLeft(),
          pads[2] + pad.getPadBottom(), pads[3] + pad.getPadRight()};
}

/// The spatial pad that defines `input`, if there is one in a float graph. In a
/// quantized graph the value of the padding is a question of zero points.
PadOp getFloatPad(Value input) {
  auto pad = input.getDefiningOp<PadOp>();
  if (pad && pad.isSpatial() && pad.getType().getElementType().isF32())
    return pad;
  return nullptr;
}

/// True if the op's own bounds or its kind rule out a negative result.
bool isNonNegative(Value value) {
  // Ops that select among their input's values pass the question on. The depth
  // is bounded by the function's length, since values are in SSA form.
  while (Operation *op = value.getDefiningOp()) {
    if (auto conv = dyn_cast<Conv2DOp>(op))
      return conv.getClampRange().min.value_or(-1) >= 0;
    if (auto add = dyn_cast<AddOp>(op))
      return add.getClampRange().min.value_or(-1) >= 0;
    if (auto mul = dyn_cast<MulOp>(op))
      return mul.getClampRange().min.value_or(-1) >= 0;
    if (auto clamp = dyn_cast<ClampOp>(op))
      return clamp.getClampRange().min.value_or(-1) >= 0;
    if (auto activation = dyn_cast<ActivationOp>(op))
      return activation.getKind() == ActivationKind::Sigmoid ||
             activation.getKind() == ActivationKind::HardSigmoid ||
             activation.getKind() == ActivationKind::Softplus;
    if (isa<SoftmaxOp>(op))
      return true;
    if (!isa<MaxPool2DOp, AvgPool2DOp, ReshapeOp, SliceOp>(op))
      return false;
    value = op->getOperand(0);
  }
  return false;
}

bool windowsMeetImage(Value image, RankedTensorType result,
                      ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                      ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations) {
  llvm::Expected<Window> window = Window::get(kernel, strides, pads, dilations);
  if (!window) {
    llvm::consumeError(window.takeError());
    return false;
  }
  auto type = cast<RankedTensorType>(image.getType());
  return everyWindowMeetsImage(type.getDimSize(2), result.getDimSize(2),
                               window->vertical) &&
         everyWindowMeetsImage(type.getDimSize(3), result.getDimSize(3),
                               window->horizontal);
}

struct FoldIntoConv : OpRewritePattern<Conv2DOp> {
  FoldIntoConv(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    PadOp pad = getFloatPad(op.getInput());
    if (!pad || !pad.getValue().isZero())
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(addPads(op.getPads(), pad));
      op.getInputMutable().assign(pad.getInput());
      op->setLoc(fuseLocations(op.getLoc(), {pad.getLoc()}));
    });
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

struct FoldIntoAvgPool : OpRewritePattern<AvgPool2DOp> {
  FoldIntoAvgPool(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(AvgPool2DOp op,
                                PatternRewriter &rewriter) const override {
    PadOp pad = getFloatPad(op.getInput());
    if (!pad || !pad.getValue().isZero())
      return failure();
    // Pads that do not count cannot be told from those that would.
    if (!op.getCountIncludePad() && !op.hasZeroPads())
      return failure();
    SmallVector<int64_t, 4> pads = addPads(op.getPads(), pad);
    if (!windowsMeetImage(pad.getInput(), op.getType(), op.getKernel(),
                          op.getStrides(), pads, {1, 1}))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(pads);
      op.setCountIncludePad(true);
      op.getInputMutable().assign(pad.getInput());
      op->setLoc(fuseLocations(op.getLoc(), {pad.getLoc()}));
    });
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

struct FoldIntoMaxPool : OpRewritePattern<MaxPool2DOp> {
  FoldIntoMaxPool(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(MaxPool2DOp op,
                                PatternRewriter &rewriter) const override {
    PadOp pad = getFloatPad(op.getInput());
    if (!pad)
      return failure();
    // The lowest finite number stands for -inf in many exporters.
    float value = pad.getValue().convertToFloat();
    bool neverWins = value <= std::numeric_limits<float>::lowest() ||
                     (value <= 0 && isNonNegative(pad.getInput()));
    if (!neverWins)
      return failure();
    SmallVector<int64_t, 4> pads = addPads(op.getPads(), pad);
    if (!windowsMeetImage(pad.getInput(), op.getType(), op.getKernel(),
                          op.getStrides(), pads, op.getDilations()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(pads);
      op.getInputMutable().assign(pad.getInput());
      op->setLoc(fuseLocations(op.getLoc(), {pad.getLoc()}));
    });
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

struct FoldPad : public nncc::nn::impl::FoldPadBase<FoldPad> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoConv, FoldIntoAvgPool, FoldIntoMaxPool>(&getContext(),
                                                                 numFolded);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
