//===- Place.cpp - Which engine runs what ---------------------------------===//
//
// Marks each layer with its engine, and makes channel layouts agree.
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "VectorTiles.h"

#include "nncc/Conversion/NNToAristotle/NNToAristotle.h"
#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/Names.h"
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

/// Marks the convolutions that insertRelayout made.
static constexpr StringLiteral kRelayout = "nncc.relayout";

/// Marks the convolutions that stand for slices of channels.
static constexpr StringLiteral kSelection = "nncc.selection";

/// Marks the first of the two pools that splitMaximum makes of one.
static constexpr StringLiteral kPartialMaximum = "nncc.partial_maximum";

bool nncc::isInserted(Operation *op) {
  return op->hasAttr(kRelayout) || op->hasAttr(kPartialMaximum);
}

//===----------------------------------------------------------------------===//
// What the machine cannot do
//===----------------------------------------------------------------------===//

/// 1x8x4 of a tensor type.
static std::string shapeOf(Type type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(cast<ShapedType>(type).getShape(), os, "x");
  return text;
}

static std::string pair(int64_t y, int64_t x) {
  return std::to_string(y) + "x" + std::to_string(x);
}

/// Limits of the fields of instructions with a window.
template <typename OpTy> static std::string checkPads(OpTy op) {
  constexpr int64_t kMost = 2048, kMostBehind = 2047;
  if (op.getPadTop() > kMost || op.getPadLeft() > kMost)
    return "a padding of " + pair(op.getPadTop(), op.getPadLeft()) +
           " at the top and left: expected at most " + std::to_string(kMost);
  if (op.getPadBottom() > kMostBehind || op.getPadRight() > kMostBehind)
    return "a padding of " + pair(op.getPadBottom(), op.getPadRight()) +
           " at the bottom and right: expected at most " +
           std::to_string(kMostBehind);
  return "";
}

/// Most rows or columns of a window, and the largest dilation, of the vector
/// engine's instructions.
static constexpr int64_t kMostOfWindow = 255;

/// Whether a window and one word of result exceed the feature memory.
template <typename OpTy>
static bool exceedsFeatureMemory(OpTy op, const ArchConfig &arch) {
  int64_t rows = (op.getKernelH() - 1) * op.getDilationH() + 1;
  int64_t columns = (op.getKernelW() - 1) * op.getDilationW() + 1;
  return std::min(rows, op.getInH()) * std::min(columns, op.getInW()) + 1 >
         static_cast<int64_t>(arch.featureWords);
}

bool nncc::runsOnArray(nn::Conv2DOp conv, const ArchConfig &arch) {
  return !conv.isDepthwise() || exceedsFeatureMemory(conv, arch) ||
         conv.getKernelH() * conv.getKernelW() + lowering::kRecordWords >
             static_cast<int64_t>(arch.vectorWords);
}

bool nncc::runsOnArray(nn::AvgPool2DOp pool, const ArchConfig &arch) {
  return exceedsFeatureMemory(pool, arch) ||
         std::max(pool.getKernelH(), pool.getKernelW()) > kMostOfWindow;
}

template <typename OpTy> static std::string checkVectorWindow(OpTy op) {
  constexpr int64_t most = kMostOfWindow;
  if (op.getKernelH() > most || op.getKernelW() > most)
    return "a window of " + pair(op.getKernelH(), op.getKernelW()) +
           ": expected at most " + pair(most, most);
  if (op.getDilationH() > most || op.getDilationW() > most)
    return "a dilation of " + pair(op.getDilationH(), op.getDilationW()) +
           ": expected at most " + pair(most, most);
  return checkPads(op);
}

static std::string checkConv(nn::Conv2DOp conv, const ArchConfig &arch) {
  if (!runsOnArray(conv, arch))
    return checkVectorWindow(conv);
  if ((conv.getKernelH() - 1) * conv.getDilationH() > 127 ||
      (conv.getKernelW() - 1) * conv.getDilationW() > 127)
    return "a window of " + pair(conv.getKernelH(), conv.getKernelW()) +
           ", dilated by " + pair(conv.getDilationH(), conv.getDilationW()) +
           ", spans more than the 128 pixels that a tap can reach";
  return checkPads(conv);
}

static std::string checkAverage(nn::AvgPool2DOp pool, const ArchConfig &arch) {
  return runsOnArray(pool, arch) ? checkPads(pool) : checkVectorWindow(pool);
}

/// Both are [1, C, H, W] or [1, C]; the second one may repeat rows or columns.
static std::string checkBinary(Operation *op) {
  auto lhs = getFeatureShape(op->getOperand(0).getType());
  auto rhs = getFeatureShape(op->getOperand(1).getType());
  auto out = getFeatureShape(op->getResult(0).getType());
  auto fits = [](int64_t extent, int64_t of) {
    return extent == of || extent == 1;
  };
  if (lhs && rhs && lhs->channels == out->channels &&
      lhs->height == out->height && lhs->width == out->width &&
      rhs->channels == out->channels && fits(rhs->height, out->height) &&
      fits(rhs->width, out->width))
    return "";
  return "the accelerator repeats only rows and columns, and only of the "
         "second operand, got " +
         shapeOf(op->getOperand(0).getType()) + " and " +
         shapeOf(op->getOperand(1).getType());
}

/// Channels are passed on by a convolution, which has a weight for each pair.
static std::string checkSlice(nn::SliceOp slice) {
  constexpr int64_t kMost = 1 << 26;
  auto in = getFeatureShape(slice.getInput().getType());
  auto out = getFeatureShape(slice.getType());
  if (in->channels == out->channels || in->channels * out->channels <= kMost)
    return "";
  return "a slice of " + std::to_string(out->channels) + " of " +
         std::to_string(in->channels) +
         " channels: expected a product of at most " + std::to_string(kMost);
}

static std::string checkReshape(nn::ReshapeOp reshape) {
  auto in = getFeatureShape(reshape.getInput().getType());
  auto out = getFeatureShape(reshape.getType());
  bool renames = in && out && in->channels == out->channels &&
                 in->height == out->height && in->width == out->width;
  bool toHost = llvm::all_of(reshape->getUsers(), [](Operation *user) {
    return llvm::isa<quant::DequantizeCastOp>(user);
  });
  if (renames || toHost)
    return "";
  return "a reshape between layers of the accelerator must keep channels, rows "
         "and columns, got " +
         shapeOf(reshape.getInput().getType()) + " to " +
         shapeOf(reshape.getType());
}

std::string nncc::whyUnsupported(Operation *op, const ArchConfig &arch) {
  if (llvm::isa<nn::ConstantOp>(op))
    return "";
  if (auto reshape = dyn_cast<nn::ReshapeOp>(op); reshape && isCoreOp(op))
    return checkReshape(reshape);
  for (Value result : op->getResults())
    if (getQuantParams(result.getType()) && !getFeatureShape(result.getType()))
      return "the accelerator takes feature maps of batch 1 ([1, C, H, W] or "
             "[1, C]), got " +
             shapeOf(result.getType());
  if (llvm::isa<nn::AddOp, nn::MulOp>(op))
    return checkBinary(op);
  if (auto slice = dyn_cast<nn::SliceOp>(op))
    return checkSlice(slice);
  if (auto conv = dyn_cast<nn::Conv2DOp>(op))
    return checkConv(conv, arch);
  if (auto pool = dyn_cast<nn::MaxPool2DOp>(op))
    return checkVectorWindow(pool);
  if (auto pool = dyn_cast<nn::AvgPool2DOp>(op))
    return checkAverage(pool, arch);
  if (auto pad = dyn_cast<nn::PadOp>(op))
    return checkPads(pad);
  return "";
}

//===----------------------------------------------------------------------===//
// Placement
//===----------------------------------------------------------------------===//

static std::optional<Placement> placementOf(Operation *op,
                                            const ArchConfig &arch) {
  if (isCoreOp(op)) {
    if (op->hasAttr(kSelection))
      return Placement{"conv", "takes some of the channels"};
    if (op->hasAttr(kRelayout))
      return Placement{"conv", "brings channels into the order of a concat"};
    if (auto conv = dyn_cast<nn::Conv2DOp>(op))
      return !runsOnArray(conv, arch)
                 ? Placement{"vector", "one input channel per output channel"}
             : conv.isDepthwise()
                 ? Placement{"conv",
                             "the window is too large for the vector engine"}
                 : Placement{"conv", "convolution"};
    if (auto pool = dyn_cast<nn::AvgPool2DOp>(op);
        pool && runsOnArray(pool, arch))
      return Placement{"conv", "the window is too large for the vector engine"};
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

/// A 1x1 weight of zeros and ones, of scale one.
static Value makeUnitWeight(OpBuilder &b, Location loc, ArrayRef<int8_t> values,
                            int64_t outputs, int64_t inputs) {
  auto stored = RankedTensorType::get({outputs, inputs, 1, 1}, b.getI8Type());
  auto element = quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, b.getI8Type(), b.getF32Type(),
      SmallVector<double>(outputs, 1.0), SmallVector<int64_t>(outputs, 0), 0,
      -127, 127);
  return nn::ConstantOp::create(
      b, loc, RankedTensorType::get({outputs, inputs, 1, 1}, element),
      DenseElementsAttr::get(stored, values));
}

/// Puts a convolution by the identity behind `value`: its result has the same
/// bytes in a layout of its own.
static LogicalResult insertRelayout(Value value) {
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  Location loc = NameLoc::get(
      b.getStringAttr(getTensorName(value) + ".relayout"), value.getLoc());
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
  Value weight = makeUnitWeight(b, loc, identity, c, c);
  auto conv = nn::Conv2DOp::create(
      b, loc, value, weight, Value(), ArrayRef<int64_t>{1, 1},
      ArrayRef<int64_t>{0, 0, 0, 0}, ArrayRef<int64_t>{1, 1}, 1);
  conv->setAttr(kRelayout, b.getUnitAttr());
  value.replaceAllUsesExcept(conv.getResult(), conv);
  return success();
}

/// Words hold channels side by side: a slice of channels becomes a convolution
/// that passes them on. Its result has the same bytes.
static LogicalResult selectChannels(nn::SliceOp slice) {
  auto in = getFeatureShape(slice.getInput().getType());
  auto out = getFeatureShape(slice.getType());
  if (in->channels == out->channels)
    return success();
  if (slice.getType().getRank() != 4)
    return slice.emitError("expected a feature map [1, C, H, W], got ")
           << slice.getType();
  OpBuilder b(slice);
  Location loc = slice.getLoc();
  SmallVector<int8_t> selection(in->channels * out->channels, 0);
  for (int64_t i = 0; i < out->channels; ++i)
    selection[i * in->channels + slice.getStarts()[1] +
              i * slice.getSteps()[1]] = 1;
  Value weight = makeUnitWeight(b, loc, selection, out->channels, in->channels);
  auto type = RankedTensorType::get({1, out->channels, in->height, in->width},
                                    slice.getType().getElementType());
  auto conv = nn::Conv2DOp::create(
      b, loc, type, slice.getInput(), weight, Value(), Value(),
      ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0, 0, 0},
      ArrayRef<int64_t>{1, 1}, 1, FloatAttr(), FloatAttr());
  conv->setAttr(kSelection, b.getUnitAttr());
  Value result = conv;
  if (type != slice.getType()) {
    conv->setAttr(kRelayout, b.getUnitAttr());
    conv->setLoc(NameLoc::get(
        b.getStringAttr(getTensorName(slice.getResult()) + ".channels"), loc));
    result = nn::SliceOp::create(
        b, loc, conv,
        ArrayRef<int64_t>{0, 0, slice.getStarts()[2], slice.getStarts()[3]},
        slice.getSizes(),
        ArrayRef<int64_t>{1, 1, slice.getSteps()[2], slice.getSteps()[3]});
  }
  slice.getResult().replaceAllUsesWith(result);
  slice.erase();
  return success();
}

/// A maximum over a window that the feature memory does not hold is taken over
/// its columns first, then over rows.
static void splitMaximum(nn::MaxPool2DOp pool, const ArchConfig &arch) {
  if (pool.getKernelH() == 1 || pool.getKernelW() == 1 ||
      !exceedsFeatureMemory(pool, arch))
    return;
  OpBuilder b(pool);
  auto image = cast<RankedTensorType>(pool.getInput().getType());
  auto result = cast<RankedTensorType>(pool.getType());
  auto type = RankedTensorType::get(
      {1, image.getDimSize(1), image.getDimSize(2), result.getDimSize(3)},
      result.getElementType());
  Location loc = NameLoc::get(
      b.getStringAttr(getTensorName(pool.getResult()) + ".columns"),
      pool.getLoc());
  auto columns = nn::MaxPool2DOp::create(
      b, loc, type, pool.getInput(), ArrayRef<int64_t>{1, pool.getKernelW()},
      ArrayRef<int64_t>{1, pool.getStrideW()},
      ArrayRef<int64_t>{0, pool.getPads()[1], 0, pool.getPads()[3]},
      ArrayRef<int64_t>{1, pool.getDilationW()});
  columns->setAttr(kPartialMaximum, b.getUnitAttr());
  auto rows = nn::MaxPool2DOp::create(
      b, pool.getLoc(), result, columns,
      ArrayRef<int64_t>{pool.getKernelH(), 1},
      ArrayRef<int64_t>{pool.getStrideH(), 1},
      ArrayRef<int64_t>{pool.getPads()[0], 0, pool.getPads()[2], 0},
      ArrayRef<int64_t>{pool.getDilationH(), 1});
  pool.getResult().replaceAllUsesWith(rows);
  pool.erase();
}

/// Ops that no engine runs and that need no place.
static bool isBoundary(Operation &op) {
  return llvm::isa<nn::ConstantOp, quant::QuantizeCastOp,
                   quant::DequantizeCastOp, func::ReturnOp>(op);
}

LogicalResult nncc::placeFunction(func::FuncOp function,
                                  const ArchConfig &arch) {
  // All of what cannot be, at once.
  bool ok = true;
  for (Operation &op : function.getBody().front()) {
    std::string why;
    if (isBoundary(op))
      why = whyUnsupported(&op, arch);
    else
      why = placementOf(&op, arch)
                ? whyUnsupported(&op, arch)
                : "no engine and no host operation runs this";
    if (why.empty())
      continue;
    op.emitError(why);
    ok = false;
  }
  if (!ok)
    return failure();

  for (Operation &op : llvm::make_early_inc_range(function.getBody().front())) {
    if (auto slice = dyn_cast<nn::SliceOp>(op))
      if (failed(selectChannels(slice)))
        return failure();
    if (auto pool = dyn_cast<nn::MaxPool2DOp>(op))
      splitMaximum(pool, arch);
  }

  // Each round settles one conflict; there are no more than values.
  Value conflict;
  while (!LayoutAssignment::compute(function, arch.vector, conflict))
    if (failed(insertRelayout(conflict)))
      return failure();

  Builder b(function.getContext());
  for (Operation &op : function.getBody().front()) {
    if (isBoundary(op))
      continue;
    std::optional<Placement> placement = placementOf(&op, arch);
    op.setAttr("nncc.engine", b.getStringAttr(placement->engine));
    op.setAttr("nncc.reason", b.getStringAttr(placement->reason));
  }
  return success();
}
