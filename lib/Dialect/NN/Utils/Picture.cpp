//===- Picture.cpp - Inputs that are pictures -----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Utils/Picture.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::nn;

static bool getDoubles(Attribute attribute, std::vector<double> &out) {
  auto list = dyn_cast_or_null<ArrayAttr>(attribute);
  if (!list)
    return false;
  for (Attribute element : list) {
    auto number = dyn_cast<FloatAttr>(element);
    if (!number)
      return false;
    out.push_back(number.getValueAsDouble());
  }
  return true;
}

std::string nn::parsePicture(Attribute attribute, PictureInput &out) {
  out = {};
  auto dictionary = dyn_cast_or_null<DictionaryAttr>(attribute);
  if (!dictionary)
    return "expected a dictionary";
  auto pixels = dictionary.getAs<StringAttr>("pixels");
  auto known = pixels ? parsePixelFormat(std::string_view(pixels.getValue()))
                      : std::nullopt;
  if (!known)
    return "pixels: expected \"rgb8\", \"bgr8\" or \"gray8\"";
  out.format.pixels = *known;
  if (!getDoubles(dictionary.get("mean"), out.format.mean) ||
      !getDoubles(dictionary.get("std"), out.format.std))
    return "expected lists of real numbers for mean and std";
  out.format.stretch = dictionary.contains("stretch");
  auto integer = [&](StringRef name) -> std::optional<int64_t> {
    if (auto value = dictionary.getAs<IntegerAttr>(name))
      return value.getValue().getSExtValue();
    return std::nullopt;
  };
  int64_t resize = integer("resize").value_or(0);
  if (resize < 0 || resize > int64_t(kMaxPictureSide))
    return "resize: expected 0 to " + std::to_string(kMaxPictureSide) +
           ", got " + std::to_string(resize);
  out.format.resize = static_cast<uint32_t>(resize);
  out.zero = integer("zero");
  out.fill = integer("fill");
  if (out.zero && (*out.zero < 0 || *out.zero > 255))
    return "zero: expected a byte, got " + std::to_string(*out.zero);
  if (out.fill && (!out.zero || *out.fill < 1 || *out.fill + *out.zero > 255))
    return "fill: expected 1 to 255 - zero, got " + std::to_string(*out.fill);
  return out.format.verify();
}

std::optional<PictureInput> nn::getPicture(func::FuncOp function,
                                           unsigned argument) {
  Attribute attribute = function.getArgAttr(argument, kPictureAttr);
  PictureInput picture;
  if (!attribute || !parsePicture(attribute, picture).empty())
    return std::nullopt;
  return picture;
}

DictionaryAttr nn::getPictureAttr(MLIRContext *context,
                                  const PictureInput &picture) {
  Builder b(context);
  NamedAttrList list;
  const PictureFormat &format = picture.format;
  list.set("pixels", b.getStringAttr(toString(format.pixels)));
  list.set("mean", b.getF64ArrayAttr(format.mean));
  list.set("std", b.getF64ArrayAttr(format.std));
  if (format.resize != 0)
    list.set("resize", b.getI64IntegerAttr(format.resize));
  if (format.stretch)
    list.set("stretch", b.getUnitAttr());
  if (picture.zero)
    list.set("zero", b.getI64IntegerAttr(*picture.zero));
  if (picture.fill)
    list.set("fill", b.getI64IntegerAttr(*picture.fill));
  return list.getDictionary(context);
}
