// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">, MaskField<"post", Engine, 2, "">,
                Flag<"fence", "">];
}

// CHECK: width.td:[[#@LINE+1]]:5: error: field 'x': expected a width of 1 to 32 bits, got 33
def One : Instruction<"one", 1, ["a"], [Field<"x", 33, "">]>;
// CHECK: width.td:[[#@LINE+1]]:5: error: field 'y': expected a width of 1 to 32 bits, got 0
def Two : Instruction<"two", 2, ["a"], [Field<"y", 0, "">]>;
// CHECK: width.td:[[#@LINE+1]]:5: error: opcode 64 does not fit into 6 bits
def Three : Instruction<"three", 64, ["a"], []>;
