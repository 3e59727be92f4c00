//===- CommandLine.h - What the tools say to their users --------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// An error of a tool is one line "TOOL: error: ..." on standard error; notes
// may follow. These functions keep the tools that use LLVM to that.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SUPPORT_COMMANDLINE_H
#define NNCC_SUPPORT_COMMANDLINE_H

#include "nncc/Support/PlainText.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

namespace nncc {

/// Prints an error; returns the exit status.
inline int printError(llvm::StringRef tool, const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), tool)
      << plainText(message.str()) << '\n';
  return 1;
}

inline int printError(llvm::StringRef tool, llvm::Error error) {
  return printError(tool, llvm::toString(std::move(error)));
}

/// Parses the options. After a mistake, which it prints, it returns false.
inline bool parseCommandLine(llvm::StringRef tool, int argc, char **argv,
                             llvm::StringRef overview) {
  std::string mistakes;
  llvm::raw_string_ostream os(mistakes);
  if (llvm::cl::ParseCommandLineOptions(argc, argv, overview, &os))
    return true;
  // LLVM prints a bad value itself and everything else to the stream, as
  // "TOOL: message", some messages on two lines.
  llvm::StringRef text = llvm::StringRef(mistakes).trim();
  text.consume_front((tool + ": ").str());
  auto [first, rest] = text.split('\n');
  printError(tool, first.empty() ? "the command line is wrong; see --help"
                                 : first.trim());
  while (!rest.empty()) {
    llvm::StringRef line;
    std::tie(line, rest) = rest.split('\n');
    line.consume_front((tool + ": ").str());
    llvm::WithColor::note(llvm::errs(), tool) << plainText(line) << '\n';
  }
  return false;
}

} // namespace nncc

#endif // NNCC_SUPPORT_COMMANDLINE_H
