//===- nncc-opt.cpp - Run passes on MLIR files and ONNX models ------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// mlir-opt with this project's dialects and passes. The input may also be an
// ONNX model, which is imported first:
//
//   nncc-opt --import-onnx model.onnx --nn-float-pipeline
//
//===----------------------------------------------------------------------===//

#include "nncc/Import/ONNX/Import.h"
#include "nncc/InitAll.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

namespace cl = llvm::cl;

static cl::opt<bool> importModel("import-onnx",
                                 cl::desc("The input is an ONNX model"));
static cl::list<std::string>
    inputShapes("input-shape",
                cl::desc("Shape of a model input whose extents are open"),
                cl::value_desc("NAME:1x3x224x224"));
static cl::list<std::string>
    stopAt("stop-at",
           cl::desc("Make this tensor an output, in place of the model's own"),
           cl::value_desc("TENSOR"));
static cl::opt<bool> dumpOperators(
    "dump-supported-operators",
    cl::desc("Print the page of supported ONNX operators and stop"));

/// The imported model as bytecode, or null after a diagnostic.
static std::unique_ptr<llvm::MemoryBuffer>
importToBytecode(llvm::StringRef path, const mlir::DialectRegistry &registry) {
  nncc::ImportOptions options;
  options.outputs.assign(stopAt.begin(), stopAt.end());
  for (const std::string &text : inputShapes) {
    llvm::Expected<nncc::InputShape> shape = nncc::parseInputShape(text);
    if (!shape) {
      llvm::errs() << "error: " << llvm::toString(shape.takeError()) << "\n";
      return nullptr;
    }
    options.inputShapes.push_back(std::move(*shape));
  }
  mlir::MLIRContext context(registry);
  llvm::SourceMgr sourceMgr;
  mlir::SourceMgrDiagnosticHandler handler(sourceMgr, &context);
  auto module = nncc::importONNX(path, context, options);
  if (!module)
    return nullptr;
  std::string bytecode;
  llvm::raw_string_ostream os(bytecode);
  if (failed(mlir::writeBytecodeToFile(*module, os)))
    return nullptr;
  return llvm::MemoryBuffer::getMemBufferCopy(bytecode, path);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  mlir::DialectRegistry registry;
  nncc::registerAllDialects(registry);
  nncc::registerAllPasses();
  auto [inputName, outputName] = mlir::registerAndParseCLIOptions(
      argc, argv, "nncc optimizer driver\n", registry);

  if (dumpOperators) {
    nncc::printSupportedOperators(llvm::outs());
    return EXIT_SUCCESS;
  }

  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> input;
  if (importModel) {
    input = importToBytecode(inputName, registry);
    if (!input)
      return EXIT_FAILURE;
  } else {
    input = mlir::openInputFile(inputName, &message);
  }
  std::unique_ptr<llvm::ToolOutputFile> output =
      input ? mlir::openOutputFile(outputName, &message) : nullptr;
  if (!output) {
    llvm::errs() << message << "\n";
    return EXIT_FAILURE;
  }
  mlir::MlirOptMainConfig config =
      mlir::MlirOptMainConfig::createFromCLOptions();
  if (failed(
          mlir::MlirOptMain(output->os(), std::move(input), registry, config)))
    return EXIT_FAILURE;
  output->keep();
  return EXIT_SUCCESS;
}
