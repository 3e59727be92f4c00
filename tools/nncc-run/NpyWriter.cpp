//===- NpyWriter.cpp - Writing NumPy array files --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace nncc::run;

static const char *typeCode(nncc_type type) {
  switch (type) {
  case NNCC_UINT8:
    return "|u1";
  case NNCC_INT8:
    return "|i1";
  case NNCC_INT32:
    return "<i4";
  case NNCC_INT64:
    return "<i8";
  case NNCC_FLOAT32:
    break;
  }
  return "<f4";
}

NpyWriter::~NpyWriter() {
  if (file)
    std::fclose(file);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

std::string NpyWriter::error(const char *what) const {
  return path + ": cannot " + what + ": " + std::strerror(errno);
}

std::string NpyWriter::open(const std::string &name, nncc_type type,
                            const std::vector<uint64_t> &shape) {
  path = name;
  std::string pattern = path + ".XXXXXX";
  int fd = ::mkstemp(pattern.data());
  if (fd < 0)
    return error("create");
  temporary = pattern;
  // mkstemp makes files that only the owner reads; give it the usual rights.
  mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(fd, 0666 & ~mask);
  file = ::fdopen(fd, "wb");
  if (!file) {
    std::string message = error("create");
    ::close(fd);
    return message;
  }

  std::string header = std::string("{'descr': '") + typeCode(type) +
                       "', 'fortran_order': False, 'shape': (";
  for (uint64_t dimension : shape)
    header += std::to_string(dimension) + ", ";
  if (shape.size() > 1)
    header.resize(header.size() - 2);
  else if (shape.size() == 1)
    header.resize(header.size() - 1);
  header += "), }";
  // The data starts at a multiple of 64 bytes.
  constexpr size_t preamble = 10;
  while ((preamble + header.size() + 1) % 64 != 0)
    header += ' ';
  header += '\n';
  std::vector<uint8_t> bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  bytes.push_back(static_cast<uint8_t>(header.size()));
  bytes.push_back(static_cast<uint8_t>(header.size() >> 8));
  bytes.insert(bytes.end(), header.begin(), header.end());
  return write(bytes);
}

std::string NpyWriter::write(const std::vector<uint8_t> &bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size())
    return error("write");
  return "";
}

std::string NpyWriter::commit() {
  int result = std::fclose(file);
  file = nullptr;
  if (result != 0)
    return error("write");
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    return error("create");
  temporary.clear();
  return "";
}
