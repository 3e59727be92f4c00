//===- Decode.cpp - Reading picture files ---------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// stb_image decodes JPEG, PNG and BMP. What it must not be left to decide:
// sizes are read from the header and checked first; no single allocation may
// exceed what the largest legal picture needs, so that a small file that
// unpacks to gigabytes ends as an error; and a JPEG or BMP file that is cut
// off, of which it would make a picture with an end of its own invention, is
// refused.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/Picture.h"

#include "Jpeg.h"
#include "Pnm.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

using namespace nncc;

/// Four bytes for each pixel, and the filter byte of each row.
static constexpr size_t kMaxAllocation = 4 * kMaxPicturePixels + (1 << 20);
/// A file of more bytes is no compressed picture of that size.
static constexpr size_t kMaxFileBytes = kMaxAllocation;

static void *allocate(size_t bytes) {
  return bytes <= kMaxAllocation ? std::malloc(bytes) : nullptr;
}

static void *reallocate(void *block, size_t bytes) {
  return bytes <= kMaxAllocation ? std::realloc(block, bytes) : nullptr;
}

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 65536
#define STBI_MALLOC(bytes) allocate(bytes)
#define STBI_REALLOC(block, bytes) reallocate(block, bytes)
#define STBI_FREE(block) std::free(block)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
// Of damaged files it shifts out of range and copies nothing to nowhere, which
// harms nothing; whatever touches memory is still looked at.
#ifdef __clang__
#pragma clang attribute push(                                                  \
    __attribute__((no_sanitize("shift", "signed-integer-overflow",             \
                               "nonnull-attribute"))),                         \
    apply_to = function)
#endif
#include <stb/stb_image.h>
#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC diagnostic pop

static_assert(STBI_MAX_DIMENSIONS == kMaxPictureSide);

bool nncc::hasPictureEnding(std::string_view path) {
  size_t dot = path.rfind('.');
  if (dot == std::string_view::npos)
    return false;
  std::string ending(path.substr(dot));
  for (char &c : ending)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  static const char *const endings[] = {".jpg", ".jpeg", ".png", ".bmp",
                                        ".ppm", ".pgm",  ".pnm"};
  return std::find(std::begin(endings), std::end(endings), ending) !=
         std::end(endings);
}

namespace {
/// What a file's header says.
struct Header {
  uint64_t width = 0, height = 0;
  unsigned channels = 0; ///< 1 or 3; transparency does not count
  PnmHeader pnm;
};
} // namespace

static uint32_t littleEndian(const std::vector<uint8_t> &file, size_t at,
                             unsigned bytes) {
  uint32_t value = 0;
  for (unsigned i = 0; i < bytes && at + i < file.size(); ++i)
    value |= uint32_t(file[at + i]) << (8 * i);
  return value;
}

/// Whether a BMP file has all its pixels, which stb_image does not ask.
static bool isCompleteBmp(const std::vector<uint8_t> &file,
                          const Header &header) {
  // A header of 12 bytes has the bits of a pixel at 24, larger ones at 28. Rows
  // are whole words; compressed ones are not decoded.
  unsigned bits =
      littleEndian(file, littleEndian(file, 14, 4) == 12 ? 24 : 28, 2);
  uint64_t row = (header.width * bits + 31) / 32 * 4;
  return littleEndian(file, 10, 4) + row * header.height <= file.size();
}

static std::string readHeader(const std::vector<uint8_t> &file, Header &out) {
  const char *unknown =
      "is not a JPEG, PNG, BMP, PPM or PGM picture that can be read";
  if (file.size() < 4)
    return unknown;
  if (isPnm(file)) {
    if (std::string why = readPnmHeader(file, out.pnm); !why.empty())
      return why;
    out.width = out.pnm.width;
    out.height = out.pnm.height;
    out.channels = out.pnm.channels;
  } else {
    // Before stb_image reads any table.
    if (isJpeg(file))
      if (std::string why = checkJpeg(file); !why.empty())
        return why;
    int width, height, channels;
    if (!stbi_info_from_memory(file.data(), static_cast<int>(file.size()),
                               &width, &height, &channels) ||
        width < 0 || height < 0)
      return unknown;
    out.width = static_cast<uint64_t>(width);
    out.height = static_cast<uint64_t>(height);
    out.channels = channels >= 3 ? 3 : 1;
  }
  if (out.width < 1 || out.height < 1 || out.width > kMaxPictureSide ||
      out.height > kMaxPictureSide ||
      out.width * out.height > kMaxPicturePixels)
    return "has " + std::to_string(out.width) + " x " +
           std::to_string(out.height) + " pixels; expected at most " +
           std::to_string(kMaxPicturePixels) + ", and 1 to " +
           std::to_string(kMaxPictureSide) + " on a side";
  return "";
}

/// The bytes as they are in the file, in one channel or three.
static std::string decode(const std::vector<uint8_t> &file,
                          const Header &header, std::vector<uint8_t> &out) {
  if (isPnm(file))
    return readPnmSamples(file, header.pnm, out);
  if (file[0] == 'B' && !isCompleteBmp(file, header))
    return "is cut off: the end of its pixels is missing";
  int width, height, channels;
  std::unique_ptr<stbi_uc, decltype(&std::free)> data(
      stbi_load_from_memory(file.data(), static_cast<int>(file.size()), &width,
                            &height, &channels,
                            static_cast<int>(header.channels)),
      std::free);
  if (!data)
    return std::string("cannot be decoded: ") + stbi_failure_reason();
  if (uint64_t(width) != header.width || uint64_t(height) != header.height)
    return "cannot be decoded: it has two sizes";
  out.assign(data.get(),
             data.get() + header.width * header.height * header.channels);
  return "";
}

std::string nncc::decodePicture(const std::vector<uint8_t> &file,
                                PixelFormat pixels, Picture &out) {
  Header header;
  if (std::string why = readHeader(file, header); !why.empty())
    return why;
  std::vector<uint8_t> bytes;
  if (std::string why = decode(file, header, bytes); !why.empty())
    return why;
  out.width = static_cast<uint32_t>(header.width);
  out.height = static_cast<uint32_t>(header.height);
  out.channels = channelCount(pixels);
  const size_t count = size_t(out.width) * out.height;
  out.bytes.resize(count * out.channels);
  uint8_t *to = out.bytes.data();
  const uint8_t *from = bytes.data();
  for (size_t i = 0; i < count; ++i, from += header.channels) {
    if (out.channels == 1 && header.channels == 3) {
      *to++ = static_cast<uint8_t>(
          (from[0] * 19595u + from[1] * 38470u + from[2] * 7471u + 0x8000u) >>
          16);
      continue;
    }
    for (unsigned c = 0; c < out.channels; ++c) {
      unsigned channel = pixels == PixelFormat::BGR8 ? 2 - c : c;
      *to++ = from[header.channels == 3 ? channel : 0];
    }
  }
  return "";
}

/// At most `limit` bytes of a file.
static std::string readFile(const std::string &path, size_t limit,
                            std::vector<uint8_t> &out) {
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(
      std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    return path + ": cannot open: " + std::strerror(errno);
  out.clear();
  std::vector<uint8_t> part(1 << 16);
  while (size_t got = std::fread(part.data(), 1, part.size(), file.get())) {
    if (out.size() + got > limit)
      return path + ": has more than " + std::to_string(limit) +
             " bytes; it is no picture that can be read";
    out.insert(out.end(), part.begin(),
               part.begin() + static_cast<ptrdiff_t>(got));
  }
  if (std::ferror(file.get()))
    return path + ": cannot read: " + std::strerror(errno);
  return "";
}

std::string nncc::checkPictureFile(const std::string &path) {
  std::vector<uint8_t> file;
  if (std::string why = readFile(path, kMaxFileBytes, file); !why.empty())
    return why;
  Header header;
  std::string why = readHeader(file, header);
  return why.empty() ? "" : path + ": " + why;
}

std::string nncc::readPicture(const std::string &path,
                              const PictureFormat &format, uint32_t width,
                              uint32_t height, std::vector<uint8_t> &out) {
  std::vector<uint8_t> file;
  if (std::string why = readFile(path, kMaxFileBytes, file); !why.empty())
    return why;
  Picture picture;
  if (std::string why = decodePicture(file, format.pixels, picture);
      !why.empty())
    return path + ": " + why;
  PictureSize size = scaledSize(picture, format, width, height);
  if (size.width > kMaxPictureSide || size.height > kMaxPictureSide ||
      uint64_t(size.width) * size.height > kMaxPicturePixels)
    return path + ": has " + std::to_string(picture.width) + " x " +
           std::to_string(picture.height) +
           " pixels; its long side is too long for its short side to be scaled "
           "to what the network needs";
  picture = resizePicture(picture, size.width, size.height);
  out = cropPicture(picture, (size.width - width) / 2,
                    (size.height - height) / 2, width, height)
            .bytes;
  return "";
}
