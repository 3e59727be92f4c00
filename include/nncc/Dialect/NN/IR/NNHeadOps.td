//===- NNHeadOps.td - Ends of networks ---------------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNHEADOPS_TD
#define NNCC_DIALECT_NN_IR_NNHEADOPS_TD

include "nncc/Dialect/NN/IR/NNOpBase.td"

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

#endif // NNCC_DIALECT_NN_IR_NNHEADOPS_TD
