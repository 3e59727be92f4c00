//===- LowerVector.cpp - Layers on the vector engine ----------------------===//
//
// Depthwise convolution, pooling, addition, tables, padding and copies: cut into
// tiles of groups, rows and columns, one instruction each (an average pool whose
// divisor changes at the border takes one per divisor).
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "Records.h"

using namespace nncc;
using namespace nncc::lowering;
using scheduling::Extent;
using scheduling::VectorProblem;

static constexpr int64_t kMostGroups = 1023;
static constexpr int64_t kRecordWords = 8;

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

namespace {
/// The window of a layer: what differs between the kinds.
struct Window {
  Extent y, x;
  int64_t kernelH = 1, kernelW = 1, dilationH = 1, dilationW = 1;
};
} // namespace

/// A window of one pixel on an image of that size.
static Window pixelWindow(const FeatureShape &shape) {
  return {{shape.height, shape.height, 1, 1, 0},
          {shape.width, shape.width, 1, 1, 0}};
}

template <typename OpTy> static Window windowOf(OpTy op) {
  Window w;
  w.kernelH = op.getKernelH();
  w.kernelW = op.getKernelW();
  w.dilationH = op.getDilationH();
  w.dilationW = op.getDilationW();
  w.y = Extent::make(op.getInH(), op.getOutH(), op.getStrideH(),
                     (w.kernelH - 1) * w.dilationH + 1, op.getPadTop());
  w.x = Extent::make(op.getInW(), op.getOutW(), op.getStrideW(),
                     (w.kernelW - 1) * w.dilationW + 1, op.getPadLeft());
  return w;
}

static Window windowOf(Operation *op) {
  if (auto conv = dyn_cast<nn::Conv2DOp>(op))
    return windowOf(conv);
  if (auto pool = dyn_cast<nn::MaxPool2DOp>(op))
    return windowOf(pool);
  if (auto pool = dyn_cast<nn::AvgPool2DOp>(op))
    return windowOf(pool);
  FeatureShape in = *getFeatureShape(op->getOperand(0).getType());
  FeatureShape out = *getFeatureShape(op->getResult(0).getType());
  Window w = pixelWindow(out);
  if (auto pad = dyn_cast<nn::PadOp>(op)) {
    w.y = {in.height, out.height, 1, 1, pad.getPadTop()};
    w.x = {in.width, out.width, 1, 1, pad.getPadLeft()};
  }
  return w;
}

/// Words of vparam that each group of a depthwise convolution needs.
static int64_t depthwiseWords(nn::Conv2DOp conv) {
  return conv.getKernelH() * conv.getKernelW() + kRecordWords;
}

std::optional<VectorProblem> Lowering::vectorProblem(Operation *op,
                                                     int64_t freeWords) {
  if (llvm::isa<nn::ReshapeOp>(op))
    return std::nullopt;
  if (llvm::isa<nn::ConcatOp>(op))
    return std::nullopt;
  const Tensor &in = tensorOf(op->getOperand(0));
  const Tensor &out = tensorOf(op->getResult(0));
  Window w = windowOf(op);
  VectorProblem p;
  p.y = w.y;
  p.x = w.x;
  p.groups = out.groups() / v;
  p.maxGroups = kMostGroups;
  p.inputStreamed = !in.storage->resident;
  p.outputStreamed = !out.storage->resident;
  p.freeWords = freeWords;
  if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
    int64_t most = arch.vectorWords / depthwiseWords(conv);
    p.maxGroups =
        std::clamp<int64_t>(most > 1 ? most / 2 : most, 1, kMostGroups);
  }
  if (auto add = dyn_cast<nn::AddOp>(op)) {
    p.inputs = 2;
    p.inputStreamed |= !tensorOf(add.getRhs()).storage->resident;
  }
  if (llvm::isa<nn::Conv2DOp, nn::MaxPool2DOp, nn::AvgPool2DOp>(op))
    p.cyclesPerWord =
        w.kernelH * llvm::divideCeil(w.kernelW, int64_t{arch.vectorTaps});
  return p;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static aristotle::TileAttr tileOf(MLIRContext *context, const Piece &result) {
  return aristotle::TileAttr::get(context, result.box.height(),
                                  result.box.width(), result.box.groups(),
                                  result.rowPitch, result.groupPitch);
}

static aristotle::ImageAttr imageOf(MLIRContext *context, const Piece &input) {
  return aristotle::ImageAttr::get(context, input.rowPitch, input.groupPitch,
                                   input.box.height(), input.box.width());
}

static aristotle::OperandAttr operandOf(MLIRContext *context,
                                        const Piece &input) {
  return aristotle::OperandAttr::get(context, input.rowPitch, input.groupPitch,
                                     1);
}

/// The window of the outputs from (y0, x0) on, as seen from `input`.
static aristotle::WindowAttr windowAttr(MLIRContext *context, const Window &w,
                                        const Piece &input, int64_t y0,
                                        int64_t x0, int64_t pad) {
  return aristotle::WindowAttr::get(
      context, y0 * w.y.stride - w.y.pad - input.box.y0,
      x0 * w.x.stride - w.x.pad - input.box.x0, w.y.fieldStride(),
      w.x.fieldStride(), w.kernelH, w.kernelW, w.dilationH, w.dilationW, pad);
}

/// The input box that the outputs of `box` read.
static Box inputBox(const Window &w, const Box &box) {
  return {box.g0,
          box.g1,
          w.y.inBegin(box.y0),
          w.y.inEnd(box.y0, box.y1),
          w.x.inBegin(box.x0),
          w.x.inEnd(box.x0, box.x1)};
}

//===----------------------------------------------------------------------===//
// Average pooling
//===----------------------------------------------------------------------===//

/// Cuts [begin, end) where the key of the position changes.
template <typename Key>
static SmallVector<std::pair<int64_t, int64_t>> runs(int64_t begin, int64_t end,
                                                     Key key) {
  SmallVector<std::pair<int64_t, int64_t>> result;
  for (int64_t i = begin; i < end;) {
    int64_t j = i + 1;
    while (j < end && key(j) == key(i))
      ++j;
    result.emplace_back(i, j);
    i = j;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

LogicalResult Lowering::lowerVector(Operation *op, std::string &tile) {
  if (auto concat = dyn_cast<nn::ConcatOp>(op))
    return lowerConcat(concat, tile);
  auto conv = dyn_cast<nn::Conv2DOp>(op);
  const Tensor &in = tensorOf(op->getOperand(0));
  const Tensor &out = tensorOf(op->getResult(0));
  auto problem = vectorProblem(op, freeWordsAt(layer));
  auto tiling = scheduling::chooseVectorTiling(*problem, arch);
  if (!tiling.ok)
    return op->emitError("does not fit the feature memory of '")
           << arch.name << "': " << tiling.why;
  tile = tiling.describe();
  Window w = windowOf(op);
  MLIRContext *context = b.getContext();

  // Constants of the whole layer.
  std::string constant;
  Value shared;                             // table or average records
  llvm::DenseMap<int64_t, int64_t> divisor; // divisor -> record group
  std::optional<ConvConstants> convConstants;
  if (conv) {
    FailureOr<ConvConstants> constants = getConvConstants(conv);
    if (failed(constants))
      return failure();
    convConstants = *constants;
    // For each group of channels its weights, tap by tap; then all records.
    // Portions are cut later, so weights and records are separate constants.
    SmallVector<int8_t> bytes = getStoredBytes(conv.getWeight());
    int64_t taps = w.kernelH * w.kernelW;
    std::vector<int8_t> weights, records;
    for (int64_t g = 0; g < out.groups() / v; ++g)
      for (int64_t t = 0; t < taps; ++t)
        for (int64_t lane = 0; lane < v; ++lane) {
          int64_t channel = out.layout[g * v + lane];
          weights.push_back(channel < 0 ? 0 : bytes[channel * taps + t]);
        }
    for (int64_t channel : out.layout) {
      if (channel < 0) {
        appendRecord(records, 0, {0, 1});
        continue;
      }
      int64_t sum = 0;
      for (int64_t t = 0; t < taps; ++t)
        sum += bytes[channel * taps + t];
      appendRecord(records,
                   foldBias(convConstants->bias[channel],
                            convConstants->input.zeroPoint, sum),
                   convConstants->multipliers[channel]);
    }
    // Portion after portion: its weights, then its records.
    std::vector<int8_t> portions;
    for (int64_t g = 0; g < out.groups() / v; g += tiling.tileGroups) {
      int64_t count = std::min(tiling.tileGroups, out.groups() / v - g);
      portions.insert(portions.end(), weights.begin() + g * taps * v,
                      weights.begin() + (g + count) * taps * v);
      portions.insert(portions.end(), records.begin() + g * kRecordWords * v,
                      records.begin() + (g + count) * kRecordWords * v);
    }
    constant = addConstant("depthwise", portions);
  } else if (auto pool = dyn_cast<nn::AvgPool2DOp>(op)) {
    std::vector<int8_t> records;
    for (int64_t y = 0; y < pool.getOutH(); ++y)
      for (int64_t x = 0; x < pool.getOutW(); ++x) {
        int64_t count = pool.getWindowCount(y, x);
        if (!divisor.try_emplace(count, divisor.size()).second)
          continue;
        FailureOr<Multiplier> scale = getAvgPoolMultiplier(pool, count);
        if (failed(scale))
          return failure();
        // Positions outside the image contribute the zero point too.
        int32_t bias = foldBias(0, in.quant.zeroPoint, w.kernelH * w.kernelW);
        for (int64_t lane = 0; lane < v; ++lane)
          appendRecord(records, bias, *scale);
      }
    if (static_cast<int64_t>(records.size()) / v > arch.vectorWords)
      return pool.emitError("has ")
             << divisor.size() << " different divisors at its borders, '"
             << arch.name << "' has room for "
             << arch.vectorWords / kRecordWords;
    shared = loadConstant(isa::Memory::Vparam, addConstant("average", records),
                          0, records.size() / v);
  } else if (llvm::isa<nn::ActivationOp, nn::ClampOp>(op)) {
    FailureOr<std::array<int8_t, 256>> table = getTable(op);
    if (failed(table))
      return failure();
    shared = loadConstant(isa::Memory::Vparam, addConstant("table", *table), 0,
                          256 / v);
  }
  FailureOr<AddConstants> addConstants = failure();
  if (auto add = dyn_cast<nn::AddOp>(op)) {
    addConstants = getAddConstants(add);
    if (failed(addConstants))
      return failure();
  }

  int64_t groups = out.groups() / v;
  int64_t portionOffset = 0;
  for (int64_t g0 = 0; g0 < groups; g0 += tiling.tileGroups) {
    int64_t g1 = std::min(g0 + tiling.tileGroups, groups);
    Value portion;
    if (conv) {
      int64_t words = (g1 - g0) * depthwiseWords(conv);
      portion = loadConstant(isa::Memory::Vparam, constant, portionOffset * v,
                             words);
      portionOffset += words;
    }
    for (int64_t y0 = 0; y0 < w.y.out; y0 += tiling.tileH)
      for (int64_t x0 = 0; x0 < w.x.out; x0 += tiling.tileW) {
        Box box{g0, g1, y0, std::min(y0 + tiling.tileH, w.y.out), x0,
                std::min(x0 + tiling.tileW, w.x.out)};
        Piece input = read(in, inputBox(w, box));
        Piece second;
        if (auto add = dyn_cast<nn::AddOp>(op))
          second = add.getRhs() == add.getLhs()
                       ? input
                       : read(tensorOf(add.getRhs()), box);
        Piece result = write(out, box);
        auto resultTile = tileOf(context, result);
        if (conv) {
          emit<aristotle::DepthwiseOp>(
              input.buffer, portion, portion, result.buffer, input.offset,
              imageOf(context, input),
              windowAttr(context, w, input, y0, x0, in.quant.zeroPoint), 0,
              (g1 - g0) * w.kernelH * w.kernelW, false, result.offset,
              resultTile,
              aristotle::OutputAttr::get(
                  context, convConstants->output.zeroPoint, convConstants->lo,
                  convConstants->hi));
        } else if (auto pool = dyn_cast<nn::AvgPool2DOp>(op)) {
          auto output =
              aristotle::OutputAttr::get(context, out.quant.zeroPoint, -128,
                                         127);
          auto rowRuns = runs(box.y0, box.y1, [&](int64_t y) {
            return pool.getWindowCount(y, 0);
          });
          auto columnRuns = runs(box.x0, box.x1, [&](int64_t x) {
            return pool.getWindowCount(0, x);
          });
          for (auto [ya, yb] : rowRuns)
            for (auto [xa, xb] : columnRuns) {
              int64_t record = divisor[pool.getWindowCount(ya, xa)];
              emit<aristotle::DepthwiseOp>(
                  input.buffer, Value(), shared, result.buffer, input.offset,
                  imageOf(context, input),
                  windowAttr(context, w, input, ya, xa, in.quant.zeroPoint), 0,
                  record * kRecordWords, true,
                  result.offset + (ya - y0) * result.rowPitch + (xa - x0),
                  aristotle::TileAttr::get(context, yb - ya, xb - xa, g1 - g0,
                                           result.rowPitch, result.groupPitch),
                  output);
            }
        } else if (llvm::isa<nn::MaxPool2DOp, nn::PadOp>(op)) {
          int64_t fill = -128;
          if (auto pad = dyn_cast<nn::PadOp>(op))
            fill = quantize(pad.getValue().convertToDouble(), in.quant.scale,
                            in.quant.zeroPoint);
          emit<aristotle::MaxPoolOp>(
              input.buffer, result.buffer, input.offset,
              imageOf(context, input),
              windowAttr(context, w, input, y0, x0, fill), result.offset,
              resultTile);
        } else if (llvm::isa<nn::AddOp>(op)) {
          emit<aristotle::AddOp>(
              input.buffer, second.buffer, result.buffer, input.offset,
              operandOf(context, input), second.offset,
              operandOf(context, second), result.offset, resultTile,
              aristotle::SumAttr::get(
                  context, addConstants->params.ma, addConstants->params.mb,
                  addConstants->params.c, addConstants->params.s),
              aristotle::OutputAttr::get(context, addConstants->zeroPoint,
                                         addConstants->lo, addConstants->hi));
        } else {
          emit<aristotle::TableOp>(input.buffer, shared, result.buffer,
                                   input.offset, operandOf(context, input), 0,
                                   result.offset, resultTile);
        }
        commit(out, result);
      }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Concatenation
//===----------------------------------------------------------------------===//

LogicalResult Lowering::lowerConcat(nn::ConcatOp op, std::string &tile) {
  const Tensor &result = tensorOf(op.getResult());
  int64_t group = result.groupOffset;
  for (Value operand : op.getInputs()) {
    const Tensor &part = tensorOf(operand);
    int64_t count = part.groups() / v;
    // A joined operand was written in its place.
    if (part.storage != result.storage || part.groupOffset != group) {
      Tensor slot = result;
      slot.groupOffset = group;
      slot.layout = part.layout;
      slot.shape.channels = part.shape.channels;
      std::string why;
      lowerCopy(part, slot, why);
      if (!why.empty())
        return op.emitError("does not fit the feature memory of '")
               << arch.name << "': " << why;
    }
    group += count;
  }
  tile = "joined in place";
  return success();
}

void Lowering::lowerCopy(const Tensor &from, const Tensor &to,
                         std::string &why) {
  Window w = pixelWindow(from.shape);
  VectorProblem p;
  p.y = w.y;
  p.x = w.x;
  p.groups = from.groups() / v;
  p.maxGroups = kMostGroups;
  p.inputStreamed = !from.storage->resident;
  p.outputStreamed = !to.storage->resident;
  p.freeWords = freeWordsAt(layer);
  auto tiling = scheduling::chooseVectorTiling(p, arch);
  if (!tiling.ok) {
    why = tiling.why;
    return;
  }
  MLIRContext *context = b.getContext();
  for (int64_t g0 = 0; g0 < p.groups; g0 += tiling.tileGroups)
    for (int64_t y0 = 0; y0 < w.y.out; y0 += tiling.tileH)
      for (int64_t x0 = 0; x0 < w.x.out; x0 += tiling.tileW) {
        Box box{g0,
                std::min(g0 + tiling.tileGroups, p.groups),
                y0,
                std::min(y0 + tiling.tileH, w.y.out),
                x0,
                std::min(x0 + tiling.tileW, w.x.out)};
        Piece input = read(from, box);
        Piece result = write(to, box);
        emit<aristotle::MaxPoolOp>(input.buffer, result.buffer, input.offset,
                                   imageOf(context, input),
                                   windowAttr(context, w, input, y0, x0, -128),
                                   result.offset, tileOf(context, result));
        commit(to, result);
      }
}
