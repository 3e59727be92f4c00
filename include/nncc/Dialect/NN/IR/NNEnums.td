//===- NNEnums.td - Enumerations of the nn dialect ---------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNENUMS_TD
#define NNCC_DIALECT_NN_IR_NNENUMS_TD

include "mlir/IR/EnumAttr.td"
include "nncc/Dialect/NN/IR/NNDialect.td"

def NN_ActivationKind : I32EnumAttr<"ActivationKind",
    "pointwise function of one variable", [
      I32EnumAttrCase<"Sigmoid", 0, "sigmoid">,
      I32EnumAttrCase<"Tanh", 1, "tanh">,
      I32EnumAttrCase<"LeakyRelu", 2, "leaky_relu">,
      I32EnumAttrCase<"HardSwish", 3, "hard_swish">,
      I32EnumAttrCase<"HardSigmoid", 4, "hard_sigmoid">,
      I32EnumAttrCase<"Elu", 5, "elu">,
      I32EnumAttrCase<"Softplus", 6, "softplus">,
      I32EnumAttrCase<"Silu", 7, "silu">,
      I32EnumAttrCase<"Identity", 8, "identity">
    ]> {
  let cppNamespace = "::nncc::nn";
  let genSpecializedAttr = 0;
}

def NN_ActivationKindAttr
    : EnumAttr<NN_Dialect, NN_ActivationKind, "activation_kind">;

#endif // NNCC_DIALECT_NN_IR_NNENUMS_TD
