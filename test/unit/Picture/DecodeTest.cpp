//===- DecodeTest.cpp - Reading picture files -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/Picture.h"

#include <cstring>
#include <gmock/gmock.h>
#include <random>
#include <unistd.h>

using namespace nncc;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

using Bytes = std::vector<uint8_t>;

Bytes operator+(const char *text, const Bytes &tail) {
  Bytes bytes(text, text + std::strlen(text));
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

/// 2x2 pixels of 24 bits, rows from the bottom, blue first.
Bytes bmp() {
  Bytes file(54 + 16);
  file[0] = 'B', file[1] = 'M', file[2] = 70, file[10] = 54, file[14] = 40;
  file[18] = 2, file[22] = 2, file[26] = 1, file[28] = 24;
  const uint8_t rows[] = {3, 2, 1, 6, 5, 4, 0, 0, 9, 8, 7, 12, 11, 10, 0, 0};
  std::copy(std::begin(rows), std::end(rows), file.begin() + 54);
  return file;
}

/// One gray block of 8x8: a difference of 64 steps of 8 to the middle.
Bytes jpeg() {
  Bytes file = {0xff, 0xd8, 0xff, 0xdb, 0, 67, 0};
  file.resize(file.size() + 64, 8); // Quantization table.
  for (uint8_t byte :
       {0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0}) // Frame.
    file.push_back(byte);
  // Tables of one code each: DC differences of 7 bits, and the end of a block.
  for (uint8_t part : {0x00, 0x10}) {
    for (uint8_t byte : {0xff, 0xc4, 0, 20, int(part), 1})
      file.push_back(byte);
    file.resize(file.size() + 15);
    file.push_back(part ? 0 : 7);
  }
  // Scan: '0' and 1000000, '0', then ones.
  for (uint8_t byte :
       {0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x40, 0x3f, 0xff, 0xd9})
    file.push_back(byte);
  return file;
}

/// One pixel (10, 100, 200), as zlib packs it.
Bytes png() {
  return {0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00,
          0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01,
          0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90,
          0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41,
          0x54, 0x78, 0xda, 0x63, 0xe0, 0x4a, 0x39, 0x01, 0x00, 0x01,
          0xb2, 0x01, 0x37, 0x14, 0xd6, 0xab, 0xf6, 0x00, 0x00, 0x00,
          0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
}

std::string decode(const Bytes &file, PixelFormat pixels, Picture &out) {
  return decodePicture(file, pixels, out);
}

TEST(Decode, Ppm) {
  Picture picture;
  Bytes file = "P6 # a comment\n2 1\n255\n" + Bytes{1, 2, 3, 4, 5, 6};
  ASSERT_EQ(decode(file, PixelFormat::RGB8, picture), "");
  EXPECT_EQ(picture.width, 2u);
  EXPECT_EQ(picture.height, 1u);
  EXPECT_THAT(picture.bytes, ElementsAre(1, 2, 3, 4, 5, 6));
  ASSERT_EQ(decode(file, PixelFormat::BGR8, picture), "");
  EXPECT_THAT(picture.bytes, ElementsAre(3, 2, 1, 6, 5, 4));
}

TEST(Decode, GrayAndColorBecomeEachOther) {
  Picture picture;
  ASSERT_EQ(decode("P5 2 1 255\n" + Bytes{7, 9}, PixelFormat::RGB8, picture),
            "");
  EXPECT_THAT(picture.bytes, ElementsAre(7, 7, 7, 9, 9, 9));
  ASSERT_EQ(decode("P6 4 1 255\n" +
                       Bytes{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255},
                   PixelFormat::Gray8, picture),
            "");
  EXPECT_THAT(picture.bytes, ElementsAre(76, 150, 29, 255));
}

TEST(Decode, SamplesOfOtherRanges) {
  Picture picture;
  ASSERT_EQ(
      decode("P5 4 1 15\n" + Bytes{0, 1, 15, 16}, PixelFormat::Gray8, picture),
      "");
  EXPECT_THAT(picture.bytes, ElementsAre(0, 17, 255, 255));
  ASSERT_EQ(decode("P5 2 1 65535\n" + Bytes{0x80, 0, 0xff, 0xff},
                   PixelFormat::Gray8, picture),
            "");
  EXPECT_THAT(picture.bytes, ElementsAre(128, 255));
}

TEST(Decode, Bmp) {
  Picture picture;
  ASSERT_EQ(decode(bmp(), PixelFormat::RGB8, picture), "");
  EXPECT_THAT(picture.bytes,
              ElementsAre(7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6));
}

TEST(Decode, Jpeg) {
  Picture picture;
  ASSERT_EQ(decode(jpeg(), PixelFormat::Gray8, picture), "");
  ASSERT_EQ(picture.bytes.size(), 64u);
  // 128 + 64 * 8 / 8.
  EXPECT_THAT(picture.bytes, Each(192));
}

TEST(Decode, Png) {
  Picture picture;
  ASSERT_EQ(decode(png(), PixelFormat::RGB8, picture), "");
  EXPECT_THAT(picture.bytes, ElementsAre(10, 100, 200));
}

TEST(Decode, WhatIsCutOff) {
  Picture picture;
  for (const Bytes &whole :
       {bmp(), jpeg(), "P6 2 1 255\n" + Bytes{1, 2, 3, 4, 5, 6}})
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_NE(decode(Bytes(whole.begin(), whole.begin() + size),
                       PixelFormat::RGB8, picture),
                "")
          << whole[0] << size;
  EXPECT_EQ(decode("P5 9 9 255\n" + Bytes{1}, PixelFormat::Gray8, picture),
            "is cut off: its pixels take 81 bytes, there are 1");
  Bytes file = bmp();
  file.pop_back();
  EXPECT_EQ(decode(file, PixelFormat::Gray8, picture),
            "is cut off: the end of its pixels is missing");
}

TEST(Decode, SizesThatNobodyMeans) {
  Picture picture;
  EXPECT_EQ(
      decode("P5 60000 60000 255\n" + Bytes{1}, PixelFormat::Gray8, picture),
      "has 60000 x 60000 pixels; expected at most 67108864, and 1 to "
      "65536 on a side");
  EXPECT_EQ(decode("P5 0 1 255\n" + Bytes{1}, PixelFormat::Gray8, picture),
            "has 0 x 1 pixels; expected at most 67108864, and 1 to 65536 on a "
            "side");
  EXPECT_EQ(
      decode("P5 99999999 1 255\n" + Bytes{1}, PixelFormat::Gray8, picture),
      "has a damaged PPM or PGM header");
  Bytes file = bmp();
  file[20] = 1; // 65538 pixels wide
  EXPECT_THAT(decode(file, PixelFormat::Gray8, picture),
              HasSubstr("65538 x 2 pixels"));
}

TEST(Decode, NoPicture) {
  Picture picture;
  const char *message =
      "is not a JPEG, PNG, BMP, PPM or PGM picture that can be read";
  EXPECT_EQ(decode({}, PixelFormat::RGB8, picture), message);
  EXPECT_EQ(decode("GIF89a" + Bytes(40), PixelFormat::RGB8, picture), message);
  EXPECT_EQ(decode("P3 1 1 255 1 2 3" + Bytes{}, PixelFormat::RGB8, picture),
            message);
}

/// Whatever a file holds, there is a picture of its size or a message.
TEST(Decode, DamagedFiles) {
  std::mt19937 random(1);
  for (const Bytes &whole :
       {bmp(), jpeg(), png(), "P6 2 2 255\n" + Bytes(12, 77)})
    for (int i = 0; i < 4000; ++i) {
      Bytes file = whole;
      for (unsigned changes = random() % 4 + 1; changes-- != 0;)
        file[random() % file.size()] = static_cast<uint8_t>(random());
      Picture picture;
      std::string why = decode(file, PixelFormat::RGB8, picture);
      if (why.empty()) {
        ASSERT_EQ(picture.bytes.size(),
                  size_t(picture.width) * picture.height * 3);
      }
    }
}

TEST(ReadPicture, ScalesAndCuts) {
  std::string path = testing::TempDir() + "/nncc-picture.pgm";
  Bytes file = "P5 4 2 255\n" + Bytes{0, 10, 20, 30, 40, 50, 60, 70};
  std::FILE *out = std::fopen(path.c_str(), "wb");
  ASSERT_NE(out, nullptr);
  ASSERT_EQ(std::fwrite(file.data(), 1, file.size(), out), file.size());
  std::fclose(out);
  PictureFormat format;
  format.pixels = PixelFormat::Gray8;
  Bytes bytes;
  ASSERT_EQ(readPicture(path, format, 1, 2, bytes), "");
  EXPECT_THAT(bytes, ElementsAre(10, 50));
  EXPECT_EQ(checkPictureFile(path), "");
  EXPECT_EQ(readPicture(path + "x", format, 1, 2, bytes),
            path + "x: cannot open: No such file or directory");
  ::unlink(path.c_str());
}

TEST(ReadPicture, Endings) {
  for (const char *name :
       {"a.jpg", "b.JPEG", "c.png", "d/e.Ppm", "f.pgm", "g.bmp", "h.x.pnm"})
    EXPECT_TRUE(hasPictureEnding(name)) << name;
  for (const char *name : {"jpg", "a.npy", "a.jpg.txt", "", "a.gif"})
    EXPECT_FALSE(hasPictureEnding(name)) << name;
}

} // namespace
