//===- ReferenceEvaluator.h - Evaluation of quantized networks --*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_REFERENCEEVALUATOR_H
#define NNCC_QUANTIZATION_REFERENCEEVALUATOR_H

#include "nncc/Quantization/TensorData.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <memory>

namespace nncc {

/// Evaluates a quantized function op by op, with the integers and the rounding
/// of docs/numerics.md and nothing of the hardware: what every later stage of
/// the compiler, the simulator and the accelerator must reproduce byte for
/// byte. quant.qcast and quant.dcast, and the float ops behind the latter, are
/// evaluated as the runtime does.
///
/// The function must stay unchanged while the evaluator lives.
class ReferenceEvaluator {
public:
  /// Called with each value right after it was computed, arguments first.
  /// Quantized values come as the stored bytes. Names: getTensorName.
  using Observer = llvm::function_ref<void(mlir::Value, const TensorData &)>;

  /// Prepares `function`, whose body must be one block. An op that cannot be
  /// evaluated, or constants that the hardware cannot hold, are errors.
  static llvm::Expected<std::unique_ptr<ReferenceEvaluator>>
  create(mlir::func::FuncOp function);

  /// Evaluates the function on one tensor per argument, floats or, for a
  /// quantized argument, bytes. Returns the function's results.
  llvm::Expected<std::vector<TensorData>> run(llvm::ArrayRef<TensorData> inputs,
                                              Observer observer = {});

private:
  explicit ReferenceEvaluator(mlir::func::FuncOp function)
      : function(function) {}

  TensorData &get(mlir::Value value) { return *values.find(value)->second; }
  llvm::Error prepare(mlir::Operation &op);
  llvm::Error prepareConvolution(mlir::Operation &op);
  llvm::Error prepareAvgPool(mlir::Operation &op);
  template <typename Op, typename Compute>
  void prepareBroadcast(Op op, Compute compute);
  llvm::Error prepareAdd(mlir::Operation &op);
  llvm::Error prepareMul(mlir::Operation &op);
  llvm::Error prepareTable(mlir::Operation &op);
  llvm::Error prepareMovement(mlir::Operation &op);
  llvm::Error prepareCast(mlir::Operation &op);
  llvm::Error prepareHead(mlir::Operation &op);

  /// Computes the results of one op.
  struct Step {
    mlir::Operation *op;
    std::function<void()> compute;
  };

  mlir::func::FuncOp function;
  llvm::DenseMap<mlir::Value, std::unique_ptr<TensorData>> values;
  std::vector<Step> steps;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_REFERENCEEVALUATOR_H
