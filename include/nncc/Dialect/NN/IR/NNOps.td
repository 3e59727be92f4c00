//===- NNOps.td - Operations of the nn dialect -------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Layers of a neural network. Conventions shared by all ops:
//
//   feature map   [N, C, H, W]
//   conv weight   [O, C/groups, KH, KW]
//   flat tensor   [N, K]
//   pads          [top, left, bottom, right], never negative
//   strides, dilations, kernel   [vertical, horizontal], at least one
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNOPS_TD
#define NNCC_DIALECT_NN_IR_NNOPS_TD

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

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Convolution and matrix product
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

def NN_MaxPool2DOp : NN_ShapedOp<"max_pool2d"> {
  let summary = "take the maximum of each window";
  let description = [{
    Each result is the maximum over the window's positions inside the image;
    padding never wins.

    The result's extent is that of `nn.conv2d`, rounded down or up: a window of
    the rounded-up form may overhang the padded image, but starts inside the
    image or its leading pad. There is no attribute for it, since the result
    type says which.

    Global pooling is the kernel of the image's size. In a quantized graph the
    result has the input's type.

    Example:

    ```mlir
    %y = nn.max_pool2d %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1]
        : (tensor<1x64x112x112xf32>) -> tensor<1x64x56x56xf32>
    ```
  }];
  let arguments = (ins
    NN_Tensor:$input,
    DenseI64ArrayAttr:$kernel,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$pads,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilations
  );
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `kernel` $kernel (`strides` $strides^)? (`pads` $pads^)?
    (`dilations` $dilations^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  defvar window = NN_WindowAccessors<>.decl;
  let extraClassDeclaration = window # [{
    int64_t getKernelH() { return getKernel()[0]; }
    int64_t getKernelW() { return getKernel()[1]; }
    int64_t getDilationH() { return getDilations()[0]; }
    int64_t getDilationW() { return getDilations()[1]; }
    /// True if one window covers the whole image.
    bool isGlobal() {
      return hasZeroPads() && getKernelH() == getInH() &&
             getKernelW() == getInW();
    }
  }];
}

def NN_AvgPool2DOp : NN_ShapedOp<"avg_pool2d"> {
  let summary = "take the mean of each window";
  let description = [{
    Each result is the sum over the window's positions inside the image, divided
    by their number or, with `count_include_pad`, by the number of the window's
    positions inside the padded image. Positions beyond the padded image
    (overhang of a rounded-up extent, see `nn.max_pool2d`) never count.

    Global pooling is the kernel of the image's size. In a quantized graph the
    result may have a scale of its own.

    Example:

    ```mlir
    %y = nn.avg_pool2d %x kernel [8, 8]
        : (tensor<1x64x8x8xf32>) -> tensor<1x64x1x1xf32>
    ```
  }];
  let arguments = (ins
    NN_Tensor:$input,
    DenseI64ArrayAttr:$kernel,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$strides,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$pads,
    UnitAttr:$count_include_pad
  );
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `kernel` $kernel (`strides` $strides^)? (`pads` $pads^)?
    (`count_include_pad` $count_include_pad^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  defvar window = NN_WindowAccessors<>.decl;
  let extraClassDeclaration = window # [{
    int64_t getKernelH() { return getKernel()[0]; }
    int64_t getKernelW() { return getKernel()[1]; }
    int64_t getDilationH() { return 1; }
    int64_t getDilationW() { return 1; }
    /// True if one window covers the whole image.
    bool isGlobal() {
      return hasZeroPads() && getKernelH() == getInH() &&
             getKernelW() == getInW();
    }
    /// The divisor of the output position (`y`, `x`), at least one.
    int64_t getWindowCount(int64_t y, int64_t x);
  }];
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

def NN_AddOp : NN_ShapedOp<"add", [Commutative]> {
  let summary = "add two tensors and clamp";
  let description = [{
    `result = clamp(lhs + rhs, clamp_min, clamp_max)`; an absent bound does not
    bind. Shapes broadcast by the NumPy rule; after the float passes both
    operands have the result's shape.

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

def NN_MulOp : NN_ShapedOp<"mul", [Commutative]> {
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

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

def NN_ConcatOp : NN_ShapedOp<"concat"> {
  let summary = "join tensors along an axis";
  let description = [{
    The inputs agree in every extent but that of `axis`, where the result's is
    their sum. In a quantized graph each input may have its own scale.

    Example:

    ```mlir
    %y = nn.concat %a, %b axis 1
        : (tensor<1x16x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x48x8x8xf32>
    ```
  }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $inputs `axis` $axis attr-dict `:` functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's shape; its element type is that of the first input.
    OpBuilder<(ins "::mlir::ValueRange":$inputs, "int64_t":$axis)>
  ];
  let hasFolder = 1;
}

def NN_PadOp : NN_ShapedOp<"pad"> {
  let summary = "surround a tensor by a constant";
  let description = [{
    `pads` holds the extents added before each axis and then those added after
    each axis, twice the rank in all. `value` is the real number that fills
    them.

    Example:

    ```mlir
    %y = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] value 0.0
        : (tensor<1x16x8x8xf32>) -> tensor<1x16x9x9xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$pads,
                       DefaultValuedAttr<F32Attr, "0.0f">:$value);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `pads` $pads (`value` $value^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's shape; its element type is the input's.
    OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<int64_t>":$pads,
                   "float":$value)>
  ];
  let hasFolder = 1;
  let extraClassDeclaration = [{
    /// True if only the two spatial axes of a feature map grow.
    bool isSpatial();
    int64_t getPadTop() { return getPads()[2]; }
    int64_t getPadLeft() { return getPads()[3]; }
    int64_t getPadBottom() { return getPads()[6]; }
    int64_t getPadRight() { return getPads()[7]; }
  }];
}

def NN_SliceOp : NN_ShapedOp<"slice"> {
  let summary = "take a part of a tensor";
  let description = [{
    `result[i, j, ...] = input[starts[0] + i*steps[0], starts[1] + j*steps[1],
    ...]`: `sizes` is the shape of the result, and all three lists have a value
    for each axis. Steps are at least one.

    Example: the second half of the channels, every other column.

    ```mlir
    %y = nn.slice %x starts [0, 8, 0, 0] sizes [1, 8, 6, 3] steps [1, 1, 1, 2]
        : (tensor<1x16x6x6xf32>) -> tensor<1x8x6x3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$steps);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `starts` $starts `sizes` $sizes `steps` $steps attr-dict `:`
    functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's shape; its element type is the input's.
    OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<int64_t>":$starts,
                   "::llvm::ArrayRef<int64_t>":$sizes,
                   "::llvm::ArrayRef<int64_t>":$steps)>
  ];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// True if all elements along `axis` are taken.
    bool takesAll(int64_t axis) {
      return getSizes()[axis] == getInput().getType().getDimSize(axis);
    }
  }];
}

def NN_InterleaveOp : NN_ShapedOp<"interleave"> {
  let summary = "interleave the pixels of feature maps";
  let description = [{
    With `factors` [fh, fw] and fh*fw inputs of one shape,

    ```
    result[n, c, y*fh + i, x*fw + j] = inputs[i*fw + j][n, c, y, x]
    ```

    The same input in all places is nearest-neighbour upsampling; the phases of a
    transposed convolution, or the channel blocks of DepthToSpace, are different
    ones.

    Example: twice as wide.

    ```mlir
    %y = nn.interleave %x, %x factors [1, 2]
        : (tensor<1x16x8x8xf32>, tensor<1x16x8x8xf32>) -> tensor<1x16x8x16xf32>
    ```
  }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs, DenseI64ArrayAttr:$factors);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $inputs `factors` $factors attr-dict `:` functional-type(operands, results)
  }];
  let builders = [
    // Infers the result's shape; its element type is that of the first input.
    OpBuilder<(ins "::mlir::ValueRange":$inputs,
                   "::llvm::ArrayRef<int64_t>":$factors)>
  ];
  let hasFolder = 1;
  let extraClassDeclaration = [{
    int64_t getFactorH() { return getFactors()[0]; }
    int64_t getFactorW() { return getFactors()[1]; }
    /// True if all inputs are the same value.
    bool isUpsampling() { return ::llvm::all_equal(getInputs()); }
  }];
}

def NN_ReshapeOp : NN_Op<"reshape", [Pure]> {
  let summary = "read a tensor's elements in another shape";
  let description = [{
    The result has the input's elements in the same row-major order, and the
    same element type.

    Example:

    ```mlir
    %y = nn.reshape %x : (tensor<1x16x4x4xf32>) -> tensor<1x256xf32>
    ```
  }];
  let arguments = (ins NN_AnyTensor:$input);
  let results = (outs NN_AnyTensor:$result);
  let assemblyFormat =
      "$input attr-dict `:` functional-type(operands, results)";
  let builders = [
    // Keeps the element type.
    OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<int64_t>":$shape)>
  ];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Heads
//===----------------------------------------------------------------------===//

def NN_SoftmaxOp : NN_ShapedOp<"softmax"> {
  let summary = "normalise exponentials along an axis";
  let description = [{
    `result = exp(input - max) / sum of exp(input - max)`, maximum and sum taken
    along `axis`.

    Example:

    ```mlir
    %y = nn.softmax %x axis 1 : (tensor<1x10xf32>) -> tensor<1x10xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `axis` $axis attr-dict `:` functional-type(operands, results)
  }];
}

def NN_ArgMaxOp : NN_ShapedOp<"argmax"> {
  let summary = "find the index of the maximum along an axis";
  let description = [{
    The index of the first maximum along `axis`, or of the last one with
    `select_last_index`. With `keepdims` the axis stays with extent one,
    otherwise it goes.

    Example:

    ```mlir
    %y = nn.argmax %x axis 1 : (tensor<1x10xf32>) -> tensor<1xi64>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis, UnitAttr:$keepdims,
                       UnitAttr:$select_last_index);
  let results = (outs NN_IndexTensor:$result);
  let assemblyFormat = [{
    $input `axis` $axis (`keepdims` $keepdims^)?
    (`select_last_index` $select_last_index^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // NNCC_DIALECT_NN_IR_NNOPS_TD
