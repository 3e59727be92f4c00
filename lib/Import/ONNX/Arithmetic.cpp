//===- Arithmetic.cpp - Import of sums and products -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include <cmath>
#include <limits>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::success;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The shape of a sum or product; rejects operands of which none has it.
static std::optional<Shape> checkOperands(Node &node, size_t a, size_t b) {
  auto reject = [&](const Twine &why) {
    (void)node.reject(why);
    return std::nullopt;
  };
  llvm::Expected<Shape> shape =
      nn::broadcastShape(node.shape(a), node.shape(b));
  if (!shape)
    return reject(llvm::toString(shape.takeError()));
  if (node.shape(a) != ArrayRef<int64_t>(*shape) &&
      node.shape(b) != ArrayRef<int64_t>(*shape))
    return reject("expected one operand of the result's shape " +
                  nn::formatShape(*shape) + ", got shapes " +
                  nn::formatShape(node.shape(a)) + " and " +
                  nn::formatShape(node.shape(b)));
  if (failed(node.checkShape(*shape)))
    return std::nullopt;
  return *shape;
}

/// The values of a constant that has one for each channel of `shape`, or one in
/// all; none if it differs within a channel.
static std::optional<std::vector<float>>
getChannelValues(Node &node, size_t input, ArrayRef<int64_t> shape) {
  const HostTensor *tensor = node.constant(input);
  if (!tensor || tensor->type() != onnx::TensorProto::FLOAT || shape.size() < 2)
    return std::nullopt;
  int64_t lead = static_cast<int64_t>(shape.size()) - tensor->rank();
  if (lead < 0)
    return std::nullopt;
  for (auto [d, extent] : llvm::enumerate(tensor->shape()))
    if (extent != 1 && lead + static_cast<int64_t>(d) != 1)
      return std::nullopt;
  std::vector<float> values;
  values.reserve(tensor->size());
  for (int64_t i = 0; i < tensor->size(); ++i)
    values.push_back(static_cast<float>(tensor->real(i)));
  return values;
}

mlir::Value nncc::onnx_import::makeAffine(Node &node, mlir::Value value,
                                          ArrayRef<float> factor,
                                          ArrayRef<float> offset) {
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  if (type.getRank() < 2) {
    (void)node.reject("expected a tensor with a channel axis, got shape " +
                      nn::formatShape(type.getShape()));
    return {};
  }
  mlir::OpBuilder &builder = node.builder();
  int64_t channels = type.getDimSize(1);
  auto constant = [&](ArrayRef<float> values) -> mlir::Value {
    auto of = mlir::RankedTensorType::get({channels}, builder.getF32Type());
    return nn::ConstantOp::create(builder, node.loc(),
                                  mlir::DenseElementsAttr::get(of, values));
  };
  // Normalisation by a mean of zero and a variance of one.
  return nn::BatchNormOp::create(
      builder, node.loc(), type, value, constant(factor), constant(offset),
      constant(0.0f), constant(1.0f), builder.getF32FloatAttr(0));
}

/// A sum or product of two tensors of the same other order.
template <typename OpTy> static bool importInOrderOf(Node &node) {
  if (node.numInputs() != 2 || node.isConstant(0) || node.isConstant(1))
    return false;
  View a = node.view(0), b = node.view(1);
  if (node.isRejected())
    return false;
  auto shapeOf = [](mlir::Value value) {
    return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
  };
  if (a.isWhole() || !a.isPermutation() || a.shape != b.shape ||
      a.strides != b.strides || a.offset != b.offset ||
      shapeOf(a.base) != shapeOf(b.base))
    return false;
  View result = a;
  result.base = OpTy::create(node.builder(), node.loc(), a.base, b.base);
  node.setOutput(result);
  return true;
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

static LogicalResult importSum(Node &node) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (!node.hasInput(i))
      return node.reject("an input is absent");
  if (node.numInputs() == 1) {
    node.forwardInput();
    return success();
  }
  if (importInOrderOf<nn::AddOp>(node))
    return success();
  mlir::Value sum;
  Shape shape(node.shape(0));
  for (size_t i = 1; i < node.numInputs(); ++i) {
    if (!checkOperands(node, 0, i))
      return failure();
    llvm::Expected<Shape> both = nn::broadcastShape(shape, node.shape(i));
    if (!both)
      return node.reject(both.takeError());
    if (*both != shape && node.shape(i) != ArrayRef<int64_t>(*both))
      return node.reject("expected one input of the result's shape " +
                         nn::formatShape(*both));
    shape = *both;
  }
  sum = node.value(0);
  for (size_t i = 1; i < node.numInputs(); ++i) {
    mlir::Value operand = node.value(i);
    if (node.isRejected())
      return failure();
    sum = nn::AddOp::create(node.builder(), node.loc(), sum, operand);
  }
  node.setOutput(sum);
  return success();
}

/// A float32 constant with all elements negated, as a value.
static mlir::Value makeNegated(Node &node, size_t input) {
  const HostTensor &tensor = *node.constant(input);
  if (tensor.type() != onnx::TensorProto::FLOAT || tensor.size() == 0)
    return node.value(input); // rejects it
  std::optional<HostTensor> negated =
      node.allocate(tensor.type(), tensor.shape());
  if (!negated)
    return {};
  for (int64_t i = 0; i < tensor.size(); ++i)
    negated->setReal(i, -tensor.real(i));
  return nn::ConstantOp::create(
      node.builder(), node.loc(),
      negated->toAttribute(node.builder().getContext()));
}

static LogicalResult importSub(Node &node) {
  if (!checkOperands(node, 0, 1))
    return failure();
  mlir::Value lhs = node.value(0), rhs;
  if (node.isConstant(1)) {
    rhs = makeNegated(node, 1);
  } else if (lhs) {
    rhs = makeAffine(node, node.value(1), -1.0f, 0.0f);
  }
  if (node.isRejected())
    return failure();
  node.setOutput(nn::AddOp::create(node.builder(), node.loc(), lhs, rhs));
  return success();
}

static LogicalResult importNeg(Node &node) {
  mlir::Value input = node.value(0);
  mlir::Value result =
      input ? makeAffine(node, input, -1.0f, 0.0f) : mlir::Value();
  if (node.isRejected())
    return failure();
  node.setOutput(result);
  return success();
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

static LogicalResult importMul(Node &node) {
  auto shape = checkOperands(node, 0, 1);
  if (!shape)
    return failure();
  if (importInOrderOf<nn::MulOp>(node))
    return success();
  for (auto [constant, other] : {std::make_pair(0, 1), std::make_pair(1, 0)}) {
    if (!node.isConstant(constant) ||
        node.shape(other) != ArrayRef<int64_t>(*shape))
      continue;
    auto values = getChannelValues(node, constant, *shape);
    if (!values)
      continue;
    mlir::Value product = makeAffine(node, node.value(other), *values, 0.0f);
    if (node.isRejected())
      return failure();
    node.setOutput(product);
    return success();
  }
  mlir::Value lhs = node.value(0), rhs = node.value(1);
  if (node.isRejected())
    return failure();
  node.setOutput(nn::MulOp::create(node.builder(), node.loc(), lhs, rhs));
  return success();
}

/// Division by a constant is multiplication by its inverse.
static LogicalResult importDiv(Node &node) {
  auto shape = checkOperands(node, 0, 1);
  if (!shape)
    return failure();
  const HostTensor *divisor = node.constant(1);
  if (!divisor)
    return node.reject("the divisor is not a constant");
  if (divisor->type() != onnx::TensorProto::FLOAT)
    return node.reject("expected a divisor of float32 elements, got " +
                       typeName(divisor->type()));
  std::optional<HostTensor> inverse =
      node.allocate(divisor->type(), divisor->shape());
  if (!inverse)
    return failure();
  for (int64_t i = 0; i < divisor->size(); ++i) {
    if (divisor->real(i) == 0)
      return node.reject("a divisor is zero");
    inverse->setReal(i, 1 / divisor->real(i));
  }
  mlir::Value lhs = node.value(0);
  if (node.isRejected())
    return failure();
  if (node.shape(0) == ArrayRef<int64_t>(*shape))
    if (auto values = getChannelValues(node, 1, *shape)) {
      for (auto [i, value] : llvm::enumerate(*values))
        value = static_cast<float>(inverse->real(i));
      mlir::Value quotient = makeAffine(node, lhs, *values, 0.0f);
      if (node.isRejected())
        return failure();
      node.setOutput(quotient);
      return success();
    }
  mlir::Value rhs =
      nn::ConstantOp::create(node.builder(), node.loc(),
                             inverse->toAttribute(node.builder().getContext()));
  node.setOutput(nn::MulOp::create(node.builder(), node.loc(), lhs, rhs));
  return success();
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

/// Max and Min with one number are clamps.
template <bool isMax> static LogicalResult importBound(Node &node) {
  size_t variable = node.numInputs();
  double bound = isMax ? -std::numeric_limits<double>::infinity()
                       : std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i))
      return node.reject("an input is absent");
    if (!node.isConstant(i)) {
      if (variable != node.numInputs())
        return node.reject("more than one input is not a constant");
      variable = i;
      continue;
    }
    auto value = node.scalar(i, "a bound");
    if (!value)
      return failure();
    if (std::isnan(*value))
      return node.reject("a bound is not a number");
    bound = isMax ? std::max(bound, *value) : std::min(bound, *value);
  }
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.shape(i).size() > node.shape(variable).size())
      return node.reject("a bound has more axes than the tensor");
  mlir::Value input = node.value(variable);
  if (node.isRejected())
    return failure();
  constexpr double kLargest = std::numeric_limits<float>::max();
  if (std::fabs(bound) > kLargest) {
    if (isMax == (bound > 0))
      return node.reject("the bound is infinite");
    node.setOutput(input);
    return success();
  }
  nn::ClampRange range;
  (isMax ? range.min : range.max) = static_cast<float>(bound);
  node.setOutput(nn::ClampOp::create(node.builder(), node.loc(), input, range));
  return success();
}

//===----------------------------------------------------------------------===//
// PRelu
//===----------------------------------------------------------------------===//

/// max(x, 0) + min(slope * x, 0), where no slope is negative. What is positive
/// keeps its scale, and the rest gets one of its own.
static LogicalResult importPRelu(Node &node) {
  mlir::Value x = node.value(0);
  if (node.isRejected())
    return failure();
  ArrayRef<int64_t> shape = node.shape(0);
  auto slopes = getChannelValues(node, 1, shape);
  if (!slopes)
    return node.reject("expected slopes of float32 as a constant, one for each "
                       "channel of " +
                       nn::formatShape(shape) + ", got shape " +
                       nn::formatShape(node.shape(1)));
  for (float slope : *slopes)
    if (!std::isfinite(slope))
      return node.reject("a slope is not finite");
  mlir::OpBuilder &builder = node.builder();
  auto clamp = [&](mlir::Value of, nn::ClampRange range) -> mlir::Value {
    return nn::ClampOp::create(builder, node.loc(), of, range);
  };
  nn::ClampRange positive{0.0f, std::nullopt}, negative{std::nullopt, 0.0f};
  if (llvm::all_equal(*slopes)) {
    node.setOutput(nn::ActivationOp::create(
        builder, node.loc(), x.getType(),
        nn::ActivationKindAttr::get(builder.getContext(),
                                    nn::ActivationKind::LeakyRelu),
        x, builder.getF32FloatAttr(slopes->front()),
        builder.getF32FloatAttr(0)));
    return success();
  }
  mlir::Value below;
  if (llvm::all_of(*slopes, [](float slope) { return slope >= 0; })) {
    below = makeAffine(node, x, *slopes, 0.0f);
    below = clamp(below, negative);
  } else {
    below = makeAffine(node, clamp(x, negative), *slopes, 0.0f);
  }
  node.setOutput(
      nn::AddOp::create(builder, node.loc(), clamp(x, positive), below));
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getArithmeticOperators() {
  static constexpr llvm::StringLiteral kSumRule(
      "One operand has the result's shape. A second one that is not a constant "
      "may repeat its channel, rows or columns.");
  static constexpr llvm::StringLiteral kBoundRule(
      "All inputs but one are constants of one element.");
  static const OperatorImport table[] = {
      {"Add", 7, 2, 2, kSumRule, importSum},
      {"Sum", 6, 1, 64, kSumRule, importSum},
      {"Sub", 7, 2, 2, kSumRule, importSub},
      {"Mul", 7, 2, 2, kSumRule, importMul},
      {"Div", 7, 2, 2,
       "One operand has the result's shape; the divisor is a constant without "
       "zeros.",
       importDiv},
      {"Neg", 6, 1, 1, "There is a channel axis.", importNeg},
      {"Max", 8, 1, 64, kBoundRule, importBound</*isMax=*/true>},
      {"Min", 8, 1, 64, kBoundRule, importBound</*isMax=*/false>},
      {"PRelu", 7, 2, 2, "The slopes are constants, one for each channel.",
       importPRelu},
  };
  return table;
}
