//===- ISADecls.cpp - -gen-isa-decls: enumerations and structures ---------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ISAModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Record.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace nncc::tblgen;

/// "Memory" to "Memories", "Index" to "Indexes", "Engine" to "Engines".
static std::string plural(StringRef name) {
  auto endsWith = [&](StringRef suffix) { return name.ends_with(suffix); };
  bool vowelBefore =
      name.size() > 1 && StringRef("aeiou").contains(name[name.size() - 2]);
  if (endsWith("y") && !vowelBefore)
    return (name.drop_back() + "ies").str();
  if (llvm::any_of(ArrayRef<StringRef>{"s", "x", "z", "ch", "sh"}, endsWith))
    return (name + "es").str();
  return (name + "s").str();
}

static void emitEnum(raw_ostream &os, const Enum &type) {
  os << "/// " << type.text << "\nenum class " << type.name << " : uint"
     << (type.width <= 8    ? 8
         : type.width <= 16 ? 16
                            : 32)
     << "_t {\n";
  for (const EnumCase &entry : type.cases)
    os << "  /// " << entry.text << "\n  " << toCamel(entry.name, true) << " = "
       << entry.value << ",\n";
  os << "};\n"
     << "constexpr unsigned kNum" << plural(type.name) << " = "
     << type.cases.size() << ";\n"
     << "/// The name in assembly; \"?\" for a value that is none.\n"
     << "const char *toString(" << type.name << " value);\n\n";
}

static std::string cppType(const Field &field) {
  switch (field.kind) {
  case FieldKind::Flag:
    return "bool";
  case FieldKind::Enum:
    return field.type->name;
  case FieldKind::Mask:
  case FieldKind::Integer:
    return field.isSigned ? "int32_t" : "uint32_t";
  }
  llvm_unreachable("all kinds are listed");
}

static void emitStruct(raw_ostream &os, const Instruction &inst) {
  std::string name = toCamel(inst.mnemonic, true);
  os << "/// " << inst.summary << ".\nstruct " << name << " {\n";
  for (const Field &field : inst.fields) {
    os << "  /// " << field.text;
    if (field.hasRange())
      os << "; " << field.min << " to " << field.max;
    os << "\n  " << cppType(field) << ' ' << toCamel(field.name, false)
       << "{};\n";
  }
  os << "\n  bool operator==(const " << name << " &other) const {\n"
     << "    return ";
  llvm::interleave(
      inst.fields, os,
      [&](const Field &field) {
        std::string member = toCamel(field.name, false);
        os << member << " == other." << member;
      },
      " &&\n           ");
  if (inst.fields.empty())
    os << "(void(other), true)";
  os << ";\n  }\n  bool operator!=(const " << name
     << " &other) const { return !(*this == other); }\n};\n\n";
}

static void emitDecls(const RecordKeeper &records, raw_ostream &os) {
  std::optional<InstructionSet> isa = readISA(records);
  if (!isa)
    return;
  emitBanner(os, "//", "Declarations of the instruction set.");
  os << "/// Version of the instruction set.\n"
     << "constexpr uint32_t kVersion = " << isa->version << ";\n"
     << "/// Bytes of an instruction.\n"
     << "constexpr size_t kInstructionBytes = " << isa->bytes << ";\n"
     << "/// Most fields that an instruction has, the header not counted.\n"
     << "constexpr size_t kMaxFields = ";
  size_t most = 0;
  for (const Instruction &inst : isa->instructions)
    most = std::max(most, inst.fields.size());
  os << most << ";\n\n";

  for (const auto &type : isa->enums)
    emitEnum(os, *type);
  os << "/// The kinds of instructions.\nenum class Opcode : uint8_t {\n";
  for (const Instruction &inst : isa->instructions)
    os << "  /// " << inst.summary << "\n  " << toCamel(inst.mnemonic, true)
       << " = " << inst.opcode << ",\n";
  os << "};\n"
     << "constexpr unsigned kNumOpcodes = " << isa->instructions.size()
     << ";\n\n";
  for (const Instruction &inst : isa->instructions)
    emitStruct(os, inst);
  os << "/// The fields of one instruction; alternatives in the order of "
        "opcodes.\nusing Body = std::variant<";
  llvm::interleaveComma(isa->instructions, os, [&](const Instruction &inst) {
    os << toCamel(inst.mnemonic, true);
  });
  os << ">;\n";
}

static TableGen::Emitter::Opt
    registration("gen-isa-decls", emitDecls,
                 "C++ enumerations and structures of the instruction set");
