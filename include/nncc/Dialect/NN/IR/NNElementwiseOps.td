//===- NNElementwiseOps.td - Elementwise layers ------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNELEMENTWISEOPS_TD
#define NNCC_DIALECT_NN_IR_NNELEMENTWISEOPS_TD

include "nncc/Dialect/NN/IR/NNOpBase.td"

def NN_AddOp : NN_ShapedOp<"add"> {
  let summary = "add two tensors and clamp";
  let description = [{
    `result = clamp(lhs + rhs, clamp_min, clamp_max)`; an absent bound does not
    bind. Shapes broadcast by the NumPy rule; after the float passes both
    operands have the result's shape. A constant stands second, unless it alone
    has the result's shape: not `Commutative`, which would move that one, too.

    Example:

    ```mlir
    %y = nn.add %a, %b clamp_min 0.0
        : (tensor<1x16x8x8xf32>, tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs,
                       OptionalAttr<F32Attr>:$clamp_min,
                       OptionalAttr<F32Attr>:$clamp_max);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`clamp_min` $clamp_min^)? (`clamp_max` $clamp_max^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's shape; its element type is that of `lhs`.
    OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs)>
  ];
  let hasFolder = 1;
  let extraClassDeclaration = [{
    ClampRange getClampRange();
    void setClampRange(ClampRange range);
  }];
}

def NN_MulOp : NN_ShapedOp<"mul"> {
  let summary = "multiply two tensors element by element and clamp";
  let description = [{
    `result = clamp(lhs * rhs, clamp_min, clamp_max)`; an absent bound does not
    bind. Shapes broadcast by the NumPy rule; in a quantized graph `lhs` has the
    result's shape, and `rhs` may have extents of one where the result's rows
    and columns have more: a factor for each channel.

    Example:

    ```mlir
    %y = nn.mul %a, %b
        : (tensor<1x16x8x8xf32>, tensor<1x16x1x1xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs,
                       OptionalAttr<F32Attr>:$clamp_min,
                       OptionalAttr<F32Attr>:$clamp_max);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`clamp_min` $clamp_min^)? (`clamp_max` $clamp_max^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's shape; its element type is that of `lhs`.
    OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs)>
  ];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    ClampRange getClampRange();
    void setClampRange(ClampRange range);
  }];
}

def NN_ClampOp : NN_ShapedOp<"clamp"> {
  let summary = "bound every element";
  let description = [{
    `result = min(max(input, min), max)`; an absent bound does not bind. ReLU is
    `min 0.0`, ReLU6 is `min 0.0 max 6.0`.

    Example:

    ```mlir
    %y = nn.clamp %x min 0.0 max 6.0
        : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, OptionalAttr<F32Attr>:$min,
                       OptionalAttr<F32Attr>:$max);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input (`min` $min^)? (`max` $max^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let builders = [
    // The result has the input's type.
    OpBuilder<(ins "::mlir::Value":$input, "ClampRange":$range)>
  ];
  let hasFolder = 1;
  let extraClassDeclaration = [{
    ClampRange getClampRange();
    void setClampRange(ClampRange range);
  }];
}

def NN_ActivationOp : NN_ShapedOp<"activation"> {
  let summary = "apply a function of one variable to every element";
  let description = [{
    | kind | function | alpha | beta |
    | --- | --- | --- | --- |
    | `sigmoid` | `1 / (1 + exp(-x))` | | |
    | `tanh` | `tanh(x)` | | |
    | `leaky_relu` | `x < 0 ? alpha*x : x` | slope | |
    | `hard_swish` | `x * max(0, min(1, x/6 + 1/2))` | | |
    | `hard_sigmoid` | `max(0, min(1, alpha*x + beta))` | slope | offset |
    | `elu` | `x < 0 ? alpha*(exp(x) - 1) : x` | factor | |
    | `softplus` | `log(1 + exp(x))` | | |
    | `silu` | `x / (1 + exp(-x))` | | |
    | `identity` | `x`; in a quantized graph, to another scale | | |
    | `mish` | `x * tanh(log(1 + exp(x)))` | | |
    | `gelu` | `x/2 * (1 + erf(x/sqrt(2)))` | | |
    | `gelu_tanh` | `x/2 * (1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))` | | |
    | `erf` | `erf(x)` | | |
    | `exp` | `exp(x)` | | |
    | `abs` | `x < 0 ? -x : x` | | |
    | `sqrt` | square root of `max(x, 0)` | | |
    | `square` | `x * x` | | |
    | `softsign` | `x / (1 + abs(x))` | | |
    | `selu` | `beta * (x < 0 ? alpha*(exp(x) - 1) : x)` | factor | scale |
    | `celu` | `x < 0 ? alpha*(exp(x/alpha) - 1) : x`, `alpha` not zero | factor | |
    | `thresholded_relu` | `x > alpha ? x : 0` | threshold | |
    | `round` | nearest integer, halves to the even one | | |
    | `floor` | greatest integer up to `x` | | |
    | `ceil` | least integer from `x` | | |
    | `power` | `(max(x, 0) + beta)^alpha`, `beta` not negative, and above zero if `alpha` is negative | exponent | offset |

    A kind that does not use `alpha` or `beta` has zero there.

    Example:

    ```mlir
    %y = nn.activation leaky_relu %x alpha 0.1
        : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins NN_ActivationKindAttr:$kind, NN_Tensor:$input,
                       DefaultValuedAttr<F32Attr, "0.0f">:$alpha,
                       DefaultValuedAttr<F32Attr, "0.0f">:$beta);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    custom<ActivationKind>($kind) $input (`alpha` $alpha^)? (`beta` $beta^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// Whether `kind` reads its alpha / beta.
    static bool usesAlpha(ActivationKind kind);
    static bool usesBeta(ActivationKind kind);
  }];
}

def NN_FakeQuantizeOp : NN_ShapedOp<"fake_quantize"> {
  let summary = "round every element to a grid of 256 values";
  let description = [{
    `result = (min(max(round(x / scale) + zp, -128), 127) - zp) * scale`, with the
    scale and the zero point `zp` of `grid`; `x / scale` is computed in single
    precision, and halves are rounded to the even number. This is QuantizeLinear
    and DequantizeLinear of ONNX, one behind the other.

    It occurs in float graphs only. Quantization takes the grid for the type of
    the value, in place of one from a calibrated range, and removes the op.

    Example:

    ```mlir
    %y = nn.fake_quantize %x to !quant.uniform<i8:f32, 0.25:-3>
        : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins F32Tensor:$input, TypeAttr:$grid);
  let results = (outs F32Tensor:$result);
  let assemblyFormat = [{
    $input `to` $grid attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::mlir::quant::UniformQuantizedType getGridType() {
      return ::llvm::cast<::mlir::quant::UniformQuantizedType>(getGrid());
    }
  }];
}

#endif // NNCC_DIALECT_NN_IR_NNELEMENTWISEOPS_TD
