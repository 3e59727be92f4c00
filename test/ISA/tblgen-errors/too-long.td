// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">, MaskField<"post", Engine, 2, "">,
                Flag<"fence", "">];
}

// The header has 12 bits; a field of 32 moves to word 1; then 64 bits are full.
// CHECK: too-long.td:[[#@LINE+1]]:5: error: the fields take 65 bits; an instruction has 64
def One : Instruction<"one", 1, ["a"], [Field<"x", 32, "">, Field<"y", 1, "">]>;
def Fits : Instruction<"fits", 2, ["a"], [Field<"x", 32, "">]>;
