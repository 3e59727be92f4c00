//===- RangeFile.cpp - Ranges as text -------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/RangeFile.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

using namespace nncc;

static constexpr char kHeading[] =
    "# Ranges of a network's tensors: nncc --write-ranges wrote them, and "
    "nncc\n"
    "# --ranges takes them in place of sample inputs.\n"
    "#\n"
    "#   range NAME LO HI              the real numbers that the integers of "
    "a\n"
    "#                                 tensor shall cover, widened to hold 0\n"
    "#   mean NAME CxKHxKW VALUES...   the mean of what each weight of a layer "
    "is\n"
    "#                                 multiplied with, to correct its bias;\n"
    "#                                 without the line there is no "
    "correction\n"
    "#   equalize KIND                 what --equalize was\n";

static bool isPlain(char c) {
  return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '#';
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string quoteName(const std::string &name) {
  bool plain = !name.empty();
  for (char c : name)
    plain &= isPlain(c);
  if (plain)
    return name;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\')
      text += {'\\', c};
    else if (c == '\n')
      text += "\\n";
    else if (c == '\t')
      text += "\\t";
    else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
      text += {'\\', 'x', kDigits[static_cast<unsigned char>(c) >> 4],
               kDigits[c & 15]};
    else
      text += c;
  }
  return text + '"';
}

template <typename Number> static std::string printNumber(Number number) {
  char text[64];
  auto [end, error] = std::to_chars(text, text + sizeof(text), number);
  return error == std::errc() ? std::string(text, end) : "nan";
}

std::string nncc::printRangeFile(const RangeFile &file) {
  std::string text = kHeading;
  text += '\n';
  if (!file.equalize.empty())
    text += "equalize " + file.equalize + "\n\n";
  for (const RangeFile::TensorRange &entry : file.ranges)
    text += "range " + quoteName(entry.name) + ' ' +
            printNumber(entry.range.lo) + ' ' + printNumber(entry.range.hi) +
            '\n';
  if (!file.means.empty())
    text += '\n';
  for (const RangeFile::InputMean &entry : file.means) {
    text += "mean " + quoteName(entry.name) + ' ';
    for (size_t i = 0; i < entry.shape.size(); ++i)
      text += (i ? "x" : "") + std::to_string(entry.shape[i]);
    for (float value : entry.values)
      text += ' ' + printNumber(value);
    text += '\n';
  }
  return text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// Reads words from one line. After the first error the rest is skipped.
class LineReader {
public:
  explicit LineReader(std::string_view line) : rest(line) {}

  std::string error;

  /// Nothing but blanks and a comment are left.
  bool atEnd() {
    size_t blanks = rest.find_first_not_of(" \t\r");
    rest.remove_prefix(blanks == rest.npos ? rest.size() : blanks);
    return rest.empty() || rest.front() == '#';
  }

  std::string readName() {
    if (atEnd())
      return fail("expected a tensor's name");
    if (rest.front() == '"')
      return readQuoted();
    return std::string(readWord());
  }

  std::string_view readWord() {
    if (atEnd())
      return {};
    size_t length = 0;
    while (length < rest.size() && isPlain(rest[length]))
      ++length;
    if (length == 0 ||
        (length < rest.size() && rest[length] != ' ' && rest[length] != '\t' &&
         rest[length] != '\r' && rest[length] != '#')) {
      fail("a word with characters other than printable ASCII, or with quotes "
           "or backslashes; write such a name in double quotes");
      return {};
    }
    std::string_view word = rest.substr(0, length);
    rest.remove_prefix(length);
    return word;
  }

  /// A number that an f32 can hold, if not exactly.
  template <typename Number> Number readNumber(const char *what) {
    std::string_view word = readWord();
    Number number = 0;
    if (!error.empty())
      return number;
    auto [end, code] =
        std::from_chars(word.data(), word.data() + word.size(), number);
    constexpr Number kGreatest = std::numeric_limits<float>::max();
    if (word.empty())
      fail(std::string("expected ") + what + ", got the end of the line");
    else if (code != std::errc() || end != word.data() + word.size() ||
             !(std::fabs(number) <= kGreatest))
      fail(std::string("expected ") + what + ", a finite number, got '" +
           std::string(word) + "'");
    return number;
  }

  std::string fail(std::string message) {
    if (error.empty())
      error = std::move(message);
    rest = {};
    return {};
  }

private:
  std::string readQuoted() {
    std::string name;
    size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
      if (rest[i] != '\\') {
        name += rest[i];
        continue;
      }
      char kind = ++i < rest.size() ? rest[i] : '\0';
      int value = 0;
      if (kind == '"' || kind == '\\')
        name += kind;
      else if (kind == 'n')
        name += '\n';
      else if (kind == 't')
        name += '\t';
      else if (kind == 'x' && i + 2 < rest.size() &&
               std::from_chars(rest.data() + i + 1, rest.data() + i + 3, value,
                               16)
                       .ptr == rest.data() + i + 3) {
        name += static_cast<char>(value);
        i += 2;
      } else {
        return fail("expected \\\", \\\\, \\n, \\t or \\x and two hexadecimal "
                    "digits behind the backslash of a name");
      }
    }
    if (i == rest.size())
      return fail("a name in double quotes has no end");
    rest.remove_prefix(i + 1);
    return name;
  }

  std::string_view rest;
};

class Parser {
public:
  explicit Parser(RangeFile &file) : file(file) {}

  /// "" or what is wrong with the line.
  std::string parseLine(std::string_view text, unsigned number) {
    LineReader line(text);
    if (line.atEnd())
      return "";
    std::string_view keyword = line.readWord();
    if (keyword == "range")
      parseRange(line, number);
    else if (keyword == "mean")
      parseMean(line, number);
    else if (keyword == "equalize")
      parseEqualize(line, number);
    else
      line.fail("expected 'range', 'mean' or 'equalize', got '" +
                std::string(keyword) + "'");
    if (line.error.empty() && !line.atEnd())
      line.fail("expected the end of the line, got more");
    return line.error;
  }

private:
  void parseRange(LineReader &line, unsigned number) {
    RangeFile::TensorRange entry;
    entry.line = number;
    entry.name = line.readName();
    entry.range.lo = line.readNumber<double>("the least value");
    entry.range.hi = line.readNumber<double>("the greatest value");
    if (line.error.empty() && entry.range.lo > entry.range.hi)
      line.fail("the least value is above the greatest");
    if (line.error.empty() && !rangeNames.insert(entry.name).second)
      line.fail("a second range of '" + entry.name + "'");
    file.ranges.push_back(std::move(entry));
  }

  void parseMean(LineReader &line, unsigned number) {
    RangeFile::InputMean entry;
    entry.line = number;
    entry.name = line.readName();
    std::string_view shape = line.readWord();
    std::optional<size_t> count = parseShape(shape, entry.shape);
    if (line.error.empty() && !count)
      line.fail("expected a shape of three extents such as 16x3x3, got '" +
                std::string(shape) + "'");
    while (line.error.empty() && !line.atEnd())
      entry.values.push_back(line.readNumber<float>("a mean"));
    if (line.error.empty() && entry.values.size() != *count)
      line.fail("expected " + std::to_string(*count) + " means for the shape " +
                std::string(shape) + ", got " +
                std::to_string(entry.values.size()));
    if (line.error.empty() && !meanNames.insert(entry.name).second)
      line.fail("a second line of means of '" + entry.name + "'");
    file.means.push_back(std::move(entry));
  }

  void parseEqualize(LineReader &line, unsigned number) {
    if (file.equalizeLine)
      line.fail("a second 'equalize'");
    file.equalizeLine = number;
    file.equalize = line.readWord();
    if (line.error.empty() && file.equalize.empty())
      line.fail("expected what --equalize was, got the end of the line");
  }

  /// The number of elements, if the shape is one of three extents.
  static std::optional<size_t> parseShape(std::string_view text,
                                          std::vector<int64_t> &shape) {
    constexpr int64_t kGreatest = 1 << 20;
    size_t count = 1;
    const char *at = text.data(), *end = at + text.size();
    while (shape.size() < 3) {
      int64_t extent = 0;
      auto [next, code] = std::from_chars(at, end, extent);
      if (code != std::errc() || extent < 1 || extent > kGreatest)
        return std::nullopt;
      shape.push_back(extent);
      count *= extent;
      at = next;
      if (shape.size() == 3)
        break;
      if (at == end || *at != 'x')
        return std::nullopt;
      ++at;
    }
    if (at != end)
      return std::nullopt;
    return count;
  }

  RangeFile &file;
  std::set<std::string> rangeNames, meanNames;
};

} // namespace

std::string nncc::parseRangeFile(std::string_view text, RangeFile &file) {
  Parser parser(file);
  for (unsigned number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (std::string why = parser.parseLine(line, number); !why.empty())
      return "line " + std::to_string(number) + ": " + why;
  }
  return "";
}
