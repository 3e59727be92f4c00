// RUN: not %nncc-tblgen -gen-isa-decls -I %src_root/include %s 2>&1 | FileCheck %s --implicit-check-not=error:

include "nncc/ISA/ISABase.td"

// CHECK: enums.td:[[#@LINE+1]]:5: error: enumeration 'Engine': 'a' and 'b' have the same value 0
def Engine : ISAEnum<"Engine", 1, [EnumCase<"a", 0, "">, EnumCase<"b", 0, "">], "">;
// CHECK: enums.td:[[#@LINE+1]]:5: error: enumeration 'Color': duplicate name 'red'
def Color : ISAEnum<"Color", 2, [EnumCase<"red", 0, "">, EnumCase<"red", 1, "">], "">;
// CHECK: enums.td:[[#@LINE+1]]:5: error: enumeration 'Wide': value 4 of 'x' does not fit into 2 bits
def Wide : ISAEnum<"Wide", 2, [EnumCase<"x", 4, "">], "">;
// CHECK: enums.td:[[#@LINE+2]]:5: error: duplicate enumeration 'Wide'
// CHECK: enums.td:[[#@LINE-2]]:5: note: the other one is here
def Again : ISAEnum<"Wide", 1, [EnumCase<"x", 0, "">], "">;
// CHECK: enums.td:[[#@LINE+1]]:5: error: enumeration 'Empty' has no values
def Empty : ISAEnum<"Empty", 1, [], "">;

def Set : InstructionSet<"set", 1, 8>;
