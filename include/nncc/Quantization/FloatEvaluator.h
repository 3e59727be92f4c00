//===- FloatEvaluator.h - Evaluation of float networks ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_FLOATEVALUATOR_H
#define NNCC_QUANTIZATION_FLOATEVALUATOR_H

#include "nncc/Quantization/TensorData.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <memory>

namespace nncc {

/// Evaluates a function of float `nn` ops on single inputs: convolutions by
/// oneDNN, the rest by plain loops. Everything that depends on shapes and
/// constants alone is prepared once, so that a second input is cheap.
///
/// The function must stay unchanged while the evaluator lives.
class FloatEvaluator {
public:
  /// Called with each value right after it was computed, arguments first.
  using Observer = llvm::function_ref<void(mlir::Value, const TensorData &)>;

  /// Prepares `function`, whose body must be one block of float `nn` ops.
  /// Otherwise the error names the op that is not one.
  static llvm::Expected<std::unique_ptr<FloatEvaluator>>
  create(mlir::func::FuncOp function);

  /// Evaluates the function. `inputs` holds one float tensor per argument, of
  /// exactly its number of elements. Returns the function's results.
  llvm::Expected<std::vector<TensorData>> run(llvm::ArrayRef<TensorData> inputs,
                                              Observer observer = {});

private:
  explicit FloatEvaluator(mlir::func::FuncOp function) : function(function) {}

  TensorData &get(mlir::Value value) { return *values.find(value)->second; }
  llvm::Error prepare(mlir::Operation &op);
  llvm::Error prepareConvolution(mlir::Operation &op);

  /// Computes the results of one op. "" or what went wrong.
  struct Step {
    mlir::Operation *op;
    std::function<std::string()> compute;
  };

  mlir::func::FuncOp function;
  llvm::DenseMap<mlir::Value, std::unique_ptr<TensorData>> values;
  std::vector<Step> steps;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_FLOATEVALUATOR_H
