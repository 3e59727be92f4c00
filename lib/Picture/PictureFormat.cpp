//===- PictureFormat.cpp - How a network takes pictures -------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/PictureFormat.h"

#include <cmath>

using namespace nncc;

unsigned nncc::channelCount(PixelFormat format) {
  switch (format) {
  case PixelFormat::Gray8:
    return 1;
  case PixelFormat::RGB8:
  case PixelFormat::BGR8:
    return 3;
  }
  return 0;
}

const char *nncc::toString(PixelFormat format) {
  switch (format) {
  case PixelFormat::Gray8:
    return "gray8";
  case PixelFormat::RGB8:
    return "rgb8";
  case PixelFormat::BGR8:
    return "bgr8";
  }
  return "?";
}

std::optional<PixelFormat> nncc::parsePixelFormat(std::string_view text) {
  for (PixelFormat format :
       {PixelFormat::Gray8, PixelFormat::RGB8, PixelFormat::BGR8})
    if (text == toString(format))
      return format;
  return std::nullopt;
}

std::string PictureFormat::verify() const {
  if (channels() == 0)
    return "unknown pixel format " +
           std::to_string(static_cast<unsigned>(pixels));
  if (resize > kMaxPictureSide)
    return "resize: expected at most " + std::to_string(kMaxPictureSide) +
           ", got " + std::to_string(resize);
  if (resize != 0 && stretch)
    return "resize: a size and stretching exclude each other";
  for (const auto *list : {&mean, &std}) {
    std::string name = list == &mean ? "mean" : "std";
    if (list->size() != channels())
      return name + ": expected " + std::to_string(channels()) + " number" +
             (channels() == 1 ? "" : "s") + " for " + toString(pixels) +
             ", got " + std::to_string(list->size());
    for (double value : *list)
      if (!std::isfinite(value))
        return name + ": expected finite numbers, got " + std::to_string(value);
  }
  for (double value : std)
    if (!(value > 0))
      return "std: expected numbers above zero, got " + std::to_string(value);
  return "";
}
