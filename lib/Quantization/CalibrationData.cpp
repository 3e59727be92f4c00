//===- CalibrationData.cpp - Inputs to calibrate with ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/CalibrationData.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/IR/Shapes.h"
#include "nncc/Quantization/MadeUpInputs.h"
#include "nncc/Quantization/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace nncc;
using llvm::Expected;

/// The file of an argument in a folder of calibration inputs.
static std::string getFileName(StringRef argument) {
  std::string name = argument.str();
  for (char &c : name)
    if (!llvm::isAlnum(c) && c != '.' && c != '_' && c != '-')
      c = '_';
  return name + ".npy";
}

/// The pictures at `path`; none if it holds something else. Fails for a folder
/// that holds nothing or too many things.
static Expected<std::vector<std::string>> findPictures(StringRef path) {
  std::vector<std::string> pictures;
  if (!llvm::sys::fs::is_directory(path)) {
    if (holdsPictures(path))
      pictures.push_back(path.str());
    return pictures;
  }
  Expected<FolderContents> contents = listFolder(path);
  if (!contents)
    return contents.takeError();
  auto nameOf = [](StringRef file) { return llvm::sys::path::filename(file); };
  if (contents->pictures.empty() && contents->arrays.empty())
    return llvm::createStringError(
        "'" + path +
        "': holds neither .npy files nor pictures (.jpg, .png, .bmp, .ppm, "
        ".pgm)");
  if (!contents->pictures.empty() && !contents->arrays.empty())
    return llvm::createStringError("'" + path + "': holds pictures ('" +
                                   nameOf(contents->pictures.front()) +
                                   "') and arrays ('" +
                                   nameOf(contents->arrays.front()) +
                                   "'); give each kind a folder of its own");
  return std::move(contents->pictures);
}

Expected<CalibrationData> CalibrationData::load(StringRef path,
                                                func::FuncOp function) {
  Expected<std::vector<std::string>> files = findPictures(path);
  if (!files)
    return files.takeError();
  std::optional<nn::PictureInput> picture;
  if (function.getNumArguments() == 1)
    picture = nn::getPicture(function, 0);
  if (!files->empty() && !picture)
    return llvm::createStringError(
        "'" + path +
        "': holds pictures; nncc has to know how the network takes them: "
        "--input-format=rgb8 (or bgr8, gray8), --mean and --std");
  bool isFolder = llvm::sys::fs::is_directory(path);
  if (!isFolder && function.getNumArguments() != 1)
    return llvm::createStringError(
        "'%s': the model has %u inputs; give a folder that holds a .npy file "
        "for each",
        path.str().c_str(), function.getNumArguments());

  CalibrationData result;
  if (!files->empty()) {
    auto shape = cast<RankedTensorType>(function.getArgumentTypes().front());
    Expected<PictureSamples> pictures = PictureSamples::fromFiles(
        std::move(*files), *picture, shape.getShape());
    if (!pictures)
      return pictures.takeError();
    result.count = pictures->size();
    result.pictures = std::move(*pictures);
    return result;
  }
  for (Value argument : function.getArguments()) {
    std::string name = getTensorName(argument);
    SmallString<128> file(path);
    if (isFolder)
      llvm::sys::path::append(file, getFileName(name));
    Expected<NpyArray> array = NpyArray::open(file);
    if (!array)
      return array.takeError();

    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
      return llvm::createStringError(
          "cannot calibrate input '" + name +
          "': it is not a float tensor of a known shape");
    ArrayRef<int64_t> expected = type.getShape();
    if (picture) {
      Expected<PictureSamples> pictures = PictureSamples::fromArray(
          std::move(*array), file, *picture, expected);
      if (!pictures)
        return pictures.takeError();
      result.count = pictures->size();
      result.pictures = std::move(*pictures);
      return result;
    }
    ArrayRef<int64_t> got(array->getShape());
    bool matches =
        !got.empty() && (got.drop_front() == expected ||
                         (!expected.empty() && expected.front() == 1 &&
                          got.drop_front() == expected.drop_front()));
    if (!matches)
      return llvm::createStringError(
          "'" + file.str() + "': expected a batch of inputs of shape " +
          nn::formatShape(expected) + " for '" + name + "', got an array of " +
          nn::formatShape(got));
    if (!result.arrays.empty() && result.count != got.front())
      return llvm::createStringError(
          "'" + file.str() + "': holds " + Twine(got.front()) +
          " inputs, the file before it " + Twine(result.count));
    result.count = got.front();
    result.arrays.push_back(std::move(*array));
    result.shapes.emplace_back(expected.begin(), expected.end());
  }
  if (result.arrays.empty())
    return llvm::createStringError("the model has no inputs to calibrate with");
  return result;
}

Expected<CalibrationData> CalibrationData::makeUp(func::FuncOp function,
                                                  Range range, int64_t count) {
  CalibrationData result;
  result.count = count;
  for (Value argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
      return llvm::createStringError(
          "cannot calibrate input '" + getTensorName(argument) +
          "': it is not a float tensor of a known shape");
    Range own = range;
    for (Operation *user : argument.getUsers())
      if (auto rounding = dyn_cast<nn::FakeQuantizeOp>(user)) {
        quant::UniformQuantizedType grid = rounding.getGridType();
        double zero = static_cast<double>(grid.getZeroPoint());
        own = {(-128 - zero) * grid.getScale(), (127 - zero) * grid.getScale()};
      }
    if (function.getNumArguments() == 1)
      if (auto picture = nn::getPicture(function, 0); picture && picture->fill)
        result.fill = static_cast<float>(*picture->fill);
    result.ranges.push_back(own);
    result.shapes.emplace_back(type.getShape().begin(), type.getShape().end());
  }
  return result;
}

Expected<std::vector<TensorData>> CalibrationData::get(int64_t index) const {
  std::vector<TensorData> inputs;
  if (pictures) {
    Expected<std::vector<uint8_t>> pixels = pictures->getPixels(index);
    if (!pixels)
      return pixels.takeError();
    inputs.push_back(pictures->toTensor(*pixels));
    return inputs;
  }
  for (auto [number, range] : llvm::enumerate(ranges)) {
    TensorData input;
    input.shape = shapes[number];
    input.floats =
        makeUpInput(input.shape, range, index * ranges.size() + number);
    if (fill)
      std::fill(input.floats.end() - input.shape[2] * input.shape[3],
                input.floats.end(), *fill);
    inputs.push_back(std::move(input));
  }
  if (!ranges.empty())
    return inputs;
  for (auto [array, shape] : llvm::zip_equal(arrays, shapes)) {
    TensorData input;
    input.shape = shape;
    input.floats = array.read(index * input.size(), input.size());
    inputs.push_back(std::move(input));
  }
  return inputs;
}
