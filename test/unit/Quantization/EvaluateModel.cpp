//===- EvaluateModel.cpp - Float and quantized results of a model ---------===//
//
// Part of nncc, under the Apache License v2.0.
//
// A tool of the tests: evaluates an ONNX model on every input of a .npy file,
// as the float graph or, after calibration and quantization, with the integers
// of the reference, and writes the first result of each input as raw float32
// (or int64) values to a file.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Import/ONNX/Import.h"
#include "nncc/Quantization/CalibrationData.h"
#include "nncc/Quantization/Comparison.h"
#include "nncc/Quantization/FloatEvaluator.h"
#include "nncc/Quantization/NamedRanges.h"
#include "nncc/Quantization/Passes.h"
#include "nncc/Quantization/ReferenceEvaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace nncc;
using namespace llvm::cl;

static opt<std::string> model(Positional, desc("model.onnx or graph.mlir"),
                              Required);
static opt<std::string> input("input", desc("inputs to evaluate"), Required);
static opt<std::string> output("o", desc("raw results"), Required);
static opt<std::string> calibration("calibration",
                                    desc("quantize with these inputs"));
static opt<std::string> observer("observer", init("mse"));
static opt<double> percentile("percentile", init(99.99));
static opt<std::string> shape("input-shape");
static opt<bool> pow2("pow2");
static opt<bool> equalize("equalize", desc("equalize channels first"));
static opt<bool> dropUpperBounds("drop-upper-bounds",
                                 desc("... and drop upper bounds for it"));
static opt<std::string>
    ranges("ranges", desc("take ranges from this file where it has them"));
static opt<int> compare("compare", init(0),
                        desc("print the error of each tensor on N inputs"));
static opt<bool> dump("dump", desc("print the graph"));

template <typename Evaluator>
static llvm::Error evaluate(func::FuncOp function, const CalibrationData &data,
                            llvm::raw_ostream &os) {
  auto evaluator = Evaluator::create(function);
  if (!evaluator)
    return evaluator.takeError();
  for (int64_t i = 0; i < data.size(); ++i) {
    auto inputs = data.get(i);
    if (!inputs)
      return inputs.takeError();
    auto results = (*evaluator)->run(*inputs);
    if (!results)
      return results.takeError();
    const TensorData &first = results->front();
    if (first.element == TensorData::Element::Float)
      os.write(reinterpret_cast<const char *>(first.floats.data()),
               first.floats.size() * sizeof(float));
    else
      os.write(reinterpret_cast<const char *>(first.ints.data()),
               first.ints.size() * sizeof(int64_t));
  }
  return llvm::Error::success();
}

static void readRanges(func::FuncOp function,
                       const llvm::ExitOnError &exitOnError) {
  auto text =
      exitOnError(llvm::errorOrToExpected(llvm::MemoryBuffer::getFile(ranges)));
  RangeFile file;
  std::string why = parseRangeFile(text->getBuffer(), file);
  if (why.empty())
    why = applyRanges(function, file);
  if (!why.empty())
    exitOnError(llvm::createStringError(ranges + ": " + why));
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  ParseCommandLineOptions(argc, argv);
  llvm::ExitOnError exitOnError("evaluate-model: ");

  MLIRContext context;
  context.disableMultithreading();
  context.loadDialect<arith::ArithDialect, func::FuncDialect,
                      quant::QuantDialect, nn::NNDialect>();
  ImportOptions options;
  if (!shape.empty())
    options.inputShapes.push_back(exitOnError(parseInputShape(shape)));
  OwningOpRef<ModuleOp> module = importONNX(model, context, options);
  if (!module)
    return 1;
  PassManager floatPasses(&context);
  nn::buildFloatPipeline(floatPasses);
  if (failed(floatPasses.run(*module)))
    return 1;
  OwningOpRef<ModuleOp> original = module->clone();
  if (equalize) {
    PassManager pm(&context);
    pm.addNestedPass<func::FuncOp>(
        createEqualize(EqualizeOptions{dropUpperBounds}));
    if (failed(pm.run(*module)))
      return 1;
  }
  PassManager pm(&context);
  if (!calibration.empty()) {
    std::optional<Observer> kind = parseObserver(observer);
    if (!kind)
      exitOnError(llvm::createStringError("unknown observer " + observer));
    ScaleMode mode = pow2 ? ScaleMode::PowerOfTwo : ScaleMode::Float;
    pm.addNestedPass<func::FuncOp>(createCalibrate(
        CalibrateOptions{calibration, *kind, percentile, mode}));
    if (failed(pm.run(*module)))
      return 1;
    if (!ranges.empty())
      readRanges(*module->getOps<func::FuncOp>().begin(), exitOnError);
    PassManager quantize(&context);
    quantize.addNestedPass<func::FuncOp>(createQuantize(QuantizeOptions{mode}));
    if (failed(quantize.run(*module)))
      return 1;
  }
  if (dump)
    module->print(llvm::outs());

  func::FuncOp function = *module->getOps<func::FuncOp>().begin();
  CalibrationData data = exitOnError(CalibrationData::load(input, function));
  if (compare > 0 && !calibration.empty())
    printTensorErrors(
        exitOnError(compareTensors(*original->getOps<func::FuncOp>().begin(),
                                   function, data, compare)),
        llvm::outs());
  std::error_code error;
  llvm::ToolOutputFile file(output, error, llvm::sys::fs::OF_None);
  if (error)
    exitOnError(llvm::errorCodeToError(error));
  if (calibration.empty())
    exitOnError(evaluate<FloatEvaluator>(function, data, file.os()));
  else
    exitOnError(evaluate<ReferenceEvaluator>(function, data, file.os()));
  file.keep();
  return 0;
}
