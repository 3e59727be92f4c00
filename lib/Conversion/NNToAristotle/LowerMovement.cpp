//===- LowerMovement.cpp - Layers that move values ------------------------===//
//
// Layers that move values without computing new ones: all of them are max_pool
// instructions, most with a window of one pixel.
//
//===----------------------------------------------------------------------===//

#include "VectorTiles.h"

using namespace nncc;
using namespace nncc::lowering;

/// The least value: it never wins a maximum.
static constexpr int64_t kLeast = -128;

LogicalResult Lowering::move(Operation *op, const Window &w, const Tensor &from,
                             const Tensor &to, int64_t fill,
                             std::string &text) {
  auto tiling = tileVector(op, vectorProblem(w, from, to, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  MLIRContext *context = b.getContext();
  forEachTile(w, *tiling, from, to, [&](const VectorTile &tile) {
    emit<aristotle::MaxPoolOp>(
        tile.input.buffer, tile.result.buffer, tile.input.offset,
        imageAttr(context, tile.input),
        w.attr(context, tile.input, tile.box.y0, tile.box.x0, fill),
        tile.result.offset, tileAttr(context, tile.result));
  });
  return success();
}

LogicalResult Lowering::lowerMaxPool(nn::MaxPool2DOp op, std::string &text) {
  return move(op, Window::of(op), tensorOf(op.getInput()),
              tensorOf(op.getResult()), kLeast, text);
}

LogicalResult Lowering::lowerPad(nn::PadOp op, std::string &text) {
  const Tensor &in = tensorOf(op.getInput());
  return move(op, Window::of(op), in, tensorOf(op.getResult()),
              quantize(op.getValue().convertToDouble(), in.quant.scale,
                       in.quant.zeroPoint),
              text);
}

LogicalResult Lowering::lowerConcat(nn::ConcatOp op, std::string &text) {
  const Tensor &result = tensorOf(op.getResult());
  int64_t group = result.groupOffset;
  for (Value operand : op.getInputs()) {
    const Tensor &part = tensorOf(operand);
    // A joined operand was written in its place.
    if (part.storage != result.storage || part.groupOffset != group) {
      Tensor slot = result;
      slot.groupOffset = group;
      slot.layout = part.layout;
      slot.shape.channels = part.shape.channels;
      std::string copied;
      if (failed(
              move(op, Window::pixel(part.shape), part, slot, kLeast, copied)))
        return failure();
      text += text.empty() ? "copied " : ", ";
      text += part.name;
    }
    group += part.groups() / v;
  }
  if (text.empty())
    text = "joined in place";
  return success();
}

LogicalResult Lowering::lowerSlice(nn::SliceOp op, std::string &text) {
  return move(op, Window::of(op), tensorOf(op.getInput()),
              tensorOf(op.getResult()), kLeast, text);
}

//===----------------------------------------------------------------------===//
// Interleaving
//===----------------------------------------------------------------------===//

bool lowering::isSpread(nn::InterleaveOp op) {
  auto shape = getFeatureShape(op.getInputs().front().getType());
  return op.isUpsampling() && shape->height == 1 && shape->width == 1;
}

/// A window of one pixel that copies.
static aristotle::WindowAttr copyWindow(MLIRContext *context) {
  return aristotle::WindowAttr::get(context, 0, 0, 1, 1, 1, 1, 1, 1, kLeast);
}

/// One pixel becomes an image: the source's rows have a pitch of zero.
LogicalResult Lowering::lowerSpread(nn::InterleaveOp op, std::string &text) {
  const Tensor &in = tensorOf(op.getInputs().front());
  const Tensor &out = tensorOf(op.getResult());
  auto tiling = tileVector(op, vectorProblem(op, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  MLIRContext *context = b.getContext();
  Window w = Window::pixel(out.shape);
  for (int64_t g = 0; g < out.groups() / v; g += tiling->tileGroups)
    for (int64_t y = 0; y < w.y.out; y += tiling->tileH)
      for (int64_t x = 0; x < w.x.out; x += tiling->tileW) {
        Box box{g, std::min(g + tiling->tileGroups, out.groups() / v),
                y, std::min(y + tiling->tileH, w.y.out),
                x, std::min(x + tiling->tileW, w.x.out)};
        Piece from = read(in, {box.g0, box.g1, 0, 1, 0, 1});
        Piece to = write(out, box);
        for (int64_t row = 0; row < box.height(); ++row)
          emit<aristotle::MaxPoolOp>(
              from.buffer, to.buffer, from.offset,
              aristotle::ImageAttr::get(context, 0, from.groupPitch,
                                        box.width(), 1),
              copyWindow(context), to.offset + row * to.rowPitch,
              aristotle::TileAttr::get(context, box.width(), 1, box.groups(), 1,
                                       to.groupPitch));
        commit(out, to);
      }
  return success();
}

LogicalResult Lowering::lowerInterleave(nn::InterleaveOp op,
                                        std::string &text) {
  if (isSpread(op))
    return lowerSpread(op, text);
  const Tensor &out = tensorOf(op.getResult());
  const Tensor &first = tensorOf(op.getInputs().front());
  auto tiling = tileVector(op, interleaveProblem(op, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  MLIRContext *context = b.getContext();
  int64_t fh = op.getFactorH(), fw = op.getFactorW();
  // A pitch between neighbouring pixels is what instructions have no field for.
  // So a row of the image is a column of one, and the image's rows are groups.
  int64_t tileH = std::min(tiling->tileH, kMostGroups);
  Window w = Window::pixel(first.shape);
  for (int64_t g = 0; g < out.groups() / v; g += tiling->tileGroups)
    for (int64_t y = 0; y < w.y.out; y += tileH)
      for (int64_t x = 0; x < w.x.out; x += tiling->tileW) {
        Box box{g, std::min(g + tiling->tileGroups, out.groups() / v),
                y, std::min(y + tileH, w.y.out),
                x, std::min(x + tiling->tileW, w.x.out)};
        Piece to = write(out, {box.g0, box.g1, box.y0 * fh, box.y1 * fh,
                               box.x0 * fw, box.x1 * fw});
        llvm::SmallDenseMap<Value, Piece, 4> pieces;
        for (auto [phase, input] : llvm::enumerate(op.getInputs())) {
          auto [found, isNew] = pieces.try_emplace(input);
          if (isNew)
            found->second = read(tensorOf(input), box);
          const Piece &from = found->second;
          int64_t i = phase / fw, j = phase % fw;
          for (int64_t group = 0; group < box.groups(); ++group)
            emit<aristotle::MaxPoolOp>(
                from.buffer, to.buffer, from.offset + group * from.groupPitch,
                aristotle::ImageAttr::get(context, 1, from.rowPitch,
                                          box.width(), 1),
                copyWindow(context),
                to.offset + group * to.groupPitch + i * to.rowPitch + j,
                aristotle::TileAttr::get(context, box.width(), 1, box.height(),
                                         fw, fh * to.rowPitch));
        }
        commit(out, to);
      }
  return success();
}
