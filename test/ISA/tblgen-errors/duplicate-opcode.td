// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">, MaskField<"post", Engine, 2, "">,
                Flag<"fence", "">];
}

def One : Instruction<"one", 1, ["a"], []>;
// CHECK: duplicate-opcode.td:[[#@LINE+1]]:5: error: duplicate opcode 1
def Two : Instruction<"two", 1, ["a"], []>;
// CHECK: duplicate-opcode.td:[[#@LINE-3]]:5: note: the other instruction is here
