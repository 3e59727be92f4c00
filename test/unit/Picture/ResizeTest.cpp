//===- ResizeTest.cpp - Scaling and cutting pictures ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/Picture.h"

#include <gmock/gmock.h>
#include <numeric>

using namespace nncc;
using testing::ElementsAre;
using testing::ElementsAreArray;

namespace {

Picture makeSmall() {
  return {3, 4, 1, {10, 200, 30, 90, 255, 0, 7, 70, 170, 128, 1, 250}};
}

/// The expected bytes are what Pillow makes of the same picture.
TEST(Resize, GivesTheBytesOfPillow) {
  EXPECT_THAT(resizePicture(makeSmall(), 2, 2).bytes,
              ElementsAre(104, 100, 69, 138));
  EXPECT_THAT(
      resizePicture(makeSmall(), 5, 6).bytes,
      ElementsAreArray({10, 86,  200, 98,  30,  50,  121, 228, 100, 15,
                        76, 135, 224, 107, 28,  21,  53,  101, 125, 142,
                        68, 55,  36,  140, 210, 128, 77,  1,   150, 250}));
  EXPECT_THAT(resizePicture(makeSmall(), 3, 7).bytes,
              ElementsAre(10, 200, 30, 39, 220, 19, 84, 251, 2, 49, 163, 85, 16,
                          65, 176, 85, 26, 221, 128, 1, 250));
  EXPECT_THAT(resizePicture(makeSmall(), 1, 1).bytes, ElementsAre(106));
}

TEST(Resize, KeepsWhatHasTheSizeAlready) {
  EXPECT_EQ(resizePicture(makeSmall(), 3, 4).bytes, makeSmall().bytes);
}

TEST(Resize, KeepsChannelsApart) {
  Picture colors{2, 2, 3, {0, 100, 255, 0, 100, 255, 0, 100, 255, 0, 100, 255}};
  for (auto [width, height] : {std::pair(1, 1), {5, 1}, {2, 7}, {3, 3}}) {
    Picture scaled = resizePicture(colors, width, height);
    ASSERT_EQ(scaled.bytes.size(), size_t(width) * height * 3);
    for (size_t i = 0; i < scaled.bytes.size(); ++i)
      EXPECT_EQ(scaled.bytes[i], colors.bytes[i % 3]);
  }
}

TEST(Crop, TakesTheRectangle) {
  Picture picture{4, 3, 2, std::vector<uint8_t>(24)};
  std::iota(picture.bytes.begin(), picture.bytes.end(), 0);
  EXPECT_THAT(cropPicture(picture, 1, 1, 2, 2).bytes,
              ElementsAre(10, 11, 12, 13, 18, 19, 20, 21));
}

TEST(ScaledSize, FollowsTheRule) {
  struct Case {
    uint32_t width, height, resize, toWidth, toHeight, wantWidth, wantHeight;
  };
  const Case cases[] = {
      {768, 576, 256, 224, 224, 341, 256}, // the long side rounded down
      {576, 768, 256, 224, 224, 256, 341},
      {256, 300, 256, 224, 224, 256, 300},  // nothing to do
      {768, 576, 0, 224, 224, 298, 224},    // as small as the cut allows
      {100, 100, 0, 224, 224, 224, 224},    // and as large as it needs
      {100, 400, 0, 640, 192, 640, 2560},   // the cut is the wider one
      {100, 400, 200, 640, 192, 640, 2560}, // ... and decides
      {1, 1, 5, 3, 5, 5, 5},
  };
  for (const Case &c : cases) {
    PictureFormat format;
    format.resize = c.resize;
    PictureSize size =
        scaledSize({c.width, c.height, 1, {}}, format, c.toWidth, c.toHeight);
    EXPECT_EQ(size.width, c.wantWidth) << c.width << "x" << c.height;
    EXPECT_EQ(size.height, c.wantHeight) << c.width << "x" << c.height;
    format.resize = 0;
    format.stretch = true;
    size =
        scaledSize({c.width, c.height, 1, {}}, format, c.toWidth, c.toHeight);
    EXPECT_EQ(size.width, c.toWidth);
    EXPECT_EQ(size.height, c.toHeight);
  }
}

} // namespace
