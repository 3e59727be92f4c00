//===- VectorTiles.h - Tiles of the vector engine ---------------*- C++ -*-===//
//
// What the layers of the vector engine have in common: a window that slides
// over an image, cut into tiles of groups, rows and columns.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_CONVERSION_NNTOARISTOTLE_VECTORTILES_H
#define NNCC_LIB_CONVERSION_NNTOARISTOTLE_VECTORTILES_H

#include "Lowering.h"

namespace nncc::lowering {

/// Most groups of an instruction.
constexpr int64_t kMostGroups = 1023;
/// Words of V requantization records.
constexpr int64_t kRecordWords = 8;

/// The window of a layer; one pixel for an elementwise one.
struct Window {
  scheduling::Extent y, x;
  int64_t kernelH = 1, kernelW = 1, dilationH = 1, dilationW = 1;

  static Window of(Operation *op);
  static Window pixel(const FeatureShape &shape);

  /// The input box that the outputs of `box` read.
  Box inputBox(const Box &box) const;
  /// The attribute for the outputs from (y0, x0) on, as seen from `input`.
  aristotle::WindowAttr attr(MLIRContext *context, const Piece &input,
                             int64_t y0, int64_t x0, int64_t pad) const;
};

/// A tile with its input and result in the feature memory.
struct VectorTile {
  Box box; ///< of the result
  Piece input, result;
};

aristotle::TileAttr tileAttr(MLIRContext *context, const Piece &result);
aristotle::ImageAttr imageAttr(MLIRContext *context, const Piece &input);
aristotle::OperandAttr operandAttr(MLIRContext *context, const Piece &input);

/// True for one pixel that is repeated all over an image.
bool isSpread(nn::InterleaveOp op);

/// Words of vparam memory that each group of a depthwise convolution needs.
int64_t depthwiseWords(nn::Conv2DOp conv);

} // namespace nncc::lowering

#endif // NNCC_LIB_CONVERSION_NNTOARISTOTLE_VECTORTILES_H
