//===- Labels.cpp - Names of classes --------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/Labels.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

using namespace nncc;

static constexpr size_t kMaxLines = 1 << 24;

static std::vector<std::string> split(const std::string &line) {
  std::vector<std::string> cells;
  size_t begin = 0;
  for (size_t end; (end = line.find('\t', begin)) != std::string::npos;
       begin = end + 1)
    cells.push_back(line.substr(begin, end - begin));
  cells.push_back(line.substr(begin));
  return cells;
}

static bool parseClass(const std::string &text, int64_t &out) {
  if (text.empty() || text.size() > 9 ||
      text.find_first_not_of("0123456789") != std::string::npos)
    return false;
  out = std::stol(text);
  return true;
}

/// The lines of a table behind its first one.
static std::string readTable(const std::vector<std::string> &lines,
                             Labels &out) {
  std::vector<std::string> columns = split(lines.front());
  auto column = [&](const char *name) {
    return static_cast<size_t>(std::find(columns.begin(), columns.end(), name) -
                               columns.begin());
  };
  const size_t index = column("class_index"), name = column("name"),
               file = column("file");
  if (index == columns.size() ||
      (name == columns.size() && file == columns.size()))
    return "expected a first line with the columns class_index, and name or "
           "file, between tabs";
  for (size_t i = 1; i < lines.size(); ++i) {
    std::vector<std::string> cells = split(lines[i]);
    int64_t number;
    if (cells.size() != columns.size())
      return "line " + std::to_string(i + 1) + ": expected " +
             std::to_string(columns.size()) + " columns, got " +
             std::to_string(cells.size());
    if (!parseClass(cells[index], number))
      return "line " + std::to_string(i + 1) +
             ": expected a class number, got '" + cells[index] + "'";
    if (name != columns.size())
      out.names.emplace(number, cells[name]);
    if (file != columns.size())
      out.files[cells[file]] = number;
  }
  return "";
}

std::string nncc::readLabels(const std::string &path, Labels &out) {
  out = {};
  std::ifstream stream(path);
  if (!stream)
    return path + ": cannot open: " + std::strerror(errno);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (lines.size() == kMaxLines)
      return path + ": has more than " + std::to_string(kMaxLines) + " lines";
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    lines.push_back(std::move(line));
  }
  if (stream.bad())
    return path + ": cannot read: " + std::strerror(errno);
  while (!lines.empty() && lines.back().empty())
    lines.pop_back();
  if (lines.empty())
    return path + ": is empty";
  const std::string ending = ".tsv";
  if (path.size() > ending.size() &&
      path.compare(path.size() - ending.size(), ending.size(), ending) == 0) {
    std::string why = readTable(lines, out);
    return why.empty() ? "" : path + ": " + why;
  }
  for (size_t i = 0; i < lines.size(); ++i)
    out.names.emplace(static_cast<int64_t>(i), lines[i]);
  return "";
}
