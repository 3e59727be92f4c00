//===- Compiler.cpp - From a model to a program ---------------------------===//

#include "nncc/Driver/Compiler.h"

#include "KnownRanges.h"
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
/// Scores that saturate tie, which costs more than two bits of them do.
static constexpr double kMadeUpMargin = 4.0;

static llvm::Expected<CalibrationData>
getCalibrationData(func::FuncOp function, const CompilerOptions &options) {
  if (!options.calibration.empty())
    return CalibrationData::load(options.calibration, function);
  Range range = options.inputRange.value_or(kDefaultInputRange);
  bool takesPictures = options.picture && options.picture->pixels;
  InFlightDiagnostic warning = mlir::emitWarning(function.getLoc());
  warning << "no sample inputs: scales come from " << kMadeUpInputs
          << " made-up ones";
  if (takesPictures) {
    warning << "; pass --calibration=FOLDER with pictures for real ones";
  } else {
    llvm::SmallString<64> bounds;
    llvm::raw_svector_ostream(bounds)
        << llvm::format("%g to %g", range.lo, range.hi);
    warning << ", with values from " << bounds
            << "; pass --calibration=FILE.npy for real ones";
  }
  if (!options.inputRange && !takesPictures)
    warning << ", or --input-range=LO:HI if the inputs have other values";
  return CalibrationData::makeUp(function, range, kMadeUpInputs);
}

static LogicalResult calibrateFunction(func::FuncOp function,
                                       const CompilerOptions &options) {
  llvm::Expected<CalibrationData> data = getCalibrationData(function, options);
  if (!data)
    return function.emitError() << llvm::toString(data.takeError());
  CalibrationOptions calibration = options.calibrate;
  std::optional<ProgressBar> bar;
  calibration.progress = [&](int64_t done, int64_t total) {
    if (!bar)
      bar.emplace("calibrating", total);
    bar->update(done);
  };
  if (failed(calibrate(function, *data, calibration)))
    return failure();
  if (options.calibration.empty())
    widenResultRanges(function, kMadeUpMargin);
  return success();
}

static LogicalResult findRanges(func::FuncOp function,
                                const CompilerOptions &options) {
  auto calibrate = [&] { return calibrateFunction(function, options); };
  if (!options.ranges.empty()) {
    if (failed(useKnownRanges(function, options, calibrate)))
      return failure();
  } else if (!options.calibration.empty() || needsRanges(function)) {
    if (failed(calibrate()))
      return failure();
  }
  return options.writeRanges.empty() ? success()
                                     : writeKnownRanges(function, options);
}

static LogicalResult quantizeModule(ModuleOp module,
                                    const CompilerOptions &options) {
  for (auto function : module.getOps<func::FuncOp>())
    if (failed(findRanges(function, options)))
      return failure();
  if (options.picture && !options.picture->pixels)
    removePicture(module); // It was for the samples.
  QuantizeOptions quantize;
  quantize.scales = options.calibrate.scales;
  return runPasses(module, [&](OpPassManager &pm) {
    pm.addNestedPass<func::FuncOp>(createQuantize(quantize));
  });
}

/// Lets the program take the bytes of pictures, or just the calibration.
static LogicalResult preparePictures(ModuleOp module,
                                     const CompilerOptions &options) {
  if (!options.picture)
    return success();
  if (options.picture->pixels) {
    if (failed(setPicture(module, *options.picture)))
      return failure();
    return runPasses(module, [](OpPassManager &pm) {
      pm.addNestedPass<func::FuncOp>(nn::createFoldPicture());
    });
  }
  // Arrays are what the network takes already.
  if (!options.calibration.empty() && holdsPictures(options.calibration))
    return setPicture(module, *options.picture);
  return success();
}

static LogicalResult equalize(ModuleOp module, const CompilerOptions &options) {
  if (options.equalize == EqualizeMode::None)
    return success();
  EqualizeOptions equalize;
  equalize.dropUpperBounds = options.equalize == EqualizeMode::DropBounds;
  return runPasses(module, [&](OpPassManager &pm) {
    pm.addNestedPass<func::FuncOp>(createEqualize(equalize));
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
  if (failed(preparePictures(*module, options)))
    return {};
  if (failed(equalize(*module, options)))
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
