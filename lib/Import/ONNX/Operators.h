//===- Operators.h - The table of importable operators ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_IMPORT_ONNX_OPERATORS_H
#define NNCC_LIB_IMPORT_ONNX_OPERATORS_H

#include "Node.h"
#include "nncc/Import/ONNX/Import.h"

namespace nncc::onnx_import {

/// How one operator becomes ops of the `nn` dialect.
struct OperatorImport {
  llvm::StringLiteral name;
  /// The first opset that has the operator in the form understood here.
  int since;
  /// Number of inputs; the first `minInputs` must be present.
  size_t minInputs;
  size_t maxInputs;
  /// What a node must satisfy: one sentence, printed in the documentation and
  /// in the message that refuses a node.
  llvm::StringLiteral rule;
  llvm::LogicalResult (*import)(Node &node);
  /// Also takes tensors of integers (the result of ArgMax).
  bool anyElementType = false;
  /// Moves or selects elements: of integers with a grid, the result has it.
  bool keepsGrid = false;
};

/// How one operator is computed if all its inputs are constants.
struct OperatorEvaluation {
  llvm::StringLiteral name;
  size_t minInputs;
  size_t maxInputs;
  llvm::LogicalResult (*evaluate)(Node &node);
};

// The families of operators, one file each.
llvm::ArrayRef<OperatorImport> getConvolutionOperators();
llvm::ArrayRef<OperatorImport> getTransposedConvolutionOperators();
llvm::ArrayRef<OperatorImport> getMatrixProductOperators();
llvm::ArrayRef<OperatorImport> getPoolingOperators();
llvm::ArrayRef<OperatorImport> getNormalizationOperators();
llvm::ArrayRef<OperatorImport> getElementwiseOperators();
llvm::ArrayRef<OperatorImport> getArithmeticOperators();
llvm::ArrayRef<OperatorImport> getMovementOperators();
llvm::ArrayRef<OperatorImport> getSliceOperators();
llvm::ArrayRef<OperatorImport> getResizeOperators();
llvm::ArrayRef<OperatorImport> getHeadOperators();
llvm::ArrayRef<OperatorImport> getQuantizationOperators();
llvm::ArrayRef<OperatorEvaluation> getTensorEvaluations();
llvm::ArrayRef<OperatorEvaluation> getArithmeticEvaluations();

/// The table entry of an operator of the standard domain, or null.
const OperatorImport *findImport(llvm::StringRef name);
const OperatorEvaluation *findEvaluation(llvm::StringRef name);

/// What the page of supported operators says of operators on quantized tensors.
void printQuantizedOperators(llvm::raw_ostream &os);

//===--- Shared by the families -------------------------------------------===//

/// The pads [top, left, bottom, right] of a sliding window from `auto_pad` and
/// `pads`; the attributes are read.
std::optional<llvm::SmallVector<int64_t, 4>>
getPads(Node &node, llvm::ArrayRef<int64_t> image,
        llvm::ArrayRef<int64_t> kernel, llvm::ArrayRef<int64_t> strides,
        llvm::ArrayRef<int64_t> dilations);

/// `factor[c] * value + offset[c]` for each channel; the value has two axes at
/// least. One factor and one offset stand for all channels.
mlir::Value makeAffine(Node &node, mlir::Value value,
                       llvm::ArrayRef<float> factor,
                       llvm::ArrayRef<float> offset);

/// Rejects anything but feature maps [1, C, H, W].
llvm::LogicalResult checkImage(Node &node, size_t input);

/// `size` elements in steps of `step` from `start`; the step may be negative.
struct SliceRange {
  int64_t start, size, step;
};
/// What Slice takes of each axis.
std::optional<std::vector<SliceRange>> getSliceRanges(Node &node);

/// The target shape of Reshape, Flatten, Squeeze or Unsqueeze.
std::optional<Shape> getReshapeTarget(Node &node);

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_OPERATORS_H
