//===- ISABase.td - Vocabulary of the instruction-set description -*- td -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The classes with which ISA.td describes the instruction set. nncc-tblgen
// reads the records and generates from them the C++ encoder, decoder,
// verifier, printer and parser, the Verilog field definitions, and the manual.
//
// Placement of fields. An instruction is InstructionBytes long and seen as
// little-endian 32-bit words. The header fields come first, then the fields of
// the instruction in the order of its list. Each field takes the next free bits
// above the one before it, except that a field never crosses a 32-bit boundary:
// one that would starts at bit 0 of the next word. Bits that no field takes are
// reserved and must be zero. No position is ever written by hand.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_ISA_ISABASE_TD
#define NNCC_ISA_ISABASE_TD

/// A named value of an enumeration.
class EnumCase<string caseName, int caseValue, string text> {
  string Name = caseName;   // snake_case: assembly, manual, Verilog
  int Value = caseValue;
  string Description = text;
}

/// An enumerated field type. C++: `enum class <Name>`.
class ISAEnum<string enumName, int width, list<EnumCase> cases, string text> {
  string Name = enumName;   // CamelCase
  int Width = width;
  list<EnumCase> Cases = cases;
  string Description = text;
}

/// A field of an instruction. The name is snake_case in assembly, in the manual
/// and in Verilog, and lowerCamelCase in C++.
class Field<string fieldName, int width, string text> {
  string Name = fieldName;
  int Width = width;
  bit Signed = 0;
  string Description = text;
  /// Legal range, for what the width alone does not say; the generated verifier
  /// checks it. Max below Min, as by default: every value of the width.
  int Min = 0;
  int Max = -1;
}

/// A two's-complement field.
class SignedField<string fieldName, int width, string text>
    : Field<fieldName, width, text> {
  let Signed = 1;
}

/// A field whose legal values are [lo, hi].
class RangeField<string fieldName, int width, int lo, int hi, string text>
    : Field<fieldName, width, text> {
  let Min = lo;
  let Max = hi;
}

/// One-bit flag.
class Flag<string fieldName, string text> : Field<fieldName, 1, text>;

/// A field that holds a value of an enumeration.
class EnumField<string fieldName, ISAEnum type, string text>
    : Field<fieldName, type.Width, text> {
  ISAEnum Enum = type;
}

/// A bit mask with one bit per value of an enumeration (bit i: value i).
class MaskField<string fieldName, ISAEnum type, int width, string text>
    : Field<fieldName, width, text> {
  ISAEnum Enum = type;
}

/// One kind of instruction.
class Instruction<string mnemonic, int opcode, list<string> engines,
                  list<Field> fields> {
  string Mnemonic = mnemonic;      // snake_case; C++ struct is CamelCase
  int Opcode = opcode;
  list<string> Engines = engines;  // names of the Engine cases that accept it
  list<Field> Fields = fields;
  string Summary = "";
  string Description = "";         // Markdown, with the exact semantics
}

/// A chapter of the manual that belongs to no single instruction.
class ManualSection<int order, string title, string text> {
  int Order = order;
  string Title = title;
  string Text = text;              // Markdown
}

/// Facts of the whole instruction set.
class InstructionSet<string name, int version, int bytes> {
  string Name = name;
  int Version = version;
  int InstructionBytes = bytes;
  list<Field> Header = [];
}

#endif // NNCC_ISA_ISABASE_TD
