//===- LowerMovement.cpp - Max pooling, padding, concatenation ------------===//
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
