//===- NpyTests.cpp - NumPy array files -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

using namespace nncc::run;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

class NpyTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/npyXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string path(const char *name) const { return folder + "/" + name; }

  /// A file of version 1 with this header and these bytes of data.
  std::string write(const std::string &header, const std::string &data) const {
    std::string text("\x93NUMPY\x01\x00", 8);
    text += static_cast<char>(header.size() & 0xff);
    text += static_cast<char>(header.size() >> 8);
    std::ofstream(path("in.npy"), std::ios::binary) << text << header << data;
    return path("in.npy");
  }

  std::string openError(const std::string &header,
                        const std::string &data) const {
    NpyReader reader;
    return reader.open(write(header, data));
  }

  std::string folder;
};

} // namespace

static std::string header(const char *type, const char *shape) {
  return std::string("{'descr': '") + type +
         "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

template <typename T> static std::string data(std::vector<T> values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(T));
}

template <typename T>
static std::vector<T> valuesOf(const std::vector<uint8_t> &bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST_F(NpyTest, ReadsSamplesAndConverts) {
  NpyReader reader;
  ASSERT_EQ(reader.open(write(header("<f8", "(3, 2)"),
                              data<double>({1, 2, 3, 4, 5, 6.5}))),
            "");
  EXPECT_THAT(reader.header().shape, ElementsAre(3, 2));
  std::vector<uint8_t> bytes;
  ASSERT_EQ(reader.read(4, 2, NNCC_FLOAT32, bytes), "");
  EXPECT_THAT(valuesOf<float>(bytes), ElementsAre(5.f, 6.5f));
  EXPECT_THAT(reader.read(4, 2, NNCC_INT64, bytes),
              HasSubstr("holds real numbers"));
}

TEST_F(NpyTest, ReadsAllTypes) {
  auto read = [&](const char *type, const std::string &content) {
    NpyReader reader;
    std::vector<uint8_t> bytes;
    EXPECT_EQ(reader.open(write(header(type, "(2,)"), content)), "");
    EXPECT_EQ(reader.read(0, 2, NNCC_FLOAT32, bytes), "");
    return valuesOf<float>(bytes);
  };
  EXPECT_THAT(read("|i1", data<int8_t>({-1, 2})), ElementsAre(-1.f, 2.f));
  EXPECT_THAT(read("|u1", data<uint8_t>({255, 2})), ElementsAre(255.f, 2.f));
  EXPECT_THAT(read("|b1", data<uint8_t>({1, 0})), ElementsAre(1.f, 0.f));
  EXPECT_THAT(read("<i2", data<int16_t>({-9, 2})), ElementsAre(-9.f, 2.f));
  EXPECT_THAT(read("<u4", data<uint32_t>({9, 2})), ElementsAre(9.f, 2.f));
  EXPECT_THAT(read("<i8", data<int64_t>({-9, 2})), ElementsAre(-9.f, 2.f));
  EXPECT_THAT(read("<f4", data<float>({.5f, 2})), ElementsAre(.5f, 2.f));
}

TEST_F(NpyTest, RefusesIntegersThatDoNotFit) {
  NpyReader reader;
  std::vector<uint8_t> bytes;
  ASSERT_EQ(
      reader.open(write(header("<i8", "(2,)"), data<int64_t>({127, 128}))), "");
  EXPECT_EQ(reader.read(0, 1, NNCC_INT8, bytes), "");
  EXPECT_THAT(reader.read(0, 2, NNCC_INT8, bytes),
              HasSubstr("a number that the input's type cannot"));
}

TEST_F(NpyTest, RefusesWhatIsNoArray) {
  NpyReader missing;
  EXPECT_THAT(missing.open(path("none.npy")), HasSubstr("cannot open"));
  std::ofstream(path("text")) << "hello world, this is text";
  NpyReader text;
  EXPECT_THAT(text.open(path("text")), HasSubstr("is not a .npy file"));
  std::ofstream(path("short"), std::ios::binary)
      << std::string("\x93NUMPY\x01\x00\x76\x00{'descr'", 18);
  NpyReader cut;
  EXPECT_THAT(cut.open(path("short")), HasSubstr("ends in its header"));
  EXPECT_THAT(openError(header("<f4", "(2,)"), "1234567"),
              HasSubstr("has 7 bytes of data; its shape 2 needs 8"));
}

TEST_F(NpyTest, RefusesOtherForms) {
  EXPECT_THAT(openError(header(">f4", "(1,)"), "1234"),
              HasSubstr("big-endian"));
  EXPECT_THAT(openError(header("<c8", "(1,)"), "12345678"),
              HasSubstr("element type '<c8' is not supported"));
  EXPECT_THAT(openError("{'descr': '<f4', 'fortran_order': True, 'shape': "
                        "(1,), }",
                        "1234"),
              HasSubstr("Fortran order"));
}

TEST(NpyHeader, HostileTexts) {
  NpyHeader out;
  const char *const texts[] = {
      "",
      "{",
      "{'descr'",
      "{'descr': ",
      "{'descr': '<f4",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }",
      "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} trailing",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
      // One text on two lines:
      // NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
      "{'descr': '<f4', 'fortran_order': False, "
      "'shape': (99999999999999999999999999,)}",
      "{'descr': '<f4', 'fortran_order': False, "
      "'shape': (4294967296, 4294967296)}",
  };
  for (const char *text : texts)
    EXPECT_NE(parseNpyHeader(text, out), "") << text;
  std::string deep = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (int i = 0; i < 100; ++i)
    deep += "1, ";
  EXPECT_NE(parseNpyHeader(deep + ")}", out), "");
  EXPECT_EQ(parseNpyHeader("{\"shape\": (), \"fortran_order\":False,"
                           "\"descr\":\"|i1\"}",
                           out),
            "");
  EXPECT_THAT(out.shape, IsEmpty());
}

TEST_F(NpyTest, WritesWhatItReads) {
  for (const std::vector<uint64_t> &shape :
       {std::vector<uint64_t>{}, {6}, {2, 3}, {1, 2, 3}}) {
    uint64_t count = shape.empty() ? 1 : 6;
    std::vector<uint8_t> values(count * 4, 7);
    NpyWriter writer;
    ASSERT_EQ(writer.open(path("out.npy"), NNCC_INT32, shape), "");
    ASSERT_EQ(writer.write(values), "");
    ASSERT_EQ(writer.commit(), "");
    NpyReader reader;
    ASSERT_EQ(reader.open(path("out.npy")), "");
    EXPECT_EQ(reader.header().shape, shape);
    std::vector<uint8_t> bytes;
    ASSERT_EQ(reader.read(0, count, NNCC_INT32, bytes), "");
    EXPECT_EQ(bytes, values);
  }
}

TEST_F(NpyTest, LeavesNothingBehindWithoutACommit) {
  {
    NpyWriter writer;
    ASSERT_EQ(writer.open(path("out.npy"), NNCC_INT8, {3}), "");
    ASSERT_EQ(writer.write({1, 2}), "");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  NpyWriter writer;
  EXPECT_THAT(writer.open(path("no/such/out.npy"), NNCC_INT8, {3}),
              HasSubstr("cannot create"));
}
