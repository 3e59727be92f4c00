//===- ISA.h - Instructions of the accelerator ------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Instructions as C++ structures, their 64-byte encoding, their assembly, and
// what they touch. The structures and enumerations are generated from ISA.td,
// where the meaning of every field stands; docs/isa.md is the same as a manual.
//
// Functions that can fail return a message, empty for success.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_ISA_ISA_H
#define NNCC_ISA_ISA_H

#include "nncc/Target/ArchConfig.h"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nncc::isa {

#include "nncc/ISA/ISA.h.inc"

/// One instruction: the header and, in `body`, the fields of its kind.
struct Instruction {
  Engine engine{};
  /// Bit i: takes a token of, gives a token to, engine i.
  uint8_t wait = 0;
  uint8_t post = 0;
  /// Starts only after every earlier instruction of the engine has finished.
  bool fence = false;
  Body body;

  Opcode opcode() const;

  bool operator==(const Instruction &other) const {
    return engine == other.engine && wait == other.wait && post == other.post &&
           fence == other.fence && body == other.body;
  }
  bool operator!=(const Instruction &other) const { return !(*this == other); }
};

//===----------------------------------------------------------------------===//
// Description of the instruction set, as tables
//===----------------------------------------------------------------------===//

enum class FieldKind : uint8_t { Integer, Flag, Enum, Mask };

struct EnumValue {
  const char *name;
  uint32_t value;
};

struct EnumInfo {
  const char *name;
  const EnumValue *values;
  size_t count;
};

/// One field: where it lies and what it may hold.
struct FieldInfo {
  const char *name;
  FieldKind kind;
  uint8_t word; ///< 32-bit word of the instruction
  uint8_t lsb;  ///< lowest bit in the word
  uint8_t width;
  bool isSigned;
  int64_t min; ///< legal values
  int64_t max;
  const EnumInfo *type; ///< Enum and Mask; otherwise null
};

/// One kind of instruction.
struct InstructionInfo {
  Opcode opcode;
  const char *mnemonic;
  uint32_t engines; ///< mask of the engines that run it
  const FieldInfo *fields;
  size_t fieldCount;
  const uint32_t *reserved; ///< bits of each 32-bit word that must be zero
};

/// All kinds, by opcode; `Body` has its alternatives in the same order.
const InstructionInfo *instructionInfos();
/// The kind of `inst`.
const InstructionInfo &instructionInfo(const Instruction &inst);
/// Its name in assembly.
const char *toString(Opcode opcode);

/// Values of the fields of `inst` in the order of its description, at most
/// kMaxFields of them.
void getFieldValues(const Instruction &inst, int64_t *values);
/// An instruction of kind instructionInfos()[index] with these field values.
Body makeBody(size_t index, const int64_t *values);

//===----------------------------------------------------------------------===//
// Legality
//===----------------------------------------------------------------------===//

/// Checks what holds for every configuration: the values of all fields, that
/// the engine runs this kind of instruction, that it neither waits for nor
/// posts to itself. The message is like
/// "field src_height: expected 1..4095, got 0".
std::string verifyFields(const Instruction &inst);

/// verifyFields, and what depends on the configuration: every address within
/// its memory, alignment, sizes of the array and of the partial sums, relations
/// between fields. Of a convolution, all but the source addresses, which depend
/// on the tap list (verifyTaps).
std::string verify(const Instruction &inst, const ArchConfig &arch);

/// Walks a program in its order and checks that no wait meets an empty counter
/// and no post a full one, which is what keeps it free of deadlock at any speed
/// of the engines.
/// \param failed the number of the first instruction that breaks the rule.
std::string verifyTokens(const std::vector<Instruction> &program,
                         const ArchConfig &arch, size_t &failed);

/// One entry of a tap list.
struct Tap {
  uint16_t group; ///< words from src_base to the group of input channels
  int8_t dy;
  int8_t dx;

  /// From its four bytes in the tap memory.
  static Tap decode(const uint8_t *in4);
  void encode(uint8_t *out4) const;
};

/// Checks the source addresses of a convolution that verifies.
/// \param taps the tapCount taps of its list.
std::string verifyTaps(const Conv &conv, const ArchConfig &arch,
                       const Tap *taps);

//===----------------------------------------------------------------------===//
// Encoding and assembly
//===----------------------------------------------------------------------===//

/// Writes kInstructionBytes bytes. The fields must verify: bits of a value
/// beyond its field are dropped.
void encode(const Instruction &inst, uint8_t *out64);

/// Reads kInstructionBytes bytes. Fails for an unknown opcode, a set reserved
/// bit and an enumeration's undefined value; ranges are left to verifyFields.
std::string decode(const uint8_t *in64, Instruction &out);

/// One line of assembly: mnemonic, `engine=` where several run this kind,
/// `wait=`, `post=` and `fence=1` where not empty, then every field as
/// name=value.
std::string print(const Instruction &inst);

/// The inverse of print. Fields may come in any order, each once; `#` starts a
/// comment. Values must fit their fields; legality is left to verifyFields.
std::string parse(std::string_view line, Instruction &out);

//===----------------------------------------------------------------------===//
// What an instruction touches
//===----------------------------------------------------------------------===//

/// Half-open range: words of a local memory, or bytes of a DRAM region.
struct Interval {
  uint32_t begin;
  uint32_t end;

  bool operator==(const Interval &other) const {
    return begin == other.begin && end == other.end;
  }
};

struct Access {
  bool isDram;
  uint8_t space; ///< a Region for DRAM, otherwise a Memory
  bool write;
  /// Ascending, apart from each other, not empty.
  std::vector<Interval> intervals;
};

/// What `inst`, which must verify, reads and writes: never too little, and
/// exact but for rows and columns that a stride leaps over. The partial sums
/// are not part of it: only the conv engine reaches them.
/// \param taps the tap list of a Conv; without it, a convolution counts as a
///        reader of the whole feature memory.
std::vector<Access> footprint(const Instruction &inst, const ArchConfig &arch,
                              const Tap *taps = nullptr);

/// Bytes from the first to behind the last that an instruction touches in a
/// DRAM region.
struct DramRange {
  Region region;
  bool write;
  uint64_t begin;
  uint64_t end;
};

/// The DRAM side of a transfer, whose fields must verify; none for the rest.
std::optional<DramRange> dramRange(const Instruction &inst,
                                   const ArchConfig &arch);

} // namespace nncc::isa

#endif // NNCC_ISA_ISA_H
