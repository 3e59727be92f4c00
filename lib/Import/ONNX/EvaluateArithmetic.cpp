//===- EvaluateArithmetic.cpp - Arithmetic on constants -------------------===//
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
using llvm::SmallVector;
using llvm::success;

/// Integers wrap around, as they do in the reference implementations.
static int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

namespace {

// Each function on reals and on integers; an integer function may refuse by
// returning none. For single precision, a sum, difference, product, quotient or
// root computed in double precision and rounded once is the correctly rounded
// one.

struct AddFn {
  static double apply(double a, double b) { return a + b; }
  static std::optional<int64_t> apply(int64_t a, int64_t b) {
    return wrap(uint64_t(a) + uint64_t(b));
  }
};
struct SubFn {
  static double apply(double a, double b) { return a - b; }
  static std::optional<int64_t> apply(int64_t a, int64_t b) {
    return wrap(uint64_t(a) - uint64_t(b));
  }
};
struct MulFn {
  static double apply(double a, double b) { return a * b; }
  static std::optional<int64_t> apply(int64_t a, int64_t b) {
    return wrap(uint64_t(a) * uint64_t(b));
  }
};
struct DivFn {
  static double apply(double a, double b) { return a / b; }
  static std::optional<int64_t> apply(int64_t a, int64_t b) {
    if (b == 0)
      return std::nullopt;
    // The one quotient that does not fit.
    return b == -1 ? wrap(0 - uint64_t(a)) : a / b;
  }
};
struct MinFn {
  static double apply(double a, double b) { return std::min(a, b); }
  static std::optional<int64_t> apply(int64_t a, int64_t b) {
    return std::min(a, b);
  }
};
struct MaxFn {
  static double apply(double a, double b) { return std::max(a, b); }
  static std::optional<int64_t> apply(int64_t a, int64_t b) {
    return std::max(a, b);
  }
};
struct PowFn {
  static double apply(double a, double b) { return std::pow(a, b); }
  static std::optional<int64_t> apply(int64_t, int64_t) { return std::nullopt; }
};

} // namespace

/// For each element of `result`, the row-major index of a tensor that
/// broadcasts to it.
namespace {
class BroadcastIndex {
public:
  BroadcastIndex(ArrayRef<int64_t> from, ArrayRef<int64_t> to)
      : extents(to), strides(to.size(), 0), index(to.size(), 0) {
    int64_t stride = 1;
    for (size_t d = from.size(); d-- > 0;) {
      strides[to.size() - from.size() + d] = from[d] == 1 ? 0 : stride;
      stride *= from[d];
    }
  }
  int64_t operator*() const { return position; }
  void operator++() {
    for (size_t d = extents.size(); d-- > 0;) {
      position += strides[d];
      if (++index[d] < extents[d])
        return;
      position -= strides[d] * index[d];
      index[d] = 0;
    }
  }

private:
  ArrayRef<int64_t> extents;
  SmallVector<int64_t> strides;
  SmallVector<int64_t> index;
  int64_t position = 0;
};
} // namespace

template <typename Fn> static LogicalResult evaluateBinary(Node &node) {
  const HostTensor &a = *node.constant(0);
  const HostTensor &b = *node.constant(1);
  if (a.type() != b.type())
    return node.reject("the inputs differ in element type: " +
                       typeName(a.type()) + " and " + typeName(b.type()));
  if (a.type() == onnx::TensorProto::UINT64 ||
      a.type() == onnx::TensorProto::BOOL)
    return node.reject("arithmetic on " + typeName(a.type()) +
                       " is not supported");
  llvm::Expected<Shape> shape = nn::broadcastShape(a.shape(), b.shape());
  if (!shape)
    return node.reject(shape.takeError());
  auto result = node.allocate(a.type(), *shape);
  if (!result)
    return failure();
  BroadcastIndex i(a.shape(), *shape), j(b.shape(), *shape);
  for (int64_t k = 0; k < result->size(); ++k, ++i, ++j) {
    if (a.isFloat()) {
      result->setReal(k, Fn::apply(a.real(*i), b.real(*j)));
      continue;
    }
    std::optional<int64_t> value = Fn::apply(a.integer(*i), b.integer(*j));
    if (!value)
      return node.reject("the result is not defined for integers " +
                         llvm::Twine(a.integer(*i)) + " and " +
                         llvm::Twine(b.integer(*j)));
    result->setInteger(k, *value);
  }
  node.setOutput(std::move(*result));
  return success();
}

namespace {

// The comparisons, on reals and on integers.

struct EqualFn {
  template <typename T> static bool apply(T a, T b) { return a == b; }
};
struct LessFn {
  template <typename T> static bool apply(T a, T b) { return a < b; }
};
struct LessOrEqualFn {
  template <typename T> static bool apply(T a, T b) { return a <= b; }
};
struct GreaterFn {
  template <typename T> static bool apply(T a, T b) { return a > b; }
};
struct GreaterOrEqualFn {
  template <typename T> static bool apply(T a, T b) { return a >= b; }
};
struct AndFn {
  static bool apply(int64_t a, int64_t b) { return a && b; }
};
struct OrFn {
  static bool apply(int64_t a, int64_t b) { return a || b; }
};

} // namespace

/// A boolean for each pair of elements.
template <typename Fn>
static LogicalResult evaluatePairs(Node &node, bool ofReals) {
  const HostTensor &a = *node.constant(0);
  const HostTensor &b = *node.constant(1);
  llvm::Expected<Shape> shape = nn::broadcastShape(a.shape(), b.shape());
  if (!shape)
    return node.reject(shape.takeError());
  auto result = node.allocate(onnx::TensorProto::BOOL, *shape);
  if (!result)
    return failure();
  BroadcastIndex i(a.shape(), *shape), j(b.shape(), *shape);
  for (int64_t k = 0; k < result->size(); ++k, ++i, ++j)
    result->setInteger(k, ofReals ? Fn::apply(a.real(*i), b.real(*j))
                                  : Fn::apply(a.integer(*i), b.integer(*j)));
  node.setOutput(std::move(*result));
  return success();
}

template <typename Fn> static LogicalResult evaluateComparison(Node &node) {
  const HostTensor &a = *node.constant(0);
  const HostTensor &b = *node.constant(1);
  if (a.type() != b.type())
    return node.reject("the inputs differ in element type: " +
                       typeName(a.type()) + " and " + typeName(b.type()));
  if (a.type() == onnx::TensorProto::UINT64)
    return node.reject("comparison of " + typeName(a.type()) +
                       " is not supported");
  return evaluatePairs<Fn>(node, a.isFloat());
}

/// Rejects inputs that are not boolean.
static LogicalResult checkBooleans(Node &node) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.constant(i)->type() != onnx::TensorProto::BOOL)
      return node.reject("expected booleans, got " +
                         typeName(node.constant(i)->type()));
  return success();
}

template <typename Fn> static LogicalResult evaluateLogic(Node &node) {
  if (failed(checkBooleans(node)))
    return failure();
  return evaluatePairs<Fn>(node, /*ofReals=*/false);
}

static LogicalResult evaluateNot(Node &node) {
  if (failed(checkBooleans(node)))
    return failure();
  const HostTensor &input = *node.constant(0);
  auto result = node.allocate(input.type(), input.shape());
  if (!result)
    return failure();
  for (int64_t i = 0; i < input.size(); ++i)
    result->setInteger(i, input.integer(i) == 0);
  node.setOutput(std::move(*result));
  return success();
}

template <double (*fn)(double)> static LogicalResult evaluateUnary(Node &node) {
  const HostTensor &input = *node.constant(0);
  if (!input.isFloat())
    return node.reject("expected real numbers, got " + typeName(input.type()));
  auto result = node.allocate(input.type(), input.shape());
  if (!result)
    return failure();
  for (int64_t i = 0; i < input.size(); ++i)
    result->setReal(i, fn(input.real(i)));
  node.setOutput(std::move(*result));
  return success();
}

static double negate(double x) { return -x; }
static double absolute(double x) { return std::fabs(x); }
static double squareRoot(double x) { return std::sqrt(x); }
static double exponential(double x) { return std::exp(x); }
static double floorOf(double x) { return std::floor(x); }
static double ceilOf(double x) { return std::ceil(x); }
/// Halves go to the even neighbour: the default rounding mode.
static double roundOf(double x) { return std::nearbyint(x); }
static double reciprocal(double x) { return 1 / x; }
static double relu(double x) { return std::max(x, 0.0); }

static LogicalResult evaluateClip(Node &node) {
  const HostTensor &input = *node.constant(0);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double low = -kInfinity, high = kInfinity;
  if (node.hasAttribute("min"))
    low = node.getFloat("min", 0);
  if (node.hasAttribute("max"))
    high = node.getFloat("max", 0);
  for (auto [i, bound] : {std::make_pair(1, &low), std::make_pair(2, &high)})
    if (node.hasInput(i)) {
      auto value = node.scalar(i, i == 1 ? "min" : "max");
      if (!value)
        return failure();
      *bound = *value;
    }
  if (!input.isFloat())
    return node.reject("expected real numbers, got " + typeName(input.type()));
  auto result = node.allocate(input.type(), input.shape());
  if (!result)
    return failure();
  for (int64_t i = 0; i < input.size(); ++i)
    result->setReal(i, std::min(std::max(input.real(i), low), high));
  node.setOutput(std::move(*result));
  return success();
}

ArrayRef<OperatorEvaluation> nncc::onnx_import::getArithmeticEvaluations() {
  static const OperatorEvaluation table[] = {
      {"Add", 2, 2, evaluateBinary<AddFn>},
      {"Sub", 2, 2, evaluateBinary<SubFn>},
      {"Mul", 2, 2, evaluateBinary<MulFn>},
      {"Div", 2, 2, evaluateBinary<DivFn>},
      {"Min", 2, 2, evaluateBinary<MinFn>},
      {"Max", 2, 2, evaluateBinary<MaxFn>},
      {"Pow", 2, 2, evaluateBinary<PowFn>},
      {"Equal", 2, 2, evaluateComparison<EqualFn>},
      {"Less", 2, 2, evaluateComparison<LessFn>},
      {"LessOrEqual", 2, 2, evaluateComparison<LessOrEqualFn>},
      {"Greater", 2, 2, evaluateComparison<GreaterFn>},
      {"GreaterOrEqual", 2, 2, evaluateComparison<GreaterOrEqualFn>},
      {"And", 2, 2, evaluateLogic<AndFn>},
      {"Or", 2, 2, evaluateLogic<OrFn>},
      {"Not", 1, 1, evaluateNot},
      {"Neg", 1, 1, evaluateUnary<negate>},
      {"Abs", 1, 1, evaluateUnary<absolute>},
      {"Sqrt", 1, 1, evaluateUnary<squareRoot>},
      {"Exp", 1, 1, evaluateUnary<exponential>},
      {"Floor", 1, 1, evaluateUnary<floorOf>},
      {"Ceil", 1, 1, evaluateUnary<ceilOf>},
      {"Round", 1, 1, evaluateUnary<roundOf>},
      {"Reciprocal", 1, 1, evaluateUnary<reciprocal>},
      {"Relu", 1, 1, evaluateUnary<relu>},
      {"Clip", 1, 3, evaluateClip},
  };
  return table;
}
