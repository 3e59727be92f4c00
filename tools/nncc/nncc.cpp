//===- nncc.cpp - The compiler's command line -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Conversion/EmitProgram/EmitProgram.h"
#include "nncc/Driver/Compiler.h"
#include "nncc/Driver/Reference.h"
#include "nncc/Driver/Report.h"
#include "nncc/InitAll.h"
#include "nncc/Support/CommandLine.h"
#include "nncc/Target/ArchReader.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace nncc;
namespace cl = llvm::cl;

namespace {
/// What is written.
enum class Emit { NN, Quantized, Placed, Tiled, Scheduled, Binary, Reference };
} // namespace

static cl::OptionCategory category("nncc options");
static cl::opt<std::string> model(cl::Positional, cl::Required,
                                  cl::desc("MODEL.onnx"), cl::cat(category));
static cl::opt<std::string> output("o", cl::init("-"), cl::cat(category),
                                   cl::value_desc("file"),
                                   cl::desc("Write here; '-' is standard "
                                            "output, for text only"));
static cl::opt<std::string>
    archName("arch", cl::init("z7020"), cl::cat(category),
             cl::value_desc("name|file"),
             cl::desc("Configuration of the accelerator (default z7020)"));
static cl::opt<std::string>
    calibration("calibration", cl::cat(category),
                cl::value_desc("file.npy|folder"),
                cl::desc("Sample inputs that tell the range of each layer: "
                         "arrays, or pictures (see --input-format)"));
static cl::opt<std::string>
    inputRange("input-range", cl::cat(category), cl::value_desc("lo:hi"),
               cl::desc("Without sample inputs: the values that inputs have "
                        "(default -2.5:2.5, normalized pictures)"));
static cl::opt<std::string>
    inputFormat("input-format", cl::cat(category),
                cl::value_desc("rgb8|bgr8|gray8|float"),
                cl::desc("The network looks at pictures, and the program takes "
                         "their bytes; float: they are sample inputs only"));
static cl::opt<std::string>
    mean("mean", cl::cat(category), cl::value_desc("123.675,116.28,103.53"),
         cl::desc("The network takes (byte - mean) / std: one number, or one "
                  "for each channel"));
static cl::opt<std::string> deviation("std", cl::cat(category),
                                      cl::value_desc("58.395,57.12,57.375"),
                                      cl::desc("See --mean"));
static cl::opt<std::string>
    resize("resize", cl::cat(category), cl::value_desc("pixels|stretch"),
           cl::desc("Short side of pictures before the middle is cut out "
                    "(default: what the cut needs), or no cut at all"));
static cl::opt<std::string>
    crop("crop", cl::cat(category), cl::value_desc("size"),
         cl::desc("Expected size of the cut, which is that of the input"));
static cl::list<std::string> inputShapes(
    "input-shape", cl::cat(category), cl::value_desc("name:1x3x2x2"),
    cl::desc("Shape of an input whose shape the model leaves open"));
static cl::list<std::string> stopAt(
    "stop-at", cl::cat(category), cl::value_desc("tensor"),
    cl::desc("Make this tensor of the model an output, in place of the model's "
             "own outputs; leave out what only follows"));
static cl::opt<Emit> emitKind(
    "emit", cl::init(Emit::Binary), cl::cat(category),
    cl::desc("What to write:"),
    cl::values(
        clEnumValN(Emit::NN, "nn", "the float graph, simplified"),
        clEnumValN(Emit::Quantized, "quantized", "the integer graph"),
        clEnumValN(Emit::Placed, "placed", "with the engine of each layer"),
        clEnumValN(Emit::Tiled, "tiled", "instructions on virtual buffers"),
        clEnumValN(Emit::Scheduled, "scheduled",
                   "instructions with addresses and tokens"),
        clEnumValN(Emit::Binary, "bin", "the program (default)"),
        clEnumValN(Emit::Reference, "reference",
                   "the results of the integer graph on --input")));
static cl::opt<Observer> observer(
    "observer", cl::init(CalibrationOptions().observer), cl::cat(category),
    cl::desc("How a range follows from the values of the sample inputs:"),
    cl::values(clEnumValN(Observer::MinMax, "minmax", "extremes"),
               clEnumValN(Observer::Percentile, "percentile",
                          "extremes without outliers"),
               clEnumValN(Observer::LeastError, "mse",
                          "least mean square error"),
               clEnumValN(Observer::Divergence, "kl",
                          "least Kullback-Leibler divergence")));
static cl::opt<std::string> ranges(
    "ranges", cl::cat(category), cl::value_desc("file"),
    cl::desc("Ranges of tensors, as --write-ranges writes them, in place "
             "of measured ones"));
static cl::opt<std::string> writeRanges(
    "write-ranges", cl::cat(category), cl::value_desc("file"),
    cl::desc("Write the range of each tensor there, as text to be edited"));
static cl::opt<EqualizeMode> equalize(
    "equalize", cl::init(EqualizeMode::None), cl::cat(category),
    cl::desc("Give the channels between convolutions like magnitudes:"),
    cl::values(clEnumValN(EqualizeMode::None, "none", "leave them (default)"),
               clEnumValN(EqualizeMode::Exact, "exact",
                          "where the network stays the same"),
               clEnumValN(EqualizeMode::DropBounds, "drop-bounds",
                          "also where ReLU6 must become ReLU for it")));
static cl::opt<ScaleMode> scales(
    "scales", cl::init(ScaleMode::Float), cl::cat(category),
    cl::desc("Scales of quantized values:"),
    cl::values(clEnumValN(ScaleMode::Float, "float", "any number (default)"),
               clEnumValN(ScaleMode::PowerOfTwo, "pow2", "powers of two")));
static cl::opt<std::string>
    reportFolder("report", cl::cat(category), cl::value_desc("folder"),
                 cl::desc("Write report.txt and report.json, the cost of each "
                          "layer, there"));
static cl::opt<bool> keepIntermediates(
    "keep-intermediates", cl::cat(category),
    cl::desc("Make every layer's result an output of the program, as bytes"));
static cl::list<std::string>
    referenceInputs("input", cl::cat(category),
                    cl::value_desc("[name=]file.npy"),
                    cl::desc("Input for --emit=reference"));
static cl::opt<std::string>
    referenceFolder("output", cl::cat(category), cl::value_desc("folder"),
                    cl::desc("Where --emit=reference writes results"));

static int fail(const llvm::Twine &message) {
  return printError("nncc", message);
}

/// The stage that a text or a result is made from.
static Stage stageOf(Emit kind) {
  switch (kind) {
  case Emit::NN:
    return Stage::NN;
  case Emit::Quantized:
  case Emit::Reference:
    return Stage::Quantized;
  case Emit::Placed:
    return Stage::Placed;
  case Emit::Tiled:
    return Stage::Tiled;
  case Emit::Scheduled:
  case Emit::Binary:
    break;
  }
  return Stage::Scheduled;
}

static int writeText(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(64).elideLargeResourceString(64);
  module->print(os, flags);
  os << '\n';
  if (output == "-") {
    llvm::outs() << text;
    return 0;
  }
  std::string why = writeFileAtomically(output, std::string_view(text));
  return why.empty() ? 0 : fail(why);
}

static int writeReport(const Program &program) {
  std::string why;
  Report report = Report::make(program, why);
  if (!why.empty())
    return fail("the timing model rejects the program: " + why);
  if (std::error_code error = llvm::sys::fs::create_directories(reportFolder))
    return fail("cannot create folder '" + reportFolder +
                "': " + error.message());
  auto write = [&](llvm::StringRef name, llvm::StringRef text) {
    llvm::SmallString<128> path(reportFolder);
    llvm::sys::path::append(path, name);
    return writeFileAtomically(path.str().str(), std::string_view(text));
  };
  std::string text;
  llvm::raw_string_ostream os(text);
  report.printText(os);
  if (why = write("report.txt", text); !why.empty())
    return fail(why);
  std::string json = llvm::formatv("{0:2}\n", report.toJSON());
  why = write("report.json", json);
  return why.empty() ? 0 : fail(why);
}

static int writeBinary(ModuleOp module) {
  FailureOr<Program> program = emitProgram(module);
  if (failed(program))
    return 1;
  std::vector<uint8_t> bytes;
  if (std::string why = serialize(*program, bytes); !why.empty())
    return fail("the compiled program does not verify (a bug of nncc): " + why);
  if (!reportFolder.empty())
    if (int code = writeReport(*program))
      return code;
  std::string why = writeFileAtomically(output, bytes);
  return why.empty() ? 0 : fail(why);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  registerAsmPrinterCLOptions();
  registerMLIRContextCLOptions();
  registerPassManagerCLOptions();
  registerDefaultTimingManagerCLOptions();
  // LLVM's and MLIR's own options, many hundreds, are in --help-hidden.
  cl::HideUnrelatedOptions(category);
  if (!parseCommandLine(
          "nncc", argc, argv,
          "nncc: compiles a trained ONNX network for the accelerator\n"))
    return 1;
  if (emitKind == Emit::Binary && output == "-")
    return fail("a program is not written to standard output; pass -o FILE");
  if (emitKind == Emit::Reference &&
      (referenceInputs.empty() || referenceFolder.empty()))
    return fail("--emit=reference needs --input=[NAME=]FILE.npy and "
                "--output=FOLDER");

  CompilerOptions options;
  llvm::Expected<ArchConfig> arch = readArch(archName);
  if (!arch)
    return fail(llvm::toString(arch.takeError()));
  options.arch = *arch;
  for (const std::string &text : inputShapes) {
    llvm::Expected<InputShape> shape = parseInputShape(text);
    if (!shape)
      return fail("--input-shape: " + llvm::toString(shape.takeError()));
    options.import.inputShapes.push_back(*shape);
  }
  options.import.outputs.assign(stopAt.begin(), stopAt.end());
  options.calibration = calibration;
  // An unset variable of a script, rather than no samples.
  if (calibration.getNumOccurrences() && calibration.empty())
    return fail("--calibration: expected a .npy file or a folder, got nothing");
  for (const auto *option : {&inputFormat, &mean, &deviation, &resize, &crop})
    if (option->getNumOccurrences() && option->empty())
      return fail("--" + option->ArgStr + ": expected a value, got nothing");
  llvm::Expected<std::optional<PictureOptions>> picture =
      parsePictureOptions(inputFormat, mean, deviation, resize, crop);
  if (!picture)
    return fail(llvm::toString(picture.takeError()));
  options.picture = *picture;
  if (!inputRange.empty()) {
    auto [lo, hi] = llvm::StringRef(inputRange).split(':');
    Range range;
    if (lo.getAsDouble(range.lo) || hi.getAsDouble(range.hi) ||
        !std::isfinite(range.width()) || !(range.width() > 0))
      return fail(
          "--input-range: expected LO:HI, two numbers with LO below HI, "
          "got '" +
          inputRange + "'");
    options.inputRange = range;
  }
  for (const auto *option : {&ranges, &writeRanges})
    if (option->getNumOccurrences() && option->empty())
      return fail("--" + option->ArgStr + ": expected a file, got nothing");
  if (emitKind == Emit::NN && !(ranges.empty() && writeRanges.empty()))
    return fail("--ranges and --write-ranges: --emit=nn stops before ranges");
  options.ranges = ranges;
  options.writeRanges = writeRanges;
  options.equalize = equalize;
  options.calibrate.observer = observer;
  options.calibrate.scales = scales;
  options.keepIntermediates = keepIntermediates;

  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  // One line for an error: the op that it stands on is the compiler's business.
  context.printOpOnDiagnostic(false);

  // Locations are ONNX names, not places in a text file.
  context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
    auto print = [](Diagnostic &d) {
      llvm::raw_ostream &os = llvm::errs();
      switch (d.getSeverity()) {
      case DiagnosticSeverity::Error:
        llvm::WithColor::error(os, "nncc");
        break;
      case DiagnosticSeverity::Warning:
        llvm::WithColor::warning(os, "nncc");
        break;
      default:
        llvm::WithColor::note(os, "nncc");
      }
      if (auto name = d.getLocation()->findInstanceOf<NameLoc>())
        os << "node '" << plainText(name.getName().getValue()) << "': ";
      else if (auto file = d.getLocation()->findInstanceOf<FileLineColLoc>())
        os << plainText(file.getFilename().getValue()) << ": ";
      os << plainText(d.str()) << '\n';
    };
    print(diagnostic);
    for (Diagnostic &note : diagnostic.getNotes())
      print(note);
    return success();
  });

  OwningOpRef<ModuleOp> module =
      compile(model, context, options, stageOf(emitKind));
  if (!module)
    return 1;
  if (emitKind == Emit::Binary)
    return writeBinary(*module);
  if (emitKind == Emit::Reference)
    return failed(runReference(*module, referenceInputs, referenceFolder));
  return writeText(*module);
}
