//===- LayerParameters.h - Integer weights and biases -----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_QUANTIZATION_LAYERPARAMETERS_H
#define NNCC_LIB_QUANTIZATION_LAYERPARAMETERS_H

#include "nncc/Quantization/Ranges.h"

#include "mlir/IR/Operation.h"
#include "mlir/Support/LLVM.h"

#include <vector>

namespace nncc {

/// Weights and bias of a layer as integers.
struct LayerParameters {
  llvm::SmallVector<double> scales; ///< of the weights, one per output channel
  std::vector<int8_t> weights;      ///< in the order of the float weights
  std::vector<int32_t> bias;        ///< one per output channel
  unsigned numWidened = 0;          ///< see WeightScale::widened
};

/// The bias of an nn.conv2d or nn.linear, or null.
mlir::Value getBias(mlir::Operation *op);

/// Rounds the constant weights and bias of a float nn.conv2d or nn.linear for
/// the given scales of its input and result, and corrects the bias if the means
/// of the input are known. An error names the node.
mlir::FailureOr<LayerParameters> quantizeParameters(mlir::Operation *op,
                                                    double inputScale,
                                                    double outputScale,
                                                    ScaleMode mode);

} // namespace nncc

#endif // NNCC_LIB_QUANTIZATION_LAYERPARAMETERS_H
