//===- FloatKernels.cpp - Plain loops on float tensors --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "FloatKernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace nncc;

Axis nncc::getAxis(const std::vector<int64_t> &shape, int64_t axis) {
  Axis result;
  for (int64_t i = 0; i < static_cast<int64_t>(shape.size()); ++i) {
    if (i < axis)
      result.outer *= shape[i];
    else if (i == axis)
      result.extent = shape[i];
    else
      result.inner *= shape[i];
  }
  return result;
}

namespace {
/// The outputs along one axis whose window position `shift` lies in the image:
/// 0 <= out * stride + shift < in.
struct Span {
  int64_t first, last;

  Span(int64_t shift, int64_t stride, int64_t in, int64_t out)
      : first(shift >= 0 ? 0 : (-shift + stride - 1) / stride),
        last(in <= shift ? 0
                         : std::min(out, (in - shift + stride - 1) / stride)) {}
};
} // namespace

/// Calls `visit(out, in, first, last)` for every row of outputs, window
/// position and plane: outputs [first, last) of the row `out` meet the image at
/// in[column * strideW], `in` being where column 0 would read.
template <typename Visit>
static void forEachWindowRow(const Geometry &g, const float *in, float *out,
                             Visit visit) {
  for (int64_t plane = 0; plane < g.batch * g.inC; ++plane) {
    const float *image = in + plane * g.inH * g.inW;
    for (int64_t oy = 0; oy < g.outH; ++oy) {
      float *row = out + (plane * g.outH + oy) * g.outW;
      for (int64_t ky = 0; ky < g.kernelH; ++ky) {
        int64_t iy = oy * g.strideH + ky * g.dilationH - g.padTop;
        if (iy < 0 || iy >= g.inH)
          continue;
        for (int64_t kx = 0; kx < g.kernelW; ++kx) {
          int64_t shift = kx * g.dilationW - g.padLeft;
          Span columns(shift, g.strideW, g.inW, g.outW);
          if (columns.first < columns.last)
            visit(row, image + iy * g.inW + shift, columns.first, columns.last);
        }
      }
    }
  }
}

void nncc::maxPool(const Geometry &g, const float *in, float *out) {
  std::fill_n(out, g.batch * g.outC * g.outH * g.outW,
              -std::numeric_limits<float>::infinity());
  forEachWindowRow(
      g, in, out,
      [&](float *row, const float *source, int64_t first, int64_t last) {
        for (int64_t x = first; x < last; ++x)
          row[x] = std::max(row[x], source[x * g.strideW]);
      });
}

/// How many window positions along one axis lie in [low, high).
static int64_t countInside(int64_t out, int64_t kernel, int64_t stride,
                           int64_t pad, int64_t low, int64_t high) {
  int64_t count = 0;
  for (int64_t k = 0; k < kernel; ++k) {
    int64_t position = out * stride + k - pad;
    count += position >= low && position < high;
  }
  return count;
}

void nncc::averagePool(const Geometry &g, bool includePad, const float *in,
                       float *out) {
  std::fill_n(out, g.batch * g.outC * g.outH * g.outW, 0.0f);
  forEachWindowRow(
      g, in, out,
      [&](float *row, const float *source, int64_t first, int64_t last) {
        for (int64_t x = first; x < last; ++x)
          row[x] += source[x * g.strideW];
      });
  std::vector<int64_t> rows(g.outH), columns(g.outW);
  for (int64_t y = 0; y < g.outH; ++y)
    rows[y] = countInside(y, g.kernelH, g.strideH, g.padTop,
                          includePad ? -g.padTop : 0,
                          g.inH + (includePad ? g.padBottom : 0));
  for (int64_t x = 0; x < g.outW; ++x)
    columns[x] = countInside(x, g.kernelW, g.strideW, g.padLeft,
                             includePad ? -g.padLeft : 0,
                             g.inW + (includePad ? g.padRight : 0));
  for (int64_t plane = 0; plane < g.batch * g.outC; ++plane)
    for (int64_t y = 0; y < g.outH; ++y)
      for (int64_t x = 0; x < g.outW; ++x) {
        int64_t count = std::max<int64_t>(rows[y] * columns[x], 1);
        *out++ /= static_cast<float>(count);
      }
}

void nncc::addWindowSums(const Geometry &g, const float *in, double *sums) {
  for (int64_t plane = 0; plane < g.batch * g.inC; ++plane) {
    const float *image = in + plane * g.inH * g.inW;
    double *channel = sums + plane % g.inC * g.kernelH * g.kernelW;
    for (int64_t ky = 0; ky < g.kernelH; ++ky)
      for (int64_t kx = 0; kx < g.kernelW; ++kx) {
        int64_t shiftY = ky * g.dilationH - g.padTop;
        int64_t shiftX = kx * g.dilationW - g.padLeft;
        Span rows(shiftY, g.strideH, g.inH, g.outH);
        Span columns(shiftX, g.strideW, g.inW, g.outW);
        double sum = 0.0;
        for (int64_t y = rows.first; y < rows.last; ++y) {
          const float *row = image + (y * g.strideH + shiftY) * g.inW + shiftX;
          for (int64_t x = columns.first; x < columns.last; ++x)
            sum += row[x * g.strideW];
        }
        channel[ky * g.kernelW + kx] += sum;
      }
  }
}

void nncc::softmax(const Axis &axis, const float *in, float *out) {
  std::vector<double> exponentials(axis.extent);
  for (int64_t o = 0; o < axis.outer; ++o)
    for (int64_t i = 0; i < axis.inner; ++i) {
      int64_t base = o * axis.extent * axis.inner + i;
      double maximum = in[base];
      for (int64_t k = 1; k < axis.extent; ++k)
        maximum = std::max<double>(maximum, in[base + k * axis.inner]);
      double sum = 0;
      for (int64_t k = 0; k < axis.extent; ++k) {
        exponentials[k] = std::exp(in[base + k * axis.inner] - maximum);
        sum += exponentials[k];
      }
      for (int64_t k = 0; k < axis.extent; ++k)
        out[base + k * axis.inner] = static_cast<float>(exponentials[k] / sum);
    }
}

void nncc::argmax(const Axis &axis, bool last, const float *in, int64_t *out) {
  for (int64_t o = 0; o < axis.outer; ++o)
    for (int64_t i = 0; i < axis.inner; ++i) {
      int64_t base = o * axis.extent * axis.inner + i;
      int64_t best = 0;
      float maximum = -std::numeric_limits<float>::infinity();
      bool found = false;
      for (int64_t k = 0; k < axis.extent; ++k) {
        float value = in[base + k * axis.inner];
        if (std::isnan(value))
          continue;
        if (!found || value > maximum || (last && value == maximum)) {
          best = k;
          maximum = value;
          found = true;
        }
      }
      out[o * axis.inner + i] = best;
    }
}
