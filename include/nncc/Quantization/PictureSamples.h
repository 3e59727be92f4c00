//===- PictureSamples.h - Pictures as inputs of a network -------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_PICTURESAMPLES_H
#define NNCC_QUANTIZATION_PICTURESAMPLES_H

#include "nncc/Dialect/NN/Utils/Picture.h"
#include "nncc/Quantization/Npy.h"
#include "nncc/Quantization/TensorData.h"

#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace nncc {

/// What a folder holds, by the endings of its files; names that begin with a
/// dot do not count.
struct FolderContents {
  std::vector<std::string> pictures; ///< paths, sorted by name
  std::vector<std::string> arrays;   ///< .npy files, likewise
};
llvm::Expected<FolderContents> listFolder(llvm::StringRef path);

/// True for a picture file and for a folder that holds some.
bool holdsPictures(llvm::StringRef path);

/// Pictures for an argument with the attribute `nn.picture`: files, which are
/// decoded when they are asked for, or an array of bytes [count, H, W, C].
class PictureSamples {
public:
  /// \param shape  of the argument, [1, C, H, W]; C may be one more than the
  ///               picture's channels
  static llvm::Expected<PictureSamples>
  fromFiles(std::vector<std::string> files, const nn::PictureInput &picture,
            llvm::ArrayRef<int64_t> shape);
  /// `path` is for messages.
  static llvm::Expected<PictureSamples>
  fromArray(NpyArray array, llvm::StringRef path,
            const nn::PictureInput &picture, llvm::ArrayRef<int64_t> shape);

  int64_t size() const;
  /// The files in their order; none for an array.
  const std::vector<std::string> &getFiles() const { return files; }
  /// Picture number `index` after scaling and cutting: bytes [H, W, C].
  llvm::Expected<std::vector<uint8_t>> getPixels(int64_t index) const;
  /// The values that the argument holds for these pixels.
  TensorData toTensor(const std::vector<uint8_t> &pixels) const;

private:
  PictureSamples(const nn::PictureInput &picture, llvm::ArrayRef<int64_t> shape)
      : picture(picture), shape(shape.begin(), shape.end()) {}

  int64_t pixelBytes() const {
    return shape[2] * shape[3] * picture.format.channels();
  }

  nn::PictureInput picture;
  std::vector<int64_t> shape;
  std::vector<std::string> files;
  std::string path;
  std::optional<NpyArray> array;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_PICTURESAMPLES_H
