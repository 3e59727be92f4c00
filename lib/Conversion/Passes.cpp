//===- Passes.cpp - Thin passes around the conversions --------------------===//

#include "nncc/Conversion/Passes.h"

#include "nncc/Dialect/Aristotle/IR/Aristotle.h"
#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Target/ArchReader.h"

using namespace mlir;

namespace nncc {
#define GEN_PASS_DEF_NNPLACE
#define GEN_PASS_DEF_NNTOARISTOTLE
#include "nncc/Conversion/Passes.h.inc"
} // namespace nncc

using namespace nncc;

/// The architecture that a pass option names; reports what is wrong with it.
static FailureOr<ArchConfig> readArchOption(ModuleOp module, StringRef name) {
  llvm::Expected<ArchConfig> arch = readArch(name);
  if (arch)
    return *arch;
  return module.emitError() << llvm::toString(arch.takeError());
}

namespace {
struct NNPlacePass : nncc::impl::NNPlaceBase<NNPlacePass> {
  using NNPlaceBase::NNPlaceBase;

  void runOnOperation() override {
    FailureOr<ArchConfig> config = readArchOption(getOperation(), arch);
    if (failed(config))
      return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      size_t before = function.getBody().front().getOperations().size();
      if (failed(placeFunction(function, *config)))
        return signalPassFailure();
      // A relayout is a constant and a convolution.
      numRelayouts +=
          (function.getBody().front().getOperations().size() - before) / 2;
    }
  }
};

struct NNToAristotlePass : nncc::impl::NNToAristotleBase<NNToAristotlePass> {
  using NNToAristotleBase::NNToAristotleBase;

  void runOnOperation() override {
    FailureOr<ArchConfig> config = readArchOption(getOperation(), arch);
    if (failed(config))
      return signalPassFailure();
    LoweringOptions options{keepIntermediates, featureBudget};
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (failed(lowerFunction(function, *config, options)))
        return signalPassFailure();
  }
};
} // namespace
