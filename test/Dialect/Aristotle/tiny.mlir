// The dictionary that the tests of this dialect put in for #tiny is what the
// compiler writes for the architecture.
// RUN: sed -f %S/Inputs/tiny.sed %s | nncc-opt > %t.written
// RUN: nncc-opt --nn-place=arch=tiny --nn-to-aristotle=arch=tiny %S/Inputs/empty.mlir > %t.made
// RUN: diff %t.written %t.made
aristotle.program "tiny" attributes {arch = #tiny, inputs = [], outputs = []} {
}
