// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
// CHECK: header.td:[[#@LINE+2]]:5: error: field 'wait': a mask of 1 bits has none for 'b'
// CHECK: header.td:[[#@LINE+1]]:5: error: expected the header fields opcode, engine, wait, post and fence
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 1, "">];
}
def One : Instruction<"one", 1, ["a"], []>;
