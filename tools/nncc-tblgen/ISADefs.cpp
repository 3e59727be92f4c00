//===- ISADefs.cpp - -gen-isa-defs: tables of the fields ------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The encoder, decoder, verifier, printer and parser of all instructions are
// one loop each over tables of fields (lib/ISA). This backend writes the
// tables, and the functions that move the members of a structure to and from a
// plain array.
//
//===----------------------------------------------------------------------===//

#include "ISAModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Record.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace nncc::tblgen;

static void emitEnum(raw_ostream &os, const Enum &type) {
  os << "static const EnumValue k" << type.name << "Values[] = {\n";
  for (const EnumCase &entry : type.cases)
    os << "    {\"" << entry.name << "\", " << entry.value << "},\n";
  os << "};\nstatic const EnumInfo k" << type.name << "Info = {\"" << type.name
     << "\", k" << type.name << "Values, " << type.cases.size() << "};\n"
     << "const char *toString(" << type.name << " value) {\n"
     << "  switch (value) {\n";
  for (const EnumCase &entry : type.cases)
    os << "  case " << type.name << "::" << toCamel(entry.name, true)
       << ":\n    return \"" << entry.name << "\";\n";
  os << "  }\n  return \"?\";\n}\n\n";
}

static StringRef kindName(FieldKind kind) {
  switch (kind) {
  case FieldKind::Integer:
    return "Integer";
  case FieldKind::Flag:
    return "Flag";
  case FieldKind::Enum:
    return "Enum";
  case FieldKind::Mask:
    return "Mask";
  }
  llvm_unreachable("all kinds are listed");
}

static void emitFields(raw_ostream &os, const Twine &table,
                       ArrayRef<Field> fields) {
  if (fields.empty())
    return;
  os << "static const FieldInfo " << table << "[] = {\n";
  for (const Field &field : fields) {
    os << "    {\"" << field.name << "\", FieldKind::" << kindName(field.kind)
       << ", " << field.word << ", " << field.lsb << ", " << field.width << ", "
       << (field.isSigned ? "true" : "false") << ", " << field.min << "LL, "
       << field.max << "LL, ";
    if (field.type)
      os << "&k" << field.type->name << "Info},\n";
    else
      os << "nullptr},\n";
  }
  os << "};\n";
}

/// Each word's bits that no field takes.
static void emitReserved(raw_ostream &os, const InstructionSet &isa,
                         const Instruction &inst) {
  os << "static const uint32_t k" << toCamel(inst.mnemonic, true)
     << "Reserved[] = {";
  llvm::interleaveComma(isa.reservedBits(inst), os,
                        [&](uint32_t word) { os << format_hex(word, 10); });
  os << "};\n";
}

static void emitAccessors(raw_ostream &os, const Instruction &inst) {
  std::string name = toCamel(inst.mnemonic, true);
  os << "static void getFields(const " << name
     << " &body, int64_t *values) {\n";
  if (inst.fields.empty())
    os << "  (void)body, (void)values;\n";
  for (auto [i, field] : llvm::enumerate(inst.fields))
    os << "  values[" << i << "] = static_cast<int64_t>(body."
       << toCamel(field.name, false) << ");\n";
  os << "}\nstatic void setFields(" << name
     << " &body, const int64_t *values) {\n";
  if (inst.fields.empty())
    os << "  (void)body, (void)values;\n";
  for (auto [i, field] : llvm::enumerate(inst.fields)) {
    std::string member = toCamel(field.name, false);
    os << "  body." << member << " = ";
    if (field.kind == FieldKind::Flag)
      os << "values[" << i << "] != 0;\n";
    else
      os << "static_cast<decltype(body." << member << ")>(values[" << i
         << "]);\n";
  }
  os << "}\n\n";
}

static void emitDefs(const RecordKeeper &records, raw_ostream &os) {
  std::optional<InstructionSet> isa = readISA(records);
  if (!isa)
    return;
  emitBanner(os, "//", "Tables of the instruction set.");
  for (const auto &type : isa->enums)
    emitEnum(os, *type);
  emitFields(os, "kHeaderFields", isa->header);
  os << "\n";
  for (const Instruction &inst : isa->instructions) {
    std::string name = toCamel(inst.mnemonic, true);
    emitFields(os, "k" + name + "Fields", inst.fields);
    emitReserved(os, *isa, inst);
    emitAccessors(os, inst);
  }

  os << "static const InstructionInfo kInstructions[] = {\n";
  for (const Instruction &inst : isa->instructions) {
    std::string name = toCamel(inst.mnemonic, true);
    uint64_t engines = 0;
    for (const EnumCase *engine : inst.engines)
      engines |= uint64_t(1) << engine->value;
    os << "    {Opcode::" << name << ", \"" << inst.mnemonic << "\", "
       << engines << ", "
       << (inst.fields.empty() ? std::string("nullptr") : "k" + name + "Fields")
       << ", " << inst.fields.size() << ", k" << name << "Reserved},\n";
  }
  os << "};\n\n/// A default body of kInstructions[index].\n"
     << "static Body makeBody(size_t index) {\n  switch (index) {\n";
  for (auto [i, inst] : llvm::enumerate(isa->instructions))
    os << "  case " << i << ":\n    return " << toCamel(inst.mnemonic, true)
       << "{};\n";
  os << "  default:\n    return {};\n  }\n}\n";
}

static TableGen::Emitter::Opt
    registration("gen-isa-defs", emitDefs,
                 "C++ tables behind encoder, decoder, verifier and assembler");
