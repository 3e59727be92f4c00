//===- Listing.h - Programs as text -----------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// A listing has one line for each instruction, `.layer N` before the
// instructions of layer N, and comments after `#`. All that is known beside the
// instructions is a comment, so that a listing can be assembled as it is.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TOOLS_OBJDUMP_LISTING_H
#define NNCC_TOOLS_OBJDUMP_LISTING_H

#include "nncc/Program/Program.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace nncc {

/// Architecture, memory map, tensors, host operators and layers, as comments.
void printHeader(const Program &program, llvm::raw_ostream &os);

/// The instructions, with the layer and the tensor that each belongs to.
void printInstructions(const Program &program, llvm::raw_ostream &os);

/// Replaces instructions and instructionLayers of `program` by those of `text`.
/// Errors start with "source:line: ".
llvm::Error assemble(llvm::StringRef text, llvm::StringRef source,
                     Program &program);

/// Makes a program of nothing but instructions complete: regions as large as
/// the instructions reach, constants of zero, layers named by their number.
llvm::Error completeBareProgram(Program &program);

} // namespace nncc

#endif // NNCC_TOOLS_OBJDUMP_LISTING_H
