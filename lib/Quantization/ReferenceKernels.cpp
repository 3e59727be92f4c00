//===- ReferenceKernels.cpp - Plain loops on quantized tensors ------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// The convolution keeps channels last, so that its innermost loop runs over
// output channels and vectorises for every kernel, stride and image size. Sums
// are unsigned: they wrap, as those of the hardware do.
//
//===----------------------------------------------------------------------===//

#include "ReferenceKernels.h"

#include <algorithm>
#include <vector>

using namespace nncc;

/// acc[o] += value * weights[o].
static void multiplyAdd(uint32_t *__restrict acc, int16_t value,
                        const int16_t *__restrict weights, int64_t count) {
  for (int64_t o = 0; o < count; ++o)
    acc[o] += static_cast<uint32_t>(int32_t{value} * int32_t{weights[o]});
}

/// acc[o] += values[o] * weights[o].
static void multiplyAddPointwise(uint32_t *__restrict acc,
                                 const int16_t *__restrict values,
                                 const int16_t *__restrict weights,
                                 int64_t count) {
  for (int64_t o = 0; o < count; ++o)
    acc[o] += static_cast<uint32_t>(int32_t{values[o]} * int32_t{weights[o]});
}

/// One image, channels last, as differences from the zero point.
static void centreImage(const Geometry &g, const int8_t *input, int zeroPoint,
                        int16_t *centred) {
  int64_t pixels = g.inH * g.inW;
  for (int64_t c = 0; c < g.inC; ++c)
    for (int64_t p = 0; p < pixels; ++p)
      centred[p * g.inC + c] =
          static_cast<int16_t>(input[c * pixels + p] - zeroPoint);
}

void nncc::accumulateConv(const Geometry &g, const int8_t *input, int zeroPoint,
                          const int8_t *weight, const int32_t *bias,
                          int32_t *acc) {
  int64_t groupIn = g.inC / g.groups, groupOut = g.outC / g.groups;
  int64_t taps = g.kernelH * g.kernelW;
  bool depthwise = groupIn == 1 && groupOut == 1;

  // Weights as [tap][input channel of the group][output channel].
  std::vector<int16_t> packed(taps * groupIn * g.outC);
  for (int64_t o = 0; o < g.outC; ++o)
    for (int64_t c = 0; c < groupIn; ++c)
      for (int64_t t = 0; t < taps; ++t)
        packed[(t * groupIn + c) * g.outC + o] =
            weight[(o * groupIn + c) * taps + t];

  std::vector<int16_t> centred(g.inH * g.inW * g.inC);
  for (int64_t n = 0; n < g.batch; ++n) {
    centreImage(g, input + n * g.inC * g.inH * g.inW, zeroPoint,
                centred.data());
    for (int64_t oy = 0; oy < g.outH; ++oy)
      for (int64_t ox = 0; ox < g.outW; ++ox) {
        // int32_t and uint32_t may alias.
        auto *sums = reinterpret_cast<uint32_t *>(
            acc + ((n * g.outH + oy) * g.outW + ox) * g.outC);
        for (int64_t o = 0; o < g.outC; ++o)
          sums[o] = bias ? static_cast<uint32_t>(bias[o]) : 0;
        for (int64_t ky = 0; ky < g.kernelH; ++ky) {
          int64_t iy = oy * g.strideH + ky * g.dilationH - g.padTop;
          if (iy < 0 || iy >= g.inH)
            continue;
          for (int64_t kx = 0; kx < g.kernelW; ++kx) {
            int64_t ix = ox * g.strideW + kx * g.dilationW - g.padLeft;
            if (ix < 0 || ix >= g.inW)
              continue;
            const int16_t *pixel = &centred[(iy * g.inW + ix) * g.inC];
            const int16_t *tap =
                &packed[(ky * g.kernelW + kx) * groupIn * g.outC];
            if (depthwise) {
              multiplyAddPointwise(sums, pixel, tap, g.outC);
              continue;
            }
            for (int64_t group = 0; group < g.groups; ++group)
              for (int64_t c = 0; c < groupIn; ++c)
                if (int16_t value = pixel[group * groupIn + c])
                  multiplyAdd(sums + group * groupOut, value,
                              tap + c * g.outC + group * groupOut, groupOut);
          }
        }
      }
  }
}

/// Calls visit(output index, input index) for every window position inside the
/// image, one output after the other.
template <typename Visit>
static void forEachPosition(const Geometry &g, Visit visit) {
  for (int64_t plane = 0; plane < g.batch * g.inC; ++plane)
    for (int64_t oy = 0; oy < g.outH; ++oy)
      for (int64_t ox = 0; ox < g.outW; ++ox)
        for (int64_t ky = 0; ky < g.kernelH; ++ky)
          for (int64_t kx = 0; kx < g.kernelW; ++kx) {
            int64_t iy = oy * g.strideH + ky * g.dilationH - g.padTop;
            int64_t ix = ox * g.strideW + kx * g.dilationW - g.padLeft;
            if (iy >= 0 && iy < g.inH && ix >= 0 && ix < g.inW)
              visit((plane * g.outH + oy) * g.outW + ox,
                    (plane * g.inH + iy) * g.inW + ix);
          }
}

void nncc::accumulatePool(const Geometry &g, const int8_t *input, int zeroPoint,
                          int32_t *acc) {
  std::fill_n(acc, g.batch * g.outC * g.outH * g.outW, 0);
  auto *sums = reinterpret_cast<uint32_t *>(acc);
  forEachPosition(g, [&](int64_t out, int64_t in) {
    sums[out] += static_cast<uint32_t>(input[in] - zeroPoint);
  });
}

void nncc::maxPool(const Geometry &g, const int8_t *input, int8_t *output) {
  std::fill_n(output, g.batch * g.outC * g.outH * g.outW, int8_t{-128});
  forEachPosition(g, [&](int64_t out, int64_t in) {
    output[out] = std::max(output[out], input[in]);
  });
}
