//===- Node.cpp - One ONNX node during import -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Node.h"

#include "nncc/Support/PlainText.h"

#include "llvm/ADT/StringExtras.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;
using llvm::Twine;
using onnx::AttributeProto;

llvm::ArrayRef<int64_t> TensorInfo::shape() const {
  if (constant)
    return constant->shape();
  if (view)
    return view->shape;
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

std::string TensorInfo::describe() const {
  return isUnknown() ? "?" : nn::formatShape(shape());
}

std::string nncc::onnx_import::quoted(StringRef name) {
  // A name comes from the file and may hold anything.
  constexpr size_t kLongest = 200;
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '\'';
  llvm::printEscapedString(name.take_front(kLongest), os);
  os << (name.size() > kLongest ? "...'" : "'");
  return text;
}

mlir::Location nncc::onnx_import::nameLocation(mlir::Builder &builder,
                                               StringRef name) {
  return mlir::NameLoc::get(
      builder.getStringAttr(plainText(name, kMaxNameBytes)));
}

StringRef Node::getName(const onnx::NodeProto &proto) {
  if (!proto.name().empty())
    return proto.name();
  return proto.output_size() > 0 ? StringRef(proto.output(0)) : StringRef();
}

Node::Node(const onnx::NodeProto &proto, StringRef name, int opset,
           mlir::OpBuilder &builder, llvm::SmallVector<TensorInfo *> inputs,
           int64_t &budget)
    : proto(proto), opsetVersion(opset), opBuilder(builder),
      location(nameLocation(builder, name)), tensors(std::move(inputs)),
      budget(budget) {}

LogicalResult Node::reject(const Twine &why) {
  if (reason.empty())
    reason = why.str();
  return failure();
}

LogicalResult Node::reject(llvm::Error error) {
  return reject(llvm::toString(std::move(error)));
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

const HostTensor *Node::constant(size_t i) const {
  if (!hasInput(i) || !tensors[i]->constant)
    return nullptr;
  return &*tensors[i]->constant;
}

bool Node::allConstant() const {
  return llvm::all_of(tensors, [](const TensorInfo *tensor) {
    return !tensor || tensor->constant;
  });
}

ArrayRef<int64_t> Node::shape(size_t i) const { return tensors[i]->shape(); }

View Node::view(size_t i) {
  if (tensors[i]->view)
    return *tensors[i]->view;
  mlir::Value whole = value(i);
  return whole ? View::of(whole) : View();
}

mlir::Value Node::value(size_t i) {
  TensorInfo &tensor = *tensors[i];
  if (tensor.value)
    return tensor.value;
  if (tensor.view) {
    tensor.value = tensor.view->materialize(
        opBuilder, nameLocation(opBuilder, tensor.name));
    if (!tensor.value)
      (void)reject("input " + Twine(i) +
                   ": the elements change their order, which the accelerator "
                   "does for channels only");
    return tensor.value;
  }
  if (tensor.constant->type() != onnx::TensorProto::FLOAT ||
      tensor.constant->size() == 0) {
    (void)reject("input " + Twine(i) +
                 ": expected a constant of float32 elements, got " +
                 Twine(tensor.constant->size()) + " of " +
                 typeName(tensor.constant->type()));
    return {};
  }
  mlir::Location loc = nameLocation(opBuilder, tensor.name);
  tensor.value = nn::ConstantOp::create(
      opBuilder, loc, tensor.constant->toAttribute(opBuilder.getContext()));
  return tensor.value;
}

Node::Elements Node::elements(size_t i) {
  const TensorInfo &tensor = *tensors[i];
  if (!tensor.value && tensor.view && tensor.view->isPermutation() &&
      !tensor.view->isWhole())
    return {tensor.view->base, tensor.view};
  return {value(i), std::nullopt};
}

void Node::setElements(const Elements &like, mlir::Value result) {
  if (!like.view)
    return setOutput(result);
  View view = *like.view;
  view.base = result;
  setOutput(view);
}

std::optional<std::vector<int64_t>> Node::integers(size_t i, StringRef what) {
  const HostTensor *tensor = constant(i);
  if (!tensor || tensor->isFloat() || tensor->rank() > 1) {
    (void)reject(what + " is not a constant list of integers");
    return std::nullopt;
  }
  return tensor->integers();
}

std::optional<double> Node::scalar(size_t i, StringRef what) {
  const HostTensor *tensor = constant(i);
  if (!tensor || tensor->size() != 1) {
    (void)reject(what + " is not a constant number");
    return std::nullopt;
  }
  return tensor->real(0);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

bool Node::hasAttribute(StringRef name) const {
  return llvm::any_of(proto.attribute(), [&](const AttributeProto &attribute) {
    return attribute.name() == name;
  });
}

const AttributeProto *Node::find(StringRef name, int type) {
  read.insert(name);
  for (const AttributeProto &attribute : proto.attribute()) {
    if (attribute.name() != name)
      continue;
    if (attribute.type() == type)
      return &attribute;
    (void)reject(
        "attribute " + quoted(name) + " has the wrong type: expected " +
        AttributeProto::AttributeType_Name(
            static_cast<AttributeProto::AttributeType>(type)) +
        ", got " + AttributeProto::AttributeType_Name(attribute.type()));
    return nullptr;
  }
  return nullptr;
}

int64_t Node::getInt(StringRef name, int64_t fallback) {
  const AttributeProto *attribute = find(name, AttributeProto::INT);
  return attribute ? attribute->i() : fallback;
}

float Node::getFloat(StringRef name, float fallback) {
  const AttributeProto *attribute = find(name, AttributeProto::FLOAT);
  return attribute ? attribute->f() : fallback;
}

std::string Node::getString(StringRef name, StringRef fallback) {
  const AttributeProto *attribute = find(name, AttributeProto::STRING);
  return attribute ? attribute->s() : fallback.str();
}

llvm::SmallVector<int64_t, 4> Node::getInts(StringRef name,
                                            ArrayRef<int64_t> fallback) {
  if (const AttributeProto *attribute = find(name, AttributeProto::INTS))
    return {attribute->ints().begin(), attribute->ints().end()};
  return llvm::SmallVector<int64_t, 4>(fallback);
}

llvm::SmallVector<float, 4> Node::getFloats(StringRef name) {
  if (const AttributeProto *attribute = find(name, AttributeProto::FLOATS))
    return {attribute->floats().begin(), attribute->floats().end()};
  return {};
}

const onnx::TensorProto *Node::getTensor(StringRef name) {
  const AttributeProto *attribute = find(name, AttributeProto::TENSOR);
  return attribute ? &attribute->t() : nullptr;
}

LogicalResult Node::checkAttributesRead() {
  for (const AttributeProto &attribute : proto.attribute())
    if (!read.contains(attribute.name()))
      return reject("attribute " + quoted(attribute.name()) + " is not known");
  return success();
}

std::optional<int64_t> Node::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank) {
    (void)reject("expected an axis from " + Twine(-rank) + " to " +
                 Twine(rank - 1) + ", got " + Twine(axis));
    return std::nullopt;
  }
  return axis < 0 ? axis + rank : axis;
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

void Node::setOutput(mlir::Value value) { resultValue = value; }

void Node::setOutput(HostTensor tensor) { resultTensor = std::move(tensor); }

void Node::setOutput(View view) { resultViews.push_back(std::move(view)); }

void Node::setOutputs(std::vector<View> views) {
  resultViews = std::move(views);
}

void Node::forwardInput() {
  resultValue = tensors.front()->value;
  if (tensors.front()->view)
    resultViews.push_back(*tensors.front()->view);
  resultTensor = tensors.front()->constant;
}

LogicalResult Node::checkShape(ArrayRef<int64_t> shape) {
  llvm::Expected<int64_t> count = nn::countElements(shape);
  if (!count)
    return reject(count.takeError());
  return success();
}

std::optional<HostTensor> Node::allocate(int type, ArrayRef<int64_t> shape) {
  llvm::Expected<int64_t> count = countHostElements(shape);
  if (!count) {
    (void)reject(count.takeError());
    return std::nullopt;
  }
  if (elementSize(type) == 0) {
    (void)reject("elements of " + typeName(type) + " are not supported");
    return std::nullopt;
  }
  int64_t bytes = *count * static_cast<int64_t>(elementSize(type));
  if (bytes > budget) {
    (void)reject("computing this constant of shape " + nn::formatShape(shape) +
                 " takes more memory than the model's size justifies");
    return std::nullopt;
  }
  budget -= bytes;
  return HostTensor::zeros(type, shape);
}

mlir::RankedTensorType Node::floatType(ArrayRef<int64_t> shape) {
  return mlir::RankedTensorType::get(shape, opBuilder.getF32Type());
}
