//===- nncc-tblgen.cpp - Generator of the instruction set's code ----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// nncc-tblgen -gen-isa-... ISA.td: reads the description of the instruction set
// and writes what belongs to one consumer of it. Each backend is a file of its
// own and registers itself.
//
//===----------------------------------------------------------------------===//

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/TableGen/Main.h"
#include "llvm/TableGen/TableGenBackend.h"

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::cl::ParseCommandLineOptions(
      argc, argv,
      "nncc-tblgen: code, Verilog and manual of the instruction set\n");
  return llvm::TableGenMain(argv[0], llvm::MultiFileTableGenMainFn());
}
