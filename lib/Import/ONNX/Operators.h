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
llvm::ArrayRef<OperatorImport> getMatrixProductOperators();
llvm::ArrayRef<OperatorImport> getPoolingOperators();
llvm::ArrayRef<OperatorImport> getNormalizationOperators();
llvm::ArrayRef<OperatorImport> getElementwiseOperators();
llvm::ArrayRef<OperatorImport> getMovementOperators();
llvm::ArrayRef<OperatorImport> getHeadOperators();
llvm::ArrayRef<OperatorImport> getQuantizationOperators();
llvm::ArrayRef<OperatorEvaluation> getTensorEvaluations();
llvm::ArrayRef<OperatorEvaluation> getArithmeticEvaluations();

/// The table entry of an operator of the standard domain, or null.
const OperatorImport *findImport(llvm::StringRef name);
const OperatorEvaluation *findEvaluation(llvm::StringRef name);

//===--- Shared by the families -------------------------------------------===//

/// The pads [top, left, bottom, right] of a sliding window from `auto_pad` and
/// `pads`; the attributes are read.
std::optional<llvm::SmallVector<int64_t, 4>>
getPads(Node &node, llvm::ArrayRef<int64_t> image,
        llvm::ArrayRef<int64_t> kernel, llvm::ArrayRef<int64_t> strides,
        llvm::ArrayRef<int64_t> dilations);

/// Rejects anything but feature maps [1, C, H, W].
llvm::LogicalResult checkImage(Node &node, size_t input);

/// The target shape of Reshape, Flatten, Squeeze or Unsqueeze.
std::optional<Shape> getReshapeTarget(Node &node);

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_OPERATORS_H
