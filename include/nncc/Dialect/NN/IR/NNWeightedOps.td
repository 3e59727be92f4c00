//===- NNWeightedOps.td - Layers with weights, constants ---*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNWEIGHTEDOPS_TD
#define NNCC_DIALECT_NN_IR_NNWEIGHTEDOPS_TD

include "nncc/Dialect/NN/IR/NNOpBase.td"

def NN_ConstantOp : NN_Op<"constant", [ConstantLike, Pure,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "hold the values of a tensor";
  let description = [{
    Produces a tensor of values known at compile time: weights, biases, batch
    normalisation statistics.

    The attribute holds what is stored. For a float or integer tensor its type
    is the result's type. For a quantized tensor it is the tensor of the storage
    type, and the type of the result, which gives those integers their meaning,
    follows an arrow.

    Example:

    ```mlir
    %b = nn.constant dense<[0.5, -1.0]> : tensor<2xf32>
    %w = nn.constant dense<[[1, -127]]> : tensor<1x2xi8>
        -> tensor<1x2x!quant.uniform<i8<-127:127>:f32, 0.02>>
    ```
  }];
  let arguments = (ins NN_DenseAttr:$value);
  let results = (outs NN_AnyTensor:$result);
  let assemblyFormat = [{
    $value custom<ConstantType>(type($result), ref($value)) attr-dict
  }];
  let builders = [
    OpBuilder<(ins "::mlir::DenseElementsAttr":$value), [{
      build($_builder, $_state, value.getType(), value);
    }]>
  ];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def NN_Conv2DOp : NN_ShapedOp<"conv2d", [AttrSizedOperandSegments]> {
  let summary = "convolve a feature map, add a bias and a residual, and clamp";
  let description = [{
    Computes for each output channel `o` and position `(y, x)`

    ```
    acc = bias[o] + sum over c, i, j of
            input[n, g*C/groups + c, y*strideH + i*dilationH - padTop,
                                     x*strideW + j*dilationW - padLeft]
            * weight[o, c, i, j]            with g = o / (O/groups)
    result = clamp(acc + residual[n, o, y, x], clamp_min, clamp_max)
    ```

    Positions outside the image contribute zero. An absent bias or residual is
    zero, an absent bound does not bind. This one op is the dense, strided,
    dilated, grouped, depthwise and 1x1 convolution, and the fully connected
    layer (a kernel of the image's size): they differ in shapes alone.

    The output extent is
    `floor((in + pads - dilation*(kernel-1) - 1) / stride) + 1` in each
    direction.

    In a quantized graph `input`, `weight` and the result are quantized, the
    weight with zero point 0 and, when per axis, along axis 0. The bias is `i32`
    in units of `scale(input) * scale(weight)[o]`, without the input's zero
    point folded in. The residual has a scale and a zero point of its own. The
    bounds stay real numbers.

    Example:

    ```mlir
    %y = nn.conv2d %x, %w bias(%b) residual(%r) strides [1, 1]
        pads [1, 1, 1, 1] clamp_min 0.0
        : (tensor<1x16x32x32xf32>, tensor<16x16x3x3xf32>, tensor<16xf32>,
           tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32>
    ```
  }];
  let arguments = (ins
    NN_Tensor:$input,
    NN_Tensor:$weight,
    Optional<NN_BiasTensor>:$bias,
    Optional<NN_Tensor>:$residual,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$pads,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations,
    DefaultValuedAttr<I64Attr, "1">:$groups,
    OptionalAttr<F32Attr>:$clamp_min,
    OptionalAttr<F32Attr>:$clamp_max
  );
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` `(` $bias^ `)`)? (`residual` `(` $residual^ `)`)?
    (`strides` $strides^)? (`pads` $pads^)? (`dilations` $dilations^)?
    (`groups` $groups^)? (`clamp_min` $clamp_min^)? (`clamp_max` $clamp_max^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's shape; its element type is the input's. `bias` may be
    // null. The shapes must be valid.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$weight,
                   "::mlir::Value":$bias, "::llvm::ArrayRef<int64_t>":$strides,
                   "::llvm::ArrayRef<int64_t>":$pads,
                   "::llvm::ArrayRef<int64_t>":$dilations,
                   "int64_t":$groups)>
  ];
  let hasCanonicalizer = 1;
  defvar window = NN_WindowAccessors<>.decl;
  let extraClassDeclaration = window # [{
    int64_t getKernelH() { return getWeight().getType().getDimSize(2); }
    int64_t getKernelW() { return getWeight().getType().getDimSize(3); }
    int64_t getDilationH() { return getDilations()[0]; }
    int64_t getDilationW() { return getDilations()[1]; }
    /// Input channels that one output channel reads.
    int64_t getChannelsPerGroup() { return getWeight().getType().getDimSize(1); }
    /// True if each output channel reads the one input channel of its number.
    bool isDepthwise() {
      return static_cast<int64_t>(getGroups()) == getInChannels() &&
             getInChannels() == getOutChannels();
    }
    /// True for an undilated, unstrided, unpadded 1x1 kernel.
    bool isPointwise();
    /// Multiply-accumulates of the op, padding included.
    int64_t getMacs();
    ClampRange getClampRange();
    void setClampRange(ClampRange range);
  }];
}

def NN_LinearOp : NN_ShapedOp<"linear"> {
  let summary = "multiply by a transposed matrix and add a bias";
  let description = [{
    `result[n, m] = bias[m] + sum over k of input[n, k] * weight[m, k]`.

    The importer makes it from Gemm and MatMul; `nn-linear-to-conv` turns it
    into a convolution. The rules for quantized operands are those of
    `nn.conv2d`.

    Example:

    ```mlir
    %y = nn.linear %x, %w bias(%b)
        : (tensor<1x64xf32>, tensor<10x64xf32>, tensor<10xf32>)
          -> tensor<1x10xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$weight,
                       Optional<NN_BiasTensor>:$bias);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` `(` $bias^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's type. `bias` may be null.
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$weight,
                   "::mlir::Value":$bias)>
  ];
}

def NN_BatchNormOp : NN_ShapedOp<"batch_norm"> {
  let summary = "normalise each channel by fixed statistics";
  let description = [{
    `result = scale * (input - mean) / sqrt(variance + epsilon) + bias`, with
    one value of each parameter for every channel (axis 1).

    Exists in float graphs only: `nn-fold-batch-norm` folds it into a
    convolution, or makes it a depthwise 1x1 one.

    Example:

    ```mlir
    %y = nn.batch_norm %x, %scale, %bias, %mean, %var epsilon 1.0e-05
        : (tensor<1x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>,
           tensor<16xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins NN_FloatTensor:$input, NN_FloatTensor:$scale,
                       NN_FloatTensor:$bias, NN_FloatTensor:$mean,
                       NN_FloatTensor:$variance, F32Attr:$epsilon);
  let results = (outs NN_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `,` $mean `,` $variance `epsilon` $epsilon
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // NNCC_DIALECT_NN_IR_NNWEIGHTEDOPS_TD
