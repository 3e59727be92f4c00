//===- Records.h - Requantization records -----------------------*- C++ -*-===//

#ifndef NNCC_LIB_CONVERSION_NNTOARISTOTLE_RECORDS_H
#define NNCC_LIB_CONVERSION_NNTOARISTOTLE_RECORDS_H

#include "nncc/Quantization/Requantize.h"

#include <vector>

namespace nncc {

/// Appends a requantization record in the format of the instruction set.
inline void appendRecord(std::vector<int8_t> &records, int32_t bias,
                         Multiplier scale) {
  for (int i = 0; i < 4; ++i)
    records.push_back(
        static_cast<int8_t>(static_cast<uint32_t>(bias) >> 8 * i));
  for (int i = 0; i < 3; ++i)
    records.push_back(static_cast<int8_t>(scale.m >> 8 * i));
  records.push_back(static_cast<int8_t>(scale.s));
}

} // namespace nncc

#endif // NNCC_LIB_CONVERSION_NNTOARISTOTLE_RECORDS_H
