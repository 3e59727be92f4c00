//===- Compiler.cpp - From a model to a program ---------------------------===//

#include "nncc/Driver/Compiler.h"

#include "ScheduleSearch.h"

#include "nncc/Conversion/Passes.h"
#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Quantization/Passes.h"
#include "nncc/Terminal/ProgressBar.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace nncc;

LogicalResult nncc::runPasses(ModuleOp module,
                              llvm::function_ref<void(OpPassManager &)> add) {
  PassManager pm(module.getContext());
  if (failed(applyPassManagerCLOptions(pm)))
    return failure();
  applyDefaultTimingPassManagerCLOptions(pm);
  add(pm);
  return pm.run(module);
}

static LogicalResult quantizeModule(ModuleOp module,
                                    const CompilerOptions &options) {
  // A model that says how its values are rounded needs no samples.
  bool hasGrids =
      module->walk([](nn::FakeQuantizeOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  if (options.calibration.empty() && !hasGrids)
    return module.emitError(
        "quantization needs sample inputs: pass --calibration=FILE.npy with "
        "inputs stacked along the first axis, or a folder with one such file "
        "per input");
  for (auto function : module.getOps<func::FuncOp>()) {
    if (options.calibration.empty())
      break;
    llvm::Expected<CalibrationData> data =
        CalibrationData::load(options.calibration, function);
    if (!data)
      return module.emitError() << llvm::toString(data.takeError());
    CalibrationOptions calibration = options.calibrate;
    std::optional<ProgressBar> bar;
    calibration.progress = [&](int64_t done, int64_t total) {
      if (!bar)
        bar.emplace("calibrating", total);
      bar->update(done);
    };
    if (failed(calibrate(function, *data, calibration)))
      return failure();
  }
  QuantizeOptions quantize;
  quantize.scales = options.calibrate.scales;
  return runPasses(module, [&](OpPassManager &pm) {
    pm.addNestedPass<func::FuncOp>(createQuantize(quantize));
  });
}

OwningOpRef<ModuleOp> nncc::compile(llvm::StringRef model, MLIRContext &context,
                                    const CompilerOptions &options,
                                    Stage last) {
  OwningOpRef<ModuleOp> module = importONNX(model, context, options.import);
  if (!module)
    return {};
  if (failed(runPasses(*module,
                       [](OpPassManager &pm) { nn::buildFloatPipeline(pm); })))
    return {};
  if (last == Stage::NN)
    return module;
  if (failed(quantizeModule(*module, options)))
    return {};
  if (last == Stage::Quantized)
    return module;
  for (auto function : module->getOps<func::FuncOp>())
    if (failed(placeFunction(function, options.arch)))
      return {};
  if (last == Stage::Placed)
    return module;
  if (last == Stage::Tiled) {
    if (failed(lowerFunctions(*module, options, LoweringOptions())))
      return {};
    return module;
  }
  return tileAndSchedule(*module, options);
}
