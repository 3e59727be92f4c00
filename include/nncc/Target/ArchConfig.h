//===- ArchConfig.h - One hardware configuration ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The architecture description as the compiler, the simulators and the runtime
// see it. Its members, their ranges and their texts come from ArchFields.def.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TARGET_ARCHCONFIG_H
#define NNCC_TARGET_ARCHCONFIG_H

#include <cstdint>
#include <string>
#include <vector>

namespace nncc {

/// One configuration of the accelerator and of the memory around it. A default
/// one is all zero and does not verify.
struct ArchConfig {
  std::string name;
  std::string description;
#define NNCC_ARCH_FIELD(section, name, member, min, max, hardware, text)       \
  uint32_t member = 0;
#include "nncc/Target/ArchFields.def"

  /// FNV-1a, 64 bits, over "section.name=value\n" of the hardware fields in
  /// their order: equal exactly when the hardware is built alike.
  uint64_t fingerprint() const;

  /// The fingerprint as 16 hexadecimal digits.
  std::string fingerprintText() const;

  /// Empty, or the first violated rule: "section.name: expected ..., got ...".
  /// A configuration that verifies never needs more than the bits that the
  /// instruction set has for an address.
  std::string verify() const;

  // Sizes that follow. V is `vector`, O is `outputs`.

  /// Taps in a word of the tap memory.
  uint32_t tapsPerWord() const { return vector / 4; }
  /// Groups of V channels among the O outputs.
  uint32_t outputGroups() const { return outputs / vector; }
  /// Bytes of a beat of an AXI data port.
  uint32_t axiBytes() const { return axiDataBits / 8; }
  /// Taps in the tap memory.
  uint32_t tapEntries() const { return tapWords * tapsPerWord(); }
  /// Words of the weight memory: O a block.
  uint32_t weightWords() const { return weightBlocks * outputs; }
  /// Words of a group of O requantization records of the conv engine.
  uint32_t convParamGroupWords() const { return 8 * outputGroups(); }
  /// Words of the memory of requantization records of the conv engine.
  uint32_t convParamWords() const { return convParams * convParamGroupWords(); }
};

/// One field of the description.
struct ArchField {
  const char *section;
  const char *name;
  uint32_t ArchConfig::*member;
  uint32_t min;
  uint32_t max;
  /// Part of the fingerprint; otherwise it describes the surroundings and
  /// matters to simulation only.
  bool hardware;
  const char *text;

  /// "section.name".
  std::string key() const { return std::string(section) + '.' + name; }
};

/// All fields, in the order of the description.
const std::vector<ArchField> &archFields();

} // namespace nncc

#endif // NNCC_TARGET_ARCHCONFIG_H
