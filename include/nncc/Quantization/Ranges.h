//===- Ranges.h - From ranges of values to scales ---------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Free of LLVM. All choices are made in double precision and depend on nothing
// but their arguments.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_RANGES_H
#define NNCC_QUANTIZATION_RANGES_H

#include <cstdint>
#include <utility>
#include <vector>

namespace nncc {

/// What a scale may be.
enum class ScaleMode {
  Float,     ///< any positive number, any zero point
  PowerOfTwo ///< 2^k; zero point 0, or -128 for values that are never negative
};

/// real = (q - zeroPoint) * scale
struct QuantParams {
  double scale = 1.0;
  int zeroPoint = 0;

  friend bool operator==(const QuantParams &a, const QuantParams &b) {
    return a.scale == b.scale && a.zeroPoint == b.zeroPoint;
  }
};

/// An interval of real numbers.
struct Range {
  double lo = 0.0, hi = 0.0;

  double width() const { return hi - lo; }
  /// The least interval that holds both.
  Range unite(Range other) const;
  /// The bounds of this one, moved into `other`.
  Range clampTo(Range other) const;

  friend bool operator==(Range a, Range b) {
    return a.lo == b.lo && a.hi == b.hi;
  }
};

/// The int8 parameters for a range, which is first widened to include zero.
/// Real 0 is exactly the zero point. The width must be above zero and finite.
QuantParams chooseParams(Range range, ScaleMode mode);

/// The least power of two that is at least `x`, a positive finite number.
double powerOfTwoAtLeast(double x);

/// Moves both bounds outwards to numbers of 12 significant bits, so that the
/// last bits of float arithmetic, which differ between machines, seldom reach a
/// scale.
Range roundOutwards(Range range);

/// How often the values of a tensor fall into each of many equal intervals.
class Histogram {
public:
  static constexpr int kBins = 2048;
  /// For divergences: 16 bins a level, as TensorRT has.
  static constexpr int kFineBins = 4096;

  /// `range` is the least and greatest value that will be added.
  explicit Histogram(Range range = {}, int numBins = kBins);

  void add(const float *values, int64_t count);

  /// The range without the values that lie beyond the given percentile on
  /// either side, e.g. 99.99. Includes zero.
  Range percentileRange(double percentile) const;

  /// The range whose int8 parameters give the least mean square error over all
  /// values, rounding and saturation together. Includes zero.
  Range leastErrorRange(ScaleMode mode) const;

  /// Mean square error of quantizing the values with `params`.
  double meanSquareError(QuantParams params) const;

  /// The range whose int8 parameters give the least divergence. Includes zero.
  Range leastDivergenceRange(ScaleMode mode) const;

  /// Kullback-Leibler divergence of the distribution that is left after
  /// quantizing with `params` from that of the values, in nats, without exact
  /// zeros. Infinite where it says nothing: for levels narrower than a bin, and
  /// with all values outside.
  double divergence(QuantParams params) const;

private:
  int binOf(double value) const;
  double binCentre(int bin) const;

  Range range;
  double perUnit = 0.0; ///< bins per unit of value
  int64_t total = 0;
  int64_t zeros = 0; ///< exact zeros, which have no rounding error
  std::vector<int64_t> bins;
};

} // namespace nncc

#endif // NNCC_QUANTIZATION_RANGES_H
