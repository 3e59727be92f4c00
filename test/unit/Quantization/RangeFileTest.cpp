//===- RangeFileTest.cpp - Ranges as text ---------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/RangeFile.h"

#include <gtest/gtest.h>

#include <random>

using namespace nncc;

static std::string errorOf(std::string_view text) {
  RangeFile file;
  return parseRangeFile(text, file);
}

TEST(RangeFile, Reads) {
  RangeFile file;
  ASSERT_EQ(parseRangeFile("# words\n"
                           "\n"
                           "range input -1.5 2e3 # to the end\r\n"
                           "\trange  \"a b#\\\"\\\\\\x01\\n\" 0 0\n"
                           "mean input 2x1x1 0.5 -3\n"
                           "equalize exact",
                           file),
            "");
  ASSERT_EQ(file.ranges.size(), 2u);
  EXPECT_EQ(file.ranges[0].name, "input");
  EXPECT_EQ(file.ranges[0].range, (Range{-1.5, 2000.0}));
  EXPECT_EQ(file.ranges[0].line, 3u);
  EXPECT_EQ(file.ranges[1].name, "a b#\"\\\x01\n");
  ASSERT_EQ(file.means.size(), 1u);
  EXPECT_EQ(file.means[0].shape, (std::vector<int64_t>{2, 1, 1}));
  EXPECT_EQ(file.means[0].values, (std::vector<float>{0.5f, -3.0f}));
  EXPECT_EQ(file.equalize, "exact");
  EXPECT_EQ(file.equalizeLine, 6u);
}

TEST(RangeFile, WritesWhatItReads) {
  std::mt19937 random(8);
  std::uniform_int_distribution<int> byte(1, 255), length(0, 12);
  std::normal_distribution<double> normal(0.0, 1e3);
  RangeFile file;
  for (int i = 0; i < 500; ++i) {
    std::string name = std::to_string(i);
    for (int n = length(random); n > 0; --n)
      name += static_cast<char>(byte(random));
    double lo = normal(random);
    file.ranges.push_back({name, {lo, lo + std::fabs(normal(random))}});
    RangeFile::InputMean mean;
    mean.name = name;
    mean.shape = {1, 1, 2};
    mean.values = {static_cast<float>(normal(random)),
                   static_cast<float>(normal(random) * 1e-30)};
    file.means.push_back(mean);
  }
  file.ranges.push_back({"", {0.0, 1.0}});
  file.equalize = "exact";
  RangeFile again;
  std::string text = printRangeFile(file);
  ASSERT_EQ(parseRangeFile(text, again), "");
  ASSERT_EQ(again.ranges.size(), file.ranges.size());
  for (size_t i = 0; i < file.ranges.size(); ++i) {
    EXPECT_EQ(again.ranges[i].name, file.ranges[i].name);
    EXPECT_EQ(again.ranges[i].range, file.ranges[i].range);
  }
  for (size_t i = 0; i < file.means.size(); ++i)
    EXPECT_EQ(again.means[i].values, file.means[i].values);
  EXPECT_EQ(printRangeFile(again), text);
}

// Whatever a file holds is refused with a line, or reads as what it prints as.
TEST(RangeFile, StandsAnyBytes) {
  const std::string good = "range \"a\\x01b\" -1.5 2e3 # c\r\n"
                           "mean a 2x1x1 0.5 -3\n\nequalize exact\n";
  const std::string bytes("\"\\#xn\n\r\t 019-+.e\0\xff", 19);
  std::mt19937 random(10);
  unsigned accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = good;
    for (unsigned n = 1 + random() % 3; n > 0; --n) {
      size_t at = random() % text.size();
      if (random() % 2)
        text[at] = bytes[random() % bytes.size()];
      else
        text.erase(at, 1 + random() % 4);
    }
    RangeFile file, again;
    std::string why = parseRangeFile(text, file);
    if (!why.empty()) {
      EXPECT_EQ(why.rfind("line ", 0), 0u) << why;
      continue;
    }
    ++accepted;
    std::string printed = printRangeFile(file);
    ASSERT_EQ(parseRangeFile(printed, again), "") << printed;
    ASSERT_EQ(printRangeFile(again), printed);
  }
  EXPECT_GT(accepted, 1000u);
}

TEST(RangeFile, AnEmptyOneIsGood) {
  EXPECT_EQ(errorOf(""), "");
  EXPECT_EQ(errorOf(printRangeFile(RangeFile())), "");
}

TEST(RangeFile, NamesTheLineOfAnError) {
  EXPECT_EQ(errorOf("range a 0 1\nrange a 0 2\n"),
            "line 2: a second range of 'a'");
  EXPECT_EQ(errorOf("mean a 1x1x1 0\n\nmean a 1x1x1 0\n"),
            "line 3: a second line of means of 'a'");
  EXPECT_EQ(errorOf("equalize a\nequalize a"), "line 2: a second 'equalize'");
  EXPECT_EQ(errorOf("\nrange a 2 1"),
            "line 2: the least value is above the greatest");
  EXPECT_EQ(errorOf("width a 2 1"),
            "line 1: expected 'range', 'mean' or 'equalize', got 'width'");
}

TEST(RangeFile, RefusesWhatIsNoNumber) {
  for (const char *word : {"nan", "-inf", "inf", "1e39", "1e999", "1,5", "0x1p",
                           "--1", "1.0f", "+1"})
    EXPECT_EQ(errorOf(std::string("range a ") + word + " 1"),
              std::string("line 1: expected the least value, a finite number, "
                          "got '") +
                  word + "'");
  EXPECT_EQ(errorOf("range a 1"), "line 1: expected the greatest value, got "
                                  "the end of the line");
  EXPECT_EQ(errorOf("range a 1 2 3"),
            "line 1: expected the end of the line, got more");
  EXPECT_EQ(errorOf("mean a 1x1x2 0 nan"),
            "line 1: expected a mean, a finite number, got 'nan'");
}

TEST(RangeFile, RefusesWrongShapes) {
  EXPECT_EQ(errorOf("mean a 2x1x1 0"),
            "line 1: expected 2 means for the shape 2x1x1, got 1");
  for (const char *shape :
       {"2x1", "2x1x1x1", "2x1x", "0x1x1", "-1x1x1", "99999999999999999999x1x1",
        "1048577x1x1", "x", "2*1*1"})
    EXPECT_EQ(errorOf(std::string("mean a ") + shape + " 0"),
              std::string("line 1: expected a shape of three extents such as "
                          "16x3x3, got '") +
                  shape + "'");
}

TEST(RangeFile, RefusesBrokenNames) {
  EXPECT_EQ(errorOf("range \"a 0 1"),
            "line 1: a name in double quotes has no end");
  EXPECT_EQ(errorOf("range"), "line 1: expected a tensor's name");
  for (const char *name : {"\"\\", "\"\\q\"", "\"\\x1\"", "\"\\x+1\""})
    EXPECT_EQ(
        errorOf(std::string("range ") + name + " 0 1"),
        "line 1: expected \\\", \\\\, \\n, \\t or \\x and two hexadecimal "
        "digits behind the backslash of a name");
  for (const char *name : {"a\"b\"", "\xc3\xa4", "a\\", "a\x01"})
    EXPECT_NE(errorOf(std::string("range ") + name + " 0 1")
                  .find("write such a name in double quotes"),
              std::string::npos);
}
