//===- NNFolders.cpp - Folders and canonicalization of the nn dialect -----===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/IR/NNOps.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nncc::nn;

static bool allZero(ArrayRef<int64_t> values) {
  return llvm::all_of(values, [](int64_t v) { return v == 0; });
}

static bool allOne(ArrayRef<int64_t> values) {
  return llvm::all_of(values, [](int64_t v) { return v == 1; });
}

/// True for a constant of floats that are all zero.
static bool isFloatZero(Attribute attr) {
  auto values = dyn_cast_or_null<DenseElementsAttr>(attr);
  return values && values.getElementType().isF32() &&
         llvm::all_of(values.getValues<APFloat>(),
                      [](const APFloat &v) { return v.isZero(); });
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

//===----------------------------------------------------------------------===//
// Conv2DOp
//===----------------------------------------------------------------------===//

namespace {
/// A bias of zeros adds nothing.
struct DropZeroBias : OpRewritePattern<Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    Attribute bias;
    if (!op.getBias() || !matchPattern(op.getBias(), m_Constant(&bias)))
      return failure();
    auto values = cast<DenseElementsAttr>(bias);
    bool zero = isFloatZero(values);
    if (values.getElementType().isInteger(32))
      zero = llvm::all_of(values.getValues<int32_t>(),
                          [](int32_t v) { return v == 0; });
    if (!zero)
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getBiasMutable().clear(); });
    return success();
  }
};

/// Nothing is padded, so nothing is excluded from the count.
struct DropCountIncludePad : OpRewritePattern<AvgPool2DOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AvgPool2DOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getCountIncludePad() || !op.hasZeroPads())
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.setCountIncludePad(false); });
    return success();
  }
};

/// reshape(reshape(x)) is one reshape.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<ReshapeOp>();
    if (!producer)
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(),
                                           producer.getInput());
    return success();
  }
};

/// slice(slice(x)) -> slice(x)
struct MergeSlices : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<SliceOp>();
    if (!producer)
      return failure();
    SmallVector<int64_t> starts, steps;
    for (auto [d, start] : llvm::enumerate(op.getStarts())) {
      starts.push_back(producer.getStarts()[d] +
                       start * producer.getSteps()[d]);
      // The step along an axis of one element means nothing.
      steps.push_back(op.getSizes()[d] == 1
                          ? 1
                          : producer.getSteps()[d] * op.getSteps()[d]);
    }
    rewriter.replaceOpWithNewOp<SliceOp>(op, op.getType(), producer.getInput(),
                                         starts, op.getSizes(), steps);
    return success();
  }
};
} // namespace

void Conv2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<DropZeroBias>(context);
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

OpFoldResult MaxPool2DOp::fold(FoldAdaptor) {
  if (allOne(getKernel()) && allOne(getStrides()) && hasZeroPads() &&
      getType() == getInput().getType())
    return getInput();
  return {};
}

OpFoldResult AvgPool2DOp::fold(FoldAdaptor) {
  if (allOne(getKernel()) && allOne(getStrides()) && hasZeroPads() &&
      getType() == getInput().getType())
    return getInput();
  return {};
}

void AvgPool2DOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<DropCountIncludePad>(context);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

/// Constants stand second, where they are looked for, but for one that has the
/// result's shape beside an operand that is repeated: the first one fills it.
template <typename OpTy>
static bool putConstantSecond(OpTy op, Attribute lhs, Attribute rhs) {
  auto fills = [&](Value value) {
    return cast<RankedTensorType>(value.getType()).getShape() ==
           op.getType().getShape();
  };
  if (!lhs || rhs || (fills(op.getLhs()) && !fills(op.getRhs())))
    return false;
  Value constant = op.getLhs();
  op.getLhsMutable().assign(op.getRhs());
  op.getRhsMutable().assign(constant);
  return true;
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (putConstantSecond(*this, adaptor.getLhs(), adaptor.getRhs()))
    return getResult();
  if (getClampRange().isUnbounded() && isFloatZero(adaptor.getRhs()) &&
      getType() == getLhs().getType())
    return getLhs();
  return {};
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (putConstantSecond(*this, adaptor.getLhs(), adaptor.getRhs()))
    return getResult();
  return {};
}

OpFoldResult ClampOp::fold(FoldAdaptor) {
  if (getClampRange().isUnbounded() && getType() == getInput().getType())
    return getInput();
  // Two clamps in a row are one. With a change of scale between them the first
  // one also rounds, so they stay.
  auto producer = getInput().getDefiningOp<ClampOp>();
  if (producer && producer.getType() == producer.getInput().getType()) {
    setClampRange(producer.getClampRange().then(getClampRange()));
    getInputMutable().assign(producer.getInput());
    return getResult();
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1 && getType() == getInputs().front().getType())
    return getInputs().front();
  return {};
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  return allZero(getPads()) ? OpFoldResult(getInput()) : OpFoldResult();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  if (getType() == getInput().getType())
    return getInput();
  return {};
}

OpFoldResult InterleaveOp::fold(FoldAdaptor) {
  if (allOne(getFactors()) && getType() == getInputs().front().getType())
    return getInputs().front();
  return {};
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getType() == getInput().getType())
    return getInput();
  if (auto values = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return values.reshape(
        RankedTensorType::get(getType().getShape(), values.getElementType()));
  return {};
}

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<MergeSlices>(context);
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<MergeReshapes>(context);
}
