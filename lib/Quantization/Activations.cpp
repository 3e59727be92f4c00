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

double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}

constexpr double kInverseSqrt2 = 0.70710678118654752440;
constexpr double kSqrt2OverPi = 0.79788456080286535588;

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
    return softplus(x);
  case ActivationKind::Silu:
    return x * sigmoid(x);
  case ActivationKind::Identity:
    return x;
  case ActivationKind::Mish:
    return x * std::tanh(softplus(x));
  case ActivationKind::Gelu:
    return 0.5 * x * (1.0 + std::erf(x * kInverseSqrt2));
  case ActivationKind::GeluTanh:
    return 0.5 * x *
           (1.0 + std::tanh(kSqrt2OverPi * (x + 0.044715 * x * x * x)));
  case ActivationKind::Erf:
    return std::erf(x);
  case ActivationKind::Exp:
    return std::exp(x);
  case ActivationKind::Abs:
    return std::fabs(x);
  case ActivationKind::Sqrt:
    return std::sqrt(std::max(x, 0.0));
  case ActivationKind::Square:
    return x * x;
  case ActivationKind::Softsign:
    return x / (1.0 + std::fabs(x));
  case ActivationKind::Selu:
    return beta * (x < 0 ? alpha * std::expm1(x) : x);
  case ActivationKind::Celu:
    return x < 0 ? alpha * std::expm1(x / alpha) : x;
  case ActivationKind::ThresholdedRelu:
    return x > alpha ? x : 0.0;
  case ActivationKind::Round:
    return std::nearbyint(x);
  case ActivationKind::Floor:
    return std::floor(x);
  case ActivationKind::Ceil:
    return std::ceil(x);
  case ActivationKind::Power:
    return std::pow(std::max(x, 0.0) + beta, alpha);
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
  case ActivationKind::Erf:
  case ActivationKind::Softsign:
    return std::make_pair(-1.0, 1.0);
  case ActivationKind::LeakyRelu:
  case ActivationKind::HardSwish:
  case ActivationKind::Elu:
  case ActivationKind::Softplus:
  case ActivationKind::Silu:
  case ActivationKind::Identity:
  case ActivationKind::Mish:
  case ActivationKind::Gelu:
  case ActivationKind::GeluTanh:
  case ActivationKind::Exp:
  case ActivationKind::Abs:
  case ActivationKind::Sqrt:
  case ActivationKind::Square:
  case ActivationKind::Selu:
  case ActivationKind::Celu:
  case ActivationKind::ThresholdedRelu:
  case ActivationKind::Round:
  case ActivationKind::Floor:
  case ActivationKind::Ceil:
  case ActivationKind::Power:
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
