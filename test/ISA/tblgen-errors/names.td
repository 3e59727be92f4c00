// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">, MaskField<"post", Engine, 2, "">,
                Flag<"fence", "">];
}

// CHECK: names.td:[[#@LINE+1]]:5: error: mnemonic 'One': expected a name in snake_case
def One : Instruction<"One", 1, ["a"], []>;
// CHECK: names.td:[[#@LINE+1]]:5: error: field 'x-y': expected a name in snake_case
def Two : Instruction<"two", 2, ["a"], [Field<"x-y", 1, "">]>;
