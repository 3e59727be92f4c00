//===- LowerDepthwise.cpp - Depthwise convolution -------------------------===//
//
// Each channel has a window of its own, on the vector engine.
//
//===----------------------------------------------------------------------===//

#include "Records.h"
#include "VectorTiles.h"

using namespace nncc;
using namespace nncc::lowering;

//===----------------------------------------------------------------------===//
// Depthwise convolution
//===----------------------------------------------------------------------===//

/// The weights of groups [g0, g1), tap by tap, then their records.
static void appendPortion(std::vector<int8_t> &bytes, const Tensor &out,
                          ArrayRef<int8_t> weights, int64_t taps,
                          const ConvConstants &constants, int64_t g0,
                          int64_t g1, int64_t v) {
  for (int64_t g = g0; g < g1; ++g)
    for (int64_t t = 0; t < taps; ++t)
      for (int64_t lane = 0; lane < v; ++lane) {
        int64_t channel = out.layout[g * v + lane];
        bytes.push_back(channel < 0 ? 0 : weights[channel * taps + t]);
      }
  for (int64_t slot = g0 * v; slot < g1 * v; ++slot) {
    int64_t channel = out.layout[slot];
    if (channel < 0) {
      appendRecord(bytes, 0, {0, 1});
      continue;
    }
    int64_t sum = 0;
    for (int8_t w : weights.slice(channel * taps, taps))
      sum += w;
    appendRecord(
        bytes,
        foldBias(constants.bias[channel], constants.input.zeroPoint, sum),
        constants.multipliers[channel]);
  }
}

LogicalResult Lowering::lowerDepthwise(nn::Conv2DOp conv, std::string &text) {
  const Tensor &in = tensorOf(conv.getInput());
  const Tensor &out = tensorOf(conv.getResult());
  FailureOr<ConvConstants> constants = getConvConstants(conv);
  if (failed(constants))
    return failure();
  auto tiling = tileVector(conv, vectorProblem(conv, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();

  // Weights and records come in portions, one for each step over the groups.
  Window w = Window::of(conv);
  int64_t taps = w.kernelH * w.kernelW;
  int64_t groups = out.groups() / v;
  SmallVector<int8_t> weights = getStoredBytes(conv.getWeight());
  std::vector<int8_t> bytes;
  for (int64_t g = 0; g < groups; g += tiling->tileGroups)
    appendPortion(bytes, out, weights, taps, *constants, g,
                  std::min(g + tiling->tileGroups, groups), v);
  std::string symbol = addConstant("depthwise", bytes);

  MLIRContext *context = b.getContext();
  auto output = aristotle::OutputAttr::get(context, constants->output.zeroPoint,
                                           constants->lo, constants->hi);
  Value portion;
  int64_t portionGroup = -1;
  forEachTile(w, *tiling, in, out, [&](const VectorTile &tile) {
    int64_t count = tile.box.groups();
    if (portionGroup != tile.box.g0) {
      portionGroup = tile.box.g0;
      portion = loadConstant(isa::Memory::Vparam, symbol,
                             portionGroup * depthwiseWords(conv) * v,
                             count * depthwiseWords(conv));
    }
    emit<aristotle::DepthwiseOp>(tile.input.buffer, portion, portion,
                                 tile.result.buffer, tile.input.offset,
                                 imageAttr(context, tile.input),
                                 w.attr(context, tile.input, tile.box.y0,
                                        tile.box.x0, in.quant.zeroPoint),
                                 0, count * taps, false, tile.result.offset,
                                 tileAttr(context, tile.result), output);
  });
  return success();
}
