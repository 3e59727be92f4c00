//===- Graph.cpp - Import of a whole ONNX graph ---------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"

#include "nncc/Support/PlainText.h"

#include "mlir/IR/Verifier.h"
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
using llvm::Twine;

/// Memory for computed constants: weights may pass through a chain of casts and
/// scalings, each of them a few times the size of what is in the file.
static int64_t getConstantBudget(size_t fileSize) {
  constexpr int64_t kAlways = int64_t(64) << 20;
  constexpr int64_t kPerFileByte = 32;
  return kAlways + kPerFileByte * static_cast<int64_t>(fileSize);
}

GraphImporter::GraphImporter(const onnx::ModelProto &model, StringRef fileName,
                             StringRef folder, size_t fileSize,
                             mlir::MLIRContext &context,
                             const ImportOptions &options)
    : model(model), graph(model.graph()), context(context), options(options),
      fileLoc(mlir::FileLineColLoc::get(&context, fileName, 0, 0)),
      builder(&context), fileSize(fileSize), externalData(folder), budget(0) {}

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
  auto [it, isNew] = scopes.back().try_emplace(name);
  if (!isNew)
    return nullptr;
  it->second = std::make_unique<TensorInfo>();
  it->second->name = name.str();
  return it->second.get();
}

TensorInfo *GraphImporter::lookup(StringRef name) {
  for (auto &scope : llvm::reverse(scopes))
    if (auto it = scope.find(name); it != scope.end())
      return it->second.get();
  return nullptr;
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
  outputs = options.outputs;
  if (outputs.empty())
    for (const onnx::ValueInfoProto &output : graph.output())
      outputs.push_back(output.name());
  if (outputs.empty())
    return error() << "the graph has no outputs";
  return checkInterfaceNames();
}

LogicalResult GraphImporter::checkInterfaceNames() {
  // Whoever runs the program writes these names, also as names of files: they
  // stay as they are, or are refused.
  llvm::StringSet<> seen;
  auto isPlain = [](StringRef name) {
    return name.size() <= kMaxNameBytes && plainText(name) == name;
  };
  for (const std::string &output : outputs) {
    if (!isPlain(output))
      return error() << "graph output " << quoted(output)
                     << ": expected a name of at most " << kMaxNameBytes
                     << " bytes without control characters";
    if (!seen.insert(output).second)
      return error() << "graph output " << quoted(output) << " is listed twice";
  }
  for (const onnx::ValueInfoProto &input : graph.input())
    if (!isPlain(input.name()))
      return error() << "input " << quoted(input.name())
                     << ": expected a name of at most " << kMaxNameBytes
                     << " bytes without control characters";
  return success();
}

LogicalResult GraphImporter::defineInitializers(const onnx::GraphProto &part) {
  if (part.sparse_initializer_size() > 0)
    return error() << "sparse initializers are not supported; store the "
                      "weights as dense tensors";
  for (const onnx::TensorProto &proto : part.initializer()) {
    TensorInfo *tensor = define(proto.name());
    if (!tensor || proto.name().empty())
      return error() << "initializer " << quoted(proto.name())
                     << (tensor ? " has no name" : " is defined twice");
    Expected<HostTensor> decoded = HostTensor::decode(proto, &externalData);
    if (!decoded)
      return error() << "initializer " << quoted(proto.name()) << ": "
                     << llvm::toString(decoded.takeError());
    tensor->constant = std::move(*decoded);
  }
  return success();
}

LogicalResult GraphImporter::readInitializers() {
  if (failed(defineInitializers(graph)))
    return failure();
  budget = getConstantBudget(fileSize + externalData.totalSize());
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
// Results
//===----------------------------------------------------------------------===//

/// A node of which several ops are made gives its name to the last of them.
/// Layers of a program have names of their own: the others get a number.
static void nameOpsApart(mlir::Block &block, mlir::Builder &builder) {
  llvm::StringMap<int> seen;
  for (mlir::Operation &op : llvm::reverse(block)) {
    auto name = llvm::dyn_cast<mlir::NameLoc>(op.getLoc());
    if (!name || llvm::isa<nn::ConstantOp>(op))
      continue;
    std::string unique = name.getName().str();
    while (!seen.try_emplace(unique, 0).second)
      unique =
          name.getName().str() + "." + std::to_string(++seen[name.getName()]);
    op.setLoc(
        mlir::NameLoc::get(builder.getStringAttr(unique), name.getChildLoc()));
  }
}

LogicalResult GraphImporter::finishFunction() {
  SmallVector<mlir::Value> results;
  SmallVector<mlir::Type> types;
  for (const std::string &output : outputs) {
    TensorInfo &tensor = *lookup(output);
    if (!tensor.value && tensor.constant) {
      mlir::DenseElementsAttr value = tensor.constant->toAttribute(&context);
      if (!value)
        return error() << "graph output " << quoted(output)
                       << " is a constant of "
                       << nn::formatShape(tensor.constant->shape()) << " "
                       << typeName(tensor.constant->type())
                       << " elements, which is not supported";
      tensor.value =
          nn::ConstantOp::create(builder, nameLocation(builder, output), value);
    }
    if (tensor.grid)
      return error() << "graph output " << quoted(output)
                     << " holds the integers of a quantized tensor; end the "
                        "model behind a DequantizeLinear";
    if (!tensor.value && tensor.view)
      tensor.value =
          tensor.view->materialize(builder, nameLocation(builder, output));
    if (!tensor.value && tensor.view)
      return error() << "graph output " << quoted(output)
                     << " has the elements of another tensor in an order that "
                        "is not supported";
    // All nodes were imported, but this one's output is not its first.
    if (!tensor.value)
      return error() << "graph output " << quoted(output)
                     << " is not computed by any node";
    results.push_back(tensor.value);
    types.push_back(tensor.value.getType());
  }
  nameOpsApart(function.getBody().front(), builder);
  mlir::func::ReturnOp::create(builder, fileLoc, results);
  function.setFunctionType(
      builder.getFunctionType(function.getFunctionType().getInputs(), types));
  for (auto [i, output] : llvm::enumerate(outputs))
    function.setResultAttr(i, "nn.name", builder.getStringAttr(output));
  return success();
}
