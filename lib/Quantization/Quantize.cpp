//===- Quantize.cpp - From float graphs to integers -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Passes.h"

#include "Grids.h"
#include "LayerParameters.h"

#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/Utils/Locations.h"
#include "nncc/Quantization/Activations.h"
#include "nncc/Quantization/Names.h"
#include "nncc/Quantization/QuantizedOps.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>
#include <limits>

namespace nncc {
#define GEN_PASS_DEF_QUANTIZE
#include "nncc/Quantization/Passes.h.inc"
} // namespace nncc

using namespace mlir;
using namespace nncc;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Ranges below this are nothing but zeros: their scales would leave f32.
constexpr double kLeastWidth = 1e-30;
constexpr Range kEverything{-kInfinity, kInfinity};

/// Layers that the accelerator can run on integers.
bool isLayer(Operation *op) {
  return isa<nn::Conv2DOp, nn::LinearOp, nn::AvgPool2DOp, nn::AddOp, nn::MulOp,
             nn::ActivationOp>(op) ||
         sharesType(op);
}

Range toRange(const nn::ClampRange &clamp) {
  return {clamp.min ? *clamp.min : -kInfinity,
          clamp.max ? *clamp.max : kInfinity};
}

/// The operands that are activations: all but weights and biases.
SmallVector<OpOperand *> getDataOperands(Operation *op) {
  SmallVector<OpOperand *> operands;
  if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
    operands.push_back(&conv.getInputMutable());
    for (OpOperand &residual : conv.getResidualMutable())
      operands.push_back(&residual);
  } else if (auto linear = dyn_cast<nn::LinearOp>(op)) {
    operands.push_back(&linear.getInputMutable());
  } else {
    for (OpOperand &operand : op->getOpOperands())
      operands.push_back(&operand);
  }
  return operands;
}

/// Quantizes one function.
class GraphQuantizer {
public:
  GraphQuantizer(func::FuncOp function, ScaleMode mode)
      : function(function), mode(mode), builder(function.getContext()) {}

  LogicalResult run();

  unsigned numHost = 0, numTypes = 0, numWidened = 0;
  unsigned numQuantized() const { return layers.size(); }

private:
  LogicalResult checkFunction();
  LogicalResult classify();
  LogicalResult checkHostOp(Operation &op);
  LogicalResult assignTypes();
  FailureOr<Range> getOwnRange(Value value);
  Range getNeededRange(Value value);
  void unite(Value a, Value b);
  unsigned findSet(unsigned set);
  unsigned getSet(Value value);

  LogicalResult rewrite();
  LogicalResult quantizeParameters(Operation *op, IRMapping &mapping);
  Value quantizeConstant(nn::ConstantOp constant);
  void leaveIntegers(Value original, Value quantized);
  LogicalResult checkConstants(Operation *op);

  quant::UniformQuantizedType getType(Value value);

  func::FuncOp function;
  ScaleMode mode;
  OpBuilder builder;
  /// In order of the function.
  llvm::SetVector<Operation *> layers;
  /// Reshapes of inputs, in front of all layers.
  llvm::SetVector<Value> prologue;

  /// Union-find over activations: a set shares one type.
  llvm::DenseMap<Value, unsigned> setOf;
  SmallVector<unsigned> parents;
  SmallVector<std::optional<Range>> ranges; ///< by root of the set
  SmallVector<QuantParams> params;          ///< by root of the set
  /// Given by the model.
  Grids grids;
  llvm::DenseMap<Value, Range> needed;
  /// Biases of layers that had none.
  llvm::DenseMap<Operation *, Value> addedBiases;
};

} // namespace

//===----------------------------------------------------------------------===//
// Which ops become integers
//===----------------------------------------------------------------------===//

/// An op of the host part may read nothing but floats, and no layer follows it.
LogicalResult GraphQuantizer::checkHostOp(Operation &op) {
  for (Operation *user : op.getUsers())
    if (layers.contains(user))
      return user->emitError()
                 .append("node '", nn::getNodeName(user), "' (",
                         user->getName(), ") reads the result of node '",
                         nn::getNodeName(&op), "' (", op.getName(),
                         "), which the host computes; the accelerator runs one "
                         "connected prefix of the network")
                 .attachNote(op.getLoc())
             << "the host's node is defined here";
  ++numHost;
  return success();
}

/// The input of the network that `value` is but another shape of, or null.
static BlockArgument getInputOf(Value value) {
  while (auto reshape = value.getDefiningOp<nn::ReshapeOp>())
    value = reshape.getInput();
  return dyn_cast<BlockArgument>(value);
}

LogicalResult GraphQuantizer::checkFunction() {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return function.emitError()
           << "expected a function with a body of one block";
  for (Operation &op : function.getBody().front())
    if (isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
      return op.emitError() << "the function is quantized already";
  return success();
}

LogicalResult GraphQuantizer::classify() {
  Block &body = function.getBody().front();
  // Backwards: a reshape is the host's if no layer reads it.
  SmallVector<Operation *> hostOps, layersBackwards;
  llvm::DenseSet<Operation *> feedsLayer;
  for (Operation &op : llvm::reverse(body)) {
    if (isa<nn::ConstantOp, func::ReturnOp>(op))
      continue;
    // In front of the layers, the host gives the inputs another shape.
    if (isa<nn::ReshapeOp>(op) && getInputOf(op.getResult(0))) {
      prologue.insert(op.getResult(0));
      continue;
    }
    bool isHost = isa<nn::SoftmaxOp, nn::ArgMaxOp>(op) ||
                  (isa<nn::ReshapeOp>(op) && !feedsLayer.contains(&op));
    if (isHost) {
      hostOps.push_back(&op);
      continue;
    }
    if (!isLayer(&op))
      return op.emitError()
             << "node '" << nn::getNodeName(&op) << "': cannot quantize '"
             << op.getName() << "'"
             << (isa<nn::BatchNormOp>(op) ? "; run nn-fold-batch-norm first"
                                          : "");
    layersBackwards.push_back(&op);
    for (Value operand : op.getOperands())
      if (Operation *producer = operand.getDefiningOp())
        feedsLayer.insert(producer);
  }
  layers.insert(layersBackwards.rbegin(), layersBackwards.rend());
  for (Operation *op : llvm::reverse(hostOps))
    if (failed(checkHostOp(*op)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Ranges and types
//===----------------------------------------------------------------------===//

unsigned GraphQuantizer::findSet(unsigned set) {
  while (parents[set] != set)
    set = parents[set] = parents[parents[set]];
  return set;
}

unsigned GraphQuantizer::getSet(Value value) {
  auto [entry, isNew] = setOf.try_emplace(value, parents.size());
  if (isNew) {
    parents.push_back(parents.size());
    ranges.emplace_back();
  }
  return findSet(entry->second);
}

void GraphQuantizer::unite(Value a, Value b) {
  unsigned first = getSet(a), second = getSet(b);
  parents[std::max(first, second)] = std::min(first, second);
}

/// The part of a value's range that its readers can tell apart. Behind ops that
/// keep the order of elements a clamp makes values beyond its bounds equal.
Range GraphQuantizer::getNeededRange(Value value) {
  auto known = needed.find(value);
  if (known != needed.end())
    return known->second;
  std::optional<Range> all;
  for (Operation *user : value.getUsers()) {
    Range range = kEverything;
    if (layers.contains(user) && sharesType(user)) {
      range = getNeededRange(user->getResult(0));
      if (auto clamp = dyn_cast<nn::ClampOp>(user))
        range = range.clampTo(toRange(clamp.getClampRange()));
    }
    all = all ? all->unite(range) : range;
  }
  Range result = all ? *all : kEverything;
  needed.try_emplace(value, result);
  return result;
}

/// The range of one value by itself: measured, or known from its op.
FailureOr<Range> GraphQuantizer::getOwnRange(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast_or_null<nn::ConstantOp>(op)) {
    std::optional<std::vector<float>> values = nn::getFloatConstant(constant);
    if (!values)
      return op->emitError() << "expected a constant of f32 values";
    Range range;
    for (float x : *values) {
      if (!std::isfinite(x))
        return op->emitError() << "node '" << nn::getNodeName(op)
                               << "': the constant holds a value that is not "
                                  "finite";
      range = range.unite({x, x});
    }
    return range;
  }
  if (auto activation = dyn_cast_or_null<nn::ActivationOp>(op))
    if (auto known = activationRange(activation.getKind()))
      return Range{known->first, known->second};

  Value measured = value;
  if (BlockArgument input = getInputOf(value))
    measured = input;
  std::optional<Range> range = getRange(measured);
  if (!range)
    return mlir::emitError(value.getLoc())
           << "'" << getTensorName(value) << "' has no range ('" << kRangeAttr
           << " = [lo, hi]'): calibrate the network with sample inputs first";
  if (auto conv = dyn_cast_or_null<nn::Conv2DOp>(op))
    return range->clampTo(toRange(conv.getClampRange()));
  if (auto add = dyn_cast_or_null<nn::AddOp>(op))
    return range->clampTo(toRange(add.getClampRange()));
  if (auto mul = dyn_cast_or_null<nn::MulOp>(op))
    return range->clampTo(toRange(mul.getClampRange()));
  return *range;
}

LogicalResult GraphQuantizer::assignTypes() {
  // Results that repeat elements join the set of their inputs.
  for (Operation *op : layers) {
    Value result = op->getResult(0);
    getSet(result);
    for (OpOperand *operand : getDataOperands(op)) {
      getSet(operand->get());
      if (sharesType(op))
        unite(result, operand->get());
    }
  }

  // In the order of the function, so that errors come in that order.
  llvm::SetVector<Value> values;
  for (Operation *op : layers) {
    for (OpOperand *operand : getDataOperands(op))
      values.insert(operand->get());
    values.insert(op->getResult(0));
  }
  double widest = 0.0;
  SmallVector<std::optional<QuantParams>> given(parents.size());
  for (const auto &[value, grid] : grids)
    if (setOf.count(value)) {
      given[getSet(value)] = grid;
      widest = std::max(widest, 255 * grid.scale);
    }
  for (Value value : prologue)
    if (const auto *grid = grids.find(getInputOf(value));
        grid != grids.end() && setOf.count(value))
      given[getSet(value)] = grid->second;
  auto add = [&](Value value, Range range) {
    std::optional<Range> &whole = ranges[getSet(value)];
    range = range.unite({0.0, 0.0});
    whole = whole ? whole->unite(range) : range;
    widest = std::max(widest, whole->width());
  };
  for (Value value : values) {
    if (given[getSet(value)])
      continue;
    Operation *op = value.getDefiningOp();
    if (op && sharesType(op)) {
      // What a pad adds; infinity is the end of any range.
      if (auto pad = dyn_cast<nn::PadOp>(op);
          pad && pad.getValue().isFinite()) {
        double fill = pad.getValue().convertToFloat();
        add(value, {fill, fill});
      }
      continue;
    }
    FailureOr<Range> range = getOwnRange(value);
    if (failed(range))
      return failure();
    add(value, range->clampTo(getNeededRange(value)));
  }

  params.resize(parents.size());
  for (unsigned set = 0; set < parents.size(); ++set) {
    if (findSet(set) != set)
      continue;
    ++numTypes;
    if (given[set]) {
      params[set] = *given[set];
      continue;
    }
    Range range = ranges[set].value_or(Range{});
    // Nothing but zeros: any scale is exact. That of the widest tensor keeps
    // all ratios moderate.
    if (!(range.width() > kLeastWidth))
      range = {0.0, widest > kLeastWidth ? widest : 1.0};
    params[set] = chooseParams(range, mode);
  }
  return success();
}

quant::UniformQuantizedType GraphQuantizer::getType(Value value) {
  QuantParams p = params[getSet(value)];
  return quant::UniformQuantizedType::get(
      quant::QuantizationFlags::Signed, builder.getI8Type(),
      builder.getF32Type(), p.scale, p.zeroPoint, -128, 127);
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

static RankedTensorType withElement(Value value, Type element) {
  return RankedTensorType::get(
      cast<RankedTensorType>(value.getType()).getShape(), element);
}

/// Makes the integer weights and bias of a convolution or linear layer.
LogicalResult GraphQuantizer::quantizeParameters(Operation *op,
                                                 IRMapping &mapping) {
  FailureOr<LayerParameters> layer =
      nncc::quantizeParameters(op, params[getSet(op->getOperand(0))].scale,
                               params[getSet(op->getResult(0))].scale, mode);
  if (failed(layer))
    return failure();
  numWidened += layer->numWidened;

  Value weight = op->getOperand(1), bias = getBias(op);
  int64_t channels = layer->scales.size();
  auto element = quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, builder.getI8Type(),
      builder.getF32Type(), layer->scales, SmallVector<int64_t>(channels, 0),
      /*quantizedDimension=*/0, -127, 127);
  auto values = DenseElementsAttr::get(withElement(weight, builder.getI8Type()),
                                       ArrayRef<int8_t>(layer->weights));
  Value newWeight = nn::ConstantOp::create(
      builder, weight.getLoc(), withElement(weight, element), values);
  mapping.map(weight, newWeight);
  if (!bias && llvm::all_of(layer->bias, [](int32_t b) { return b == 0; }))
    return success();
  auto biasValues = DenseElementsAttr::get(
      RankedTensorType::get({channels}, builder.getI32Type()),
      ArrayRef<int32_t>(layer->bias));
  Value newBias = nn::ConstantOp::create(
      builder, bias ? bias.getLoc() : op->getLoc(), biasValues);
  if (bias)
    mapping.map(bias, newBias);
  else
    addedBiases[op] = newBias;
  return success();
}

/// An activation that is known at compile time.
Value GraphQuantizer::quantizeConstant(nn::ConstantOp constant) {
  QuantParams p = params[getSet(constant)];
  std::optional<std::vector<float>> values = nn::getFloatConstant(constant);
  std::vector<int8_t> stored;
  for (float x : *values)
    stored.push_back(quantize(x, p.scale, p.zeroPoint));
  auto attr = DenseElementsAttr::get(withElement(constant, builder.getI8Type()),
                                     ArrayRef<int8_t>(stored));
  return nn::ConstantOp::create(builder, constant.getLoc(),
                                withElement(constant, getType(constant)), attr);
}

/// Readers of `original` outside the integer part get the real values back.
void GraphQuantizer::leaveIntegers(Value original, Value quantized) {
  Value real;
  for (OpOperand &use : llvm::make_early_inc_range(original.getUses())) {
    if (layers.contains(use.getOwner()))
      continue;
    if (!real)
      real = quant::DequantizeCastOp::create(builder, original.getLoc(),
                                             original.getType(), quantized);
    use.set(real);
  }
}

/// The constants behind the new types must fit the hardware's fields.
LogicalResult GraphQuantizer::checkConstants(Operation *op) {
  if (isa<nn::Conv2DOp, nn::LinearOp>(op))
    return LogicalResult(getConvConstants(op));
  if (auto add = dyn_cast<nn::AddOp>(op))
    return LogicalResult(getAddConstants(add));
  if (auto mul = dyn_cast<nn::MulOp>(op))
    return LogicalResult(getMulConstants(mul));
  if (auto pool = dyn_cast<nn::AvgPool2DOp>(op)) {
    llvm::SmallDenseSet<int64_t> counts;
    for (int64_t y = 0; y < pool.getOutH(); ++y)
      for (int64_t x = 0; x < pool.getOutW(); ++x) {
        int64_t count = pool.getWindowCount(y, x);
        if (counts.insert(count).second &&
            failed(getAvgPoolMultiplier(pool, count)))
          return failure();
      }
  }
  return success();
}

LogicalResult GraphQuantizer::rewrite() {
  IRMapping quantized;
  builder.setInsertionPointToStart(&function.getBody().front());
  for (BlockArgument argument : function.getArguments()) {
    function.removeArgAttr(argument.getArgNumber(), kRangeAttr);
    if (!setOf.count(argument))
      continue;
    Location loc = NameLoc::get(builder.getStringAttr(getTensorName(argument)),
                                argument.getLoc());
    quantized.map(
        argument,
        quant::QuantizeCastOp::create(
            builder, loc, withElement(argument, getType(argument)), argument)
            .getResult());
  }

  for (Value value : prologue) {
    if (!setOf.count(value))
      continue;
    builder.setInsertionPointAfterValue(value);
    quantized.map(value, quant::QuantizeCastOp::create(
                             builder, value.getLoc(),
                             withElement(value, getType(value)), value)
                             .getResult());
  }

  for (Operation *op : layers) {
    builder.setInsertionPoint(op);
    IRMapping mapping;
    for (OpOperand *operand : getDataOperands(op)) {
      Value value = operand->get();
      if (!quantized.contains(value))
        quantized.map(value,
                      quantizeConstant(value.getDefiningOp<nn::ConstantOp>()));
      mapping.map(value, quantized.lookup(value));
    }
    if (isa<nn::Conv2DOp, nn::LinearOp>(op) &&
        failed(quantizeParameters(op, mapping)))
      return failure();
    Value result = op->getResult(0);
    Operation *clone = builder.clone(*op, mapping);
    clone->getResult(0).setType(withElement(result, getType(result)));
    clone->removeAttr(kRangeAttr);
    clone->removeAttr(kInputMeanAttr);
    if (Value added = addedBiases.lookup(op)) {
      if (auto conv = dyn_cast<nn::Conv2DOp>(clone))
        conv.getBiasMutable().assign(added);
      else
        cast<nn::LinearOp>(clone).getBiasMutable().assign(added);
    }
    if (failed(checkConstants(clone)))
      return failure();
    quantized.map(result, clone->getResult(0));
    leaveIntegers(result, clone->getResult(0));
  }

  for (Operation *op : llvm::reverse(layers.getArrayRef()))
    op->erase();
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isa<nn::ConstantOp>(op) && op.use_empty())
      op.erase();
  return success();
}

LogicalResult GraphQuantizer::run() {
  if (failed(checkFunction()))
    return failure();
  grids = absorbGrids(function);
  if (failed(classify()) || failed(assignTypes()))
    return failure();
  return rewrite();
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

namespace {

struct QuantizePass : public nncc::impl::QuantizeBase<QuantizePass> {
  using QuantizeBase::QuantizeBase;

  void runOnOperation() override {
    GraphQuantizer quantizer(getOperation(), scales);
    if (failed(quantizer.run()))
      return signalPassFailure();
    numQuantized += quantizer.numQuantized();
    numHost += quantizer.numHost;
    numTypes += quantizer.numTypes;
    numWidened += quantizer.numWidened;
  }
};

} // namespace
