//===- InitAll.cpp - Registration of all dialects and passes --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/InitAll.h"

#include "nncc/Conversion/Passes.h"
#include "nncc/Dialect/Aristotle/IR/Aristotle.h"
#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Quantization/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Transforms/Passes.h"

void nncc::registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<mlir::arith::ArithDialect, mlir::func::FuncDialect,
                  mlir::quant::QuantDialect, nn::NNDialect,
                  aristotle::AristotleDialect>();
}

void nncc::registerAllPasses() {
  mlir::registerTransformsPasses();
  nn::registerNNPasses();
  nn::registerPipelines();
  registerQuantizationPasses();
  registerNNCCConversionPasses();
  aristotle::registerNNCCAristotlePasses();
}
