//===- Compiler.cpp - From a model to a program ---------------------------===//

#include "nncc/Driver/Compiler.h"

#include "ScheduleSearch.h"

#include "nncc/Conversion/Passes.h"
#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Quantization/Passes.h"
#include "nncc/Terminal/ProgressBar.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Format.h"

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

/// The range of made-up inputs if nobody says: pictures whose channels have
/// mean 0 and standard deviation 1.
static constexpr Range kDefaultInputRange{-2.5, 2.5};
/// Few, because they are much alike.
static constexpr int64_t kMadeUpInputs = 8;

static llvm::Expected<CalibrationData>
getCalibrationData(func::FuncOp function, const CompilerOptions &options) {
  if (!options.calibration.empty())
    return CalibrationData::load(options.calibration, function);
  Range range = options.inputRange.value_or(kDefaultInputRange);
  llvm::SmallString<64> bounds;
  llvm::raw_svector_ostream(bounds)
      << llvm::format("%g to %g", range.lo, range.hi);
  InFlightDiagnostic warning = mlir::emitWarning(function.getLoc());
  warning << "no sample inputs: scales come from " << kMadeUpInputs
          << " made-up ones, with values from " << bounds
          << "; pass --calibration=FILE.npy for real ones";
  if (!options.inputRange)
    warning << ", or --input-range=LO:HI if the inputs have other values";
  return CalibrationData::makeUp(function, range, kMadeUpInputs);
}

static LogicalResult quantizeModule(ModuleOp module,
                                    const CompilerOptions &options) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (options.calibration.empty() && !needsRanges(function))
      continue;
    llvm::Expected<CalibrationData> data =
        getCalibrationData(function, options);
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
