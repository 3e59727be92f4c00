//===- PendingFile.cpp - A file that appears when complete ----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "PendingFile.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace nncc::runtime;

PendingFile::~PendingFile() {
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

std::string PendingFile::open(const std::string &name) {
  path = name;
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return path + ": cannot create: it exists and is no plain file";
  std::string pattern = path + ".XXXXXX";
  int fd = ::mkstemp(pattern.data());
  if (fd < 0)
    return path + ": cannot create: " + std::strerror(errno);
  temporary = pattern;
  // mkstemp makes files that only the owner reads; give it the usual rights.
  mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(fd, 0666 & ~mask);
  ::close(fd);
  return "";
}

std::string PendingFile::commit() {
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    return path + ": cannot create: " + std::strerror(errno);
  temporary.clear();
  return "";
}
