//===- LowerAvgPool.cpp - Average pooling ---------------------------------===//
//
// An average is a depthwise convolution by ones on the vector engine. A window
// that the feature memory does not hold is summed on the array, part by part,
// as a convolution by the identity.
//
//===----------------------------------------------------------------------===//

#include "Records.h"
#include "VectorTiles.h"

using namespace nncc;
using namespace nncc::lowering;

namespace {
/// One group of records for each divisor of a pool.
struct DivisorRecords {
  std::vector<int8_t> bytes;

  /// \param lanes records of a group
  LogicalResult add(nn::AvgPool2DOp pool, int64_t zeroPoint, int64_t lanes) {
    // Positions outside the image contribute the zero point like all others.
    int32_t bias =
        foldBias(0, zeroPoint, pool.getKernelH() * pool.getKernelW());
    for (int64_t y = 0; y < pool.getOutH(); ++y)
      for (int64_t x = 0; x < pool.getOutW(); ++x) {
        int64_t count = pool.getWindowCount(y, x);
        if (!indexes.try_emplace(count, indexes.size()).second)
          continue;
        FailureOr<Multiplier> scale = getAvgPoolMultiplier(pool, count);
        if (failed(scale))
          return failure();
        for (int64_t lane = 0; lane < lanes; ++lane)
          appendRecord(bytes, bias, *scale);
      }
    return success();
  }

  int64_t indexOf(nn::AvgPool2DOp pool, int64_t y, int64_t x) const {
    return indexes.lookup(pool.getWindowCount(y, x));
  }

private:
  llvm::DenseMap<int64_t, int64_t> indexes;
};
} // namespace

//===----------------------------------------------------------------------===//
// On the vector engine
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
  if (runsOnArray(pool, arch))
    return lowerAvgPoolOnArray(pool, text);
  const Tensor &in = tensorOf(pool.getInput());
  const Tensor &out = tensorOf(pool.getResult());
  auto tiling = tileVector(pool, vectorProblem(pool, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  Window w = Window::of(pool);

  DivisorRecords records;
  if (failed(records.add(pool, in.quant.zeroPoint, v)))
    return failure();
  std::string symbol = addConstant("average", records.bytes);
  // Where they do not fit together, they come one by one.
  int64_t words = records.bytes.size() / v;
  bool together = words <= arch.vectorWords;
  int64_t loaded = -1;
  Value buffer;
  auto recordsOf = [&](int64_t index) {
    if (together && !buffer)
      buffer = loadConstant(isa::Memory::Vparam, symbol, 0, words);
    if (!together && loaded != index)
      buffer = loadConstant(isa::Memory::Vparam, symbol,
                            index * kRecordWords * v, kRecordWords);
    loaded = index;
    return buffer;
  };

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
      for (auto [x0, x1] : columns) {
        int64_t record = records.indexOf(pool, y0, x0);
        emit<aristotle::DepthwiseOp>(
            tile.input.buffer, Value(), recordsOf(record), tile.result.buffer,
            tile.input.offset, imageAttr(context, tile.input),
            w.attr(context, tile.input, y0, x0, in.quant.zeroPoint), 0,
            together ? record * kRecordWords : 0, true,
            tile.result.offset + (y0 - box.y0) * tile.result.rowPitch +
                (x0 - box.x0),
            aristotle::TileAttr::get(context, y1 - y0, x1 - x0, box.groups(),
                                     tile.result.rowPitch,
                                     tile.result.groupPitch),
            output);
      }
  });
  return success();
}

//===----------------------------------------------------------------------===//
// On the array
//===----------------------------------------------------------------------===//

LogicalResult Lowering::lowerAvgPoolOnArray(nn::AvgPool2DOp pool,
                                            std::string &text) {
  const Tensor &in = tensorOf(pool.getInput());
  const Tensor &out = tensorOf(pool.getResult());
  Window w = Window::of(pool);
  // The part of the window that is loaded at a time: the next one comes beside
  // the work. An origin reaches no further than its columns and rows.
  constexpr int64_t kMostOfPart = 1024;
  int64_t free = freeWordsAt(layer);
  if (free < 4)
    return pool.emitError("does not fit the feature memory of '")
           << arch.name << "': its sums need 4 feature words, "
           << std::max<int64_t>(free, 0) << " are free";
  int64_t room = (free - 2) / 2;
  int64_t partW = std::min({w.kernelW, room, kMostOfPart});
  int64_t partH = std::min({w.kernelH, room / partW, kMostOfPart});

  // Of those, what an instruction takes: its taps are a rectangle, for which
  // half of the weight memory and a quarter of that of taps have room, and the
  // taps' fields. All instructions have the same weights, and the same taps but
  // for the columns at the end.
  constexpr int64_t kMostOfTap = 128;
  int64_t most = std::min<int64_t>(arch.weightBlocks / 2,
                                   arch.tapWords / 4 * arch.tapsPerWord());
  int64_t mostW = std::min(most, kMostOfTap);
  int64_t columns = llvm::divideCeil(partW, llvm::divideCeil(partW, mostW));
  int64_t height = std::min({partH, most / columns, kMostOfTap});
  text = "1x1 pixels, " + std::to_string(partH) + "x" + std::to_string(partW) +
         " of the window, " + std::to_string(height * columns) + " taps";

  int64_t o = arch.outputs;
  std::vector<int8_t> identity(height * columns * o * v, 0);
  for (int64_t tap = 0; tap < height * columns; ++tap)
    for (int64_t lane = 0; lane < v; ++lane)
      identity[(tap * o + lane) * v + lane] = 1;
  Value weights =
      loadConstant(isa::Memory::Weight, addConstant("identity", identity), 0,
                   height * columns * o);

  struct TapList {
    SmallVector<int32_t> taps;
    Value buffer;
  };
  std::map<int64_t, TapList> tapLists; ///< by columns
  auto tapsOf = [&](int64_t width) -> const TapList & {
    TapList &list = tapLists[width];
    if (list.buffer)
      return list;
    for (int64_t dy = 0; dy < height; ++dy)
      for (int64_t dx = 0; dx < width; ++dx)
        list.taps.push_back(aristotle::packTap(
            {0, static_cast<int8_t>(dy), static_cast<int8_t>(dx)}));
    std::vector<int8_t> bytes;
    for (int32_t tap : list.taps)
      for (int i = 0; i < 4; ++i)
        bytes.push_back(static_cast<int8_t>(tap >> 8 * i));
    bytes.resize(llvm::alignTo(bytes.size(), v), 0);
    list.buffer = loadConstant(isa::Memory::Tap, addConstant("taps", bytes), 0,
                               bytes.size() / v);
    return list;
  };

  DivisorRecords records;
  if (failed(records.add(pool, in.quant.zeroPoint, o)))
    return failure();
  std::string symbol = addConstant("average", records.bytes);
  int64_t loaded = -1;
  Value params;
  auto recordsOf = [&](int64_t index) {
    if (loaded != index)
      params = loadConstant(isa::Memory::Cparam, symbol, index * o * 8,
                            arch.convParamGroupWords());
    loaded = index;
    return params;
  };

  MLIRContext *context = b.getContext();
  auto output =
      aristotle::OutputAttr::get(context, out.quant.zeroPoint, -128, 127);
  auto sumWindow = [&](int64_t g, int64_t y, int64_t x) {
    Piece result;
    // Taps [dy, dy + rows) x [dx, dx + width) of the window.
    auto sumChunk = [&](const Piece &input, int64_t dy, int64_t rows,
                        int64_t dx, int64_t width) {
      bool first = dy == 0 && dx == 0;
      bool last = dy + rows == w.kernelH && dx + width == w.kernelW;
      Value record;
      if (last) {
        record = recordsOf(records.indexOf(pool, y, x));
        result = write(out, {g, g + 1, y, y + 1, x, x + 1});
      }
      const TapList &list = tapsOf(width);
      emit<aristotle::ConvOp>(
          input.buffer, list.buffer, weights, record, result.buffer, Value(),
          input.offset, imageAttr(context, input),
          aristotle::WindowAttr::get(
              context, y * w.y.stride - w.y.pad + dy - input.box.y0,
              x * w.x.stride - w.x.pad + dx - input.box.x0, 1, 1, 1, 1, 1, 1,
              in.quant.zeroPoint),
          0, ArrayRef<int32_t>(list.taps).take_front(rows * width), 0,
          aristotle::TileAttr::get(context, 1, 1, 1, result.rowPitch,
                                   result.groupPitch),
          psumBank, !first, 0, result.offset,
          last ? output : aristotle::OutputAttr(), 0,
          aristotle::ResidualAttr());
    };
    for (int64_t py = 0; py < w.kernelH; py += partH)
      for (int64_t px = 0; px < w.kernelW; px += partW) {
        int64_t endY = std::min(py + partH, w.kernelH);
        int64_t endX = std::min(px + partW, w.kernelW);
        scheduling::Extent ey = w.y.part(py, endY), ex = w.x.part(px, endX);
        Piece input = read(in, {g, g + 1, ey.inBegin(y), ey.inEnd(y, y + 1),
                                ex.inBegin(x), ex.inEnd(x, x + 1)});
        for (int64_t dy = py; dy < endY; dy += height)
          for (int64_t dx = px; dx < endX; dx += columns)
            sumChunk(input, dy, std::min(height, endY - dy), dx,
                     std::min(columns, endX - dx));
      }
    psumBank ^= 1;
    commit(out, result);
  };
  for (int64_t g = 0; g < out.groups() / v; ++g)
    for (int64_t y = 0; y < w.y.out; ++y)
      for (int64_t x = 0; x < w.x.out; ++x)
        sumWindow(g, y, x);
  return success();
}
