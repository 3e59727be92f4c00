//===- ImportFuzzer.cpp - Any bytes as an ONNX model ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// A model is imported and simplified, or refused with exactly one error.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Driver/Compiler.h"
#include "nncc/Import/ONNX/Import.h"
#include "nncc/InitAll.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <cstdio>
#include <cstdlib>

using namespace mlir;

/// Types, attributes and locations stay in a context for ever.
static constexpr unsigned kInputsPerContext = 2000;

static std::unique_ptr<MLIRContext> makeContext() {
  DialectRegistry registry;
  nncc::registerAllDialects(registry);
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

static void require(bool condition, const char *what) {
  if (condition)
    return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static std::unique_ptr<MLIRContext> context;
  static unsigned inputs = 0;
  if (inputs++ % kInputsPerContext == 0)
    context = makeContext();
  unsigned errors = 0;
  ScopedDiagnosticHandler count(context.get(), [&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return success();
  });

  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  OwningOpRef<ModuleOp> module =
      nncc::importONNXFromMemory(bytes, "model.onnx", *context);
  require(errors == (module ? 0u : 1u),
          "an import fails with one error, or works without");
  if (!module)
    return 0;
  require(succeeded(verify(*module)), "what was imported verifies");
  PassManager pm(context.get());
  nncc::nn::buildFloatPipeline(pm);
  LogicalResult simplified = pm.run(*module);
  require(failed(simplified) == (errors != 0),
          "simplification fails with an error, or works without");
  return 0;
}
