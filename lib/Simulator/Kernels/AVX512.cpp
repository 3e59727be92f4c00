//===- AVX512.cpp - Inner loops for AVX-512 with VNNI ---------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// vpdpbusd adds four products of an unsigned and a signed byte into each 32-bit
// sum. Activations are made unsigned by adding 128, and every sum is corrected
// by -128 times its weights, which `pack` computes. Everything is modulo 2^32,
// as the sums of the instruction set are.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

using namespace nncc;
using namespace nncc::sim;

#if defined(__x86_64__)

#include <cstring>
#include <immintrin.h>

#define NNCC_AVX512                                                            \
  __attribute__((                                                              \
      target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

// Packed: [v/4][output][4] of int8.
static void pack(const int8_t *block, unsigned vector, unsigned outputs,
                 void *packed, int32_t *correction) {
  unsigned padded = paddedOutputs(outputs);
  auto *out = static_cast<int8_t *>(packed);
  if (padded != outputs)
    std::memset(out, 0, size_t(vector) * padded);
  for (unsigned o = 0; o < outputs; ++o)
    for (unsigned v = 0; v < vector; v += 4)
      std::memcpy(out + (v / 4 * padded + o) * 4, block + o * vector + v, 4);
  for (unsigned o = 0; o < padded; ++o) {
    int32_t sum = 0;
    if (o < outputs)
      for (unsigned v = 0; v < vector; ++v)
        sum += block[o * vector + v];
    correction[o] = -128 * sum;
  }
}

NNCC_AVX512 static void gather(const int8_t *words, const uint32_t *indices,
                               size_t count, unsigned vector, void *gathered) {
  auto *out = static_cast<uint8_t *>(gathered);
  const __m256i sign = _mm256_set1_epi8(-128);
  const __m128i sign16 = _mm_set1_epi8(-128);
  switch (vector) {
  case 8:
    for (size_t i = 0; i < count; ++i, out += 8) {
      int64_t word;
      std::memcpy(&word, words + size_t(indices[i]) * 8, 8);
      word ^= int64_t(0x8080808080808080u);
      std::memcpy(out, &word, 8);
    }
    break;
  case 16:
    for (size_t i = 0; i < count; ++i, out += 16)
      _mm_storeu_si128(
          reinterpret_cast<__m128i *>(out),
          _mm_xor_si128(sign16,
                        _mm_loadu_si128(reinterpret_cast<const __m128i *>(
                            words + size_t(indices[i]) * 16))));
    break;
  default:
    for (size_t i = 0; i < count; ++i, out += 32)
      _mm256_storeu_si256(
          reinterpret_cast<__m256i *>(out),
          _mm256_xor_si256(sign,
                           _mm256_loadu_si256(reinterpret_cast<const __m256i *>(
                               words + size_t(indices[i]) * 32))));
    break;
  }
}

/// Eight pixels by 16*N outputs for all taps: 8*N sums in registers.
template <unsigned N>
NNCC_AVX512 static inline void
multiplyBlock(const uint8_t *in, const int8_t *weights, unsigned taps,
              unsigned vector, unsigned padded, int32_t *sums) {
  __m512i acc[kPixelBlock][N];
  for (unsigned p = 0; p < kPixelBlock; ++p)
    for (unsigned i = 0; i < N; ++i)
      acc[p][i] = _mm512_loadu_si512(sums + size_t(p) * padded + 16 * i);
  for (unsigned t = 0; t < taps; ++t) {
    for (unsigned v = 0; v < vector; v += 4) {
      const int8_t *row = weights + size_t(v) * padded;
      __m512i w[N];
      for (unsigned i = 0; i < N; ++i)
        w[i] = _mm512_loadu_si512(row + 64 * i);
      for (unsigned p = 0; p < kPixelBlock; ++p) {
        int32_t four;
        std::memcpy(&four, in + size_t(p) * vector + v, sizeof(four));
        __m512i a = _mm512_set1_epi32(four);
        for (unsigned i = 0; i < N; ++i)
          acc[p][i] = _mm512_dpbusd_epi32(acc[p][i], a, w[i]);
      }
    }
    in += size_t(kPixelBlock) * vector;
    weights += size_t(vector) * padded;
  }
  for (unsigned p = 0; p < kPixelBlock; ++p)
    for (unsigned i = 0; i < N; ++i)
      _mm512_storeu_si512(sums + size_t(p) * padded + 16 * i, acc[p][i]);
}

NNCC_AVX512 static void multiply(const void *gathered, const void *packed,
                                 unsigned taps, unsigned vector,
                                 unsigned padded, int32_t *sums) {
  auto *in = static_cast<const uint8_t *>(gathered);
  auto *weights = static_cast<const int8_t *>(packed);
  unsigned o = 0;
  for (; o + 32 <= padded; o += 32)
    multiplyBlock<2>(in, weights + size_t(o) * 4, taps, vector, padded,
                     sums + o);
  if (o < padded)
    multiplyBlock<1>(in, weights + size_t(o) * 4, taps, vector, padded,
                     sums + o);
}

NNCC_AVX512 static void requantize(const int32_t *sums, const Records &records,
                                   const OutputStage &stage,
                                   const int8_t *residual, unsigned lanes,
                                   int8_t *result) {
  const __m256i least = _mm256_set1_epi32(-(1 << 24));
  const __m256i greatest = _mm256_set1_epi32((1 << 24) - 1);
  const __m512d zp = _mm512_set1_pd(stage.zeroPoint);
  const __m512d lo = _mm512_set1_pd(stage.lo);
  const __m512d hi = _mm512_set1_pd(stage.hi);
  const double unit = 1.0 / double(int64_t(1) << stage.residualShift);
  const __m512d mr = _mm512_set1_pd(stage.residualMultiplier * unit);
  const __m512d cr = _mm512_set1_pd(stage.residualConstant * unit);
  constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  constexpr int down = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
  for (unsigned i = 0; i < lanes; i += 8) {
    __m256i acc = _mm256_add_epi32(
        _mm256_loadu_si256(reinterpret_cast<const __m256i *>(sums + i)),
        _mm256_loadu_si256(
            reinterpret_cast<const __m256i *>(records.bias + i)));
    acc = _mm256_min_epi32(_mm256_max_epi32(acc, least), greatest);
    // Exact in doubles: see AVX2.cpp.
    __m512d t = _mm512_mul_pd(_mm512_cvtepi32_pd(acc),
                              _mm512_loadu_pd(records.factor + i));
    t = _mm512_roundscale_pd(t, nearest);
    if (stage.residual) {
      __m512d r = _mm512_cvtepi32_pd(_mm256_cvtepi8_epi32(
          _mm_loadl_epi64(reinterpret_cast<const __m128i *>(residual + i))));
      t = _mm512_add_pd(t,
                        _mm512_roundscale_pd(_mm512_fmadd_pd(r, mr, cr), down));
    }
    t = _mm512_min_pd(_mm512_max_pd(_mm512_add_pd(t, zp), lo), hi);
    __m128i y = _mm256_cvtepi32_epi8(_mm512_cvttpd_epi32(t));
    _mm_storel_epi64(reinterpret_cast<__m128i *>(result + i), y);
  }
}

const Kernels *sim::avx512Kernels() {
  static const bool supported =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vnni") && avx2Kernels();
  if (!supported)
    return nullptr;
  // Depthwise words are no wider than 32 lanes: the AVX2 loop serves.
  static const Kernels kernels = {
      KernelPath::AVX512,           1,         1, pack, gather, multiply,
      avx2Kernels()->multiplyLanes, requantize};
  return &kernels;
}

#else

const Kernels *sim::avx512Kernels() { return nullptr; }

#endif
