//===- KnownRanges.cpp - Ranges from a file and to a file -----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "KnownRanges.h"

#include "nncc/Program/Program.h"
#include "nncc/Quantization/NamedRanges.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace nncc;

/// The value of --equalize, as in a file of ranges.
static std::string getEqualizeName(EqualizeMode mode) {
  switch (mode) {
  case EqualizeMode::None:
    break;
  case EqualizeMode::Exact:
    return "exact";
  case EqualizeMode::DropBounds:
    return "drop-bounds";
  }
  return "";
}

/// "" or what is wrong with the file's ranges for a network that is equalized
/// in this way.
static std::string checkEqualize(const RangeFile &file, EqualizeMode mode) {
  std::string name = getEqualizeName(mode);
  if (file.equalize == name)
    return "";
  if (file.equalize.empty())
    return "the ranges are those of a network that was not equalized; leave "
           "--equalize out, or write new ones";
  return "line " + std::to_string(file.equalizeLine) +
         ": the ranges are those of a network with --equalize=" +
         file.equalize + "; pass that, or write new ones";
}

LogicalResult
nncc::useKnownRanges(func::FuncOp function, const CompilerOptions &options,
                     llvm::function_ref<LogicalResult()> calibrate) {
  auto fail = [&](const llvm::Twine &why) {
    return function.emitError()
           << "ranges file '" << options.ranges << "': " << why;
  };
  auto text = llvm::MemoryBuffer::getFile(options.ranges, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!text)
    return fail(text.getError().message());
  RangeFile file;
  std::string why = parseRangeFile((*text)->getBuffer(), file);
  if (why.empty())
    why = checkEqualize(file, options.equalize);
  if (why.empty())
    why = applyRanges(function, file);
  if (!why.empty())
    return fail(why);

  std::vector<std::string> missing = findMissingRanges(function);
  if (options.calibration.empty()) {
    if (missing.empty())
      return success();
    constexpr size_t kMostNames = 20;
    std::string names;
    for (size_t i = 0; i < std::min(missing.size(), kMostNames); ++i)
      names += (i ? ", '" : "'") + missing[i] + "'";
    if (missing.size() > kMostNames)
      names += " and " + std::to_string(missing.size() - kMostNames) + " more";
    return fail("no range for " + names +
                "; add a line for each, or pass --calibration=FILE.npy to "
                "measure them");
  }
  if (missing.empty() && !lacksInputMeans(function))
    return success();
  if (failed(calibrate()))
    return failure();
  // It measured everything: the file's word stands.
  why = applyRanges(function, file);
  return why.empty() ? success() : LogicalResult(fail(why));
}

LogicalResult nncc::writeKnownRanges(func::FuncOp function,
                                     const CompilerOptions &options) {
  RangeFile file = collectRanges(function);
  file.equalize = getEqualizeName(options.equalize);
  std::string text = printRangeFile(file);
  std::string why =
      writeFileAtomically(options.writeRanges, std::string_view(text));
  return why.empty() ? success() : function.emitError() << why;
}
