//===- CalibratePass.cpp - Calibration as a pass --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Passes.h"

namespace nncc {
#define GEN_PASS_DEF_CALIBRATE
#include "nncc/Quantization/Passes.h.inc"
} // namespace nncc

using namespace mlir;
using namespace nncc;
using llvm::Expected;

namespace {

struct CalibratePass : public nncc::impl::CalibrateBase<CalibratePass> {
  using CalibrateBase::CalibrateBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (data.empty()) {
      function.emitError() << "no calibration data: give sample inputs as a "
                              ".npy file or a folder of them";
      return signalPassFailure();
    }
    if (!(percentile > 50.0 && percentile <= 100.0)) {
      function.emitError() << "expected a percentile above 50 and up to 100, "
                              "got "
                           << percentile;
      return signalPassFailure();
    }
    Expected<CalibrationData> inputs = CalibrationData::load(data, function);
    if (!inputs) {
      function.emitError() << "calibration data: "
                           << llvm::toString(inputs.takeError());
      return signalPassFailure();
    }
    CalibrationOptions options;
    options.observer = observer;
    options.percentile = percentile;
    options.scales = scales;
    if (failed(calibrate(function, *inputs, options)))
      return signalPassFailure();
    numInputs += inputs->size();
    for (Value argument : function.getArguments())
      numRanges += getRange(argument).has_value();
    for (Operation &op : function.getBody().front())
      numRanges += op.hasAttr(kRangeAttr);
  }
};

} // namespace
