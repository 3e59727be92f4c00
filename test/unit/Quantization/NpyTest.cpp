//===- NpyTest.cpp - NumPy array files ------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

using namespace nncc;
using testing::ElementsAre;
using testing::HasSubstr;

/// A version 1 file of the given header text and elements.
static std::string makeFile(const std::string &header,
                            const std::string &elements) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size() & 255);
  file += static_cast<char>(header.size() >> 8);
  return file + header + elements;
}

static llvm::Expected<NpyArray> parse(const std::string &file) {
  return NpyArray::parse(llvm::MemoryBuffer::getMemBufferCopy(file));
}

static std::string getError(const std::string &file) {
  llvm::Expected<NpyArray> array = parse(file);
  return array ? "" : llvm::toString(array.takeError());
}

template <typename T> static std::string bytesOf(std::vector<T> values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(T));
}

TEST(Npy, ReadsFloats) {
  auto array = parse(makeFile(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n",
      bytesOf<float>({1, 2, 3, 4, 5, 6.5})));
  ASSERT_TRUE(static_cast<bool>(array));
  EXPECT_THAT(array->getShape(), ElementsAre(2, 3));
  EXPECT_THAT(array->read(3, 3), ElementsAre(4, 5, 6.5));
}

TEST(Npy, ConvertsIntegers) {
  auto bytes =
      parse(makeFile("{\"descr\": \"|u1\",'fortran_order':False,'shape':(3L,)}",
                     bytesOf<uint8_t>({0, 128, 255})));
  ASSERT_TRUE(static_cast<bool>(bytes));
  EXPECT_THAT(bytes->read(0, 3), ElementsAre(0, 128, 255));
  auto words =
      parse(makeFile("{'descr': '<i8', 'fortran_order': True, 'shape': (2,)}",
                     bytesOf<int64_t>({-7, 1 << 20})));
  ASSERT_TRUE(static_cast<bool>(words));
  EXPECT_THAT(words->read(0, 2), ElementsAre(-7, 1048576));
}

TEST(Npy, RefusesWhatItCannotRead) {
  EXPECT_THAT(getError(""), HasSubstr("magic"));
  EXPECT_THAT(getError("hello, this is text"), HasSubstr("magic"));
  EXPECT_THAT(
      getError(makeFile(
          "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "")),
      HasSubstr("'<c8'"));
  EXPECT_THAT(getError(makeFile("{'descr': [('a', '<f4')], 'fortran_order': "
                                "False, 'shape': (1,)}",
                                "")),
              HasSubstr("plain element type"));
  EXPECT_THAT(
      getError(makeFile(
          "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}", "")),
      HasSubstr("Fortran"));
  EXPECT_THAT(
      getError(makeFile(
          "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2)}", "")),
      HasSubstr("empty"));
}

TEST(Npy, HostileHeaders) {
  std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
  EXPECT_THAT(getError(makeFile(good + "(2,)}", "12345")),
              HasSubstr("needs 8 bytes, it holds 5"));
  EXPECT_THAT(getError(makeFile(good + "(4611686018427387904, 4)}", "")),
              HasSubstr("too large"));
  EXPECT_THAT(getError(makeFile(good + "(99999999999999999999,)}", "")),
              HasSubstr("dictionary"));
  EXPECT_THAT(getError(makeFile(good + "(-1,)}", "")), HasSubstr("dictionary"));
  // Cut anywhere, a file is an error and nothing worse.
  std::string file = makeFile(good + "(2,)}", bytesOf<float>({1, 2}));
  ASSERT_EQ(getError(file), "");
  for (size_t length = 0; length < file.size(); ++length)
    EXPECT_NE(getError(file.substr(0, length)), "") << length;
  // So is any single changed byte of the header, unless it keeps its meaning.
  for (size_t i = 0; i + 8 < file.size(); ++i)
    for (int value : {0, 0x27, 0x28, 0x7b, 0xff}) {
      std::string changed = file;
      changed[i] = static_cast<char>(value);
      llvm::Expected<NpyArray> array = parse(changed);
      if (!array)
        llvm::consumeError(array.takeError());
      else
        EXPECT_EQ(array->read(0, array->getNumElements()).size(),
                  static_cast<size_t>(array->getNumElements()));
    }
}
