//===- Options.h - Command line of nncc-run ---------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TOOLS_NNCC_RUN_OPTIONS_H
#define NNCC_TOOLS_NNCC_RUN_OPTIONS_H

#include <string>
#include <vector>

namespace nncc::run {

struct Options {
  std::string program;
  /// "NAME=FILE", or "FILE" for the only input. Both may contain '=': which it
  /// is depends on the names that the network has.
  std::vector<std::string> inputs;
  std::vector<std::string> images; ///< picture files, one inference each
  std::string labelFile;
  unsigned labelOffset = 0; ///< class of the first label
  std::string outputFolder;
  std::string statsFile;
  std::string device;
  unsigned top = 0;
  unsigned timeoutMs = 0;
  std::vector<std::string> settings; ///< of the device, "NAME=VALUE"
  bool report = false;
  bool progress = false;
  bool checkUninitialized = false;
  bool help = false;
};

/// Returns a message, empty for success.
std::string parseOptions(int argc, char **argv, Options &out);

/// The text of --help.
std::string helpText();

} // namespace nncc::run

#endif // NNCC_TOOLS_NNCC_RUN_OPTIONS_H
