//===- Movement.cpp - Import of operators that move elements --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include <cmath>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::success;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

static std::optional<Shape> getReshapeShape(Node &node, int64_t elements) {
  ArrayRef<int64_t> input = node.shape(0);
  auto wanted = node.integers(1, "the shape");
  bool allowZero = node.getInt("allowzero", 0) != 0;
  if (!wanted)
    return std::nullopt;
  Shape shape;
  int64_t open = -1;
  int64_t known = 1;
  for (auto [i, extent] : llvm::enumerate(*wanted)) {
    if (extent == 0 && !allowZero && i < input.size())
      extent = input[i];
    if (extent == -1 && open < 0) {
      open = i;
      extent = 1;
    }
    bool valid = extent >= 0 && extent <= nn::kMaxExtent;
    if (valid)
      known *= extent;
    if (!valid || known > nn::kMaxElements) {
      (void)node.reject("expected a shape of valid extents with at most one "
                        "-1, got extent " +
                        Twine((*wanted)[i]) + " at axis " + Twine(i));
      return std::nullopt;
    }
    shape.push_back(extent);
  }
  if (open >= 0 && known > 0)
    shape[open] = elements / known;
  if (open >= 0 ? known == 0 || elements % known != 0 : known != elements) {
    (void)node.reject("expected a shape of " + Twine(elements) +
                      " elements, got " + nn::formatShape(*wanted));
    return std::nullopt;
  }
  return shape;
}

static std::optional<Shape> getFlattenShape(Node &node, int64_t elements) {
  ArrayRef<int64_t> input = node.shape(0);
  int64_t rank = input.size();
  int64_t axis = node.getInt("axis", 1);
  // Unlike other axes, this one may be the rank itself.
  if (axis < -rank || axis > rank) {
    (void)node.reject("expected an axis from " + Twine(-rank) + " to " +
                      Twine(rank) + ", got " + Twine(axis));
    return std::nullopt;
  }
  if (axis < 0)
    axis += rank;
  int64_t before = 1, after = 1;
  for (int64_t d = 0; d < rank; ++d)
    (d < axis ? before : after) *= input[d];
  (void)elements;
  return Shape{before, after};
}

/// The axes of Squeeze and Unsqueeze: an attribute before opset 13, an input
/// since then. None if neither is there.
static std::optional<SmallVector<int64_t, 4>> getAxes(Node &node, bool &given) {
  given = node.hasAttribute("axes") || node.hasInput(1);
  SmallVector<int64_t, 4> axes = node.getInts("axes", {});
  if (node.hasInput(1)) {
    auto list = node.integers(1, "axes");
    if (!list)
      return std::nullopt;
    axes.assign(list->begin(), list->end());
  }
  return axes;
}

static std::optional<Shape> getSqueezeShape(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  bool given;
  auto axes = getAxes(node, given);
  if (!axes)
    return std::nullopt;
  SmallVector<bool> drop(input.size());
  if (!given)
    for (size_t d = 0; d < input.size(); ++d)
      drop[d] = input[d] == 1;
  for (int64_t axis : *axes) {
    auto d = node.normalizeAxis(axis, input.size());
    if (!d)
      return std::nullopt;
    if (input[*d] != 1) {
      (void)node.reject("expected extent 1 at axis " + Twine(axis) +
                        ", got shape " + nn::formatShape(input));
      return std::nullopt;
    }
    drop[*d] = true;
  }
  Shape shape;
  for (size_t d = 0; d < input.size(); ++d)
    if (!drop[d])
      shape.push_back(input[d]);
  return shape;
}

static std::optional<Shape> getUnsqueezeShape(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  bool given;
  auto axes = getAxes(node, given);
  if (!axes)
    return std::nullopt;
  constexpr size_t kMaxRank = 64;
  size_t rank = input.size() + axes->size();
  if (rank > kMaxRank) {
    (void)node.reject("expected a rank of at most " + Twine(kMaxRank) +
                      ", got " + Twine(rank));
    return std::nullopt;
  }
  SmallVector<bool> added(rank);
  for (int64_t axis : *axes) {
    auto d = node.normalizeAxis(axis, rank);
    if (!d)
      return std::nullopt;
    if (added[*d]) {
      (void)node.reject("axis " + Twine(axis) + " is given twice");
      return std::nullopt;
    }
    added[*d] = true;
  }
  Shape shape;
  const int64_t *next = input.begin();
  for (bool isNew : added)
    shape.push_back(isNew ? 1 : *next++);
  return shape;
}

std::optional<Shape> nncc::onnx_import::getReshapeTarget(Node &node) {
  llvm::Expected<int64_t> elements = countHostElements(node.shape(0));
  if (!elements) {
    (void)node.reject(elements.takeError());
    return std::nullopt;
  }
  if (node.op() == "Reshape")
    return getReshapeShape(node, *elements);
  if (node.op() == "Flatten")
    return getFlattenShape(node, *elements);
  if (node.op() == "Squeeze")
    return getSqueezeShape(node);
  return getUnsqueezeShape(node);
}

static LogicalResult makeReshape(Node &node, ArrayRef<int64_t> shape) {
  if (failed(node.checkShape(shape)))
    return failure();
  if (node.shape(0) == shape) {
    node.forwardInput();
    return success();
  }
  // Of a whole tensor it is an op; elsewhere the strides say what it is.
  if (!node.isConstant(0))
    if (View view = node.view(0); !view.isWhole())
      if (auto reshaped = view.reshaped(shape)) {
        node.setOutput(*reshaped);
        return success();
      }
  mlir::Value input = node.value(0);
  if (node.isRejected())
    return failure();
  node.setOutput(
      nn::ReshapeOp::create(node.builder(), node.loc(), input, shape));
  return success();
}

static LogicalResult importReshape(Node &node) {
  std::optional<Shape> shape = getReshapeTarget(node);
  return shape ? makeReshape(node, *shape) : failure();
}

static LogicalResult importTranspose(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  SmallVector<int64_t, 4> reversed;
  for (int64_t d = input.size(); d-- > 0;)
    reversed.push_back(d);
  SmallVector<int64_t, 4> order = node.getInts("perm", reversed);
  SmallVector<bool> seen(input.size());
  bool valid = order.size() == input.size();
  for (size_t i = 0; valid && i < order.size(); ++i) {
    valid = order[i] >= 0 && order[i] < static_cast<int64_t>(input.size()) &&
            !seen[order[i]];
    if (valid)
      seen[order[i]] = true;
  }
  if (!valid)
    return node.reject("perm is not a permutation of the axes");
  View whole = node.view(0);
  if (node.isRejected())
    return failure();
  View view = whole.transposed(order);
  // Axes of extent one may move freely: the elements keep their order.
  if (view.isWhole() && whole.isWhole())
    return makeReshape(node, view.shape);
  node.setOutput(view);
  return success();
}

//===----------------------------------------------------------------------===//
// Forwarding
//===----------------------------------------------------------------------===//

static LogicalResult importIdentity(Node &node) {
  node.forwardInput();
  return success();
}

static LogicalResult importDropout(Node &node) {
  node.ignore("ratio");
  node.ignore("seed");
  if (node.hasInput(2)) {
    auto training = node.scalar(2, "training_mode");
    if (!training)
      return failure();
    if (*training != 0)
      return node.reject("training_mode is set");
  }
  node.forwardInput();
  return success();
}

static LogicalResult importCast(Node &node) {
  int64_t to = node.getInt("to", 0);
  node.ignore("saturate");
  mlir::Value input = node.value(0);
  if (node.isRejected())
    return failure();
  mlir::Type element =
      llvm::cast<mlir::RankedTensorType>(input.getType()).getElementType();
  bool same = element.isF32()
                  ? to == onnx::TensorProto::FLOAT
                  : element.isInteger(64) && to == onnx::TensorProto::INT64;
  if (!same)
    return node.reject("the element type changes to " +
                       typeName(static_cast<int>(to)));
  node.forwardInput();
  return success();
}

//===----------------------------------------------------------------------===//
// Concat, Pad
//===----------------------------------------------------------------------===//

static LogicalResult importConcat(Node &node) {
  SmallVector<ArrayRef<int64_t>> shapes;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i))
      return node.reject("an input is absent");
    shapes.push_back(node.shape(i));
  }
  if (!node.hasAttribute("axis"))
    return node.reject("axis is missing");
  auto axis = node.normalizeAxis(node.getInt("axis", 0), shapes[0].size());
  if (!axis)
    return failure();
  if (*axis != 1)
    return node.reject("expected the channel axis 1, got axis " + Twine(*axis));
  llvm::Expected<Shape> shape = nn::concatShape(shapes, *axis);
  if (!shape)
    return node.reject(shape.takeError());
  if (failed(node.checkShape(*shape)))
    return failure();
  SmallVector<mlir::Value> inputs;
  for (size_t i = 0; i < node.numInputs(); ++i)
    inputs.push_back(node.value(i));
  if (node.isRejected())
    return failure();
  node.setOutput(
      nn::ConcatOp::create(node.builder(), node.loc(), inputs, *axis));
  return success();
}

static LogicalResult importPad(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  size_t rank = input.size();
  std::string mode = node.getString("mode", "constant");
  if (mode != "constant")
    return node.reject("the mode is " + quoted(mode));

  SmallVector<int64_t> given;
  double fill = 0;
  if (node.opset() < 11) {
    SmallVector<int64_t, 4> attribute = node.getInts("pads", {});
    given.assign(attribute.begin(), attribute.end());
    fill = node.getFloat("value", 0);
  } else {
    if (!node.hasInput(1))
      return node.reject("pads are missing");
    auto list = node.integers(1, "pads");
    if (!list)
      return failure();
    given.assign(list->begin(), list->end());
    if (node.hasInput(2)) {
      auto value = node.scalar(2, "the fill value");
      if (!value)
        return failure();
      fill = *value;
    }
  }
  // Since opset 18, `axes` says which axes the pads are of.
  SmallVector<int64_t> axes;
  if (node.hasInput(3)) {
    auto list = node.integers(3, "axes");
    if (!list)
      return failure();
    for (int64_t axis : *list) {
      auto normalized = node.normalizeAxis(axis, rank);
      if (!normalized)
        return failure();
      axes.push_back(*normalized);
    }
  } else {
    axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  }
  if (given.size() != 2 * axes.size())
    return node.reject("expected " + Twine(2 * axes.size()) + " pads, got " +
                       Twine(given.size()));
  SmallVector<int64_t> pads(2 * rank);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    pads[axis] = given[i];
    pads[rank + axis] = given[axes.size() + i];
  }
  llvm::Expected<Shape> shape = nn::padShape(input, pads);
  if (!shape)
    return node.reject(shape.takeError());
  if (failed(node.checkShape(*shape)))
    return failure();
  if (std::isnan(fill))
    return node.reject("the fill value is not a number");
  if (llvm::all_of(pads, [](int64_t p) { return p == 0; })) {
    node.forwardInput();
    return success();
  }
  mlir::Value value = node.value(0);
  if (node.isRejected())
    return failure();
  node.setOutput(nn::PadOp::create(node.builder(), node.loc(), value, pads,
                                   static_cast<float>(fill)));
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getMovementOperators() {
  static constexpr llvm::StringLiteral kAxes("The axes are constants.");
  static const OperatorImport table[] = {
      {"Reshape", 5, 2, 2, "The shape is a constant.", importReshape, true,
       true},
      {"Flatten", 1, 1, 1, "Any axis.", importReshape, true, true},
      {"Squeeze", 1, 1, 2, kAxes, importReshape, true, true},
      {"Unsqueeze", 1, 1, 2, kAxes, importReshape, true, true},
      {"Transpose", 1, 1, 1,
       "Only axes of extent one move, a later operator undoes it, or the "
       "result is that of a slice or of channels in another order.",
       importTranspose, true, true},
      {"Identity", 1, 1, 1, "Any shape.", importIdentity, true, true},
      {"Dropout", 7, 1, 3, "Training mode is off; the mask is not used.",
       importDropout},
      {"Cast", 6, 1, 1,
       "A tensor that is not a constant keeps its element type.", importCast,
       true},
      {"Concat", 4, 1, 4096, "The axis is 1, the channels.", importConcat,
       false, true},
      {"Pad", 2, 1, 4,
       "The mode is constant; pads, fill value and axes are constants; pads "
       "are "
       "not negative.",
       importPad},
  };
  return table;
}
