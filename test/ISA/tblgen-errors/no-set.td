// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s

include "nncc/ISA/ISABase.td"

// CHECK: error: expected one InstructionSet, got none
