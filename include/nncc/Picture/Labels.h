//===- Labels.h - Names of classes ------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_PICTURE_LABELS_H
#define NNCC_PICTURE_LABELS_H

#include <cstdint>
#include <map>
#include <string>

namespace nncc {

/// What a file says of the classes of a network.
///
/// A text file has the name of class i in line i, from 0. A table (.tsv) has
/// columns between tabs and a first line that names them: `class_index`, and
/// `name`, `file` or both; other columns do not matter.
struct Labels {
  std::map<int64_t, std::string> names; ///< by class
  std::map<std::string, int64_t> files; ///< classes by name of the picture
};

/// Returns a message that begins with the path, empty for success.
std::string readLabels(const std::string &path, Labels &out);

} // namespace nncc

#endif // NNCC_PICTURE_LABELS_H
