//===- Evaluation.h - A compiled network against its float one --*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TOOLS_NNCC_EVAL_EVALUATION_H
#define NNCC_TOOLS_NNCC_EVAL_EVALUATION_H

#include "ProgramRun.h"

#include "nncc/Quantization/CalibrationData.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/JSON.h"

#include <optional>

namespace nncc {

/// How far one tensor of the program is from the float network's, over all
/// inputs.
struct Deviation {
  std::string name;
  std::string kind;                 ///< of a layer: the op
  double signal = 0.0, noise = 0.0; ///< sums of squares

  void add(const std::vector<float> &expected, const std::vector<float> &got);
  /// 10 log10(signal / noise); infinite without noise.
  double sqnr() const;
};

/// Answers to labelled inputs.
struct Score {
  int64_t top1 = 0, top5 = 0;

  void add(const std::vector<float> &scores, int64_t label);
};

struct Evaluation {
  int64_t inputs = 0;
  /// Inputs for which float and quantized network have the same greatest value
  /// in the first output.
  int64_t agreed = 0;
  /// Inputs for which a class has the greatest value in both. Eight bits make
  /// ties, of which `agreed` looks at the first class alone.
  int64_t agreedWithTies = 0;
  /// Inputs for which several classes have the greatest value.
  int64_t originalTies = 0, quantizedTies = 0;
  bool labelled = false;
  Score original, quantized;
  std::vector<Deviation> outputs;
  std::vector<Deviation> layers; ///< worst first

  /// Counts one input, by the classes that are best in each.
  void addAnswers(llvm::ArrayRef<int64_t> expected,
                  llvm::ArrayRef<int64_t> got);
  llvm::json::Value toJSON() const;
  void print(llvm::raw_ostream &os, bool withLayers) const;
};

/// Evaluates both on all of `data`. `labels`: a class number for each input, or
/// null.
/// \param function the float network, after the float passes
llvm::Expected<Evaluation> evaluate(mlir::func::FuncOp function,
                                    ProgramRun &program,
                                    const CalibrationData &data,
                                    const std::vector<int64_t> *labels);

} // namespace nncc

#endif // NNCC_TOOLS_NNCC_EVAL_EVALUATION_H
