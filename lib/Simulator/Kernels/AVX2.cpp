//===- AVX2.cpp - Inner loops for AVX2 ------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Values are widened to 16 bits; vpmaddwd then adds two exact products into
// each 32-bit sum. The functions carry their target, so that the file needs no
// compiler flags and nothing of it leaks into other code.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

using namespace nncc;
using namespace nncc::sim;

#if defined(__x86_64__)

#include <cstring>
#include <immintrin.h>

#define NNCC_AVX2 __attribute__((target("avx2,fma")))

// Packed: [v/2][output][2] of int16.
static void pack(const int8_t *block, unsigned vector, unsigned outputs,
                 void *packed, int32_t *correction) {
  unsigned padded = paddedOutputs(outputs);
  auto *out = static_cast<int16_t *>(packed);
  std::memset(out, 0, size_t(vector) * padded * sizeof(int16_t));
  for (unsigned o = 0; o < outputs; ++o)
    for (unsigned v = 0; v < vector; ++v)
      out[(v / 2 * padded + o) * 2 + v % 2] = block[o * vector + v];
  std::memset(correction, 0, padded * sizeof(int32_t));
}

NNCC_AVX2 static void gather(const int8_t *words, const uint32_t *indices,
                             size_t count, unsigned vector, void *gathered) {
  auto *out = static_cast<int16_t *>(gathered);
  for (size_t i = 0; i < count; ++i, out += vector) {
    const int8_t *word = words + size_t(indices[i]) * vector;
    for (unsigned v = 0; v < vector; v += 8) {
      __m128i bytes =
          _mm_loadl_epi64(reinterpret_cast<const __m128i *>(word + v));
      _mm_storeu_si128(reinterpret_cast<__m128i *>(out + v),
                       _mm_cvtepi8_epi16(bytes));
    }
  }
}

/// Four pixels by sixteen outputs for all taps: eight sums in registers.
NNCC_AVX2 static inline void multiplyBlock(const int16_t *in,
                                           const int16_t *weights,
                                           unsigned taps, unsigned vector,
                                           unsigned padded, int32_t *sums) {
  __m256i acc[4][2];
  for (unsigned p = 0; p < 4; ++p)
    for (unsigned i = 0; i < 2; ++i)
      acc[p][i] = _mm256_loadu_si256(
          reinterpret_cast<const __m256i *>(sums + size_t(p) * padded + 8 * i));
  for (unsigned t = 0; t < taps; ++t) {
    for (unsigned v = 0; v < vector; v += 2) {
      const int16_t *row = weights + size_t(v) * padded;
      __m256i w0 = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(row));
      __m256i w1 =
          _mm256_loadu_si256(reinterpret_cast<const __m256i *>(row + 16));
      for (unsigned p = 0; p < 4; ++p) {
        int32_t pair;
        std::memcpy(&pair, in + size_t(p) * vector + v, sizeof(pair));
        __m256i a = _mm256_set1_epi32(pair);
        acc[p][0] = _mm256_add_epi32(acc[p][0], _mm256_madd_epi16(a, w0));
        acc[p][1] = _mm256_add_epi32(acc[p][1], _mm256_madd_epi16(a, w1));
      }
    }
    in += size_t(kPixelBlock) * vector;
    weights += size_t(vector) * padded;
  }
  for (unsigned p = 0; p < 4; ++p)
    for (unsigned i = 0; i < 2; ++i)
      _mm256_storeu_si256(
          reinterpret_cast<__m256i *>(sums + size_t(p) * padded + 8 * i),
          acc[p][i]);
}

NNCC_AVX2 static void multiply(const void *gathered, const void *packed,
                               unsigned taps, unsigned vector, unsigned padded,
                               int32_t *sums) {
  auto *in = static_cast<const int16_t *>(gathered);
  auto *weights = static_cast<const int16_t *>(packed);
  for (unsigned o = 0; o < padded; o += kOutputBlock)
    for (unsigned p = 0; p < kPixelBlock; p += 4)
      multiplyBlock(in + size_t(p) * vector, weights + size_t(o) * 2, taps,
                    vector, padded, sums + size_t(p) * padded + o);
}

NNCC_AVX2 static void multiplyLanes(const int8_t *words,
                                    const uint32_t *indices,
                                    const int8_t *weights, size_t count,
                                    unsigned vector, int32_t *sums) {
  const __m256i ones = _mm256_set1_epi32(1);
  for (unsigned v = 0; v < vector; v += 8) {
    auto *sum = reinterpret_cast<__m256i *>(sums + v);
    __m256i acc = _mm256_loadu_si256(sum);
    for (size_t i = 0; i < count; ++i) {
      __m256i a = _mm256_cvtepi8_epi32(
          _mm_loadl_epi64(reinterpret_cast<const __m128i *>(
              words + size_t(indices[i]) * vector + v)));
      __m256i w = ones;
      if (weights)
        w = _mm256_cvtepi8_epi32(_mm_loadl_epi64(
            reinterpret_cast<const __m128i *>(weights + i * vector + v)));
      // Both fit 16 bits and their upper halves are signs: madd of the low
      // halves alone is the product, so clear one upper half.
      w = _mm256_and_si256(w, _mm256_set1_epi32(0xffff));
      acc = _mm256_add_epi32(acc, _mm256_madd_epi16(a, w));
    }
    _mm256_storeu_si256(sum, acc);
  }
}

/// a25 * factor, rounded as the manual has it, for four sums. The product has
/// at most 42 significant bits, so that a double holds it exactly.
NNCC_AVX2 static inline __m256d scaleFour(__m128i a25, const double *factor) {
  __m256d t = _mm256_mul_pd(_mm256_cvtepi32_pd(a25), _mm256_loadu_pd(factor));
  return _mm256_round_pd(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

NNCC_AVX2 static void requantize(const int32_t *sums, const Records &records,
                                 const OutputStage &stage,
                                 const int8_t *residual, unsigned lanes,
                                 int8_t *result) {
  const __m128i least = _mm_set1_epi32(-(1 << 24));
  const __m128i greatest = _mm_set1_epi32((1 << 24) - 1);
  const __m256d zp = _mm256_set1_pd(stage.zeroPoint);
  const __m256d lo = _mm256_set1_pd(stage.lo);
  const __m256d hi = _mm256_set1_pd(stage.hi);
  const double unit = 1.0 / double(int64_t(1) << stage.residualShift);
  const __m256d mr = _mm256_set1_pd(stage.residualMultiplier * unit);
  const __m256d cr = _mm256_set1_pd(stage.residualConstant * unit);
  for (unsigned i = 0; i < lanes; i += 4) {
    __m128i acc = _mm_add_epi32(
        _mm_loadu_si128(reinterpret_cast<const __m128i *>(sums + i)),
        _mm_loadu_si128(reinterpret_cast<const __m128i *>(records.bias + i)));
    acc = _mm_min_epi32(_mm_max_epi32(acc, least), greatest);
    __m256d t = scaleFour(acc, records.factor + i);
    if (stage.residual) {
      int32_t four;
      std::memcpy(&four, residual + i, sizeof(four));
      __m256d r =
          _mm256_cvtepi32_pd(_mm_cvtepi8_epi32(_mm_cvtsi32_si128(four)));
      t = _mm256_add_pd(t, _mm256_floor_pd(_mm256_fmadd_pd(r, mr, cr)));
    }
    t = _mm256_min_pd(_mm256_max_pd(_mm256_add_pd(t, zp), lo), hi);
    __m128i y = _mm256_cvttpd_epi32(t);
    y = _mm_packs_epi16(_mm_packs_epi32(y, y), _mm_setzero_si128());
    int32_t four = _mm_cvtsi128_si32(y);
    std::memcpy(result + i, &four, sizeof(four));
  }
}

const Kernels *sim::avx2Kernels() {
  static const Kernels kernels = {
      KernelPath::AVX2, 2,         2, pack, gather, multiply,
      multiplyLanes,    requantize};
  static const bool supported =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return supported ? &kernels : nullptr;
}

#else

const Kernels *sim::avx2Kernels() { return nullptr; }

#endif
