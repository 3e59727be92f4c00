//===- File.cpp - Program files -------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Program/Program.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace nncc;

namespace {

/// Closes a file descriptor at the end of a scope.
class Descriptor {
public:
  explicit Descriptor(int fd) : fd(fd) {}
  ~Descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;

  int get() const { return fd; }
  /// Closes now; false on an error that a delayed write reports here.
  bool close() {
    int result = ::close(fd);
    fd = -1;
    return result == 0;
  }

private:
  int fd;
};

} // namespace

static std::string systemError(const std::string &path, const char *what) {
  return path + ": cannot " + what + ": " + std::strerror(errno);
}

static bool writeAll(int fd, const uint8_t *data, size_t size) {
  while (size != 0) {
    ssize_t written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    data += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

std::string nncc::readProgramFile(const std::string &path, Program &out) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0)
    return systemError(path, "open");
  std::vector<uint8_t> bytes;
  struct stat status;
  if (::fstat(file.get(), &status) == 0 && status.st_size > 0)
    bytes.reserve(static_cast<size_t>(status.st_size) + 1);
  // A container is smaller than 2 GiB; what is larger need not be read.
  constexpr size_t kLimit = size_t(1) << 31;
  size_t size = 0;
  while (size < kLimit) {
    bytes.resize(std::max<size_t>(bytes.capacity(), size + 65536));
    ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return systemError(path, "read");
    if (got == 0)
      break;
    size += static_cast<size_t>(got);
  }
  std::string error = deserialize(bytes.data(), size, out);
  return error.empty() ? "" : path + ": " + error;
}

/// Writes to something that cannot be replaced, such as /dev/stdout.
static std::string writeInPlace(const std::string &path, const uint8_t *data,
                                size_t size) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0)
    return systemError(path, "open");
  if (!writeAll(file.get(), data, size) || !file.close())
    return systemError(path, "write");
  return "";
}

static std::string writeBytes(const std::string &path, const uint8_t *data,
                              size_t size) {
  struct stat status;
  std::string target = path;
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode))
      return path + ": cannot write: it is a folder";
    if (!S_ISREG(status.st_mode))
      return writeInPlace(path, data, size);
    // Replace what a symbolic link points to, and not the link.
    if (char *resolved = ::realpath(path.c_str(), nullptr)) {
      target = resolved;
      std::free(resolved);
    }
  }

  std::string temporary = target + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0)
    return systemError(path, "write");
  mode_t mask = ::umask(0);
  ::umask(mask);
  std::string error;
  if (!writeAll(file.get(), data, size) ||
      ::fchmod(file.get(), 0666 & ~mask) != 0 || !file.close() ||
      std::rename(temporary.c_str(), target.c_str()) != 0) {
    error = systemError(path, "write");
    ::unlink(temporary.c_str());
  }
  return error;
}

std::string nncc::writeFileAtomically(const std::string &path,
                                      const std::vector<uint8_t> &bytes) {
  return writeBytes(path, bytes.data(), bytes.size());
}

std::string nncc::writeFileAtomically(const std::string &path,
                                      std::string_view text) {
  return writeBytes(path, reinterpret_cast<const uint8_t *>(text.data()),
                    text.size());
}
