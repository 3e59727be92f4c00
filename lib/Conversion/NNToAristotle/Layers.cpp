//===- Layers.cpp - From the quantized graph to a program -----------------===//
//
// Lists the layers, declares the program's interface and what the host does,
// and has each layer lowered in turn.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "nncc/Dialect/NN/Utils/Picture.h"
#include "nncc/Quantization/Names.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace nncc;
using namespace nncc::lowering;

//===----------------------------------------------------------------------===//
// Small things
//===----------------------------------------------------------------------===//

std::string Lowering::addConstant(StringRef name, ArrayRef<int8_t> bytes) {
  std::string symbol = (name + Twine(constants++)).str();
  auto type = RankedTensorType::get({static_cast<int64_t>(bytes.size())},
                                    b.getI8Type());
  auto value = DenseResourceElementsAttr::get(
      type, symbol, HeapAsmResourceBlob::allocateAndCopyInferAlign(bytes));
  // In front of all instructions: symbols are looked up from the start.
  OpBuilder::InsertionGuard guard(b);
  if (lastDeclaration)
    b.setInsertionPointAfter(lastDeclaration);
  else
    b.setInsertionPointToStart(&program.getBlock());
  lastDeclaration =
      aristotle::ConstantOp::create(b, loc, symbol, value, IntegerAttr());
  return symbol;
}

Value Lowering::alloc(isa::Memory memory, int64_t words) {
  return aristotle::AllocOp::create(
      b, loc, aristotle::BufferType::get(b.getContext(), memory, words),
      IntegerAttr());
}

Value Lowering::loadConstant(isa::Memory memory, StringRef symbol,
                             int64_t byteOffset, int64_t words) {
  Value buffer = alloc(memory, words);
  // A row is at most 65535 words.
  int64_t x = words, y = 1;
  while (x > 65535) {
    y *= 2;
    x = llvm::divideCeil(words, y);
  }
  while (x * y != words) {
    // Rare: an odd large constant; take the largest divisor that fits.
    --x;
    y = words / x;
  }
  emit<aristotle::LoadOp>(symbol, byteOffset, buffer, 0,
                          block(x, y, 1, x, 0, x, 0));
  return buffer;
}

std::string Lowering::declareHostTensor(StringRef name, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  std::string symbol = "h" + std::to_string(hostCount++);
  Type element = tensor.getElementType();
  SmallVector<int64_t> shape(tensor.getShape());
  aristotle::TensorOp::create(b, loc, symbol, name, element, shape, "host",
                              aristotle::RegionAttr());
  return symbol;
}

//===----------------------------------------------------------------------===//
// Collecting
//===----------------------------------------------------------------------===//

LogicalResult Lowering::collect() {
  for (Operation &op : function.getBody().front()) {
    if (std::string why = whyUnsupported(&op, arch); !why.empty())
      return op.emitError(why);
    // A reshape is a matter of names, see assignStorage.
    if (!isCoreOp(&op) || llvm::isa<nn::ReshapeOp>(op))
      continue;
    layers.push_back(&op);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Interface and host
//===----------------------------------------------------------------------===//

static std::string nameOf(Attribute attr, StringRef fallback) {
  if (auto name = dyn_cast_or_null<StringAttr>(attr))
    return name.str();
  return fallback.str();
}

/// Declares what the runtime sees of a device tensor: its own shape, name,
/// scale and place within its storage.
static aristotle::TensorOp declareView(OpBuilder &b, Location loc,
                                       StringRef symbol, StringRef name,
                                       Type type, const Tensor &tensor,
                                       int64_t v) {
  const Storage &storage = *tensor.storage;
  auto op = aristotle::TensorOp::create(
      b, loc, symbol, name, cast<RankedTensorType>(type).getElementType(),
      cast<RankedTensorType>(type).getShape(), storage.rows ? "rows" : "words",
      aristotle::RegionAttr::get(b.getContext(), *storage.region));
  int64_t plane = storage.height * storage.width * v;
  op.setBytes(storage.rows ? storage.rowPitch * storage.height
                           : tensor.groups() / v * plane);
  op.setRowPitch(storage.rowPitch);
  op.setViewOfAttr(FlatSymbolRefAttr::get(b.getContext(), storage.symbol));
  op.setViewOffset(tensor.groupOffset * plane);
  if (!storage.rows &&
      tensor.layout != identityLayout(tensor.shape.channels, v))
    op.setChannels(tensor.layout);
  return op;
}

/// How pictures become an argument, if they do.
static std::optional<nn::PictureInput> pictureOf(func::FuncOp function,
                                                 Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return std::nullopt;
  auto picture = nn::getPicture(function, argument.getArgNumber());
  if (!picture || !picture->zero)
    return std::nullopt;
  return picture;
}

LogicalResult Lowering::lowerInterface() {
  int64_t views = 0;
  auto view = [&](const Tensor &tensor, Type type, StringRef name) {
    std::string symbol = "v" + std::to_string(views++);
    declareView(b, loc, symbol, name, type, tensor, v);
    return symbol;
  };

  SmallVector<Attribute> inputs, outputs;
  for (BlockArgument arg : function.getArguments()) {
    std::string name =
        nameOf(function.getArgAttr(arg.getArgNumber(), "nn.name"),
               "arg" + std::to_string(arg.getArgNumber()));
    // A picture comes as its pixels.
    Type type = arg.getType();
    if (auto picture = pictureOf(function, arg)) {
      auto shape = cast<RankedTensorType>(type).getShape();
      type = RankedTensorType::get(
          {1, shape[2], shape[3], picture->format.channels()},
          b.getIntegerType(8, /*isSigned=*/false));
      program->setAttr(nn::kPictureAttr, function.getArgAttr(arg.getArgNumber(),
                                                             nn::kPictureAttr));
    }
    std::string symbol = declareHostTensor(name, type);
    hostTensors[arg] = symbol;
    inputs.push_back(b.getStringAttr(symbol));
  }
  auto host = [&](StringRef kind, bool prologue, StringRef from, StringRef to) {
    return aristotle::HostOp::create(b, loc, kind, prologue, from, to);
  };

  // Before the accelerator: reshapes of inputs, and their quantization.
  for (Operation &op : function.getBody().front()) {
    loc = op.getLoc();
    if (auto reshape = dyn_cast<nn::ReshapeOp>(op);
        reshape && hostTensors.count(reshape.getInput())) {
      std::string to =
          declareHostTensor(getTensorName(reshape), reshape.getType());
      host("reshape", true, hostTensors[reshape.getInput()], to);
      hostTensors[reshape] = to;
    } else if (auto cast = dyn_cast<quant::QuantizeCastOp>(op)) {
      if (!hostTensors.count(cast.getInput()))
        return cast.emitError("expected to quantize an input of the network");
      const Tensor &tensor = tensorOf(cast.getResult());
      if (tensor.storage->symbol.empty())
        continue; // nobody reads it
      std::string to = view(tensor, cast.getType(), tensor.name);
      auto picture = pictureOf(function, cast.getInput());
      auto op = host(picture ? "picture" : "quantize", true,
                     hostTensors[cast.getInput()], to);
      if (picture && picture->fill)
        op.setFill(*picture->fill + *picture->zero - 128);
    }
  }

  // Behind it.
  for (Operation &op : function.getBody().front()) {
    loc = op.getLoc();
    auto result = [&] {
      std::string to = declareHostTensor(getTensorName(op.getResult(0)),
                                         op.getResult(0).getType());
      hostTensors[op.getResult(0)] = to;
      return to;
    };
    if (auto cast = dyn_cast<quant::DequantizeCastOp>(op)) {
      // A reshape in front of the cast is done on the host.
      Value device = cast.getInput();
      while (auto reshape = device.getDefiningOp<nn::ReshapeOp>())
        device = reshape.getInput();
      std::string from =
          view(tensorOf(device), device.getType(), tensorOf(device).name);
      if (device == cast.getInput()) {
        host("dequantize", false, from, result());
        continue;
      }
      auto floatType = RankedTensorType::get(
          llvm::cast<RankedTensorType>(device.getType()).getShape(),
          b.getF32Type());
      std::string flat = declareHostTensor(tensorOf(device).name, floatType);
      host("dequantize", false, from, flat);
      host("reshape", false, flat, result());
      continue;
    }
    if (op.getNumResults() != 1 || op.getNumOperands() == 0 ||
        !hostTensors.count(op.getOperand(0)) ||
        hostTensors.count(op.getResult(0)))
      continue;
    std::string from = hostTensors[op.getOperand(0)];
    if (llvm::isa<nn::ReshapeOp>(op)) {
      host("reshape", false, from, result());
    } else if (auto softmax = dyn_cast<nn::SoftmaxOp>(op)) {
      host("softmax", false, from, result()).setAxis(softmax.getAxis());
    } else if (auto argmax = dyn_cast<nn::ArgMaxOp>(op)) {
      auto hostOp = host("argmax", false, from, result());
      hostOp.setAxis(argmax.getAxis());
      hostOp.setKeepDims(argmax.getKeepdims());
      hostOp.setSelectLastIndex(argmax.getSelectLastIndex());
    } else if (!llvm::isa<quant::QuantizeCastOp>(op)) {
      return op.emitError("is neither a layer of the accelerator nor an "
                          "operation that the host knows");
    }
  }

  // The network's results, under their own names.
  auto terminator = function.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    loc = value.getLoc();
    std::string name = nameOf(function.getResultAttr(index, "nn.name"),
                              "result" + std::to_string(index));
    if (!hostTensors.count(value))
      return emitError(loc, "result '")
             << name << "' is not a tensor on the host";
    auto symbol = hostTensors[value];
    Operation *tensor = SymbolTable::lookupSymbolIn(program, symbol);
    bool taken =
        llvm::any_of(outputs,
                     [&](Attribute other) {
                       return cast<StringAttr>(other).getValue() == symbol;
                     }) ||
        llvm::any_of(inputs, [&](Attribute other) {
          return cast<StringAttr>(other).getValue() == symbol;
        });
    if (taken) {
      std::string copy = "out" + std::to_string(index);
      aristotle::TensorOp::create(
          b, loc, copy, name,
          cast<RankedTensorType>(value.getType()).getElementType(),
          cast<RankedTensorType>(value.getType()).getShape(), "host",
          aristotle::RegionAttr());
      host("reshape", false, symbol, copy);
      symbol = copy;
    } else {
      cast<aristotle::TensorOp>(tensor).setTensorName(name);
    }
    outputs.push_back(b.getStringAttr(symbol));
  }

  // Every layer's bytes, on request.
  if (options.keepIntermediates)
    for (Operation *op : layers) {
      if (isInserted(op))
        continue; // the network knows nothing of it
      loc = op->getLoc();
      const Tensor &tensor = tensorOf(op->getResult(0));
      std::string bytes = "k" + std::to_string(views);
      aristotle::TensorOp::create(
          b, loc, bytes, getBytesName(function, op->getResult(0)),
          getElementTypeOrSelf(op->getResult(0).getType()),
          cast<RankedTensorType>(op->getResult(0).getType()).getShape(), "host",
          aristotle::RegionAttr());
      host("unpack", false,
           view(tensor, op->getResult(0).getType(), tensor.name), bytes);
      outputs.push_back(b.getStringAttr(bytes));
    }
  program.setInputsAttr(b.getArrayAttr(inputs));
  program.setOutputsAttr(b.getArrayAttr(outputs));
  return success();
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// Multiply-accumulates by the network's definition.
static int64_t macsOf(Operation *op) {
  if (auto conv = dyn_cast<nn::Conv2DOp>(op))
    return conv.getMacs();
  return 0;
}

LogicalResult Lowering::lowerLayer(Operation *op) {
  std::string tile;
  auto lowered =
      llvm::TypeSwitch<Operation *, LogicalResult>(op)
          .Case([&](nn::Conv2DOp conv) {
            return runsOnArray(conv, arch) ? lowerConv(conv, tile)
                                           : lowerDepthwise(conv, tile);
          })
          .Case([&](nn::AvgPool2DOp pool) { return lowerAvgPool(pool, tile); })
          .Case([&](nn::MaxPool2DOp pool) { return lowerMaxPool(pool, tile); })
          .Case([&](nn::PadOp pad) { return lowerPad(pad, tile); })
          .Case([&](nn::ConcatOp concat) { return lowerConcat(concat, tile); })
          .Case([&](nn::AddOp add) { return lowerAdd(add, tile); })
          .Case([&](nn::MulOp mul) { return lowerMul(mul, tile); })
          .Case([&](nn::SliceOp slice) { return lowerSlice(slice, tile); })
          .Case([&](nn::InterleaveOp op) { return lowerInterleave(op, tile); })
          .Case<nn::ActivationOp, nn::ClampOp>(
              [&](Operation *table) { return lowerTable(table, tile); })
          .Default([](Operation *other) -> LogicalResult {
            return other->emitError("no engine runs this");
          });
  if (failed(lowered))
    return failure();
  aristotle::LayerOp::create(
      b, loc, tensorOf(op->getResult(0)).name, op->getName().stripDialect(),
      nameOf(op->getAttr("nncc.engine"), "unplaced"),
      nameOf(op->getAttr("nncc.reason"), ""), macsOf(op), tile);
  return success();
}

FailureOr<aristotle::ProgramOp> Lowering::run() {
  if (failed(collect()))
    return failure();
  loc = function.getLoc();
  b.setInsertionPointAfter(function);
  program = aristotle::ProgramOp::create(
      b, loc, arch.name, aristotle::ProgramOp::archAttr(b.getContext(), arch),
      b.getArrayAttr({}), b.getArrayAttr({}));
  Block *body = b.createBlock(&program.getBody());
  b.setInsertionPointToEnd(body);
  if (failed(assignStorage()) || failed(lowerInterface()))
    return failure();
  lastDeclaration = body->empty() ? nullptr : &body->back();
  for (auto [index, op] : llvm::enumerate(layers)) {
    layer = index;
    loc = op->getLoc();
    if (failed(lowerLayer(op)))
      return failure();
  }
  return program;
}

LogicalResult nncc::lowerFunction(func::FuncOp function, const ArchConfig &arch,
                                  const LoweringOptions &options) {
  FailureOr<aristotle::ProgramOp> program =
      Lowering(function, arch, options).run();
  if (failed(program))
    return failure();
  function.erase();
  return success();
}
