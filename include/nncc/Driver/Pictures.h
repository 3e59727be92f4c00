//===- Pictures.h - Networks that look at pictures --------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DRIVER_PICTURES_H
#define NNCC_DRIVER_PICTURES_H

#include "nncc/Picture/PictureFormat.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <utility>
#include <vector>

namespace nncc {

/// What the user says of the pictures. Means and deviations may be one number
/// for all channels, or none.
struct PictureOptions {
  /// None: the program takes floats, and pictures are sample inputs only.
  std::optional<PixelFormat> pixels;
  std::vector<double> mean, std;
  uint32_t resize = 0; ///< as in PictureFormat
  bool stretch = false;
  /// Rows and columns that the user expects the network to take.
  std::optional<std::pair<uint32_t, uint32_t>> crop;
};

/// The options as texts; an empty one was not given. None without a format and
/// anything else. \param format  "rgb8", "bgr8", "gray8" or "float"
/// \param resize  "256" or "stretch" \param crop  "224" or "192x640"
llvm::Expected<std::optional<PictureOptions>>
parsePictureOptions(llvm::StringRef format, llvm::StringRef mean,
                    llvm::StringRef std, llvm::StringRef resize,
                    llvm::StringRef crop);

/// Gives the input of the module's function the attribute `nn.picture`.
mlir::LogicalResult setPicture(mlir::ModuleOp module,
                               const PictureOptions &options);
/// Likewise, with what a program says.
mlir::LogicalResult setPicture(mlir::ModuleOp module,
                               const PictureFormat &format);
void removePicture(mlir::ModuleOp module);

} // namespace nncc

#endif // NNCC_DRIVER_PICTURES_H
