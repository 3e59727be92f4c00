//===- Picture.h - Inputs that are pictures ---------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The argument attribute `nn.picture`: how pictures become the values of an
// argument. `nn-fold-picture` adds `zero`, and `fill` where there is a channel
// more than the picture has.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_UTILS_PICTURE_H
#define NNCC_DIALECT_NN_UTILS_PICTURE_H

#include "nncc/Picture/PictureFormat.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nncc::nn {

constexpr llvm::StringLiteral kPictureAttr = "nn.picture";

struct PictureInput {
  PictureFormat format;
  /// Folded: the argument holds `byte - zero`. Before that it holds
  /// `(byte - mean) / std`.
  std::optional<int64_t> zero;
  /// Folded: what the last channel, which is not the picture's, holds.
  std::optional<int64_t> fill;
};

/// The attribute of an argument; none if it has no such attribute, or one that
/// does not verify.
std::optional<PictureInput> getPicture(mlir::func::FuncOp function,
                                       unsigned argument);

/// The picture behind the attribute's text form, or a message.
std::string parsePicture(mlir::Attribute attribute, PictureInput &out);

mlir::DictionaryAttr getPictureAttr(mlir::MLIRContext *context,
                                    const PictureInput &picture);

} // namespace nncc::nn

#endif // NNCC_DIALECT_NN_UTILS_PICTURE_H
