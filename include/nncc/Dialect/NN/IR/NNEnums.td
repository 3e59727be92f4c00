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
      I32EnumAttrCase<"Identity", 8, "identity">,
      I32EnumAttrCase<"Mish", 9, "mish">,
      I32EnumAttrCase<"Gelu", 10, "gelu">,
      I32EnumAttrCase<"GeluTanh", 11, "gelu_tanh">,
      I32EnumAttrCase<"Erf", 12, "erf">,
      I32EnumAttrCase<"Exp", 13, "exp">,
      I32EnumAttrCase<"Abs", 14, "abs">,
      I32EnumAttrCase<"Sqrt", 15, "sqrt">,
      I32EnumAttrCase<"Square", 16, "square">,
      I32EnumAttrCase<"Softsign", 17, "softsign">,
      I32EnumAttrCase<"Selu", 18, "selu">,
      I32EnumAttrCase<"Celu", 19, "celu">,
      I32EnumAttrCase<"ThresholdedRelu", 20, "thresholded_relu">,
      I32EnumAttrCase<"Round", 21, "round">,
      I32EnumAttrCase<"Floor", 22, "floor">,
      I32EnumAttrCase<"Ceil", 23, "ceil">,
      I32EnumAttrCase<"Power", 24, "power">
    ]> {
  let cppNamespace = "::nncc::nn";
  let genSpecializedAttr = 0;
}

def NN_ActivationKindAttr
    : EnumAttr<NN_Dialect, NN_ActivationKind, "activation_kind">;

#endif // NNCC_DIALECT_NN_IR_NNENUMS_TD
