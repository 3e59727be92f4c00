//===- NNMovementOps.td - Layers that move data ------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNMOVEMENTOPS_TD
#define NNCC_DIALECT_NN_IR_NNMOVEMENTOPS_TD

include "nncc/Dialect/NN/IR/NNOpBase.td"

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

#endif // NNCC_DIALECT_NN_IR_NNMOVEMENTOPS_TD
