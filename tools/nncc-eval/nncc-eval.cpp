//===- nncc-eval.cpp - How good is a compiled network? --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"

#include "nncc/Driver/Compiler.h"
#include "nncc/InitAll.h"
#include "nncc/Picture/Labels.h"
#include "nncc/Program/Program.h"
#include "nncc/Support/CommandLine.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace mlir;
using namespace nncc;
namespace cl = llvm::cl;

static cl::OptionCategory category("nncc-eval options");
static cl::opt<std::string> model(cl::Positional, cl::Required,
                                  cl::desc("MODEL.onnx"), cl::cat(category));
static cl::opt<std::string> programFile(cl::Positional, cl::Required,
                                        cl::desc("PROGRAM.bin"),
                                        cl::cat(category));
static cl::opt<std::string>
    dataPath("data", cl::Required, cl::cat(category),
             cl::value_desc("file.npy|folder"),
             cl::desc("Inputs, stacked along the first axis; a folder for "
                      "several inputs; pictures"));
static cl::opt<std::string> labelPath(
    "labels", cl::cat(category), cl::value_desc("file.npy|.tsv"),
    cl::desc("The class of each input, in the first output: an array, "
             "or a table with the columns file and class_index"));
static cl::opt<int64_t>
    labelOffset("label-offset", cl::cat(category), cl::init(0),
                cl::desc("Added to each label (default 0)"));
static cl::opt<std::string>
    jsonPath("json", cl::cat(category), cl::value_desc("file"),
             cl::desc("Write the figures there as well"));
static cl::opt<bool>
    withLayers("layers", cl::cat(category),
               cl::desc("Each layer's deviation, worst first; the program must "
                        "have been compiled with --keep-intermediates"));
static cl::list<std::string> inputShapes(
    "input-shape", cl::cat(category), cl::value_desc("name:1x3x2x2"),
    cl::desc("Shape of an input whose shape the model leaves open"));
static cl::list<std::string> stopAt(
    "stop-at", cl::cat(category), cl::value_desc("tensor"),
    cl::desc("Tensors that the program was compiled with as its outputs"));

static int fail(const llvm::Twine &message) {
  return printError("nncc-eval", message);
}
static int fail(llvm::Error error) {
  return printError("nncc-eval", std::move(error));
}

/// The class of each input: an array of numbers, or a table with the columns
/// file and class_index.
static llvm::Error readClasses(const std::string &path,
                               const CalibrationData &data, int64_t offset,
                               std::vector<int64_t> &classes) {
  if (!StringRef(path).ends_with(".tsv")) {
    llvm::Expected<NpyArray> array = NpyArray::open(path);
    if (!array)
      return array.takeError();
    if (array->getNumElements() != data.size())
      return llvm::createStringError("expected a label for each of " +
                                     Twine(data.size()) + " inputs, got " +
                                     Twine(array->getNumElements()));
    for (float label : array->read(0, array->getNumElements())) {
      if (!(std::fabs(label) < 1e9f) || label != std::floor(label))
        return llvm::createStringError(path + ": expected whole numbers, got " +
                                       std::to_string(label));
      classes.push_back(static_cast<int64_t>(label) + offset);
    }
    return llvm::Error::success();
  }
  Labels labels;
  if (std::string why = readLabels(path, labels); !why.empty())
    return llvm::createStringError(why);
  const PictureSamples *pictures = data.getPictures();
  if (!pictures || pictures->getFiles().empty())
    return llvm::createStringError(
        path + ": a table names picture files; --data holds none");
  for (const std::string &file : pictures->getFiles()) {
    std::string name = llvm::sys::path::filename(file).str();
    auto found = labels.files.find(name);
    if (found == labels.files.end())
      return llvm::createStringError(path + ": has no line with '" + name +
                                     "' in the column file");
    classes.push_back(found->second + offset);
  }
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  registerPassManagerCLOptions();
  registerDefaultTimingManagerCLOptions();
  cl::HideUnrelatedOptions(category);
  if (!parseCommandLine(
          "nncc-eval", argc, argv,
          "nncc-eval: a compiled network against the float one\n"))
    return 1;

  llvm::Expected<ProgramRun> program = ProgramRun::open(programFile);
  if (!program)
    return fail(program.takeError());
  if (withLayers && llvm::none_of(program->outputs(), [](const auto &output) {
        return output.isLayer();
      }))
    return fail(programFile + ": has no layers to look at; compile it with "
                              "--keep-intermediates");

  CompilerOptions options;
  options.import.outputs.assign(stopAt.begin(), stopAt.end());
  for (const std::string &text : inputShapes) {
    llvm::Expected<InputShape> shape = parseInputShape(text);
    if (!shape)
      return fail("--input-shape: " + llvm::toString(shape.takeError()));
    options.import.inputShapes.push_back(*shape);
  }
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  OwningOpRef<ModuleOp> module = compile(model, context, options, Stage::NN);
  if (!module)
    return 1;
  func::FuncOp function = *module->getOps<func::FuncOp>().begin();

  if (program->picture() && failed(setPicture(*module, *program->picture())))
    return 1;
  llvm::Expected<CalibrationData> data =
      CalibrationData::load(dataPath, function);
  if (!data)
    return fail(data.takeError());
  std::vector<int64_t> labels;
  if (!labelPath.empty())
    if (llvm::Error error = readClasses(labelPath, *data, labelOffset, labels))
      return fail(std::move(error));
  llvm::Expected<Evaluation> evaluation = evaluate(
      function, *program, *data, labelPath.empty() ? nullptr : &labels);
  if (!evaluation)
    return fail(evaluation.takeError());
  evaluation->print(llvm::outs(), withLayers);
  if (jsonPath.empty())
    return 0;
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::formatv("{0:2}\n", evaluation->toJSON());
  std::string why = writeFileAtomically(jsonPath, std::string_view(text));
  return why.empty() ? 0 : fail(why);
}
