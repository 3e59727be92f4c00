//===- Grids.cpp - Scales that a model brings along -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Grids.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/Utils/Locations.h"
#include "nncc/Quantization/Activations.h"
#include "nncc/Quantization/Calibration.h"

#include "llvm/ADT/EquivalenceClasses.h"

using namespace mlir;
using namespace nncc;

bool nncc::sharesType(Operation *op) {
  return isa<nn::MaxPool2DOp, nn::ReshapeOp, nn::PadOp, nn::ClampOp,
             nn::ConcatOp, nn::SliceOp, nn::InterleaveOp>(op);
}

/// The same values, to be rounded to another grid.
static Value createIdentity(OpBuilder &builder, Location loc, Value value) {
  return nn::ActivationOp::create(
      builder, loc, value.getType(),
      nn::ActivationKindAttr::get(builder.getContext(),
                                  nn::ActivationKind::Identity),
      value, builder.getF32FloatAttr(0.0f), builder.getF32FloatAttr(0.0f));
}

/// The value of which `value` is only another shape.
static Value throughReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<nn::ReshapeOp>())
    value = reshape.getInput();
  return value;
}

/// Each nn.fake_quantize becomes the grid of its input.
static Grids takeGrids(func::FuncOp function) {
  Grids grids;
  SmallVector<nn::FakeQuantizeOp> ops(function.getOps<nn::FakeQuantizeOp>());
  for (nn::FakeQuantizeOp op : ops) {
    QuantParams params{op.getGridType().getScale(),
                       static_cast<int>(op.getGridType().getZeroPoint())};
    Value value = op.getInput();
    // A reshape may be the host's, behind the last layer.
    auto [entry, isNew] = grids.insert({throughReshapes(value), params});
    if (!isNew && !(entry->second == params)) {
      OpBuilder builder(op);
      value = createIdentity(builder, op.getLoc(), value);
      grids.insert({value, params});
    }
    op.getResult().replaceAllUsesWith(value);
    op.erase();
  }
  return grids;
}

/// Puts an identity before an op that would join two grids.
static void separateGrids(func::FuncOp function, const Grids &grids) {
  llvm::EquivalenceClasses<void *> sets;
  llvm::DenseMap<void *, QuantParams> gridOf; // By leader.
  auto leader = [&](Value value) {
    void *key = value.getAsOpaquePointer();
    bool isNew = !sets.contains(key);
    void *found = sets.getOrInsertLeaderValue(key);
    if (isNew)
      if (const auto *known = grids.find(value); known != grids.end())
        gridOf[found] = known->second;
    return found;
  };
  SmallVector<Operation *> ops;
  for (Operation &op : function.getBody().front())
    if (sharesType(&op))
      ops.push_back(&op);
  for (Operation *op : ops)
    for (OpOperand &operand : op->getOpOperands()) {
      void *to = leader(op->getResult(0)), *from = leader(operand.get());
      if (to == from)
        continue;
      auto a = gridOf.find(to), b = gridOf.find(from);
      bool differ =
          a != gridOf.end() && b != gridOf.end() && !(a->second == b->second);
      if (differ) {
        OpBuilder builder(op);
        std::string suffix =
            ".operand" + std::to_string(operand.getOperandNumber());
        operand.set(createIdentity(
            builder, nn::suffixLocation(op->getLoc(), suffix), operand.get()));
        from = leader(operand.get());
        b = gridOf.end();
      }
      std::optional<QuantParams> both;
      if (a != gridOf.end())
        both = a->second;
      else if (b != gridOf.end())
        both = b->second;
      sets.unionSets(to, from);
      if (both)
        gridOf[sets.getLeaderValue(to)] = *both;
    }
}

/// A grid decides the type of `value`, at once or behind ops that share it.
static bool hasGrid(Value value) {
  for (Operation *user : value.getUsers())
    if (isa<nn::FakeQuantizeOp>(user) ||
        (sharesType(user) && hasGrid(user->getResult(0))))
      return true;
  return false;
}

bool nncc::needsRange(Value value) {
  if (!isRangeSource(value) || value.use_empty() || hasGrid(value))
    return false;
  auto activation = value.getDefiningOp<nn::ActivationOp>();
  return !activation || !activationRange(activation.getKind());
}

bool nncc::needsRanges(func::FuncOp function) {
  if (llvm::any_of(function.getArguments(), needsRange))
    return true;
  return llvm::any_of(function.getOps(), [](Operation &op) {
    return llvm::any_of(op.getResults(), needsRange);
  });
}

Grids nncc::absorbGrids(func::FuncOp function) {
  Grids grids = takeGrids(function);
  separateGrids(function, grids);
  return grids;
}
