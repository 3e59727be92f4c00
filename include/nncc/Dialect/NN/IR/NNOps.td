//===- NNOps.td - Operations of the nn dialect -------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Layers of a neural network; NNOpBase.td has the conventions.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNOPS_TD
#define NNCC_DIALECT_NN_IR_NNOPS_TD

include "nncc/Dialect/NN/IR/NNWeightedOps.td"
include "nncc/Dialect/NN/IR/NNPoolingOps.td"
include "nncc/Dialect/NN/IR/NNElementwiseOps.td"
include "nncc/Dialect/NN/IR/NNMovementOps.td"
include "nncc/Dialect/NN/IR/NNHeadOps.td"

#endif // NNCC_DIALECT_NN_IR_NNOPS_TD
