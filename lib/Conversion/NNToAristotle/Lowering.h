//===- Lowering.h - From the quantized graph to instructions ----*- C++ -*-===//
//
// The state of the lowering of one function: tensors and where they are kept,
// and what the lowerings of single layers share. Layers.cpp lists the layers,
// Storage.cpp decides what stays on the chip, and the files Lower*.cpp write
// the instructions of a layer.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_CONVERSION_NNTOARISTOTLE_LOWERING_H
#define NNCC_LIB_CONVERSION_NNTOARISTOTLE_LOWERING_H

#include "Layout.h"

#include "nncc/Conversion/NNToAristotle/NNToAristotle.h"
#include "nncc/Dialect/Aristotle/IR/Aristotle.h"
#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/QuantizedOps.h"
#include "nncc/Scheduling/ConvTiling.h"
#include "nncc/Scheduling/VectorTiling.h"

#include "mlir/IR/Builders.h"
#include <deque>
#include <map>

namespace nncc::lowering {
using namespace mlir;

/// Room for one feature map, or for several that a concatenation joins.
struct Storage {
  std::string name;
  Type element; ///< quantized; what is joined shares it
  int64_t groups = 0, height = 1, width = 1;
  /// Wholly in the feature memory from its first writer to its last reader.
  bool resident = false;
  /// A network input or output, or a constant: in DRAM, in this region.
  std::optional<isa::Region> region;
  /// Rows of pixels for unfolding, instead of words.
  bool rows = false;
  int64_t rowPitch = 0;
  /// Layers that write it first and read it last.
  int64_t first = 0, last = 0;
  /// The DRAM tensor, where there is one.
  std::string symbol;
  /// The buffer, if resident.
  Value buffer;

  int64_t words() const { return groups * height * width; }
};

/// A quantized feature map.
struct Tensor {
  Value value;
  std::string name;
  FeatureShape shape;
  ChannelLayout layout;
  QuantParams quant;
  Storage *storage = nullptr;
  int64_t groupOffset = 0; ///< its first group in the storage

  int64_t groups() const { return layout.size(); }
};

/// Half-open ranges of groups, rows and columns of a feature map.
struct Box {
  int64_t g0, g1, y0, y1, x0, x1;
  int64_t groups() const { return g1 - g0; }
  int64_t height() const { return y1 - y0; }
  int64_t width() const { return x1 - x0; }
};

/// Where a box of a tensor lies in the feature memory.
struct Piece {
  Box box;
  Value buffer;
  int64_t offset = 0;
  int64_t rowPitch = 0, groupPitch = 0;
};

struct Window;
struct VectorTile;

class Lowering {
public:
  Lowering(func::FuncOp function, const ArchConfig &arch,
           const LoweringOptions &options)
      : function(function), arch(arch), options(options),
        b(function.getContext()), v(arch.vector) {}

  /// Writes the program behind the function.
  FailureOr<aristotle::ProgramOp> run();

private:
  //===--- Layers.cpp: what there is
  //---------------------------------------===//
  LogicalResult collect();
  LogicalResult lowerInterface();
  LogicalResult lowerHostTail();
  std::string declareHostTensor(StringRef name, Type type);
  LogicalResult lowerLayer(Operation *op);

  //===--- Storage.cpp: where tensors are kept
  //------------------------------===//
  LogicalResult assignStorage();
  void joinConcats();
  void computeLifetimes();
  void declareStorage();
  /// The words of a feature map that is known at compile time.
  std::vector<int8_t> constantWords(const Tensor &tensor);
  /// Whether the convolution may read its input as unfolded rows.
  bool wantsUnfolding(nn::Conv2DOp conv);

  /// The box of `tensor` in the feature memory for reading: loaded if it is
  /// streamed. `groupPitch` sets the distance of groups of a loaded box; 0
  /// packs them.
  Piece read(const Tensor &tensor, Box box, int64_t groupPitch = 0);
  /// Room for the box of `tensor`, to be written and then committed.
  Piece write(const Tensor &tensor, Box box);
  /// Saves what was written, if it is kept in DRAM.
  void commit(const Tensor &tensor, const Piece &piece);

  //===--- Residency.cpp: which tensors stay in the feature memory
  //-----------===//
  void chooseResidency();
  /// Estimated cycles of a layer with `freeWords` for its tiles; -1 if it does
  /// not fit.
  int64_t estimate(Operation *op, int64_t freeWords);
  int64_t estimateAround(const Storage &storage);

  //===--- Constants and buffers
  //--------------------------------------------===//
  std::string addConstant(StringRef name, ArrayRef<int8_t> bytes);
  Value alloc(isa::Memory memory, int64_t words);
  /// Loads `words` words of a constant into a new buffer.
  Value loadConstant(isa::Memory memory, StringRef symbol, int64_t byteOffset,
                     int64_t words);
  aristotle::BlockAttr block(int64_t x, int64_t y, int64_t z,
                             int64_t dramPitchY, int64_t dramPitchZ,
                             int64_t localPitchY, int64_t localPitchZ);
  /// Creates an instruction of the current layer.
  template <typename OpTy, typename... Args> OpTy emit(Args &&...args) {
    return OpTy::create(b, loc, std::forward<Args>(args)..., layer,
                        aristotle::EngineAttr(), aristotle::EngineSetAttr(),
                        aristotle::EngineSetAttr(), false);
  }

  //===--- LowerConv.cpp
  //----------------------------------------------------===//
  scheduling::ConvProblem convProblem(nn::Conv2DOp conv, int64_t freeWords,
                                      int64_t taps);
  LogicalResult lowerConv(nn::Conv2DOp conv, std::string &tile);

  //===--- VectorTiles.cpp
  //--------------------------------------------------===//
  scheduling::VectorProblem vectorProblem(const Window &window,
                                          const Tensor &in, const Tensor &out,
                                          int64_t freeWords) const;
  scheduling::VectorProblem vectorProblem(Operation *op, int64_t freeWords);
  scheduling::VectorProblem interleaveProblem(nn::InterleaveOp op,
                                              int64_t freeWords);
  /// The tiling, or an error on `op` that says what does not fit.
  FailureOr<scheduling::VectorTiling>
  tileVector(Operation *op, const scheduling::VectorProblem &problem);
  /// Reads, hands over and commits tile after tile; groups outside.
  void forEachTile(const Window &window, const scheduling::VectorTiling &tiling,
                   const Tensor &in, const Tensor &out,
                   llvm::function_ref<void(const VectorTile &)> body);

  //===--- Layers on the vector engine; `text` describes the tile
  //-----------===//
  LogicalResult lowerDepthwise(nn::Conv2DOp op, std::string &text);
  LogicalResult lowerAvgPool(nn::AvgPool2DOp op, std::string &text);
  LogicalResult lowerAvgPoolOnArray(nn::AvgPool2DOp op, std::string &text);
  LogicalResult lowerMaxPool(nn::MaxPool2DOp op, std::string &text);
  LogicalResult lowerPad(nn::PadOp op, std::string &text);
  LogicalResult lowerConcat(nn::ConcatOp op, std::string &text);
  LogicalResult lowerSlice(nn::SliceOp op, std::string &text);
  LogicalResult lowerInterleave(nn::InterleaveOp op, std::string &text);
  LogicalResult lowerSpread(nn::InterleaveOp op, std::string &text);
  LogicalResult lowerAdd(nn::AddOp op, std::string &text);
  LogicalResult lowerMul(nn::MulOp op, std::string &text);
  LogicalResult lowerTable(Operation *op, std::string &text);
  /// Writes windows' maxima of `from`, with `fill` outside the image, to `to`.
  LogicalResult move(Operation *op, const Window &window, const Tensor &from,
                     const Tensor &to, int64_t fill, std::string &text);

  Tensor &tensorOf(Value value) { return *tensors.find(value)->second; }
  /// Feature words that the tiles of a layer may take.
  int64_t freeWordsAt(int64_t index) const;

  func::FuncOp function;
  const ArchConfig &arch;
  const LoweringOptions &options;
  OpBuilder b;
  int64_t v;
  aristotle::ProgramOp program;
  Location loc = UnknownLoc::get(function.getContext());
  int64_t layer = 0;
  int64_t psumBank = 0;
  int64_t constants = 0;
  /// Behind it, the next constant is declared.
  Operation *lastDeclaration = nullptr;
  int64_t hostCount = 0;
  /// Layers on the accelerator, in order.
  SmallVector<Operation *> layers;
  std::deque<Tensor> tensorPool;
  std::deque<Storage> storages;
  llvm::DenseMap<Value, Tensor *> tensors;
  llvm::DenseMap<Value, std::string> hostTensors;
  /// By layer, free words, and the tensors that are resident.
  std::map<std::tuple<Operation *, int64_t, uint64_t>, int64_t> estimates;
};

} // namespace nncc::lowering

#endif // NNCC_LIB_CONVERSION_NNTOARISTOTLE_LOWERING_H
