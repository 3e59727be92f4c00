// RUN: not %nncc-tblgen -gen-isa-verilog -I %src_root/include %s 2>&1 | FileCheck %s

include "nncc/ISA/ISABase.td"

def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 1, "">], "">;
def Set : InstructionSet<"set", 1, 8> {
  let Header = [Field<"opcode", 6, "">, EnumField<"engine", Engine, "">,
                MaskField<"wait", Engine, 2, "">, MaskField<"post", Engine, 2, "">,
                Flag<"fence", "">];
}

def One : Instruction<"load", 1, ["a"], [Field<"window_x", 1, "">]>;
// CHECK: verilog-names.td:[[#@LINE+1]]:5: error: the Verilog name ISA_LOAD_WINDOW_X stands for two things
def Two : Instruction<"load_window", 2, ["a"], [Field<"x", 1, "">]>;
