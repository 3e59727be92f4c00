//===- Activations.cpp - Functions of one variable ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Activations.h"

#include <algorithm>
#include <cmath>

using namespace nncc;
using nn::ActivationKind;

namespace {

double clampToUnit(double x) { return std::min(std::max(x, 0.0), 1.0); }

/// exp never gets a positive argument, so it cannot overflow.
double sigmoid(double x) {
  if (x >= 0)
    return 1.0 / (1.0 + std::exp(-x));
  double e = std::exp(x);
  return e / (1.0 + e);
}

} // namespace

double nncc::evaluateActivation(ActivationKind kind, double alpha, double beta,
                                double x) {
  switch (kind) {
  case ActivationKind::Sigmoid:
    return sigmoid(x);
  case ActivationKind::Tanh:
    return std::tanh(x);
  case ActivationKind::LeakyRelu:
    return x < 0 ? alpha * x : x;
  case ActivationKind::HardSwish:
    return x * clampToUnit(x / 6.0 + 0.5);
  case ActivationKind::HardSigmoid:
    return clampToUnit(alpha * x + beta);
  case ActivationKind::Elu:
    return x < 0 ? alpha * std::expm1(x) : x;
  case ActivationKind::Softplus:
    return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
  case ActivationKind::Silu:
    return x * sigmoid(x);
  case ActivationKind::Identity:
    return x;
  }
  return x;
}

std::optional<std::pair<double, double>>
nncc::activationRange(ActivationKind kind) {
  switch (kind) {
  case ActivationKind::Sigmoid:
  case ActivationKind::HardSigmoid:
    return std::make_pair(0.0, 1.0);
  case ActivationKind::Tanh:
    return std::make_pair(-1.0, 1.0);
  case ActivationKind::LeakyRelu:
  case ActivationKind::HardSwish:
  case ActivationKind::Elu:
  case ActivationKind::Softplus:
  case ActivationKind::Silu:
  case ActivationKind::Identity:
    return std::nullopt;
  }
  return std::nullopt;
}

std::array<int8_t, 256> nncc::buildTable(ActivationKind kind, double alpha,
                                         double beta, double sIn, int zIn,
                                         double sOut, int zOut) {
  return buildTable(
      [&](double x) { return evaluateActivation(kind, alpha, beta, x); }, sIn,
      zIn, sOut, zOut);
}
