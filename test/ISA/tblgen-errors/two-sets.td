// RUN: not %nncc-tblgen -gen-isa-doc -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

def SetA : InstructionSet<"a", 1, 64>;
// CHECK: two-sets.td:[[#@LINE+1]]:5: error: expected one InstructionSet, got 2
def SetB : InstructionSet<"b", 1, 64>;
