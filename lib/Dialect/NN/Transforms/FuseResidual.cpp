//===- FuseResidual.cpp - Fuse additions into convolutions ----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

namespace nncc::nn {
#define GEN_PASS_DEF_FUSERESIDUAL
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc::nn;

namespace {

struct FuseResidual : public nncc::nn::impl::FuseResidualBase<FuseResidual> {
  using FuseResidualBase::FuseResidualBase;

  void runOnOperation() override {
    // One walk in program order: an add fused into a convolution cannot make
    // another add fusible, because the convolution then has a residual.
    SmallVector<AddOp> adds;
    getOperation().walk([&](AddOp op) { adds.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (AddOp add : adds)
      fuse(rewriter, add);
  }

  /// The convolution behind `value`, if `add` can become its residual addition.
  Conv2DOp getCandidate(AddOp add, Value value, Value other) {
    auto conv = value.getDefiningOp<Conv2DOp>();
    if (!conv || !value.hasOneUse() || conv.getResidual() ||
        !conv.getClampRange().isUnbounded() ||
        (conv.isDepthwise() && !depthwise))
      return nullptr;
    // Equal element types too: in a quantized graph the convolution's result is
    // rounded to its own scale before the addition.
    if (value.getType() != add.getType() || other.getType() != add.getType() ||
        !add.getType().getElementType().isF32() ||
        matchPattern(other, m_Constant()) ||
        conv->getBlock() != add->getBlock())
      return nullptr;
    return conv;
  }

  void fuse(IRRewriter &rewriter, AddOp add) {
    Conv2DOp left = getCandidate(add, add.getLhs(), add.getRhs());
    Conv2DOp right = getCandidate(add, add.getRhs(), add.getLhs());
    if (!left && !right)
      return;
    bool takeRight = !left || (right && left->isBeforeInBlock(right));
    Conv2DOp conv = takeRight ? right : left;
    Value other = takeRight ? add.getLhs() : add.getRhs();

    // At the add, both of its operands are defined.
    rewriter.setInsertionPoint(add);
    auto fused = Conv2DOp::create(
        rewriter, fuseLocations(add.getLoc(), {conv.getLoc()}), add.getType(),
        conv.getInput(), conv.getWeight(), conv.getBias(), other,
        conv.getStrides(), conv.getPads(), conv.getDilations(),
        conv.getGroups(), add.getClampMinAttr(), add.getClampMaxAttr());
    rewriter.replaceOp(add, fused);
    rewriter.eraseOp(conv);
    ++numFused;
  }
};

} // namespace
