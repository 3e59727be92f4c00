//===- ProgressBar.h - How far long work is ---------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TERMINAL_PROGRESSBAR_H
#define NNCC_TERMINAL_PROGRESSBAR_H

#include <chrono>
#include <cstdint>
#include <string>

namespace nncc {

/// A line at the bottom of a terminal: what is being done, a bar, and the time
/// left. Nothing where standard error is no terminal, nor for a single step.
/// `always`: also where it is none, in lines of their own, and one at the end.
class ProgressBar {
public:
  ProgressBar(std::string label, uint64_t total, bool always = false);
  /// Removes the line.
  ~ProgressBar();
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  /// `done` steps of the total are done. Draws at most five times a second, or
  /// writes a line every two seconds.
  void update(uint64_t done);

private:
  using Clock = std::chrono::steady_clock;
  std::string label;
  uint64_t total;
  bool terminal, enabled;
  bool drawn = false;
  Clock::time_point begin = Clock::now(), drawnAt = begin;
};

} // namespace nncc

#endif // NNCC_TERMINAL_PROGRESSBAR_H
