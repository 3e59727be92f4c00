//===- Pictures.cpp - Networks that look at pictures ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Driver/Pictures.h"

#include "nncc/Dialect/NN/Utils/Picture.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace nncc;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

static Expected<std::vector<double>> parseNumbers(StringRef name,
                                                  StringRef text) {
  std::vector<double> numbers;
  if (text.empty())
    return numbers;
  SmallVector<StringRef> parts;
  text.split(parts, ',');
  for (StringRef part : parts) {
    double value;
    if (part.trim().getAsDouble(value) || !std::isfinite(value))
      return llvm::createStringError(
          "--" + name + ": expected numbers with commas between them, got '" +
          text + "'");
    if (name == "std" && !(value > 0))
      return llvm::createStringError(
          "--std: expected numbers above zero, got '" + text + "'");
    numbers.push_back(value);
  }
  return numbers;
}

Expected<std::optional<PictureOptions>>
nncc::parsePictureOptions(StringRef format, StringRef mean, StringRef std,
                          StringRef resize, StringRef crop) {
  if (format.empty()) {
    for (auto [name, text] :
         {std::pair("mean", mean), std::pair("std", std),
          std::pair("resize", resize), std::pair("crop", crop)})
      if (!text.empty())
        return llvm::createStringError(
            Twine("--") + name +
            ": needs --input-format=rgb8 (or bgr8, gray8, float), which says "
            "how the network takes pictures");
    return std::nullopt;
  }
  PictureOptions options;
  if (format != "float") {
    options.pixels = parsePixelFormat(std::string_view(format));
    if (!options.pixels)
      return llvm::createStringError(
          "--input-format: expected rgb8, bgr8, gray8 or float, got '" +
          format + "'");
  }
  Expected<std::vector<double>> means = parseNumbers("mean", mean);
  if (!means)
    return means.takeError();
  Expected<std::vector<double>> deviations = parseNumbers("std", std);
  if (!deviations)
    return deviations.takeError();
  options.mean = std::move(*means);
  options.std = std::move(*deviations);

  if (resize == "stretch")
    options.stretch = true;
  else if (!resize.empty() &&
           (resize.getAsInteger(10, options.resize) || options.resize == 0 ||
            options.resize > kMaxPictureSide))
    return llvm::createStringError("--resize: expected the pixels of the short "
                                   "side, up to " +
                                   Twine(kMaxPictureSide) +
                                   ", or 'stretch', got '" + resize + "'");
  if (!crop.empty()) {
    auto [rows, columns] = crop.split('x');
    if (!crop.contains('x'))
      columns = rows;
    std::pair<uint32_t, uint32_t> size;
    if (rows.getAsInteger(10, size.first) ||
        columns.getAsInteger(10, size.second))
      return llvm::createStringError(
          "--crop: expected a size like 224, or HEIGHTxWIDTH, got '" + crop +
          "'");
    options.crop = size;
  }
  return options;
}

//===----------------------------------------------------------------------===//
// The attribute
//===----------------------------------------------------------------------===//

/// The only input of the only function; null after reporting why it cannot
/// take pictures.
static func::FuncOp getPictureFunction(ModuleOp module) {
  func::FuncOp function;
  for (auto each : module.getOps<func::FuncOp>())
    function = each;
  if (!function || function.getNumArguments() != 1) {
    module.emitError("--input-format is for networks of one input; this one "
                     "has ")
        << (function ? function.getNumArguments() : 0);
    return {};
  }
  auto type = dyn_cast<RankedTensorType>(function.getArgumentTypes().front());
  if (!type || type.getRank() != 4 || !type.hasStaticShape() ||
      !type.getElementType().isF32() || type.getDimSize(0) != 1) {
    module.emitError("--input-format is for networks whose input is a picture "
                     "1xCxHxW of floats; this one takes ")
        << function.getArgumentTypes().front();
    return {};
  }
  return function;
}

static RankedTensorType getInputType(func::FuncOp function) {
  return cast<RankedTensorType>(function.getArgumentTypes().front());
}

static const char *plural(int64_t count) { return count == 1 ? "" : "s"; }

LogicalResult nncc::setPicture(ModuleOp module, const PictureFormat &format) {
  func::FuncOp function = getPictureFunction(module);
  if (!function)
    return failure();
  int64_t channels = getInputType(function).getDimSize(1);
  if (format.channels() != channels)
    return module.emitError("the pixels of ")
           << toString(format.pixels) << " have " << format.channels()
           << " channel" << plural(format.channels())
           << ", the network's input has " << channels
           << (channels == 1   ? "; use --input-format=gray8"
               : channels == 3 ? "; use --input-format=rgb8 or bgr8"
                               : "");
  function.setArgAttr(
      0, nn::kPictureAttr,
      nn::getPictureAttr(module.getContext(), {format, {}, {}}));
  return success();
}

LogicalResult nncc::setPicture(ModuleOp module, const PictureOptions &options) {
  func::FuncOp function = getPictureFunction(module);
  if (!function)
    return failure();
  RankedTensorType type = getInputType(function);
  int64_t channels = type.getDimSize(1);
  if (!options.pixels && channels != 1 && channels != 3)
    return module.emitError("pictures have 1 or 3 channels, the network's "
                            "input has ")
           << channels;
  PictureFormat format;
  format.pixels = options.pixels.value_or(channels == 1 ? PixelFormat::Gray8
                                                        : PixelFormat::RGB8);
  format.resize = options.resize;
  format.stretch = options.stretch;
  format.mean = options.mean.empty() ? std::vector<double>{0} : options.mean;
  format.std = options.std.empty() ? std::vector<double>{1} : options.std;
  for (auto [name, list] :
       {std::pair("--mean", &format.mean), std::pair("--std", &format.std)}) {
    if (list->size() == 1)
      list->resize(format.channels(), list->front());
    if (list->size() != format.channels())
      return module.emitError(name)
             << ": expected one number, or one for each of the "
             << format.channels() << " channel" << plural(format.channels())
             << " of " << toString(format.pixels) << ", got " << list->size();
  }
  // The usual slip: numbers for values that have been divided by 255.
  auto isShare = [](double x) { return std::fabs(x) <= 1; };
  if (!options.std.empty() && llvm::all_of(format.mean, isShare) &&
      llvm::all_of(format.std, [](double x) { return x < 1; }))
    mlir::emitWarning(module.getLoc())
        << "--mean and --std are in units of bytes, 0 to 255; these look like "
           "numbers for values from 0 to 1: multiply them by 255";

  int64_t rows = type.getDimSize(2), columns = type.getDimSize(3);
  if (options.crop &&
      (options.crop->first != rows || options.crop->second != columns))
    return module.emitError("--crop: ")
           << options.crop->first << "x" << options.crop->second
           << " is cut out, the network takes " << rows << "x" << columns;
  if (format.resize != 0 && format.resize < std::min(rows, columns))
    return module.emitError("--resize: a short side of ")
           << format.resize << " pixels is less than the " << rows << "x"
           << columns << " that the network takes";
  return setPicture(module, format);
}

void nncc::removePicture(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function.getNumArguments() != 0)
      function.removeArgAttr(0, nn::kPictureAttr);
}
