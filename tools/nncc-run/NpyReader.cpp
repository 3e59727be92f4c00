//===- NpyReader.cpp - Reading NumPy array files --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <limits>
#include <sys/types.h>

using namespace nncc::run;

/// A header larger than this is not one that NumPy writes for a tensor.
static constexpr size_t kMaxHeaderBytes = 65536;
static constexpr size_t kMaxRank = 32;
static constexpr uint64_t kMaxBytes = uint64_t(1) << 48;

static const struct {
  const char *code; ///< behind the byte order
  NpyType type;
  unsigned bytes;
} kTypes[] = {
    {"b1", NpyType::Bool, 1},    {"i1", NpyType::Int8, 1},
    {"u1", NpyType::UInt8, 1},   {"i2", NpyType::Int16, 2},
    {"u2", NpyType::UInt16, 2},  {"i4", NpyType::Int32, 4},
    {"u4", NpyType::UInt32, 4},  {"i8", NpyType::Int64, 8},
    {"u8", NpyType::UInt64, 8},  {"f4", NpyType::Float32, 4},
    {"f8", NpyType::Float64, 8},
};

static unsigned bytesOf(NpyType type) {
  for (const auto &entry : kTypes)
    if (entry.type == type)
      return entry.bytes;
  return 1;
}

std::string nncc::run::shapeText(const std::vector<uint64_t> &shape) {
  std::string text;
  for (uint64_t dimension : shape)
    text += (text.empty() ? "" : "x") + std::to_string(dimension);
  return text.empty() ? "scalar" : text;
}

namespace {

/// The few forms of Python literals that a header has.
class HeaderParser {
public:
  HeaderParser(const std::string &text, NpyHeader &out)
      : text(text), out(out) {}

  std::string parse();

private:
  void skipSpace() {
    while (at < text.size() &&
           std::isspace(static_cast<unsigned char>(text[at])))
      ++at;
  }
  bool consume(char c) {
    skipSpace();
    if (at == text.size() || text[at] != c)
      return false;
    ++at;
    return true;
  }
  bool consumeWord(const char *word) {
    skipSpace();
    if (text.compare(at, std::strlen(word), word) != 0)
      return false;
    at += std::strlen(word);
    return true;
  }
  bool parseString(std::string &value);
  bool parseNumber(uint64_t &value);
  std::string parseType();
  std::string parseOrder();
  std::string parseShape();

  const std::string &text;
  NpyHeader &out;
  size_t at = 0;
};

} // namespace

bool HeaderParser::parseString(std::string &value) {
  char quote = consume('\'') ? '\'' : consume('"') ? '"' : '\0';
  if (!quote)
    return false;
  size_t end = text.find(quote, at);
  if (end == std::string::npos)
    return false;
  value = text.substr(at, end - at);
  at = end + 1;
  return true;
}

bool HeaderParser::parseNumber(uint64_t &value) {
  skipSpace();
  size_t begin = at;
  value = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (value > kMaxBytes)
      return false;
    value = value * 10 + static_cast<uint64_t>(text[at++] - '0');
  }
  return at != begin;
}

std::string HeaderParser::parseType() {
  std::string code;
  if (!parseString(code))
    return "its element type is not a simple one; expected a number type";
  for (const auto &entry : kTypes)
    if (code.size() == 3 && code.compare(1, 2, entry.code) == 0) {
      if (code[0] == '>' && entry.bytes > 1)
        return "its elements are big-endian ('" + code +
               "'); save array.astype(array.dtype.newbyteorder('<'))";
      if (std::strchr("<|=>", code[0]) == nullptr)
        break;
      out.type = entry.type;
      return "";
    }
  return "its element type '" + code +
         "' is not supported; expected float32, float64, bool or an integer";
}

std::string HeaderParser::parseOrder() {
  if (consumeWord("False"))
    return "";
  if (consumeWord("True"))
    return "it is in Fortran order; save numpy.ascontiguousarray(array)";
  return "its 'fortran_order' is neither True nor False";
}

std::string HeaderParser::parseShape() {
  if (!consume('('))
    return "its shape is not a tuple";
  uint64_t bytes = bytesOf(NpyType::Int64);
  while (!consume(')')) {
    uint64_t dimension;
    if (!parseNumber(dimension))
      return "its shape has something else than sizes";
    if (out.shape.size() == kMaxRank)
      return "its shape has more than " + std::to_string(kMaxRank) +
             " dimensions";
    if (dimension != 0 && bytes > kMaxBytes / dimension)
      return "its shape is too large";
    bytes *= dimension == 0 ? 1 : dimension;
    out.shape.push_back(dimension);
    if (!consume(',')) {
      if (!consume(')'))
        return "its shape is not a tuple";
      break;
    }
  }
  return "";
}

std::string HeaderParser::parse() {
  static const char *const names[] = {"descr", "fortran_order", "shape"};
  bool seen[3] = {};
  if (!consume('{'))
    return "its header is not a dictionary";
  while (!consume('}')) {
    std::string key;
    if (!parseString(key) || !consume(':'))
      return "its header is not a dictionary";
    unsigned which = 0;
    while (which < 3 && key != names[which])
      ++which;
    if (which == 3)
      return "its header has an unknown key '" + key + "'";
    if (seen[which])
      return "its header has '" + key + "' twice";
    seen[which] = true;
    std::string error = which == 0   ? parseType()
                        : which == 1 ? parseOrder()
                                     : parseShape();
    if (!error.empty())
      return error;
    if (!consume(',')) {
      if (!consume('}'))
        return "its header is not a dictionary";
      break;
    }
  }
  skipSpace();
  if (at != text.size())
    return "its header has text behind the dictionary";
  for (unsigned i = 0; i < 3; ++i)
    if (!seen[i])
      return std::string("its header has no '") + names[i] + "'";
  return "";
}

std::string nncc::run::parseNpyHeader(const std::string &text, NpyHeader &out) {
  out = {};
  return HeaderParser(text, out).parse();
}

NpyReader::~NpyReader() {
  if (file)
    std::fclose(file);
}

std::string NpyReader::open(const std::string &name) {
  path = name;
  file = std::fopen(path.c_str(), "rb");
  if (!file)
    return path + ": cannot open: " + std::strerror(errno);
  unsigned char start[12];
  auto fail = [&](const std::string &reason) { return path + ": " + reason; };
  size_t got = std::fread(start, 1, 10, file);
  if (got < 10 || std::memcmp(start, "\x93NUMPY", 6) != 0)
    return fail("is not a .npy file");
  size_t headerBytes = start[8] + (size_t(start[9]) << 8);
  dataOffset = 10;
  if (start[6] == 2 || start[6] == 3) {
    if (std::fread(start + 10, 1, 2, file) != 2)
      return fail("ends in its header");
    headerBytes += (size_t(start[10]) << 16) + (size_t(start[11]) << 24);
    dataOffset = 12;
  } else if (start[6] != 1) {
    return fail("has .npy version " + std::to_string(start[6]) +
                "; expected 1, 2 or 3");
  }
  if (headerBytes > kMaxHeaderBytes)
    return fail("has a header of " + std::to_string(headerBytes) +
                " bytes; expected at most " + std::to_string(kMaxHeaderBytes));
  std::string text(headerBytes, '\0');
  if (std::fread(text.data(), 1, headerBytes, file) != headerBytes)
    return fail("ends in its header");
  dataOffset += headerBytes;
  std::string error = parseNpyHeader(text, head);
  if (!error.empty())
    return fail(error);

  uint64_t bytes = bytesOf(head.type);
  for (uint64_t dimension : head.shape)
    bytes *= dimension;
  if (::fseeko(file, 0, SEEK_END) != 0)
    return fail("cannot be read from any place: it must be a plain file");
  auto size = static_cast<uint64_t>(::ftello(file));
  if (size != dataOffset + bytes)
    return fail("has " + std::to_string(size - dataOffset) +
                " bytes of data; its shape " + shapeText(head.shape) +
                " needs " + std::to_string(bytes));
  return "";
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

/// Converts `count` elements; false if one does not fit.
template <typename From, typename To>
static bool convert(const uint8_t *in, uint64_t count, uint8_t *out) {
  for (uint64_t i = 0; i < count; ++i) {
    From from;
    std::memcpy(&from, in + i * sizeof(From), sizeof(From));
    To to = static_cast<To>(from);
    if constexpr (std::numeric_limits<To>::is_integer)
      if (static_cast<From>(to) != from || (to < To(0)) != (from < From(0)))
        return false;
    std::memcpy(out + i * sizeof(To), &to, sizeof(To));
  }
  return true;
}

template <typename To>
static bool convertFrom(NpyType type, const uint8_t *in, uint64_t count,
                        uint8_t *out) {
  switch (type) {
  case NpyType::Bool:
  case NpyType::UInt8:
    return convert<uint8_t, To>(in, count, out);
  case NpyType::Int8:
    return convert<int8_t, To>(in, count, out);
  case NpyType::Int16:
    return convert<int16_t, To>(in, count, out);
  case NpyType::UInt16:
    return convert<uint16_t, To>(in, count, out);
  case NpyType::Int32:
    return convert<int32_t, To>(in, count, out);
  case NpyType::UInt32:
    return convert<uint32_t, To>(in, count, out);
  case NpyType::Int64:
    return convert<int64_t, To>(in, count, out);
  case NpyType::UInt64:
    return convert<uint64_t, To>(in, count, out);
  case NpyType::Float32:
    if constexpr (!std::numeric_limits<To>::is_integer)
      return convert<float, To>(in, count, out);
    break;
  case NpyType::Float64:
    if constexpr (!std::numeric_limits<To>::is_integer)
      return convert<double, To>(in, count, out);
    break;
  }
  return false;
}

static bool isReal(NpyType type) {
  return type == NpyType::Float32 || type == NpyType::Float64;
}

std::string NpyReader::read(uint64_t first, uint64_t count, nncc_type type,
                            std::vector<uint8_t> &out) {
  unsigned size = bytesOf(head.type);
  raw.resize(count * size);
  if (::fseeko(file, static_cast<off_t>(dataOffset + first * size), SEEK_SET) !=
          0 ||
      std::fread(raw.data(), 1, raw.size(), file) != raw.size())
    return path + ": cannot read: " +
           (std::ferror(file) ? std::strerror(errno) : "it became shorter");
  if (type != NNCC_FLOAT32 && isReal(head.type))
    return path + ": holds real numbers; the input takes integers";
  bool fits = false;
  switch (type) {
  case NNCC_FLOAT32:
    out.resize(count * sizeof(float));
    fits = convertFrom<float>(head.type, raw.data(), count, out.data());
    break;
  case NNCC_UINT8:
    out.resize(count);
    fits = convertFrom<uint8_t>(head.type, raw.data(), count, out.data());
    break;
  case NNCC_INT8:
    out.resize(count);
    fits = convertFrom<int8_t>(head.type, raw.data(), count, out.data());
    break;
  case NNCC_INT32:
    out.resize(count * sizeof(int32_t));
    fits = convertFrom<int32_t>(head.type, raw.data(), count, out.data());
    break;
  case NNCC_INT64:
    out.resize(count * sizeof(int64_t));
    fits = convertFrom<int64_t>(head.type, raw.data(), count, out.data());
    break;
  }
  return fits ? "" : path + ": holds a number that the input's type cannot";
}
