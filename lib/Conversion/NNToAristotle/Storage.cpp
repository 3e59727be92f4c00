//===- Storage.cpp - Where feature maps are kept --------------------------===//
//
// Every feature map gets a storage; a concatenation and its operands share one.
// A storage lies in the feature memory for its whole life or is streamed from
// and to DRAM in tiles.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "nncc/Quantization/Names.h"

#include "mlir/IR/TypeUtilities.h"

using namespace nncc;
using namespace nncc::lowering;

//===----------------------------------------------------------------------===//
// Assignment
//===----------------------------------------------------------------------===//

LogicalResult Lowering::assignStorage() {
  Value conflict;
  auto layouts = LayoutAssignment::compute(function, v, conflict);
  if (!layouts)
    return emitError(conflict.getLoc(),
                     "channel layouts of two concatenations meet; placement "
                     "must come first");

  auto addTensor = [&](Value value) {
    auto shape = getFeatureShape(value.getType());
    tensorPool.push_back({value, getTensorName(value), *shape,
                          layouts->of(value), *getQuantParams(value.getType()),
                          nullptr, 0});
    Tensor &tensor = tensorPool.back();
    tensor.groupOffset = 0;
    tensors[value] = &tensor;
    storages.push_back({});
    Storage &storage = storages.back();
    storage.name = tensor.name;
    storage.element = getElementTypeOrSelf(value.getType());
    storage.groups = tensor.layout.size() / v;
    storage.height = shape->height;
    storage.width = shape->width;
    tensor.storage = &storage;
  };
  for (Operation &op : function.getBody().front()) {
    if (op.getNumResults() != 1 || !getQuantParams(op.getResult(0).getType()))
      continue;
    Value result = op.getResult(0);
    if (llvm::isa<nn::ConstantOp>(op)) {
      // An operand of an addition or the like. It stays in DRAM.
      if (getFeatureShape(result.getType())) {
        addTensor(result);
        tensorOf(result).storage->region = isa::Region::Constant;
      }
      continue;
    }
    // A reshape between layers only renames: its operand's pixels stay.
    if (auto reshape = dyn_cast<nn::ReshapeOp>(op)) {
      tensors[result] = tensors.lookup(reshape.getInput());
      continue;
    }
    addTensor(result);
  }

  // Interfaces lie in DRAM.
  for (Operation &op : function.getBody().front()) {
    if (llvm::isa<quant::QuantizeCastOp>(op)) {
      Storage *storage = tensorOf(op.getResult(0)).storage;
      storage->region = isa::Region::Input;
    } else if (llvm::isa<quant::DequantizeCastOp>(op)) {
      Storage *storage = tensorOf(op.getOperand(0)).storage;
      if (!storage->region)
        storage->region = isa::Region::Output;
    }
  }
  for (Operation &op : function.getBody().front()) {
    auto cast = dyn_cast<quant::QuantizeCastOp>(op);
    if (!cast || !cast->hasOneUse())
      continue;
    auto conv = dyn_cast<nn::Conv2DOp>(*cast->user_begin());
    if (!conv || conv.getInput() != cast.getResult() || !wantsUnfolding(conv))
      continue;
    Tensor &tensor = tensorOf(cast.getResult());
    tensor.storage->rows = true;
    tensor.storage->rowPitch =
        llvm::alignTo(tensor.shape.channels * tensor.shape.width, v);
  }

  joinConcats();
  computeLifetimes();
  chooseResidency();
  declareStorage();
  return success();
}

void Lowering::joinConcats() {
  // Later concatenations first, so that a chain ends in one storage.
  for (Operation *op : llvm::reverse(layers)) {
    auto concat = dyn_cast<nn::ConcatOp>(op);
    if (!concat)
      continue;
    Tensor &result = tensorOf(concat.getResult());
    int64_t group = result.groupOffset;
    for (Value operand : concat.getInputs()) {
      Tensor &part = tensorOf(operand);
      // What is also an input or an output, or part of another concatenation,
      // keeps a place of its own and is copied.
      bool own = part.storage->region.has_value() ||
                 part.storage->groups * v != part.groups() ||
                 part.storage == result.storage;
      Operation *producer = operand.getDefiningOp();
      if (!own && producer && isCoreOp(producer) &&
          !llvm::isa<nn::ReshapeOp>(producer)) {
        // A concatenation's parts move with it: they were not joined yet.
        part.storage = result.storage;
        part.groupOffset = group;
      }
      group += part.groups() / v;
    }
  }
}

void Lowering::computeLifetimes() {
  for (Storage &storage : storages) {
    storage.first = layers.size();
    storage.last = -1;
  }
  auto touch = [&](Value value, int64_t index) {
    Storage *storage = tensorOf(value).storage;
    storage->first = std::min(storage->first, index);
    storage->last = std::max(storage->last, index);
  };
  for (auto [index, op] : llvm::enumerate(layers)) {
    touch(op->getResult(0), index);
    for (Value operand : op->getOperands())
      if (tensors.count(operand))
        touch(operand, index);
  }
}

//===----------------------------------------------------------------------===//
// Declaration
//===----------------------------------------------------------------------===//

void Lowering::declareStorage() {
  int64_t number = 0;
  for (Storage &storage : storages) {
    if (storage.last < 0 && !storage.region)
      continue; // unused, or joined to another
    if (storage.region == isa::Region::Constant)
      continue; // below
    bool kept = options.keepIntermediates && !storage.region;
    if (storage.resident)
      storage.buffer = alloc(isa::Memory::Feature, storage.words());
    if (storage.resident && !kept)
      continue;
    if (!storage.region)
      storage.region = kept ? isa::Region::Output : isa::Region::Workspace;
    int64_t bytes =
        storage.rows ? storage.rowPitch * storage.height : storage.words() * v;
    storage.symbol = ("t" + Twine(number++)).str();
    auto op = aristotle::TensorOp::create(
        b, loc, storage.symbol, storage.name, storage.element,
        ArrayRef<int64_t>{1, storage.groups * v, storage.height, storage.width},
        storage.rows ? "rows" : "words",
        aristotle::RegionAttr::get(b.getContext(), *storage.region));
    op.setBytes(bytes);
    op.setRowPitch(storage.rowPitch);
  }
  lastDeclaration =
      b.getInsertionBlock()->empty() ? nullptr : &b.getInsertionBlock()->back();
  for (Tensor &tensor : tensorPool)
    if (tensor.storage->region == isa::Region::Constant &&
        tensor.storage->last >= 0)
      tensor.storage->symbol = addConstant("feature", constantWords(tensor));
}

std::vector<int8_t> Lowering::constantWords(const Tensor &tensor) {
  SmallVector<int8_t> stored = getStoredBytes(tensor.value);
  int64_t plane = tensor.shape.height * tensor.shape.width;
  std::vector<int8_t> words(tensor.groups() * plane,
                            static_cast<int8_t>(tensor.quant.zeroPoint));
  for (auto [slot, channel] : llvm::enumerate(tensor.layout))
    for (int64_t pixel = 0; channel >= 0 && pixel < plane; ++pixel)
      words[((slot / v) * plane + pixel) * v + slot % v] =
          stored[channel * plane + pixel];
  return words;
}

//===----------------------------------------------------------------------===//
// Reading and writing boxes
//===----------------------------------------------------------------------===//

aristotle::BlockAttr Lowering::block(int64_t x, int64_t y, int64_t z,
                                     int64_t dramPitchY, int64_t dramPitchZ,
                                     int64_t localPitchY, int64_t localPitchZ) {
  constexpr int64_t kMostX = 65535;
  // Rows that follow each other on both sides are one row; so are planes.
  if (dramPitchY == x && localPitchY == x && x * y <= kMostX) {
    x *= y;
    y = z;
    z = 1;
    dramPitchY = dramPitchZ;
    localPitchY = localPitchZ;
    dramPitchZ = localPitchZ = 0;
    if (dramPitchY == x && localPitchY == x && x * y <= kMostX) {
      x *= y;
      y = 1;
    }
  }
  if (y == 1)
    dramPitchY = localPitchY = 0;
  if (z == 1)
    dramPitchZ = localPitchZ = 0;
  return aristotle::BlockAttr::get(b.getContext(), x, y, z, dramPitchY,
                                   dramPitchZ, localPitchY, localPitchZ);
}

/// A box of a resident tensor, as it lies in the buffer of its storage.
static Piece residentPiece(const Tensor &tensor, Box box) {
  const Storage &storage = *tensor.storage;
  int64_t plane = storage.height * storage.width;
  return {box, storage.buffer,
          (tensor.groupOffset + box.g0) * plane + box.y0 * storage.width +
              box.x0,
          storage.width, plane};
}

/// Byte offset of a box in the DRAM tensor of its storage.
static int64_t dramOffset(const Tensor &tensor, Box box, int64_t v) {
  const Storage &storage = *tensor.storage;
  return ((tensor.groupOffset + box.g0) * storage.height * storage.width +
          box.y0 * storage.width + box.x0) *
         v;
}

Piece Lowering::read(const Tensor &tensor, Box box, int64_t groupPitch) {
  const Storage &storage = *tensor.storage;
  if (storage.resident)
    return residentPiece(tensor, box);
  int64_t plane = box.height() * box.width();
  if (groupPitch == 0)
    groupPitch = plane;
  int64_t words = (box.groups() - 1) * groupPitch + plane;
  Piece piece{box, alloc(isa::Memory::Feature, words), 0, box.width(),
              groupPitch};
  emit<aristotle::LoadOp>(
      storage.symbol, dramOffset(tensor, box, v), piece.buffer, 0,
      block(box.width(), box.height(), box.groups(), storage.width,
            storage.height * storage.width, box.width(), groupPitch));
  return piece;
}

Piece Lowering::write(const Tensor &tensor, Box box) {
  if (tensor.storage->resident)
    return residentPiece(tensor, box);
  int64_t plane = box.height() * box.width();
  return {box, alloc(isa::Memory::Feature, box.groups() * plane), 0,
          box.width(), plane};
}

void Lowering::commit(const Tensor &tensor, const Piece &piece) {
  const Storage &storage = *tensor.storage;
  if (storage.symbol.empty())
    return;
  const Box &box = piece.box;
  emit<aristotle::SaveOp>(
      piece.buffer, piece.offset, storage.symbol, dramOffset(tensor, box, v),
      block(box.width(), box.height(), box.groups(), storage.width,
            storage.height * storage.width, piece.rowPitch, piece.groupPitch));
}
