//===- ISAModel.h - The instruction set, read from records ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What all backends share: the records as plain structures, checked, with the
// position of every field worked out.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TOOLS_TBLGEN_ISAMODEL_H
#define NNCC_TOOLS_TBLGEN_ISAMODEL_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class Record;
class RecordKeeper;
class raw_ostream;
} // namespace llvm

namespace nncc::tblgen {

struct EnumCase {
  std::string name; // snake_case
  int64_t value;
  std::string text;
};

struct Enum {
  const llvm::Record *record;
  std::string name; // CamelCase
  unsigned width;
  std::vector<EnumCase> cases; // by value
  std::string text;
};

enum class FieldKind { Integer, Flag, Enum, Mask };

struct Field {
  const llvm::Record *record;
  std::string name; // snake_case
  FieldKind kind;
  unsigned width;
  bool isSigned;
  int64_t min, max; // legal values
  std::string text;
  const Enum *type;  // Enum and Mask
  unsigned word = 0; // 32-bit word of the instruction
  unsigned lsb = 0;  // lowest bit in the word

  /// Whether a legal range narrows what the width can hold.
  bool hasRange() const;
  /// "31:0", or "4" for a single bit.
  std::string bits() const;
};

struct Instruction {
  const llvm::Record *record;
  std::string mnemonic; // snake_case
  int64_t opcode;
  std::vector<const EnumCase *> engines; // in the order of the enumeration
  std::vector<Field> fields;             // without the header
  std::string summary;
  std::string text;
};

struct Section {
  int64_t order;
  std::string title;
  std::string text;
};

struct InstructionSet {
  const llvm::Record *record;
  std::string name;
  int64_t version;
  unsigned bytes;
  std::vector<std::unique_ptr<Enum>> enums; // in the order of definition
  std::vector<Field> header;                // opcode, engine, wait, post, fence
  std::vector<Instruction> instructions;    // by opcode
  std::vector<Section> sections;            // by order

  const Enum &engine() const { return *header[1].type; }
  const Field &opcode() const { return header[0]; }
  unsigned words() const { return bytes / 4; }
  /// Of each word, the bits that no field of `inst` takes.
  std::vector<uint32_t> reservedBits(const Instruction &inst) const;
};

/// Reads and checks the records. Every defect is reported at the record that
/// has it; after any, the result is empty.
std::optional<InstructionSet> readISA(const llvm::RecordKeeper &records);

/// "src_row_pitch" to "SrcRowPitch" or "srcRowPitch".
std::string toCamel(llvm::StringRef name, bool upperFirst);

/// "SrcRow" or "src_row" to "SRC_ROW".
std::string toUpperSnake(llvm::StringRef name);

/// A text of a record without its common indentation and outer blank lines.
std::string dedent(llvm::StringRef text);

/// The banner of a generated file, each line after `comment`.
void emitBanner(llvm::raw_ostream &os, llvm::StringRef comment,
                llvm::StringRef title);

} // namespace nncc::tblgen

#endif // NNCC_TOOLS_TBLGEN_ISAMODEL_H
