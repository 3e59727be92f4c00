//===- PictureSamples.cpp - Pictures as inputs of a network ---------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/PictureSamples.h"

#include "nncc/Dialect/NN/IR/Shapes.h"
#include "nncc/Picture/Picture.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace nncc;
using llvm::ArrayRef;
using llvm::Expected;
using llvm::StringRef;

Expected<FolderContents> nncc::listFolder(StringRef path) {
  FolderContents contents;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator entry(path, error), end;
       !error && entry != end; entry.increment(error)) {
    StringRef file = entry->path();
    if (llvm::sys::path::filename(file).starts_with("."))
      continue;
    if (hasPictureEnding(std::string_view(file)))
      contents.pictures.push_back(file.str());
    else if (file.ends_with(".npy"))
      contents.arrays.push_back(file.str());
  }
  if (error)
    return llvm::createStringError(
        error, "'" + path + "': cannot be listed: " + error.message());
  llvm::sort(contents.pictures);
  llvm::sort(contents.arrays);
  return contents;
}

bool nncc::holdsPictures(StringRef path) {
  if (!llvm::sys::fs::is_directory(path))
    return hasPictureEnding(std::string_view(path));
  Expected<FolderContents> contents = listFolder(path);
  if (!contents) {
    llvm::consumeError(contents.takeError());
    return false;
  }
  return !contents->pictures.empty();
}

Expected<PictureSamples>
PictureSamples::fromFiles(std::vector<std::string> files,
                          const nn::PictureInput &picture,
                          ArrayRef<int64_t> shape) {
  // What is wrong with the last file shall not be said after minutes.
  for (const std::string &file : files)
    if (std::string why = checkPictureFile(file); !why.empty())
      return llvm::createStringError(why);
  PictureSamples result(picture, shape);
  result.files = std::move(files);
  return result;
}

Expected<PictureSamples>
PictureSamples::fromArray(NpyArray array, StringRef path,
                          const nn::PictureInput &picture,
                          ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> got(array.getShape());
  int64_t channels = picture.format.channels();
  if (got.size() != 4 || got[0] < 1 || got[1] != shape[2] ||
      got[2] != shape[3] || got[3] != channels)
    return llvm::createStringError(
        "'" + path + "': expected the bytes of pictures, count x " +
        nn::formatShape({shape[2], shape[3], channels}) + ", got an array of " +
        nn::formatShape(got));
  PictureSamples result(picture, shape);
  result.path = path.str();
  result.array = std::move(array);
  return result;
}

int64_t PictureSamples::size() const {
  return array ? array->getShape().front() : static_cast<int64_t>(files.size());
}

Expected<std::vector<uint8_t>> PictureSamples::getPixels(int64_t index) const {
  std::vector<uint8_t> pixels;
  if (!array) {
    std::string why = readPicture(files[index], picture.format,
                                  static_cast<uint32_t>(shape[3]),
                                  static_cast<uint32_t>(shape[2]), pixels);
    if (!why.empty())
      return llvm::createStringError(why);
    return pixels;
  }
  for (float value : array->read(index * pixelBytes(), pixelBytes())) {
    if (!(value >= 0 && value <= 255) || value != std::floor(value))
      return llvm::createStringError(
          "'" + path + "': holds " + std::to_string(value) +
          ", which is no byte; a network that takes pictures is given them as "
          "they are, before mean and deviation");
    pixels.push_back(static_cast<uint8_t>(value));
  }
  return pixels;
}

TensorData PictureSamples::toTensor(const std::vector<uint8_t> &pixels) const {
  TensorData tensor;
  tensor.shape = shape;
  const int64_t channels = picture.format.channels();
  const int64_t plane = shape[2] * shape[3];
  tensor.floats.reserve(tensor.size());
  for (int64_t c = 0; c < channels; ++c) {
    double shift = picture.zero ? static_cast<double>(*picture.zero)
                                : picture.format.mean[c];
    double scale = picture.zero ? 1.0 : picture.format.std[c];
    std::array<float, 256> values;
    for (int byte = 0; byte < 256; ++byte)
      values[byte] = static_cast<float>((byte - shift) / scale);
    for (int64_t i = 0; i < plane; ++i)
      tensor.floats.push_back(values[pixels[i * channels + c]]);
  }
  tensor.floats.resize(tensor.size(),
                       static_cast<float>(picture.fill.value_or(0)));
  return tensor;
}
