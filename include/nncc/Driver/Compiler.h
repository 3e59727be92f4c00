//===- Compiler.h - From a model to a program -------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The whole compilation as stages that can be looked at one by one. All errors
// are diagnostics of the context.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DRIVER_COMPILER_H
#define NNCC_DRIVER_COMPILER_H

#include "nncc/Driver/Pictures.h"
#include "nncc/Import/ONNX/Import.h"
#include "nncc/Program/Program.h"
#include "nncc/Quantization/Calibration.h"
#include "nncc/Target/ArchConfig.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace nncc {

/// What the compiler can stop behind, in order.
enum class Stage {
  NN,        ///< float graph, simplified
  Quantized, ///< integer graph
  Placed,    ///< with the engine of each layer
  Tiled,     ///< instructions on virtual buffers
  Scheduled, ///< instructions with addresses and tokens
};

/// Scaling of channels before calibration (nn-equalize).
enum class EqualizeMode {
  None,
  Exact,     ///< where it changes nothing in real numbers
  DropBounds ///< also where upper bounds such as ReLU6's must go for it
};

struct CompilerOptions {
  ImportOptions import;
  /// Sample inputs: a .npy file, a folder of them, or pictures. Empty: what
  /// needs a range gets it from made-up inputs.
  std::string calibration;
  /// Values of made-up inputs; without it those of pictures that have been
  /// normalized by mean and standard deviation, and a warning.
  std::optional<Range> inputRange;
  /// The network looks at pictures, of this kind.
  std::optional<PictureOptions> picture;
  CalibrationOptions calibrate;
  /// A file of ranges that hold for the tensors it names. What it lacks comes
  /// from `calibration`, and is an error without.
  std::string ranges;
  /// A file to write all ranges to.
  std::string writeRanges;
  EqualizeMode equalize = EqualizeMode::None;
  ArchConfig arch;
  /// Every layer's result also becomes an output.
  bool keepIntermediates = false;
};

/// Imports the model and takes it through all stages up to `last`.
mlir::OwningOpRef<mlir::ModuleOp> compile(llvm::StringRef model,
                                          mlir::MLIRContext &context,
                                          const CompilerOptions &options,
                                          Stage last);

/// Takes a placed module to the scheduled stage, in several ways of which the
/// timing model chooses. When the buffers of the first tilings do not fit side
/// by side, tiles again with a smaller share of the feature memory; null after
/// reporting why if none fits.
mlir::OwningOpRef<mlir::ModuleOp>
tileAndSchedule(mlir::ModuleOp placed, const CompilerOptions &options);

} // namespace nncc

#endif // NNCC_DRIVER_COMPILER_H
