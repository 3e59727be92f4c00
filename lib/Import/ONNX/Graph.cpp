//===- Graph.cpp - Import of a whole ONNX graph ---------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"

#include "nncc/Support/PlainText.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"

#include <queue>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::Expected;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::StringRef;
using llvm::success;
using llvm::Twine;

static bool isStandardDomain(StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

/// Memory for computed constants: weights may pass through a chain of casts and
/// scalings, each of them a few times the size of what is in the file.
static int64_t getConstantBudget(size_t fileSize) {
  constexpr int64_t kAlways = int64_t(64) << 20;
  constexpr int64_t kPerFileByte = 32;
  return kAlways + kPerFileByte * static_cast<int64_t>(fileSize);
}

GraphImporter::GraphImporter(const onnx::ModelProto &model, StringRef fileName,
                             size_t fileSize, mlir::MLIRContext &context,
                             const ImportOptions &options)
    : model(model), graph(model.graph()), context(context), options(options),
      fileLoc(mlir::FileLineColLoc::get(&context, fileName, 0, 0)),
      builder(&context), budget(getConstantBudget(fileSize)) {}

mlir::OwningOpRef<mlir::ModuleOp> GraphImporter::run() {
  context.loadDialect<nn::NNDialect, mlir::func::FuncDialect>();
  module = mlir::ModuleOp::create(fileLoc);
  builder.setInsertionPointToEnd(module->getBody());
  function = mlir::func::FuncOp::create(builder, fileLoc, "main",
                                        builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  if (failed(checkModel()) || failed(readInitializers()) ||
      failed(readInputs()) || failed(orderNodes()) || failed(importNodes()) ||
      failed(finishFunction()) || failed(mlir::verify(*module)))
    return {};
  return std::move(module);
}

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

mlir::InFlightDiagnostic GraphImporter::error() {
  return mlir::emitError(fileLoc);
}

LogicalResult GraphImporter::report(const Twine &summary,
                                    ArrayRef<std::string> problems) {
  mlir::InFlightDiagnostic diag = error() << summary;
  if (problems.size() == 1)
    return diag << ": " << problems.front();
  for (const std::string &problem : problems)
    diag.attachNote(fileLoc) << problem;
  return diag;
}

TensorInfo *GraphImporter::define(StringRef name) {
  auto [it, isNew] = tensors.try_emplace(name);
  if (!isNew)
    return nullptr;
  it->second = std::make_unique<TensorInfo>();
  it->second->name = name.str();
  return it->second.get();
}

TensorInfo *GraphImporter::lookup(StringRef name) {
  auto it = tensors.find(name);
  return it == tensors.end() ? nullptr : it->second.get();
}

//===----------------------------------------------------------------------===//
// Model, initializers, inputs
//===----------------------------------------------------------------------===//

LogicalResult GraphImporter::checkModel() {
  if (!model.has_graph())
    return error() << "not an ONNX model: there is no graph in it";
  int64_t version = 0;
  for (const onnx::OperatorSetIdProto &set : model.opset_import())
    if (isStandardDomain(set.domain()))
      version = std::max<int64_t>(version, set.version());
  if (version == 0)
    return error() << "the model does not import the standard operator set";
  if (version < kMinOpset || version > kMaxOpset)
    return error() << "expected a model of opset " << kMinOpset << " to "
                   << kMaxOpset << ", got opset " << version
                   << "; export the model again, or convert it with "
                      "onnx.version_converter";
  opset = static_cast<int>(version);
  if (graph.sparse_initializer_size() > 0)
    return error() << "sparse initializers are not supported; store the "
                      "weights as dense tensors";
  if (graph.output_size() == 0)
    return error() << "the graph has no outputs";
  return checkInterfaceNames();
}

LogicalResult GraphImporter::checkInterfaceNames() {
  // Whoever runs the program writes these names, also as names of files: they
  // stay as they are, or are refused.
  llvm::StringSet<> outputs;
  auto isPlain = [](StringRef name) {
    return name.size() <= kMaxNameBytes && plainText(name) == name;
  };
  for (const onnx::ValueInfoProto &output : graph.output()) {
    if (!isPlain(output.name()))
      return error() << "graph output " << quoted(output.name())
                     << ": expected a name of at most " << kMaxNameBytes
                     << " bytes without control characters";
    if (!outputs.insert(output.name()).second)
      return error() << "graph output " << quoted(output.name())
                     << " is listed twice";
  }
  for (const onnx::ValueInfoProto &input : graph.input())
    if (!isPlain(input.name()))
      return error() << "input " << quoted(input.name())
                     << ": expected a name of at most " << kMaxNameBytes
                     << " bytes without control characters";
  return success();
}

LogicalResult GraphImporter::readInitializers() {
  for (const onnx::TensorProto &proto : graph.initializer()) {
    TensorInfo *tensor = define(proto.name());
    if (!tensor || proto.name().empty())
      return error() << "initializer " << quoted(proto.name())
                     << (tensor ? " has no name" : " is defined twice");
    Expected<HostTensor> decoded = HostTensor::decode(proto);
    if (!decoded)
      return error() << "initializer " << quoted(proto.name()) << ": "
                     << llvm::toString(decoded.takeError());
    tensor->constant = std::move(*decoded);
  }
  return success();
}

/// The extents of an input, -1 where the model leaves one open; none if the
/// model does not even give the rank.
static std::optional<Shape>
getDeclaredShape(const onnx::ValueInfoProto &input) {
  if (!input.type().tensor_type().has_shape())
    return std::nullopt;
  Shape shape;
  for (const auto &extent : input.type().tensor_type().shape().dim())
    // Exporters also write 0 and -1 for "open".
    shape.push_back(extent.has_dim_value() && extent.dim_value() > 0
                        ? extent.dim_value()
                        : -1);
  return shape;
}

static std::string formatOpenShape(const std::optional<Shape> &shape,
                                   StringRef open) {
  if (!shape)
    return "of unknown rank";
  return llvm::join(llvm::map_range(*shape,
                                    [&](int64_t extent) {
                                      return extent < 0
                                                 ? open.str()
                                                 : std::to_string(extent);
                                    }),
                    "x");
}

Expected<Shape>
GraphImporter::getInputShape(const onnx::ValueInfoProto &input) {
  auto fail = [&](const Twine &why) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "input " + quoted(input.name()) + " " + why);
  };
  if (!input.type().has_tensor_type())
    return fail("is not a tensor");
  int type = input.type().tensor_type().elem_type();
  if (type != onnx::TensorProto::FLOAT)
    return fail("has elements of " + typeName(type) + "; expected float32");

  std::optional<Shape> declared = getDeclaredShape(input);
  Shape shape;
  const InputShape *given = nullptr;
  for (const InputShape &candidate : options.inputShapes)
    if (candidate.name.empty() || candidate.name == input.name())
      given = &candidate;
  if (given) {
    shape.assign(given->extents.begin(), given->extents.end());
    bool fits = !declared || declared->size() == shape.size();
    for (size_t d = 0; fits && declared && d < shape.size(); ++d)
      fits = (*declared)[d] < 0 || (*declared)[d] == shape[d];
    if (!fits)
      return fail("has shape " + formatOpenShape(declared, "?") +
                  " in the model, which " + nn::formatShape(shape) +
                  " of --input-shape does not fit");
  } else {
    bool open = !declared ||
                llvm::any_of(llvm::drop_begin(*declared, !declared->empty()),
                             [](int64_t e) { return e < 0; });
    if (open) {
      Shape example = declared.value_or(Shape{});
      if (!example.empty() && example[0] < 0)
        example[0] = 1;
      return fail("has the open shape " + formatOpenShape(declared, "?") +
                  "; give it with --input-shape " + input.name() + ":" +
                  (declared ? formatOpenShape(example, "<n>") : "1x..."));
    }
    shape = *declared;
    if (!shape.empty() && shape[0] < 0) {
      shape[0] = 1;
      mlir::emitRemark(fileLoc) << "input " << quoted(input.name())
                                << " has an open batch extent; taken as 1";
    }
  }
  Expected<int64_t> count = nn::countElements(shape);
  if (!count)
    return fail("is too large: " + llvm::toString(count.takeError()));
  return shape;
}

LogicalResult GraphImporter::readInputs() {
  // Up to IR version 3 initializers are listed among the inputs, too.
  std::vector<const onnx::ValueInfoProto *> inputs;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    TensorInfo *known = lookup(input.name());
    if (known && known->constant)
      continue;
    if (known || input.name().empty())
      return error() << "input " << quoted(input.name())
                     << (known ? " is defined twice" : " has no name");
    define(input.name());
    inputs.push_back(&input);
  }

  for (const InputShape &given : options.inputShapes) {
    bool known = given.name.empty()
                     ? inputs.size() == 1
                     : llvm::any_of(inputs, [&](const auto *input) {
                         return input->name() == given.name;
                       });
    if (known)
      continue;
    mlir::InFlightDiagnostic diag =
        error() << (given.name.empty()
                        ? std::string("--input-shape needs a name, since the "
                                      "model has several inputs")
                        : "--input-shape names " + quoted(given.name) +
                              ", which is not an input of the model");
    for (const onnx::ValueInfoProto *input : inputs)
      diag.attachNote(fileLoc)
          << "input " << quoted(input->name()) << " "
          << formatOpenShape(getDeclaredShape(*input), "?");
    return diag;
  }

  std::vector<std::string> problems;
  SmallVector<mlir::Type> types;
  for (const onnx::ValueInfoProto *input : inputs) {
    Expected<Shape> shape = getInputShape(*input);
    if (!shape) {
      problems.push_back(llvm::toString(shape.takeError()));
      continue;
    }
    types.push_back(mlir::RankedTensorType::get(*shape, builder.getF32Type()));
  }
  if (!problems.empty())
    return report("the model's inputs cannot be used", problems);

  mlir::Block &entry = function.getBody().front();
  function.setFunctionType(builder.getFunctionType(types, {}));
  for (auto [i, input] : llvm::enumerate(inputs)) {
    lookup(input->name())->value = entry.addArgument(types[i], fileLoc);
    function.setArgAttr(i, "nn.name", builder.getStringAttr(input->name()));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Order of the nodes
//===----------------------------------------------------------------------===//

LogicalResult GraphImporter::orderNodes() {
  size_t count = graph.node_size();
  llvm::StringMap<size_t> producers;
  for (size_t i = 0; i < count; ++i)
    for (const std::string &name : graph.node(i).output()) {
      if (name.empty())
        continue;
      if (!define(name))
        return error() << "tensor " << quoted(name) << ", an output of node "
                       << quoted(Node::getName(graph.node(i)))
                       << ", is defined twice";
      producers[name] = i;
    }

  std::vector<std::vector<size_t>> readers(count);
  std::vector<size_t> pending(count);
  for (size_t i = 0; i < count; ++i)
    for (const std::string &name : graph.node(i).input()) {
      if (name.empty())
        continue;
      used.insert(name);
      if (!lookup(name))
        return error() << "node " << quoted(Node::getName(graph.node(i)))
                       << " reads tensor " << quoted(name)
                       << ", which no input, initializer or node defines";
      auto producer = producers.find(name);
      if (producer == producers.end())
        continue;
      readers[producer->second].push_back(i);
      ++pending[i];
    }
  for (const onnx::ValueInfoProto &output : graph.output()) {
    used.insert(output.name());
    if (!lookup(output.name()))
      return error() << "graph output " << quoted(output.name())
                     << " is not defined by any input, initializer or node";
  }

  // A model's own order is kept where it is one.
  std::priority_queue<size_t, std::vector<size_t>, std::greater<size_t>> ready;
  for (size_t i = 0; i < count; ++i)
    if (pending[i] == 0)
      ready.push(i);
  while (!ready.empty()) {
    size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (size_t reader : readers[next])
      if (--pending[reader] == 0)
        ready.push(reader);
  }
  return order.size() == count ? success() : reportCycle(pending);
}

LogicalResult GraphImporter::reportCycle(ArrayRef<size_t> pendingInputs) {
  llvm::StringMap<size_t> producers;
  for (auto [i, node] : llvm::enumerate(graph.node()))
    for (const std::string &name : node.output())
      producers[name] = i;
  // Every blocked node has a blocked producer: going backwards from any of them
  // must come round.
  size_t at = 0;
  while (pendingInputs[at] == 0)
    ++at;
  std::vector<size_t> path;
  std::vector<bool> seen(pendingInputs.size());
  while (!seen[at]) {
    seen[at] = true;
    path.push_back(at);
    for (const std::string &name : graph.node(at).input()) {
      auto producer = producers.find(name);
      if (!name.empty() && producer != producers.end() &&
          pendingInputs[producer->second] > 0) {
        at = producer->second;
        break;
      }
    }
  }
  constexpr size_t kShown = 8;
  std::string names;
  size_t shown = 0;
  for (auto it = llvm::find(path, at); it != path.end() && shown < kShown;
       ++it, ++shown)
    names += (shown ? ", " : "") + quoted(Node::getName(graph.node(*it)));
  return error() << "the graph has a cycle through the nodes " << names;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

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
  return llvm::cast<mlir::RankedTensorType>(tensor->value.getType())
      .getNumElements();
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
                                                 "Mish"};
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
  auto shapeOf = [](TensorInfo *tensor) {
    return llvm::cast<mlir::RankedTensorType>(tensor->value.getType())
        .getShape();
  };
  Shape shape(shapeOf(widest));
  for (TensorInfo *input : inputs) {
    if (input->constant)
      continue;
    Expected<Shape> both = nn::broadcastShape(shapeOf(input), shape);
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

/// Whether a tensor may be read by an operator for real numbers.
static bool isFloatValue(const TensorInfo &tensor) {
  if (!tensor.value || tensor.constant)
    return true;
  return llvm::cast<mlir::RankedTensorType>(tensor.value.getType())
      .getElementType()
      .isF32();
}

void GraphImporter::importNode(const onnx::NodeProto &proto) {
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
    return refuse(proto, inputs, "the operator is not supported", nullptr);
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
  int results = 0;
  for (const std::string &name : proto.output())
    results += !name.empty() && used.contains(name);
  if (results > 0 && (results > 1 || proto.output(0).empty() ||
                      !used.contains(proto.output(0))))
    (void)node.reject("an output other than the first is used");
  if (!node.isRejected() &&
      succeeded(evaluates ? evaluation->evaluate(node) : entry->import(node)))
    (void)node.checkAttributesRead();
  if (node.isRejected())
    return refuse(proto, inputs, node.getReason(), entry);

  if (proto.output_size() == 0 || proto.output(0).empty())
    return;
  TensorInfo *output = lookup(proto.output(0));
  output->value = node.resultValue;
  output->constant = std::move(node.resultTensor);
}

LogicalResult GraphImporter::importNodes() {
  for (size_t index : order)
    importNode(graph.node(static_cast<int>(index)));
  if (refusals.empty())
    return success();
  mlir::InFlightDiagnostic diag =
      error() << refusals.size() << " of " << graph.node_size()
              << (graph.node_size() == 1 ? " node is" : " nodes are")
              << " not supported";
  for (const std::string &refusal : refusals)
    diag.attachNote(fileLoc) << refusal;
  return diag;
}

LogicalResult GraphImporter::finishFunction() {
  SmallVector<mlir::Value> results;
  SmallVector<mlir::Type> types;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    TensorInfo &tensor = *lookup(output.name());
    if (!tensor.value && tensor.constant) {
      mlir::DenseElementsAttr value = tensor.constant->toAttribute(&context);
      if (!value)
        return error() << "graph output " << quoted(output.name())
                       << " is a constant of "
                       << nn::formatShape(tensor.constant->shape()) << " "
                       << typeName(tensor.constant->type())
                       << " elements, which is not supported";
      tensor.value = nn::ConstantOp::create(
          builder, nameLocation(builder, output.name()), value);
    }
    // All nodes were imported, but this one's output is not its first.
    if (!tensor.value)
      return error() << "graph output " << quoted(output.name())
                     << " is not computed by any node";
    results.push_back(tensor.value);
    types.push_back(tensor.value.getType());
  }
  mlir::func::ReturnOp::create(builder, fileLoc, results);
  function.setFunctionType(
      builder.getFunctionType(function.getFunctionType().getInputs(), types));
  for (auto [i, output] : llvm::enumerate(graph.output()))
    function.setResultAttr(i, "nn.name", builder.getStringAttr(output.name()));
  return success();
}
