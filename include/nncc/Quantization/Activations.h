//===- Activations.h - Functions of one variable ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// The functions behind `nn.activation`, and the tables that the hardware
// evaluates in their place.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_ACTIVATIONS_H
#define NNCC_QUANTIZATION_ACTIVATIONS_H

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Quantization/Requantize.h"

namespace nncc {

/// The value of the function at `x`. Finite for finite arguments as far as the
/// function is; no intermediate result overflows.
double evaluateActivation(nn::ActivationKind kind, double alpha, double beta,
                          double x);

/// An interval that holds every value of the function, if its definition alone
/// gives one: [0, 1] for the sigmoids, [-1, 1] for tanh.
std::optional<std::pair<double, double>>
activationRange(nn::ActivationKind kind);

/// The table of an activation between quantized tensors; entry q + 128 replaces
/// the input q.
std::array<int8_t, 256> buildTable(nn::ActivationKind kind, double alpha,
                                   double beta, double sIn, int zIn,
                                   double sOut, int zOut);

} // namespace nncc

#endif // NNCC_QUANTIZATION_ACTIVATIONS_H
