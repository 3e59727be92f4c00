//===- EmitProgram.cpp - Emission of a scheduled program ------------------===//

#include "nncc/Conversion/EmitProgram/EmitProgram.h"

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"
#include "nncc/Dialect/NN/Utils/Picture.h"
#include "nncc/Quantization/QuantizedOps.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::aristotle;

namespace {
class Emitter {
public:
  explicit Emitter(ProgramOp op) : op(op), context(op) {}

  FailureOr<Program> run() {
    program.compiler = "nncc " NNCC_VERSION;
    program.arch = context.arch;
    for (Operation &each : op.getBlock())
      if (failed(emit(&each)))
        return failure();
    for (Attribute name : op.getInputs())
      program.inputs.push_back(tensors[cast<StringAttr>(name).getValue()]);
    for (Attribute name : op.getOutputs())
      program.outputs.push_back(tensors[cast<StringAttr>(name).getValue()]);
    if (Attribute attribute = op->getAttr(nn::kPictureAttr)) {
      nn::PictureInput picture;
      if (std::string why = nn::parsePicture(attribute, picture); !why.empty())
        return op.emitOpError() << nn::kPictureAttr << ": " << why;
      program.picture = picture.format;
    }
    return program;
  }

private:
  LogicalResult emit(Operation *each) {
    if (auto constant = dyn_cast<ConstantOp>(each))
      return emitConstant(constant);
    if (auto tensor = dyn_cast<TensorOp>(each))
      return emitTensor(tensor);
    if (auto host = dyn_cast<aristotle::HostOp>(each))
      return emitHost(host);
    if (auto layer = dyn_cast<LayerOp>(each)) {
      program.layers.push_back(
          {layer.getLayerName().str(), layer.getKind().str(),
           layer.getEngine().str(), layer.getReason().str(),
           static_cast<uint64_t>(layer.getMacs()), layer.getTile().str()});
      return success();
    }
    if (auto inst = dyn_cast<InstructionOpInterface>(each)) {
      if (inst->getAttr("engine") == nullptr &&
          llvm::isa<LoadOp, LoadWindowOp>(each))
        return each->emitOpError("has no engine; the program is not scheduled");
      program.instructions.push_back(inst.getInstruction(context));
      program.instructionLayers.push_back(inst.getLayerIndex());
      return success();
    }
    if (auto alloc = dyn_cast<AllocOp>(each); alloc && !alloc.getAddress())
      return alloc.emitOpError("has no address; the program is not scheduled");
    return success();
  }

  LogicalResult emitConstant(ConstantOp constant) {
    if (!constant.getOffset())
      return constant.emitOpError("has no place; the program is not scheduled");
    size_t begin = *constant.getOffset();
    size_t bytes = constant.getBytes();
    program.constants.resize(
        std::max<size_t>(program.constants.size(), begin + bytes));
    if (auto blob = dyn_cast<DenseResourceElementsAttr>(constant.getValue())) {
      AsmResourceBlob *data = blob.getRawHandle().getBlob();
      if (!data || data->getData().size() != bytes)
        return constant.emitOpError("has no data");
      llvm::copy(data->getData(),
                 reinterpret_cast<char *>(program.constants.data() + begin));
    } else {
      size_t at = begin;
      for (const APInt &byte : constant.getValue().getValues<APInt>())
        program.constants[at++] = static_cast<uint8_t>(byte.getZExtValue());
    }
    program.regions.constant = program.constants.size();
    return success();
  }

  LogicalResult emitTensor(TensorOp op) {
    Tensor tensor;
    tensor.name = op.getTensorName().str();
    Type type = op.getElementType();
    if (auto params = getQuantParams(type)) {
      tensor.scale = params->scale;
      tensor.zeroPoint = params->zeroPoint;
    } else if (type.isF32()) {
      tensor.type = DataType::Float32;
    } else if (type.isInteger(32)) {
      tensor.type = DataType::Int32;
    } else if (type.isInteger(64)) {
      tensor.type = DataType::Int64;
    } else if (type.isUnsignedInteger(8)) {
      tensor.type = DataType::UInt8;
    } else if (!type.isInteger(8)) {
      return op.emitOpError("of type ") << type << " cannot be in a program";
    }
    tensor.shape.assign(op.getShape().begin(), op.getShape().end());
    tensor.layout = llvm::StringSwitch<Layout>(op.getLayout())
                        .Case("words", Layout::Words)
                        .Case("rows", Layout::Rows)
                        .Default(Layout::Host);
    if (op.getRegion()) {
      if (!op.getOffset())
        return op.emitOpError("has no place; the program is not scheduled");
      tensor.region = op.getRegion()->getValue();
      tensor.offset = *op.getOffset();
      tensor.bytes = op.getBytes();
      tensor.rowPitch = op.getRowPitch();
      if (op.getChannels())
        tensor.channels.assign(op.getChannels()->begin(),
                               op.getChannels()->end());
      uint64_t end = uint64_t{tensor.offset} + tensor.bytes;
      RegionSizes &sizes = program.regions;
      uint64_t &size = tensor.region == isa::Region::Input    ? sizes.input
                       : tensor.region == isa::Region::Output ? sizes.output
                                                              : sizes.workspace;
      size = std::max(size, end);
      if (tensor.region == isa::Region::Workspace && !op.getViewOf())
        program.workspaceMap.push_back(program.tensors.size());
    }
    // What the host exchanges with the device are views; the room for them is
    // no tensor of its own.
    if (op.getRegion() && !op.getViewOf() &&
        tensor.region != isa::Region::Workspace)
      return success();
    tensors[op.getSymName()] = program.tensors.size();
    program.tensors.push_back(std::move(tensor));
    return success();
  }

  LogicalResult emitHost(aristotle::HostOp op) {
    auto kind = llvm::StringSwitch<std::optional<HostOpKind>>(op.getKind())
                    .Case("quantize", HostOpKind::Quantize)
                    .Case("dequantize", HostOpKind::Dequantize)
                    .Case("reshape", HostOpKind::Reshape)
                    .Case("softmax", HostOpKind::Softmax)
                    .Case("argmax", HostOpKind::ArgMax)
                    .Case("unpack", HostOpKind::Unpack)
                    .Case("picture", HostOpKind::Picture)
                    .Default(std::nullopt);
    if (!kind)
      return op.emitOpError("of unknown kind \"") << op.getKind() << '"';
    nncc::HostOp host;
    host.kind = *kind;
    host.name = program.tensors[tensors[op.getResult()]].name;
    host.inputs = {tensors[op.getSource()]};
    host.outputs = {tensors[op.getResult()]};
    host.axis = op.getAxis();
    host.keepDims = op.getKeepDims();
    host.selectLastIndex = op.getSelectLastIndex();
    host.fill = static_cast<int32_t>(op.getFill());
    (op.getPrologue() ? program.prologue : program.epilogue)
        .push_back(std::move(host));
    return success();
  }

  ProgramOp op;
  ProgramContext context;
  Program program;
  llvm::StringMap<uint32_t> tensors;
};
} // namespace

FailureOr<Program> nncc::emitProgram(ModuleOp module) {
  auto programs = llvm::to_vector(module.getOps<ProgramOp>());
  if (programs.size() != 1)
    return module.emitError("expected one aristotle.program, got ")
           << programs.size();
  return Emitter(programs.front()).run();
}
