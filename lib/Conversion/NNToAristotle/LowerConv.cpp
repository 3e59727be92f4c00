//===- LowerConv.cpp - Convolutions on the tap-list engine ----------------===//
//
// A convolution becomes, for each tile of pixels and each block of O outputs, a
// chain of conv instructions over parts of the block's tap list.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "Records.h"

using namespace nncc;
using namespace nncc::lowering;
using scheduling::ConvTiling;
using scheduling::LoopOrder;

//===----------------------------------------------------------------------===//
// Taps and weights
//===----------------------------------------------------------------------===//

namespace {
/// A tap before the input's place in memory is known.
struct LogicalTap {
  int64_t group; ///< group of V inputs, of the word if unfolded
  int64_t dy, dx;
  bool operator==(const LogicalTap &o) const {
    return group == o.group && dy == o.dy && dx == o.dx;
  }
};

/// Tap lists, weights and records of a convolution, in blocks of O outputs.
struct ConvData {
  SmallVector<SmallVector<LogicalTap>> taps; ///< of each block
  std::vector<int8_t> weights;   ///< tap after tap, block after block
  SmallVector<int64_t> firstTap; ///< of each block, in `weights`
  std::vector<int8_t> records;

  int64_t longest() const {
    size_t most = 0;
    for (const auto &list : taps)
      most = std::max(most, list.size());
    return most;
  }
  bool shared() const {
    return llvm::all_of(taps,
                        [&](const auto &list) { return list == taps[0]; });
  }
};
} // namespace

namespace {
/// A part of the window: groups of V inputs, and rows.
struct WindowPart {
  int64_t g0, g1, dy0, dy1;
  bool contains(const LogicalTap &tap) const {
    return g0 <= tap.group && tap.group < g1 && dy0 <= tap.dy && tap.dy < dy1;
  }
  scheduling::Extent rowsOf(const scheduling::Extent &y) const {
    return y.part(dy0, dy1);
  }
};
} // namespace

/// The parts in which the input is loaded, in the order of the tap lists.
static SmallVector<WindowPart>
partsOfWindow(const scheduling::ConvProblem &problem,
              const ConvTiling &tiling) {
  SmallVector<WindowPart> parts;
  for (int64_t g = 0; g < problem.inGroups; g += tiling.part.groups)
    for (int64_t dy = 0; dy < problem.y.kernel; dy += tiling.part.rows)
      parts.push_back({g, std::min(g + tiling.part.groups, problem.inGroups),
                       dy, std::min(dy + tiling.part.rows, problem.y.kernel)});
  return parts;
}

namespace {
/// Builds ConvData: all blocks of V inputs by O outputs of which any weight is
/// not zero. A group convolution and a pruned one only have fewer of them.
class ConvDataBuilder {
public:
  ConvDataBuilder(nn::Conv2DOp conv, const ConvConstants &constants,
                  const Tensor &in, const Tensor &out, const ArchConfig &arch)
      : conv(conv), constants(constants), in(in), out(out), v(arch.vector),
        o(arch.outputs), bytes(getStoredBytes(conv.getWeight())),
        perGroup(conv.getChannelsPerGroup()),
        outPerGroup(conv.getOutChannels() / conv.getGroups()) {}

  ConvData build() {
    ConvData data;
    int64_t blocks = llvm::divideCeil(out.groups(), o);
    for (int64_t block = 0; block < blocks; ++block) {
      data.taps.emplace_back();
      data.firstTap.push_back(data.weights.size() / (v * o));
      forEachTap(block, [&](LogicalTap tap, int64_t ky, auto laneAt) {
        addBlock(data, block, tap, ky, laneAt, false);
      });
      // Something must start the sums.
      if (data.taps.back().empty())
        addBlock(
            data, block, {0, 0, 0}, 0,
            [](int64_t) { return std::pair<int64_t, int64_t>(-1, 0); }, true);
      addRecords(data, block);
    }
    return data;
  }

private:
  /// Calls `visit` with each tap, its kernel row, and a function from a lane to
  /// (input channel, kernel column), with channel -1 for a lane without weight.
  /// Groups of inputs that the block of outputs knows nothing of are left out.
  template <typename Visitor> void forEachTap(int64_t block, Visitor visit) {
    int64_t dilationX = conv.getDilationW();
    if (in.storage->rows) {
      int64_t channels = in.shape.channels;
      int64_t bytesOfWindow =
          channels * ((conv.getKernelW() - 1) * dilationX + 1);
      int64_t words = llvm::divideCeil(bytesOfWindow, v);
      for (int64_t ky = 0; ky < conv.getKernelH(); ++ky)
        for (int64_t g = 0; g < words; ++g)
          visit(LogicalTap{g, ky * conv.getDilationH(), 0}, ky,
                [=](int64_t lane) -> std::pair<int64_t, int64_t> {
                  int64_t byte = g * v + lane;
                  int64_t column = byte / channels;
                  if (byte >= bytesOfWindow || column % dilationX != 0)
                    return {-1, 0};
                  return {byte % channels, column / dilationX};
                });
      return;
    }
    for (int64_t g = 0; g < in.groups() / v; ++g) {
      if (!reads(block, g))
        continue;
      for (int64_t ky = 0; ky < conv.getKernelH(); ++ky)
        for (int64_t kx = 0; kx < conv.getKernelW(); ++kx)
          visit(LogicalTap{g, ky * conv.getDilationH(), kx * dilationX}, ky,
                [this, g, kx](int64_t lane) -> std::pair<int64_t, int64_t> {
                  return {in.layout[g * v + lane], kx};
                });
    }
  }

  /// Whether a channel of the group of V inputs is in one group of the
  /// convolution with an output of the block.
  bool reads(int64_t block, int64_t inputGroup) {
    if (conv.getGroups() == 1)
      return true;
    int64_t end = std::min<int64_t>((block + 1) * o, out.groups());
    for (int64_t slot = block * o; slot < end; ++slot)
      for (int64_t lane = 0; lane < v; ++lane) {
        int64_t to = out.layout[slot], from = in.layout[inputGroup * v + lane];
        if (to >= 0 && from >= 0 && to / outPerGroup == from / perGroup)
          return true;
      }
    return false;
  }

  int8_t weight(int64_t outChannel, int64_t inChannel, int64_t ky, int64_t kx) {
    int64_t group = outChannel / outPerGroup;
    int64_t local = inChannel - group * perGroup;
    if (local < 0 || local >= perGroup)
      return 0;
    return bytes[((outChannel * perGroup + local) * conv.getKernelH() + ky) *
                     conv.getKernelW() +
                 kx];
  }

  template <typename LaneAt>
  void addBlock(ConvData &data, int64_t block, LogicalTap tap, int64_t ky,
                LaneAt laneAt, bool evenIfZero) {
    size_t start = data.weights.size();
    data.weights.resize(start + v * o, 0);
    bool any = evenIfZero;
    for (int64_t lane = 0; lane < v; ++lane) {
      auto [channel, kx] = laneAt(lane);
      if (channel < 0)
        continue;
      for (int64_t i = 0; i < o; ++i) {
        int64_t slot = block * o + i;
        int64_t outChannel = slot < out.groups() ? out.layout[slot] : -1;
        if (outChannel < 0)
          continue;
        int8_t w = weight(outChannel, channel, ky, kx);
        data.weights[start + i * v + lane] = w;
        any |= w != 0;
      }
    }
    if (any)
      data.taps.back().push_back(tap);
    else
      data.weights.resize(start);
  }

  void addRecords(ConvData &data, int64_t block) {
    int64_t perOutput = perGroup * conv.getKernelH() * conv.getKernelW();
    for (int64_t i = 0; i < o; ++i) {
      int64_t slot = block * o + i;
      int64_t channel = slot < out.groups() ? out.layout[slot] : -1;
      if (channel < 0) {
        appendRecord(data.records, 0, {0, 1});
        continue;
      }
      int64_t sum = 0;
      for (int64_t k = 0; k < perOutput; ++k)
        sum += bytes[channel * perOutput + k];
      appendRecord(
          data.records,
          foldBias(constants.bias[channel], constants.input.zeroPoint, sum),
          constants.multipliers[channel]);
    }
  }

  nn::Conv2DOp conv;
  const ConvConstants &constants;
  const Tensor &in, &out;
  int64_t v, o;
  SmallVector<int8_t> bytes;
  int64_t perGroup, outPerGroup;
};
} // namespace

//===----------------------------------------------------------------------===//
// Unfolding
//===----------------------------------------------------------------------===//

bool Lowering::wantsUnfolding(nn::Conv2DOp conv) {
  const Tensor &in = tensorOf(conv.getInput());
  // One channel in and out is depthwise too, and that engine takes words.
  if (conv.getGroups() != 1 || conv.isDepthwise())
    return false;
  int64_t channels = in.shape.channels;
  int64_t window =
      channels * ((conv.getKernelW() - 1) * conv.getDilationW() + 1);
  int64_t words = llvm::divideCeil(window, v);
  // The fields of load_window.
  int64_t rowBytes = channels * in.shape.width;
  if (channels * conv.getStrideW() > 511 || words > 63 || rowBytes > 32000 ||
      channels * conv.getPadLeft() > 32000)
    return false;
  int64_t plainTaps =
      llvm::divideCeil(channels, v) * conv.getKernelH() * conv.getKernelW();
  return words * conv.getKernelH() < plainTaps;
}

//===----------------------------------------------------------------------===//
// Lowering
//===----------------------------------------------------------------------===//

scheduling::ConvProblem Lowering::convProblem(nn::Conv2DOp conv,
                                              int64_t freeWords, int64_t taps) {
  const Tensor &in = tensorOf(conv.getInput());
  const Tensor &out = tensorOf(conv.getResult());
  scheduling::ConvProblem p;
  p.y = scheduling::Extent::make(
      conv.getInH(), conv.getOutH(), conv.getStrideH(),
      (conv.getKernelH() - 1) * conv.getDilationH() + 1, conv.getPadTop());
  p.x = scheduling::Extent::make(
      conv.getInW(), conv.getOutW(), conv.getStrideW(),
      (conv.getKernelW() - 1) * conv.getDilationW() + 1, conv.getPadLeft());
  p.inGroups = in.groups() / v;
  if (in.storage->rows) {
    p.unfolded = true;
    p.inGroups = llvm::divideCeil(in.shape.channels * p.x.kernel, v);
    p.unfoldedRowBytes = in.storage->rowPitch;
  }
  p.outGroups = out.groups() / v;
  p.taps = taps;
  p.inputStreamed = !in.storage->resident;
  p.outputStreamed = !out.storage->resident;
  p.residual = static_cast<bool>(conv.getResidual());
  if (p.residual)
    p.residualStreamed = !tensorOf(conv.getResidual()).storage->resident;
  p.tapsShared = conv.getGroups() == 1;
  p.freeWords = freeWords;
  return p;
}

LogicalResult Lowering::lowerConv(nn::Conv2DOp conv, std::string &tile) {
  const Tensor &in = tensorOf(conv.getInput());
  const Tensor &out = tensorOf(conv.getResult());
  FailureOr<ConvConstants> constants = getConvConstants(conv);
  if (failed(constants))
    return failure();
  ConvData data = ConvDataBuilder(conv, *constants, in, out, arch).build();
  scheduling::ConvProblem problem =
      convProblem(conv, freeWordsAt(layer), data.longest());
  problem.tapsShared = data.shared();
  ConvTiling tiling = scheduling::chooseConvTiling(problem, arch);
  if (!tiling.ok)
    return conv.emitError("does not fit the feature memory of '")
           << arch.name << "': " << tiling.why;
  tile = tiling.describe();

  // Place of the input in memory: the distance of its groups must be the same
  // for all tiles, since the tap lists hold it.
  bool unfolded = in.storage->rows;
  int64_t inGroups = problem.inGroups;
  int64_t tileColumns = unfolded ? std::min(tiling.tileW, problem.x.out)
                                 : problem.x.span(tiling.tileW);
  SmallVector<WindowPart> parts = partsOfWindow(problem, tiling);
  int64_t groupPitch =
      in.storage->resident
          ? in.storage->height * in.storage->width
          : parts[0].rowsOf(problem.y).span(tiling.tileH) * tileColumns;

  // Constants: tap lists start at words; one list serves all blocks if it can.
  SmallVector<SmallVector<int32_t>> lists;
  SmallVector<int64_t> listOffset;
  std::vector<int8_t> tapBytes;
  for (const auto &logical : data.taps) {
    if (!lists.empty() && problem.tapsShared)
      break;
    listOffset.push_back(tapBytes.size());
    lists.emplace_back();
    for (const LogicalTap &tap : logical) {
      // As seen from the part that has it.
      int64_t group = tap.group % tiling.part.groups;
      uint32_t bits = static_cast<uint32_t>(group * groupPitch) |
                      static_cast<uint32_t>(tap.dy) << 16 |
                      static_cast<uint32_t>(tap.dx) << 24;
      lists.back().push_back(static_cast<int32_t>(bits));
      for (int i = 0; i < 4; ++i)
        tapBytes.push_back(static_cast<int8_t>(bits >> 8 * i));
    }
    tapBytes.resize(llvm::alignTo(tapBytes.size(), v), 0);
  }
  std::string tapSymbol = addConstant("taps", tapBytes);
  std::string weightSymbol = addConstant("weights", data.weights);
  std::string recordSymbol = addConstant("records", data.records);

  int64_t blocks = data.taps.size();
  int64_t o = arch.outputs;
  int64_t outputGroups = arch.outputGroups();
  int64_t recordWords = arch.convParamGroupWords();

  // Buffers that several instructions share. Records come in portions of half
  // their memory; where the layer has more than the memory holds, a portion is
  // loaded again when its turn comes again.
  Value residentTaps;
  if (tiling.tapsResident)
    residentTaps =
        loadConstant(isa::Memory::Tap, tapSymbol, 0, tapBytes.size() / v);
  int64_t portion =
      std::min<int64_t>(blocks, std::max<int64_t>(1, arch.convParams / 2));
  bool recordsStay = blocks <= static_cast<int64_t>(arch.convParams);
  llvm::DenseMap<int64_t, Value> records;
  llvm::DenseMap<std::pair<int64_t, int64_t>, Value> keptWeights;

  auto recordsOf = [&](int64_t block) {
    if (!recordsStay && !records.count(block / portion))
      records.clear();
    Value &buffer = records[block / portion];
    if (!buffer) {
      int64_t first = block / portion * portion;
      int64_t count = std::min(portion, blocks - first);
      buffer = loadConstant(isa::Memory::Cparam, recordSymbol, first * o * 8,
                            count * recordWords);
    }
    return buffer;
  };
  auto weightsOf = [&](int64_t block, int64_t begin, int64_t count) {
    bool keep =
        tiling.weightsResident || tiling.order == LoopOrder::OutputsOuter;
    bool whole = tiling.weightsResident ||
                 count == static_cast<int64_t>(data.taps[block].size());
    auto load = [&] {
      return loadConstant(isa::Memory::Weight, weightSymbol,
                          (data.firstTap[block] + begin) * v * o, count * o);
    };
    if (!keep || !whole)
      return load();
    Value &buffer = keptWeights[{block, begin}];
    if (!buffer)
      buffer = load();
    return buffer;
  };

  MLIRContext *context = b.getContext();
  auto output = aristotle::OutputAttr::get(context, constants->output.zeroPoint,
                                           constants->lo, constants->hi);

  auto readInput = [&](const WindowPart &part, int64_t y0, int64_t y1,
                       int64_t x0, int64_t x1) {
    scheduling::Extent rows = part.rowsOf(problem.y);
    int64_t ya = rows.inBegin(y0), yb = rows.inEnd(y0, y1);
    if (!unfolded)
      return read(in,
                  {part.g0, part.g1, ya, yb, problem.x.inBegin(x0),
                   problem.x.inEnd(x0, x1)},
                  groupPitch);
    int64_t channels = in.shape.channels;
    int64_t plane = (yb - ya) * (x1 - x0);
    Piece piece{
        {0, inGroups, ya, yb, x0, x1},
        alloc(isa::Memory::Feature, (inGroups - 1) * groupPitch + plane),
        0,
        x1 - x0,
        groupPitch};
    emit<aristotle::LoadWindowOp>(
        in.storage->symbol, ya * in.storage->rowPitch, piece.buffer, 0,
        aristotle::WindowsAttr::get(
            context, x1 - x0, yb - ya, inGroups, in.storage->rowPitch / v,
            x1 - x0, groupPitch, problem.x.stride * channels,
            (x0 * problem.x.stride - problem.x.pad) * channels,
            channels * in.shape.width, in.quant.zeroPoint));
    return piece;
  };

  /// The instructions of a block and tile. `inputOf` gives a part of the input.
  auto emitBlock = [&](auto inputOf, int64_t block, int64_t y0, int64_t y1,
                       int64_t x0, int64_t x1) {
    int64_t g0 = block * outputGroups;
    int64_t g1 = std::min(g0 + outputGroups, problem.outGroups);
    Box box{g0, g1, y0, y1, x0, x1};
    ArrayRef<LogicalTap> logical = data.taps[block];
    ArrayRef<int32_t> list = lists[problem.tapsShared ? 0 : block];
    int64_t listStart = listOffset[problem.tapsShared ? 0 : block];
    Value taps = residentTaps;
    Piece input, result, residual;
    Value params;
    auto emitChunk = [&](int64_t begin, int64_t count) {
      bool last = begin + count == static_cast<int64_t>(list.size());
      int64_t tapOffset = listStart / 4 + begin;
      if (!tiling.tapsResident) {
        int64_t perWord = arch.tapsPerWord();
        int64_t firstWord = tapOffset / perWord;
        int64_t endWord = llvm::divideCeil(tapOffset + count, perWord);
        taps = loadConstant(isa::Memory::Tap, tapSymbol, firstWord * v,
                            endWord - firstWord);
        tapOffset -= firstWord * perWord;
      }
      Value weights = weightsOf(block, begin, count);
      if (last) {
        params = recordsOf(block);
        result = write(out, box);
        if (conv.getResidual())
          residual = read(tensorOf(conv.getResidual()), box);
      }
      aristotle::ResidualAttr residualScale;
      if (residual.buffer)
        residualScale = aristotle::ResidualAttr::get(
            context, residual.rowPitch, residual.groupPitch,
            constants->residual->mr, constants->residual->sr,
            constants->residual->cr);
      auto image =
          aristotle::ImageAttr::get(context, input.rowPitch, input.groupPitch,
                                    input.box.height(), input.box.width());
      auto window = aristotle::WindowAttr::get(
          context, y0 * problem.y.stride - problem.y.pad - input.box.y0,
          unfolded ? 0 : x0 * problem.x.stride - problem.x.pad - input.box.x0,
          problem.y.fieldStride(), unfolded ? 1 : problem.x.fieldStride(), 1, 1,
          1, 1, in.quant.zeroPoint);
      // Before the last chunk, nothing is written: result and residual are
      // empty.
      emit<aristotle::ConvOp>(
          input.buffer, taps, weights, params, result.buffer, residual.buffer,
          input.offset, image, window, tapOffset, list.slice(begin, count), 0,
          aristotle::TileAttr::get(context, y1 - y0, x1 - x0, g1 - g0,
                                   result.rowPitch, result.groupPitch),
          psumBank, begin > 0, last ? block % portion * recordWords : 0,
          result.offset, last ? output : aristotle::OutputAttr(),
          residual.offset, residualScale);
    };
    int64_t begin = 0;
    for (const WindowPart &part : parts) {
      int64_t end = begin;
      while (end < static_cast<int64_t>(logical.size()) &&
             part.contains(logical[end]))
        ++end;
      if (begin < end)
        input = inputOf(part);
      while (begin < end) {
        int64_t count = std::min(tiling.tapsPerChunk, end - begin);
        emitChunk(begin, count);
        begin += count;
      }
    }
    psumBank ^= 1;
    commit(out, result);
  };

  auto forEachTile = [&](auto body) {
    for (int64_t y = 0; y < problem.y.out; y += tiling.tileH)
      for (int64_t x = 0; x < problem.x.out; x += tiling.tileW)
        body(y, std::min(y + tiling.tileH, problem.y.out), x,
             std::min(x + tiling.tileW, problem.x.out));
  };
  bool oneTile = tiling.tileH >= problem.y.out && tiling.tileW >= problem.x.out;
  bool inParts = parts.size() > 1;
  if (!inParts && (tiling.order == LoopOrder::TilesOuter || oneTile)) {
    forEachTile([&](int64_t y0, int64_t y1, int64_t x0, int64_t x1) {
      Piece input = readInput(parts[0], y0, y1, x0, x1);
      for (int64_t block = 0; block < blocks; ++block)
        emitBlock([&](const WindowPart &) { return input; }, block, y0, y1, x0,
                  x1);
    });
    return success();
  }
  auto emitAlone = [&](int64_t block, int64_t y0, int64_t y1, int64_t x0,
                       int64_t x1) {
    emitBlock(
        [&](const WindowPart &part) { return readInput(part, y0, y1, x0, x1); },
        block, y0, y1, x0, x1);
  };
  if (tiling.order == LoopOrder::TilesOuter) {
    forEachTile([&](int64_t y0, int64_t y1, int64_t x0, int64_t x1) {
      for (int64_t block = 0; block < blocks; ++block)
        emitAlone(block, y0, y1, x0, x1);
    });
    return success();
  }
  for (int64_t block = 0; block < blocks; ++block)
    forEachTile([&](int64_t y0, int64_t y1, int64_t x0, int64_t x1) {
      emitAlone(block, y0, y1, x0, x1);
    });
  return success();
}
