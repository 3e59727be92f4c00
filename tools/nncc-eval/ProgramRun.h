//===- ProgramRun.h - A compiled network as a function ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TOOLS_NNCC_EVAL_PROGRAMRUN_H
#define NNCC_TOOLS_NNCC_EVAL_PROGRAMRUN_H

#include "nncc/Program/Program.h"
#include "nncc/Quantization/TensorData.h"
#include "nncc/runtime.h"

#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace nncc {

/// A program on the simulator.
class ProgramRun {
public:
  struct Output {
    std::string name;
    std::vector<int64_t> shape;
    /// A layer's bytes (`nncc --keep-intermediates`), which are real numbers
    /// after all with these; 0 for an output of the network.
    double scale = 0.0;
    int zeroPoint = 0;

    bool isLayer() const { return scale != 0.0; }
  };

  static llvm::Expected<ProgramRun> open(const std::string &path);

  const std::vector<Output> &outputs() const { return outputInfo; }
  /// How the program takes pictures, if it does.
  const std::optional<PictureFormat> &picture() const { return format; }
  /// Inputs by the names of the network's arguments. Returns the outputs as
  /// real numbers, in the order of `outputs`.
  llvm::Expected<std::vector<std::vector<float>>>
  run(const std::vector<std::string> &names,
      const std::vector<TensorData> &inputs);
  /// Likewise, for a program that takes the pixels [H, W, C] of a picture.
  llvm::Expected<std::vector<std::vector<float>>>
  run(const std::vector<uint8_t> &pixels);

private:
  llvm::Expected<std::vector<std::vector<float>>> run();

  struct Closer {
    void operator()(nncc_session *session) const { nncc_close(session); }
  };

  std::unique_ptr<nncc_session, Closer> session;
  std::vector<Output> outputInfo;
  std::optional<PictureFormat> format;
};

} // namespace nncc

#endif // NNCC_TOOLS_NNCC_EVAL_PROGRAMRUN_H
