//===- PendingFile.h - A file that appears when complete --------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_RUNTIME_LIB_DEVICES_PENDINGFILE_H
#define NNCC_RUNTIME_LIB_DEVICES_PENDINGFILE_H

#include <string>

namespace nncc::runtime {

/// A file for a library that wants a name to write to. Until `commit` it has
/// another name beside its own; without, it disappears.
class PendingFile {
public:
  PendingFile() = default;
  ~PendingFile();
  PendingFile(const PendingFile &) = delete;
  PendingFile &operator=(const PendingFile &) = delete;

  /// Creates the file, empty. Returns a message, empty for success.
  std::string open(const std::string &path);
  /// The name to write to.
  const std::string &temporaryPath() const { return temporary; }
  /// Gives it its own name.
  std::string commit();

private:
  std::string path, temporary;
};

} // namespace nncc::runtime

#endif // NNCC_RUNTIME_LIB_DEVICES_PENDINGFILE_H
