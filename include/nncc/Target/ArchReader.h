//===- ArchReader.h - Architecture descriptions in files --------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TARGET_ARCHREADER_H
#define NNCC_TARGET_ARCHREADER_H

#include "nncc/Target/ArchConfig.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace nncc {

/// A description that is part of the program: a file of hw/configs.
struct BuiltinArch {
  llvm::StringRef name;
  llvm::StringRef json;
};

/// All of them, by name.
llvm::ArrayRef<BuiltinArch> builtinArchs();

/// The description called `nameOrFile`: a built-in one, or else a JSON file.
llvm::Expected<ArchConfig> readArch(llvm::StringRef nameOrFile);

/// Reads a description. Unknown, missing and repeated keys, values of a wrong
/// type or range and violated rules are errors like
/// "a.json: array.vector: expected 8, 16 or 32, got 12".
/// \param source what messages start with, usually the path.
llvm::Expected<ArchConfig> parseArch(llvm::StringRef json,
                                     llvm::StringRef source);

/// The description as a JSON file; parseArch reads it back.
std::string writeArchJSON(const ArchConfig &arch);

} // namespace nncc

#endif // NNCC_TARGET_ARCHREADER_H
