// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">, MaskField<"post", Engine, 2, "">,
                Flag<"fence", "">];
}

// CHECK: range.td:[[#@LINE+1]]:5: error: field 'x': the range 0 to 16 does not fit into 4 unsigned bits
def One : Instruction<"one", 1, ["a"], [RangeField<"x", 4, 0, 16, "">]>;
// CHECK: range.td:[[#@LINE+1]]:5: error: field 'x': the range 3 to 2 is empty
def Two : Instruction<"two", 2, ["a"], [RangeField<"x", 4, 3, 2, "">]>;
// CHECK: range.td:[[#@LINE+2]]:5: error: field 'x': the range -9 to 0 does not fit into 4 signed bits
def Narrow : SignedField<"x", 4, ""> { let Min = -9; let Max = 0; }
def Three : Instruction<"three", 3, ["a"], [Narrow]>;
def Fine : SignedField<"x", 4, ""> { let Min = -8; let Max = -1; }
def Four : Instruction<"four", 4, ["a"], [Fine]>;
