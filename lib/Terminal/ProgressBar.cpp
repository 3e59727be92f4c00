//===- ProgressBar.cpp - How far long work is -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Terminal/ProgressBar.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

using namespace nncc;

ProgressBar::ProgressBar(std::string label, uint64_t total, bool always)
    : label(std::move(label)), total(total), terminal(::isatty(STDERR_FILENO)),
      enabled(total > 1 && (terminal || always)) {}

ProgressBar::~ProgressBar() {
  if (drawn && terminal)
    std::fprintf(stderr, "\r\033[K");
}

void ProgressBar::update(uint64_t done) {
  if (!enabled || done == 0)
    return;
  done = std::min(done, total);
  Clock::time_point now = Clock::now();
  bool complete = !terminal && done == total;
  if (now - drawnAt < std::chrono::milliseconds(terminal ? 200 : 2000) &&
      !complete)
    return;
  drawnAt = now;
  drawn = true;
  constexpr int width = 30;
  int filled = static_cast<int>(done * width / total);
  double seconds = std::chrono::duration<double>(now - begin).count();
  double left = seconds / double(done) * double(total - done);
  std::fprintf(stderr,
               terminal ? "\r%s [%.*s%*s] %llu/%llu, %.0f s left \033[K"
                        : "%s [%.*s%*s] %llu/%llu, %.0f s left\n",
               label.c_str(), filled, "##############################",
               width - filled, "", static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(total), left);
}
