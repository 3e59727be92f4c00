//===- GraphNodes.cpp - Import of the nodes of an ONNX graph --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringExtras.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::Expected;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::StringRef;
using llvm::success;

void GraphImporter::refuse(const onnx::NodeProto &proto,
                           ArrayRef<TensorInfo *> inputs, StringRef reason,
                           const OperatorImport *entry) {
  std::string text = "node " + quoted(Node::getName(proto)) + " (";
  if (!isStandardDomain(proto.domain()))
    text += quoted(proto.domain()) + " ";
  std::string op = quoted(proto.op_type());
  text += StringRef(op).drop_front().drop_back();
  text += "), inputs ";
  if (inputs.empty())
    text += "none";
  text += llvm::join(llvm::map_range(inputs,
                                     [](TensorInfo *tensor) {
                                       return tensor ? tensor->describe()
                                                     : std::string("absent");
                                     }),
                     ", ");
  text += ": " + reason.str();
  if (entry)
    text += "; the rule of " + entry->name.str() + ": " + entry->rule.str();
  refusals.push_back(std::move(text));
  describeRefusedOutputs(proto, inputs);
}

static int64_t countOf(TensorInfo *tensor) {
  int64_t count = 1;
  for (int64_t extent : tensor->shape())
    count *= extent;
  return count;
}

void GraphImporter::describeRefusedOutputs(const onnx::NodeProto &proto,
                                           ArrayRef<TensorInfo *> inputs) {
  // A shape may be a constant, whatever the tensor is.
  bool ofShape = proto.op_type() == "Shape" || proto.op_type() == "Size";
  bool dependsOnInput = !ofShape && llvm::any_of(inputs, [](TensorInfo *t) {
    return t && t->isRunTime();
  });
  for (const std::string &name : proto.output())
    if (!name.empty())
      lookup(name)->dependsOnInput = dependsOnInput;

  // Behind a function of single elements the shape is known, and a placeholder
  // lets the nodes that follow be checked, too. The function is not used.
  static const llvm::StringSet<> kElementwise = {"Mul",      "Sub",
                                                 "Div",      "Max",
                                                 "Min",      "Pow",
                                                 "PRelu",    "Exp",
                                                 "Log",      "Sqrt",
                                                 "Abs",      "Neg",
                                                 "Floor",    "Ceil",
                                                 "Round",    "Reciprocal",
                                                 "Erf",      "Gelu",
                                                 "Selu",     "Celu",
                                                 "Softsign", "ThresholdedRelu",
                                                 "Mish",     "LRN"};
  bool known =
      llvm::all_of(inputs, [](TensorInfo *t) { return t && !t->isUnknown(); });
  if (!known || !dependsOnInput || proto.output_size() != 1 ||
      proto.output(0).empty() || !kElementwise.contains(proto.op_type()))
    return;
  TensorInfo *widest = inputs.front();
  // Scales and zero points come after the tensor itself; they do not widen it.
  for (TensorInfo *input : inputs)
    if (!input->constant &&
        (widest->constant || countOf(input) > countOf(widest)))
      widest = input;
  Shape shape(widest->shape());
  for (TensorInfo *input : inputs) {
    if (input->constant)
      continue;
    Expected<Shape> both = nn::broadcastShape(input->shape(), shape);
    if (!both)
      return llvm::consumeError(both.takeError());
    if (*both != shape)
      return;
  }
  mlir::Type type = mlir::RankedTensorType::get(shape, builder.getF32Type());
  lookup(proto.output(0))->value =
      mlir::UnrealizedConversionCastOp::create(builder, fileLoc, type,
                                               mlir::ValueRange())
          .getResult(0);
}

static StringRef whyUnsupported(StringRef op) {
  if (op == "DynamicQuantizeLinear" || op == "ConvInteger" ||
      op == "MatMulInteger" || op == "DynamicQuantizeLSTM")
    return "scales that are computed at run time are not supported; quantize "
           "the model statically, with QuantizeLinear and DequantizeLinear";
  return "the operator is not supported";
}

/// Whether a tensor may be read by an operator for real numbers.
static bool isFloatValue(const TensorInfo &tensor) {
  mlir::Value value = tensor.view ? tensor.view->base : tensor.value;
  return !value || tensor.constant ||
         mlir::getElementTypeOrSelf(value.getType()).isF32();
}

/// Integers that QuantizeLinear made may be moved, and turned into real numbers
/// again.
static void checkGrids(Node &node, ArrayRef<TensorInfo *> inputs,
                       const OperatorImport &entry) {
  bool any = false;
  for (TensorInfo *input : inputs)
    any |= input && input->grid;
  if (!any || entry.name == "DequantizeLinear")
    return;
  if (!entry.keepsGrid) {
    (void)node.reject("an input has integer elements, made by a QuantizeLinear "
                      "or the like");
    return;
  }
  node.resultGrid = inputs.front()->grid;
  for (TensorInfo *input : inputs)
    // Constants are shapes, axes and the like.
    if (input && !input->constant && input->grid != node.resultGrid)
      (void)node.reject("the inputs are integers of different scales or zero "
                        "points");
}

LogicalResult GraphImporter::importNode(const onnx::NodeProto &proto) {
  if (proto.op_type() == "If" && isStandardDomain(proto.domain()))
    return importIf(proto);
  if (!expandQuantized(proto))
    importOperator(proto);
  return success();
}

void GraphImporter::importOperator(const onnx::NodeProto &proto) {
  SmallVector<TensorInfo *> inputs;
  for (const std::string &name : proto.input())
    inputs.push_back(name.empty() ? nullptr : lookup(name));
  // Trailing absent inputs are as good as none.
  while (!inputs.empty() && !inputs.back())
    inputs.pop_back();

  bool standard = isStandardDomain(proto.domain());
  const OperatorImport *entry =
      standard ? findImport(proto.op_type()) : nullptr;
  const OperatorEvaluation *evaluation =
      standard ? findEvaluation(proto.op_type()) : nullptr;
  auto isKnown = [](TensorInfo *t) { return !t || !t->isUnknown(); };
  bool readsRunTime =
      llvm::any_of(inputs, [](TensorInfo *t) { return t && t->isRunTime(); });
  bool ofShape = proto.op_type() == "Shape" || proto.op_type() == "Size";

  // What is certain whatever the unknown inputs are.
  if (!entry && !evaluation)
    return refuse(proto, inputs, whyUnsupported(proto.op_type()), nullptr);
  if (!entry && readsRunTime && !ofShape)
    return refuse(proto, inputs, "the operator is supported on constants only",
                  nullptr);
  if (entry && opset < entry->since)
    return refuse(proto, inputs,
                  "the operator needs opset " + std::to_string(entry->since) +
                      ", the model has " + std::to_string(opset),
                  nullptr);
  if (!llvm::all_of(inputs, isKnown))
    return describeRefusedOutputs(proto, inputs);

  bool evaluates = evaluation && (!readsRunTime || ofShape);
  size_t low = evaluates ? evaluation->minInputs : entry->minInputs;
  size_t high = evaluates ? evaluation->maxInputs : entry->maxInputs;
  bool present = inputs.size() >= low && inputs.size() <= high;
  for (size_t i = 0; present && i < low; ++i)
    present = inputs[i] != nullptr;
  if (!present)
    return refuse(proto, inputs,
                  "expected " + std::to_string(low) +
                      (low == high ? "" : " to " + std::to_string(high)) +
                      (high == 1 ? " input, got " : " inputs, got ") +
                      std::to_string(inputs.size()),
                  nullptr);

  // ONNX lets nodes share a name; layers of a program cannot.
  std::string name = Node::getName(proto).str();
  if (!nodeNames.insert(name).second && proto.output_size() > 0)
    name += ":" + proto.output(0);
  Node node(proto, name, opset, builder, inputs, budget);
  for (TensorInfo *input : inputs)
    if (!evaluates && !entry->anyElementType && input && !isFloatValue(*input))
      (void)node.reject("an input has integer elements");
  if (!evaluates && !ofShape)
    checkGrids(node, inputs, *entry);
  if (!node.isRejected() &&
      succeeded(evaluates ? evaluation->evaluate(node) : entry->import(node)))
    (void)node.checkAttributesRead();
  // Most operators give their first output only.
  int given = std::max<int>(1, node.resultViews.size());
  for (int i = given; i < proto.output_size(); ++i)
    if (!proto.output(i).empty() && used.contains(proto.output(i)))
      (void)node.reject("an output other than the first is used");
  if (node.isRejected())
    return refuse(proto, inputs, node.getReason(), entry);

  for (int i = 0; i < std::min(given, proto.output_size()); ++i) {
    if (proto.output(i).empty())
      continue;
    TensorInfo *output = lookup(proto.output(i));
    output->grid = node.resultGrid;
    if (!node.resultViews.empty()) {
      output->view = node.resultViews[i];
      // A view of all elements in their order needs no telling apart.
      if (output->view->isWhole() &&
          llvm::cast<mlir::RankedTensorType>(output->view->base.getType())
                  .getShape() == llvm::ArrayRef<int64_t>(output->view->shape)) {
        output->value = output->view->base;
        output->view.reset();
      }
      continue;
    }
    output->value = node.resultValue;
    output->constant = std::move(node.resultTensor);
  }
}

LogicalResult GraphImporter::importNodes() {
  for (size_t index : order)
    if (failed(importNode(graph.node(static_cast<int>(index)))))
      return failure();
  if (refusals.empty())
    return success();
  mlir::InFlightDiagnostic diag =
      error() << refusals.size() << " of " << nodeCount
              << (nodeCount == 1 ? " node is" : " nodes are")
              << " not supported";
  for (const std::string &refusal : refusals)
    diag.attachNote(fileLoc) << refusal;
  return diag;
}
