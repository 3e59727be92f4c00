//===- Pipeline.cpp - The order of the float passes -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace nncc::nn;

void nncc::nn::buildFloatPipeline(OpPassManager &pm) {
  OpPassManager &funcs = pm.nest<func::FuncOp>();
  funcs.addPass(createCanonicalizerPass());
  // Layer + constant + batch norm: the constant must be in the bias before the
  // batch norm sees the layer. What has no layer before it waits until the
  // batch norms are layers.
  FoldAddConstantOptions onlyIntoBias;
  onlyIntoBias.onlyIntoBias = true;
  funcs.addPass(createFoldAddConstant(onlyIntoBias));
  funcs.addPass(createFoldBatchNorm());
  funcs.addPass(createFoldAddConstant());
  funcs.addPass(createLinearToConv());
  funcs.addPass(createHoistSlice());
  funcs.addPass(createBroadcastOperands());
  funcs.addPass(createFuseClamp());
  // Needs the fused clamps to know that a zero never wins a maximum.
  funcs.addPass(createFoldPad());
  funcs.addPass(createFuseResidual());
  funcs.addPass(createCanonicalizerPass());
  funcs.addPass(createCSEPass());
}

void nncc::nn::registerPipelines() {
  PassPipelineRegistration<>("nn-float-pipeline",
                             "All float passes of the nn dialect, in order",
                             [](OpPassManager &pm) { buildFloatPipeline(pm); });
}
