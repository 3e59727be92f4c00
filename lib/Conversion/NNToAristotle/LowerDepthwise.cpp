//===- LowerDepthwise.cpp - Depthwise convolution and average pooling -----===//
//
// Both multiply each channel with its own window; an average has unit weights.
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

LogicalResult Lowering::lowerAvgPool(nn::AvgPool2DOp pool, std::string &text) {
  const Tensor &in = tensorOf(pool.getInput());
  const Tensor &out = tensorOf(pool.getResult());
  auto tiling = tileVector(pool, vectorProblem(pool, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  Window w = Window::of(pool);

  // One group of records for each divisor. Positions outside the image
  // contribute the zero point like all others.
  int32_t bias = foldBias(0, in.quant.zeroPoint, w.kernelH * w.kernelW);
  llvm::DenseMap<int64_t, int64_t> recordOf;
  std::vector<int8_t> records;
  for (int64_t y = 0; y < w.y.out; ++y)
    for (int64_t x = 0; x < w.x.out; ++x) {
      int64_t count = pool.getWindowCount(y, x);
      if (!recordOf.try_emplace(count, recordOf.size()).second)
        continue;
      FailureOr<Multiplier> scale = getAvgPoolMultiplier(pool, count);
      if (failed(scale))
        return failure();
      for (int64_t lane = 0; lane < v; ++lane)
        appendRecord(records, bias, *scale);
    }
  if (static_cast<int64_t>(records.size()) / v > arch.vectorWords)
    return pool.emitError("has ")
           << recordOf.size() << " different divisors at its borders, '"
           << arch.name << "' has room for " << arch.vectorWords / kRecordWords;
  Value buffer =
      loadConstant(isa::Memory::Vparam, addConstant("average", records), 0,
                   records.size() / v);

  MLIRContext *context = b.getContext();
  auto output =
      aristotle::OutputAttr::get(context, out.quant.zeroPoint, -128, 127);
  forEachTile(w, *tiling, in, out, [&](const VectorTile &tile) {
    const Box &box = tile.box;
    // The divisor is a product of a factor of the row and one of the column.
    auto rows = runs(box.y0, box.y1,
                     [&](int64_t y) { return pool.getWindowCount(y, 0); });
    auto columns = runs(box.x0, box.x1,
                        [&](int64_t x) { return pool.getWindowCount(0, x); });
    for (auto [y0, y1] : rows)
      for (auto [x0, x1] : columns)
        emit<aristotle::DepthwiseOp>(
            tile.input.buffer, Value(), buffer, tile.result.buffer,
            tile.input.offset, imageAttr(context, tile.input),
            w.attr(context, tile.input, y0, x0, in.quant.zeroPoint), 0,
            recordOf[pool.getWindowCount(y0, x0)] * kRecordWords, true,
            tile.result.offset + (y0 - box.y0) * tile.result.rowPitch +
                (x0 - box.x0),
            aristotle::TileAttr::get(context, y1 - y0, x1 - x0, box.groups(),
                                     tile.result.rowPitch,
                                     tile.result.groupPitch),
            output);
  });
  return success();
}
