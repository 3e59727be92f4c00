//===- NNPoolingOps.td - Pooling ---------------------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNPOOLINGOPS_TD
#define NNCC_DIALECT_NN_IR_NNPOOLINGOPS_TD

include "nncc/Dialect/NN/IR/NNOpBase.td"

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

#endif // NNCC_DIALECT_NN_IR_NNPOOLINGOPS_TD
