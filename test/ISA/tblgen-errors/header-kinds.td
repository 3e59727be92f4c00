// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
// A fence that is no flag.
// CHECK: header-kinds.td:[[#@LINE+1]]:5: error: expected an opcode number, an engine enumeration, the masks wait and post of the same enumeration, and the flag fence
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">,
                MaskField<"post", Engine, 2, "">, Field<"fence", 2, "">];
}
def One : Instruction<"one", 1, ["a"], []>;
