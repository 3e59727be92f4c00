// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">, MaskField<"post", Engine, 2, "">,
                Flag<"fence", "">];
}

// CHECK: duplicate-field.td:[[#@LINE+1]]:5: error: duplicate field 'x'
def One : Instruction<"one", 1, ["a"], [Field<"x", 1, "">, Field<"x", 2, "">]>;
// A field of the header counts.
// CHECK: duplicate-field.td:[[#@LINE+1]]:5: error: duplicate field 'wait'
def Two : Instruction<"two", 2, ["a"], [Field<"wait", 1, "">]>;
