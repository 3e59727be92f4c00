//===- PlainText.h - Text from files, fit for one line ----------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SUPPORT_PLAINTEXT_H
#define NNCC_SUPPORT_PLAINTEXT_H

#include <string>
#include <string_view>

namespace nncc {

/// Text that may hold anything, such as a name in a model, for a message or a
/// report: control characters become "\0A", what is behind `limit` bytes "...".
/// Everything else, UTF-8 too, stays as it is.
inline std::string plainText(std::string_view text,
                             size_t limit = std::string_view::npos) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string plain;
  for (char c : text.substr(0, limit)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      plain += c;
      continue;
    }
    plain += '\\';
    plain += digits[byte >> 4];
    plain += digits[byte & 15];
  }
  return text.size() > limit ? plain + "..." : plain;
}

} // namespace nncc

#endif // NNCC_SUPPORT_PLAINTEXT_H
