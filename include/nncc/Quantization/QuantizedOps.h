//===- QuantizedOps.h - Integer constants of quantized ops ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// What the types of a quantized `nn` op say, as the integers that hardware and
// reference compute with. A constant that the hardware cannot hold is an error
// on the op that names the node and the scales.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_QUANTIZEDOPS_H
#define NNCC_QUANTIZATION_QUANTIZEDOPS_H

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/Ranges.h"
#include "nncc/Quantization/Requantize.h"

#include "mlir/Support/LLVM.h"

namespace nncc {

/// The parameters of an activation: a tensor or element type that is
/// !quant.uniform with the full range of i8 and one scale. Nothing otherwise.
std::optional<QuantParams> getQuantParams(mlir::Type type);

/// Constants of a convolution or linear layer.
struct ConvConstants {
  QuantParams input, output;
  llvm::SmallVector<double> weightScales;    ///< one per output channel
  llvm::SmallVector<Multiplier> multipliers; ///< one per output channel
  /// One per output channel, zero where the op has no bias. The input's zero
  /// point is not folded in, see foldBias.
  llvm::SmallVector<int32_t> bias;
  std::optional<ResidualParams> residual;
  int lo = -128, hi = 127; ///< bounds of the fused activation
};

/// `op` is a quantized nn.conv2d or nn.linear with constant weight and bias.
mlir::FailureOr<ConvConstants> getConvConstants(mlir::Operation *op);

/// The stored integers of a quantized constant in row-major order; empty if
/// `value` is not an nn.constant of bytes.
llvm::SmallVector<int8_t> getStoredBytes(mlir::Value value);

/// Constants of an addition.
struct AddConstants {
  AddParams params;
  int zeroPoint = 0;
  int lo = -128, hi = 127;
};
mlir::FailureOr<AddConstants> getAddConstants(nn::AddOp op);

/// Constants of a product.
struct MulConstants {
  int zeroA = 0, zeroB = 0;
  Multiplier multiplier{1, 1};
  int zeroPoint = 0;
  int lo = -128, hi = 127;
};
mlir::FailureOr<MulConstants> getMulConstants(nn::MulOp op);

/// The factor of an average over `count` positions.
mlir::FailureOr<Multiplier> getAvgPoolMultiplier(nn::AvgPool2DOp op,
                                                 int64_t count);

/// The table of an nn.activation or nn.clamp; entry q + 128 replaces q.
mlir::FailureOr<std::array<int8_t, 256>> getTable(mlir::Operation *op);

} // namespace nncc

#endif // NNCC_QUANTIZATION_QUANTIZEDOPS_H
