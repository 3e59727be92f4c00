//===- Layout.cpp - Channel layouts of feature maps -----------------------===//

#include "Layout.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/QuantizedOps.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace nncc;

bool nncc::isCoreOp(Operation *op) {
  return llvm::isa<nn::Conv2DOp, nn::MaxPool2DOp, nn::AvgPool2DOp, nn::AddOp,
                   nn::MulOp, nn::ClampOp, nn::ActivationOp, nn::ConcatOp,
                   nn::PadOp, nn::SliceOp, nn::InterleaveOp, nn::ReshapeOp>(
             op) &&
         op->getNumResults() == 1 &&
         getQuantParams(op->getResult(0).getType()).has_value();
}

std::optional<FeatureShape> nncc::getFeatureShape(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getRank() < 1)
    return std::nullopt;
  ArrayRef<int64_t> shape = tensor.getShape();
  if (shape[0] != 1)
    return std::nullopt;
  if (shape.size() == 2)
    return FeatureShape{shape[1], 1, 1};
  if (shape.size() == 4)
    return FeatureShape{shape[1], shape[2], shape[3]};
  return std::nullopt;
}

ChannelLayout nncc::identityLayout(int64_t channels, int64_t vector) {
  ChannelLayout layout(llvm::alignTo(channels, vector), -1);
  for (int64_t i = 0; i < channels; ++i)
    layout[i] = i;
  return layout;
}

/// Operands whose slots are the result's.
static SmallVector<Value> tiedOperands(Operation *op) {
  if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
    SmallVector<Value> tied;
    if (conv.isDepthwise())
      tied.push_back(conv.getInput());
    if (conv.getResidual())
      tied.push_back(conv.getResidual());
    return tied;
  }
  if (llvm::isa<nn::ConcatOp>(op))
    return {};
  return llvm::to_vector(op->getOperands());
}

std::optional<LayoutAssignment> LayoutAssignment::compute(func::FuncOp function,
                                                          int64_t vector,
                                                          Value &conflict) {
  // Tie.
  llvm::EquivalenceClasses<void *> classes;
  SmallVector<Value> values;
  auto note = [&](Value value) {
    if (getQuantParams(value.getType()))
      if (!classes.contains(value.getAsOpaquePointer())) {
        classes.insert(value.getAsOpaquePointer());
        values.push_back(value);
      }
  };
  for (Operation &op : function.getBody().front()) {
    for (Value result : op.getResults())
      note(result);
    if (!isCoreOp(&op))
      continue;
    for (Value operand : tiedOperands(&op)) {
      note(operand);
      classes.unionSets(operand.getAsOpaquePointer(),
                        op.getResult(0).getAsOpaquePointer());
    }
  }

  // Concatenations decide, in program order; an operand's class that is still
  // open when it is needed gets the identity.
  llvm::DenseMap<void *, ChannelLayout> decided;
  auto leader = [&](Value value) {
    return classes.getLeaderValue(value.getAsOpaquePointer());
  };
  for (Operation &op : function.getBody().front()) {
    auto concat = dyn_cast<nn::ConcatOp>(op);
    if (!concat || !isCoreOp(concat))
      continue;
    ChannelLayout joined;
    int64_t base = 0;
    for (Value operand : concat.getInputs()) {
      if (leader(operand) == leader(concat.getResult())) {
        conflict = concat.getResult();
        return std::nullopt;
      }
      int64_t channels = getFeatureShape(operand.getType())->channels;
      auto [it, isNew] = decided.try_emplace(leader(operand));
      if (isNew)
        it->second = identityLayout(channels, vector);
      for (int64_t channel : it->second)
        joined.push_back(channel < 0 ? -1 : base + channel);
      base += channels;
    }
    auto [it, isNew] = decided.try_emplace(leader(concat.getResult()), joined);
    if (!isNew && it->second != joined) {
      conflict = concat.getResult();
      return std::nullopt;
    }
  }

  LayoutAssignment result;
  for (Value value : values) {
    auto it = decided.find(leader(value));
    int64_t channels =
        getFeatureShape(value.getType()).value_or(FeatureShape()).channels;
    result.layouts[value] =
        it != decided.end() ? it->second : identityLayout(channels, vector);
  }
  return result;
}
