//===- ISAVerilog.cpp - -gen-isa-verilog: field positions -----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "ISAModel.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Error.h"
#include "llvm/TableGen/Record.h"
#include "llvm/TableGen/TableGenBackend.h"

using namespace llvm;
using namespace nncc::tblgen;

namespace {
/// Writes definitions and refuses two of one name: parts of names are joined by
/// underscores, so `load` with a field `window_x` would meet `load_window` with
/// a field `x`.
class Writer {
public:
  explicit Writer(raw_ostream &os) : os(os) {}

  void define(const Record *at, const std::string &name,
              const std::string &value) {
    if (!names.insert(name).second)
      PrintError(at, "the Verilog name " + name + " stands for two things");
    os << formatv("`define {0,-40} {1}\n", name, value);
  }

  void emitEnum(const Enum &type);
  void emitField(const Record *owner, const std::string &prefix,
                 const Field &field);
  void emitInstruction(const InstructionSet &isa, const Instruction &inst);

  raw_ostream &os;

private:
  StringSet<> names;
};
} // namespace

void Writer::emitEnum(const Enum &type) {
  os << "\n// " << type.name << "\n";
  std::string prefix = "ISA_" + toUpperSnake(type.name) + "_";
  for (const EnumCase &entry : type.cases)
    define(type.record, prefix + toUpperSnake(entry.name),
           std::to_string(type.width) + "'d" + std::to_string(entry.value));
}

/// The bits of `field`, counted over the whole instruction: a range for a
/// part-select, so that inst[`ISA_LOAD_DRAM_OFFSET] is the field.
void Writer::emitField(const Record *owner, const std::string &prefix,
                       const Field &field) {
  unsigned lsb = 32 * field.word + field.lsb;
  std::string name = prefix + toUpperSnake(field.name);
  define(owner, name,
         std::to_string(lsb + field.width - 1) + ":" + std::to_string(lsb));
  define(owner, name + "_LSB", std::to_string(lsb));
  define(owner, name + "_WIDTH", std::to_string(field.width));
  if (field.hasRange()) {
    define(owner, name + "_MIN", std::to_string(field.min));
    define(owner, name + "_MAX", std::to_string(field.max));
  }
}

void Writer::emitInstruction(const InstructionSet &isa,
                             const Instruction &inst) {
  os << "\n// " << inst.mnemonic << ": " << inst.summary << "\n";
  std::string prefix = "ISA_" + toUpperSnake(inst.mnemonic) + "_";
  uint64_t engines = 0;
  for (const EnumCase *engine : inst.engines)
    engines |= uint64_t(1) << engine->value;
  define(inst.record, prefix + "ENGINES",
         std::to_string(isa.header[2].width) + "'d" + std::to_string(engines));
  for (const Field &field : inst.fields)
    emitField(inst.record, prefix, field);
  std::vector<uint32_t> reserved = isa.reservedBits(inst);
  std::string mask = std::to_string(isa.bytes * 8) + "'h";
  for (size_t i = reserved.size(); i-- > 0;)
    mask += formatv("{0:x-8}", reserved[i]).str() + (i ? "_" : "");
  define(inst.record, prefix + "RESERVED", mask);
}

static void emitVerilog(const RecordKeeper &records, raw_ostream &os) {
  std::optional<InstructionSet> isa = readISA(records);
  if (!isa)
    return;
  emitBanner(os, "//", "Field positions of the instruction set.");
  os << "// With `wire [`ISA_BITS-1:0] inst`, the first byte in memory in bits "
        "7:0:\n"
        "//   inst[`ISA_LOAD_DRAM_OFFSET]  a field;\n"
        "//   `ISA_LOAD_DRAM_OFFSET_LSB    its lowest bit, _WIDTH its bits;\n"
        "//   _MIN, _MAX                   its legal values where the width "
        "allows more;\n"
        "//   `ISA_LOAD_ENGINES            mask of the engines that run it;\n"
        "//   inst & `ISA_LOAD_RESERVED    must be zero.\n\n"
        "`ifndef NNCC_ISA_VH\n`define NNCC_ISA_VH\n\n";
  Writer writer(os);
  writer.define(isa->record, "ISA_VERSION", std::to_string(isa->version));
  writer.define(isa->record, "ISA_BITS", std::to_string(isa->bytes * 8));
  writer.define(isa->record, "ISA_NUM_ENGINES",
                std::to_string(isa->engine().cases.size()));
  for (const auto &type : isa->enums)
    writer.emitEnum(*type);
  os << "\n// Header\n";
  for (const Field &field : isa->header)
    writer.emitField(isa->record, "ISA_HEADER_", field);
  os << "\n// Opcodes\n";
  for (const Instruction &inst : isa->instructions)
    writer.define(inst.record, "ISA_OP_" + toUpperSnake(inst.mnemonic),
                  std::to_string(isa->opcode().width) + "'d" +
                      std::to_string(inst.opcode));
  for (const Instruction &inst : isa->instructions)
    writer.emitInstruction(*isa, inst);
  os << "\n`endif\n";
}

static TableGen::Emitter::Opt
    registration("gen-isa-verilog", emitVerilog,
                 "Verilog definitions of opcodes, fields and enumerations");
