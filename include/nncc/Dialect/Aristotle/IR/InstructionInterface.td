//===- InstructionInterface.td - What every instruction can say -*- tablegen -//

#ifndef NNCC_DIALECT_ARISTOTLE_IR_INSTRUCTIONINTERFACE_TD
#define NNCC_DIALECT_ARISTOTLE_IR_INSTRUCTIONINTERFACE_TD

include "mlir/IR/OpBase.td"

def InstructionOpInterface : OpInterface<"InstructionOpInterface"> {
  let cppNamespace = "::nncc::aristotle";
  let description = [{
    An op that becomes exactly one instruction. The scheduling passes and the
    emission know instructions only through this interface.
  }];
  let methods = [
    InterfaceMethod<[{
        The instruction's own fields, with base addresses that the buffers and
        DRAM tensors have (0 where they have none yet).
      }], "::nncc::isa::Body", "getFields",
      (ins "const ::nncc::aristotle::ProgramContext &":$context)>,
    InterfaceMethod<[{
        Checks operands, fields and places. It is the program that calls this,
        with one context for all its instructions.
      }], "::llvm::LogicalResult", "verifyIn",
      (ins "const ::nncc::aristotle::ProgramContext &":$context)>,
    InterfaceMethod<"The engine it runs on, or the one it would get by default.",
      "::nncc::isa::Engine", "getEngineOrDefault", (ins), "", [{
        if (auto attr = $_op.getEngineAttr())
          return attr.getValue();
        return defaultEngine($_op->getName().stripDialect());
      }]>,
    InterfaceMethod<"Buffers that the instruction writes.",
      "::llvm::SmallVector<::mlir::Value>", "getWrittenBuffers", (ins)>,
    InterfaceMethod<"The DRAM tensor or constant it touches, if any.",
      "::mlir::FlatSymbolRefAttr", "getDramSymbol", (ins), "", [{
        return ::mlir::FlatSymbolRefAttr();
      }]>,
    InterfaceMethod<"Taps of a convolution; empty for others.",
      "::llvm::ArrayRef<int32_t>", "getTapList", (ins), "", [{ return {}; }]>,
    InterfaceMethod<"Number of the layer.", "int64_t", "getLayerIndex", (ins), "",
      [{ return $_op.getLayer(); }]>,
    InterfaceMethod<"Sets the engine.", "void", "assignEngine",
      (ins "::nncc::isa::Engine":$engine), "", [{
        $_op->setAttr($_op.getEngineAttrName(),
                      EngineAttr::get($_op->getContext(), engine));
      }]>,
    InterfaceMethod<"Sets the wait and post masks and the fence.", "void",
      "assignTokens", (ins "uint8_t":$wait, "uint8_t":$post, "bool":$fence), "", [{
        $_op->setAttr($_op.getWaitAttrName(),
                      EngineSetAttr::get($_op->getContext(), wait));
        $_op->setAttr($_op.getPostAttrName(),
                      EngineSetAttr::get($_op->getContext(), post));
        $_op.setFence(fence);
      }]>,
    InterfaceMethod<"Whether it waits for its own engine.", "bool", "hasFence",
      (ins), "", [{ return $_op.getFence(); }]>,
    InterfaceMethod<"The wait mask; empty where none was assigned.", "uint8_t",
      "getWaitMask", (ins), "", [{
        auto attr = $_op.getWaitAttr();
        return attr ? attr.getMask() : 0;
      }]>,
    InterfaceMethod<"The post mask; empty where none was assigned.", "uint8_t",
      "getPostMask", (ins), "", [{
        auto attr = $_op.getPostAttr();
        return attr ? attr.getMask() : 0;
      }]>
  ];
  let extraSharedClassDeclaration = [{
    /// The whole instruction.
    ::nncc::isa::Instruction
    getInstruction(const ::nncc::aristotle::ProgramContext &context) {
      ::nncc::isa::Instruction inst;
      inst.engine = $_op.getEngineOrDefault();
      inst.wait = $_op.getWaitMask();
      inst.post = $_op.getPostMask();
      inst.fence = $_op.hasFence();
      inst.body = $_op.getFields(context);
      return inst;
    }
  }];
}

#endif // NNCC_DIALECT_ARISTOTLE_IR_INSTRUCTIONINTERFACE_TD
