//===- PictureFormatTest.cpp ----------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/PictureFormat.h"

#include <gtest/gtest.h>
#include <limits>

using namespace nncc;

namespace {

PictureFormat sample() {
  PictureFormat format;
  format.mean = {1, 2, 3};
  format.std = {1, 1, 1};
  return format;
}

TEST(PictureFormat, Names) {
  for (PixelFormat format :
       {PixelFormat::Gray8, PixelFormat::RGB8, PixelFormat::BGR8})
    EXPECT_EQ(parsePixelFormat(toString(format)), format);
  EXPECT_EQ(parsePixelFormat("rgb"), std::nullopt);
  EXPECT_EQ(channelCount(static_cast<PixelFormat>(9)), 0u);
}

TEST(PictureFormat, Verify) {
  EXPECT_EQ(sample().verify(), "");
  auto check = [](auto change, const char *message) {
    PictureFormat format = sample();
    change(format);
    EXPECT_EQ(format.verify(), message);
  };
  double nan = std::numeric_limits<double>::quiet_NaN();
  check([](auto &f) { f.pixels = static_cast<PixelFormat>(9); },
        "unknown pixel format 9");
  check([](auto &f) { f.pixels = PixelFormat::Gray8; },
        "mean: expected 1 number for gray8, got 3");
  check([](auto &f) { f.std.pop_back(); },
        "std: expected 3 numbers for rgb8, got 2");
  check([&](auto &f) { f.mean[1] = nan; },
        "mean: expected finite numbers, got nan");
  check([](auto &f) { f.std[2] = 0; },
        "std: expected numbers above zero, got 0.000000");
  check([](auto &f) { f.std[2] = -1; },
        "std: expected numbers above zero, got -1.000000");
  check([](auto &f) { f.resize = 65537; },
        "resize: expected at most 65536, got 65537");
  check([](auto &f) { f.resize = 256, f.stretch = true; },
        "resize: a size and stretching exclude each other");
}

} // namespace
