//===- NNOpBase.td - What ops of the nn dialect share ------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Conventions of all ops:
//
//   feature map   [N, C, H, W]
//   conv weight   [O, C/groups, KH, KW]
//   flat tensor   [N, K]
//   pads          [top, left, bottom, right], never negative
//   strides, dilations, kernel   [vertical, horizontal], at least one
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNOPBASE_TD
#define NNCC_DIALECT_NN_IR_NNOPBASE_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "nncc/Dialect/NN/IR/NNDialect.td"
include "nncc/Dialect/NN/IR/NNEnums.td"

/// A pure op whose result shape follows from its operands and attributes. The
/// element type is the op's own: a quantized result has its own scale.
class NN_ShapedOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat(traits, [Pure, InferShapedTypeOpAdaptor])> {
  let hasVerifier = 1;
}

/// Accessors of an op that has `strides` and `pads` attributes.
class NN_WindowAccessors {
  code decl = [{
    int64_t getStrideH() { return getStrides()[0]; }
    int64_t getStrideW() { return getStrides()[1]; }
    int64_t getPadTop() { return getPads()[0]; }
    int64_t getPadLeft() { return getPads()[1]; }
    int64_t getPadBottom() { return getPads()[2]; }
    int64_t getPadRight() { return getPads()[3]; }
    /// True if no row or column is added to the image.
    bool hasZeroPads() {
      return ::llvm::all_of(getPads(), [](int64_t p) { return p == 0; });
    }
    int64_t getInChannels() { return getInput().getType().getDimSize(1); }
    int64_t getInH() { return getInput().getType().getDimSize(2); }
    int64_t getInW() { return getInput().getType().getDimSize(3); }
    int64_t getOutChannels() { return getResult().getType().getDimSize(1); }
    int64_t getOutH() { return getResult().getType().getDimSize(2); }
    int64_t getOutW() { return getResult().getType().getDimSize(3); }
  }];
}

#endif // NNCC_DIALECT_NN_IR_NNOPBASE_TD
