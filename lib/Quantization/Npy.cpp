//===- Npy.cpp - NumPy array files ----------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// The format is NumPy's, see numpy.lib.format: a magic string, a version, the
// length of a header, the header (a Python dictionary in text), the elements.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Npy.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

#include <limits>

using namespace llvm;
using namespace nncc;

namespace {

/// Reads the header's dictionary: keys and values of a handful of kinds.
class HeaderParser {
public:
  explicit HeaderParser(StringRef text) : rest(text) {}

  bool consume(char c) {
    rest = rest.ltrim();
    return rest.consume_front(StringRef(&c, 1));
  }

  /// 'text' or "text"; there are no escapes in a valid header.
  bool parseString(StringRef &result) {
    rest = rest.ltrim();
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"'))
      return false;
    size_t end = rest.find(rest[0], 1);
    if (end == StringRef::npos)
      return false;
    result = rest.slice(1, end);
    rest = rest.drop_front(end + 1);
    return true;
  }

  bool parseBool(bool &result) {
    rest = rest.ltrim();
    result = rest.starts_with("True");
    return rest.consume_front("True") || rest.consume_front("False");
  }

  /// (), (3,), (3, 4)
  bool parseShape(std::vector<int64_t> &result) {
    if (!consume('('))
      return false;
    while (!consume(')')) {
      int64_t extent;
      rest = rest.ltrim();
      if (rest.consumeInteger(10, extent) || extent < 0)
        return false;
      rest.consume_front("L"); // written by Python 2
      result.push_back(extent);
      if (!consume(',')) {
        if (!consume(')'))
          return false;
        break;
      }
    }
    return true;
  }

private:
  StringRef rest;
};

} // namespace

Expected<NpyArray> NpyArray::open(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false,
                            /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError("'" + path + "': " + file.getError().message());
  Expected<NpyArray> array = parse(std::move(*file));
  if (!array)
    return createStringError("'" + path + "': " + toString(array.takeError()));
  return array;
}

Expected<NpyArray> NpyArray::parse(std::unique_ptr<MemoryBuffer> buffer) {
  NpyArray array;
  array.buffer = std::move(buffer);
  if (Error error = array.parseHeader())
    return std::move(error);
  return array;
}

Error NpyArray::parseHeader() {
  StringRef bytes = buffer->getBuffer();
  if (!bytes.starts_with("\x93NUMPY") || bytes.size() < 10)
    return createStringError("not a NumPy .npy file (no magic number)");
  unsigned version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3)
    return createStringError("expected .npy format version 1 to 3, got %u",
                             version);
  size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start)
    return createStringError("the file ends inside the .npy header");
  size_t length = version == 1 ? support::endian::read16le(bytes.data() + 8)
                               : support::endian::read32le(bytes.data() + 8);
  if (length > bytes.size() - start)
    return createStringError("the file ends inside the .npy header");

  HeaderParser parser(bytes.substr(start, length));
  StringRef descr;
  bool fortran = false, hasOrder = false, hasShape = false;
  bool valid = parser.consume('{');
  while (valid && !parser.consume('}')) {
    StringRef key;
    valid = parser.parseString(key) && parser.consume(':');
    if (!valid)
      break;
    if (key == "descr")
      valid = parser.parseString(descr);
    else if (key == "fortran_order")
      valid = hasOrder = parser.parseBool(fortran);
    else if (key == "shape")
      valid = hasShape = !hasShape && parser.parseShape(shape);
    else
      valid = false;
    if (valid && !parser.consume(',')) {
      valid = parser.consume('}');
      break;
    }
  }
  if (!valid || descr.empty() || !hasOrder || !hasShape)
    return createStringError(
        "the .npy header is not a dictionary of a plain element type, an order "
        "and a shape; save an array of numbers with numpy.save");
  // The order of an array of one axis is both.
  if (fortran && shape.size() > 1)
    return createStringError("the array is in Fortran order; save "
                             "numpy.ascontiguousarray(array)");

  static const std::tuple<StringRef, Element, int> kElements[] = {
      {"<f4", Element::F32, 4}, {"<f8", Element::F64, 8},
      {"|i1", Element::I8, 1},  {"|u1", Element::U8, 1},
      {"<i2", Element::I16, 2}, {"<u2", Element::U16, 2},
      {"<i4", Element::I32, 4}, {"<u4", Element::U32, 4},
      {"<i8", Element::I64, 8}, {"<u8", Element::U64, 8}};
  const auto *found = llvm::find_if(kElements, [&](const auto &entry) {
    return std::get<0>(entry) == descr;
  });
  if (found == std::end(kElements))
    return createStringError(
        "elements of type '" + descr.take_front(32) +
        "' are not supported; save array.astype(numpy.float32)");
  element = std::get<1>(*found);
  elementBytes = std::get<2>(*found);

  size_t available = bytes.size() - start - length;
  numElements = 1;
  for (int64_t extent : shape) {
    if (extent == 0)
      return createStringError("the array is empty");
    if (numElements > std::numeric_limits<int64_t>::max() / 8 / extent)
      return createStringError("the .npy header's shape is too large");
    numElements *= extent;
  }
  if (static_cast<uint64_t>(numElements) * elementBytes > available)
    return createStringError(
        "the file is truncated: its shape needs %lld bytes, it holds %zu",
        static_cast<long long>(numElements * elementBytes), available);
  data = bytes.data() + start + length;
  return Error::success();
}

template <typename T>
static void convert(const char *data, std::vector<float> &result) {
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<float>(
        support::endian::read<T, endianness::little>(data + i * sizeof(T)));
}

std::vector<float> NpyArray::read(int64_t first, int64_t count) const {
  std::vector<float> result(count);
  const char *source = data + first * elementBytes;
  switch (element) {
  case Element::F32:
    convert<float>(source, result);
    break;
  case Element::F64:
    convert<double>(source, result);
    break;
  case Element::I8:
    convert<int8_t>(source, result);
    break;
  case Element::U8:
    convert<uint8_t>(source, result);
    break;
  case Element::I16:
    convert<int16_t>(source, result);
    break;
  case Element::U16:
    convert<uint16_t>(source, result);
    break;
  case Element::I32:
    convert<int32_t>(source, result);
    break;
  case Element::U32:
    convert<uint32_t>(source, result);
    break;
  case Element::I64:
    convert<int64_t>(source, result);
    break;
  case Element::U64:
    convert<uint64_t>(source, result);
    break;
  }
  return result;
}
