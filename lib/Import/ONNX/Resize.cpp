//===- Resize.cpp - Import of operators that make images larger -----------===//
//
// Part of nncc, under the Apache License v2.0.
//
// All of them begin with nearest-neighbour upsampling. Linear interpolation of
// it is a mean over neighbours, exactly: half of the pixels that a window of
// the factor's size covers are those of one source pixel, a step later one
// pixel less, and so on.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include <cmath>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::success;
using llvm::Twine;

static ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

static mlir::Value upsample(Node &node, mlir::Value image, int64_t factorH,
                            int64_t factorW) {
  SmallVector<mlir::Value> phases(factorH * factorW, image);
  return nn::InterleaveOp::create(node.builder(), node.loc(), phases,
                                  ArrayRef<int64_t>{factorH, factorW});
}

//===----------------------------------------------------------------------===//
// Linear interpolation
//===----------------------------------------------------------------------===//

/// The mean of `size` pixels along an axis (2 or 3), of those that are there
/// where `pad` of them are not.
static mlir::Value average(Node &node, mlir::Value image, int64_t axis,
                           int64_t size, int64_t pad) {
  SmallVector<int64_t, 4> shape(shapeOf(image));
  shape[axis] += 2 * pad - size + 1;
  SmallVector<int64_t> kernel{1, 1}, pads{0, 0, 0, 0};
  kernel[axis - 2] = size;
  pads[axis - 2] = pads[axis] = pad;
  const int64_t ones[] = {1, 1};
  return nn::AvgPool2DOp::create(node.builder(), node.loc(),
                                 node.floatType(shape), image, kernel, ones,
                                 pads, /*count_include_pad=*/false);
}

/// Twice the middle of the window lies on a border between pixels for an even
/// factor: then two windows, half a pixel to either side, are averaged.
/// Behind the image's edge its last pixel counts on; since that one is as wide
/// as the window, the mean of what is there is the same.
static mlir::Value interpolateCentres(Node &node, mlir::Value image,
                                      int64_t axis, int64_t factor) {
  image = average(node, image, axis, factor, factor / 2);
  return factor % 2 == 0 ? average(node, image, axis, 2, 0) : image;
}

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

/// The result's shape from sizes or scales.
static std::optional<Shape> getTarget(Node &node) {
  auto reject = [&](const Twine &why) {
    (void)node.reject(why);
    return std::nullopt;
  };
  ArrayRef<int64_t> input = node.shape(0);
  bool isUpsample = node.op() == "Upsample";
  std::vector<double> scales;
  Shape target(input);
  size_t scalesInput = isUpsample || node.opset() < 11 ? 1 : 2;
  const HostTensor *sizes =
      scalesInput == 2 && node.hasInput(3) ? node.constant(3) : nullptr;
  if (scalesInput == 2 && node.hasInput(3) && !sizes)
    return reject("the sizes are not a constant");
  if (sizes) {
    if (sizes->isFloat() || sizes->size() != 4)
      return reject("expected four sizes");
    for (int64_t d = 0; d < 4; ++d)
      target[d] = sizes->integer(d);
  } else {
    if (isUpsample && node.opset() < 9) {
      for (float scale : node.getFloats("scales"))
        scales.push_back(scale);
    } else {
      const HostTensor *list = node.constant(scalesInput);
      if (!list || !list->isFloat())
        return reject("the scales are not a constant");
      for (int64_t i = 0; i < list->size(); ++i)
        scales.push_back(list->real(i));
    }
    if (scales.size() != 4)
      return reject("expected four scales, got " + Twine(scales.size()));
    for (int64_t d = 0; d < 4; ++d) {
      double extent = std::floor(static_cast<double>(input[d]) * scales[d]);
      if (!(extent >= 1 && extent <= nn::kMaxExtent))
        return reject("expected scales that leave something, got " +
                      std::to_string(scales[d]));
      target[d] = static_cast<int64_t>(extent);
    }
  }
  if (target[0] != input[0] || target[1] != input[1])
    return reject("expected batch and channels to stay, got " +
                  nn::formatShape(input) + " to " + nn::formatShape(target));
  if (failed(node.checkShape(target)))
    return std::nullopt;
  // Scales that are no ratio of extents would sample elsewhere.
  for (size_t d = 2; d < scales.size(); ++d)
    if (static_cast<double>(input[d]) * scales[d] !=
        static_cast<double>(target[d]))
      return reject("expected scales that give whole extents, got " +
                    std::to_string(scales[d]) + " times " + Twine(input[d]));
  return target;
}

/// Whether each output pixel of nearest-neighbour sampling is a copy of the
/// input pixel that it lies in.
static bool repeatsPixels(int64_t in, int64_t factor, llvm::StringRef where,
                          llvm::StringRef rounding) {
  if (in == 1)
    return true;
  for (int64_t r = 0; r < factor; ++r) {
    double f = static_cast<double>(factor), x = static_cast<double>(r);
    double position;
    if (where == "asymmetric")
      position = x / f;
    else if (where == "half_pixel" || where == "pytorch_half_pixel")
      position = (x + 0.5) / f - 0.5;
    else
      return false;
    double nearest = rounding == "floor"  ? std::floor(position)
                     : rounding == "ceil" ? std::ceil(position)
                     : rounding == "round_prefer_floor"
                         ? std::ceil(position - 0.5)
                         : std::floor(position + 0.5);
    if (nearest != 0)
      return false;
  }
  return true;
}

static LogicalResult importResize(Node &node) {
  if (failed(checkImage(node, 0)))
    return failure();
  bool oldForm = node.op() == "Upsample" || node.opset() < 11;
  std::string mode = node.getString("mode", "nearest");
  std::string where = node.getString("coordinate_transformation_mode",
                                     oldForm ? "asymmetric" : "half_pixel");
  std::string rounding =
      node.getString("nearest_mode", oldForm ? "floor" : "round_prefer_floor");
  node.ignore("cubic_coeff_a");
  node.ignore("extrapolation_value");
  node.ignore("exclude_outside");
  if (node.getInt("antialias", 0) != 0)
    return node.reject("antialias is set");
  if (node.hasAttribute("axes") ||
      node.getString("keep_aspect_ratio_policy", "stretch") != "stretch")
    return node.reject("axes or a keep_aspect_ratio_policy is given");
  auto target = getTarget(node);
  if (!target)
    return failure();
  ArrayRef<int64_t> input = node.shape(0);
  mlir::Value image = node.value(0);
  if (node.isRejected())
    return failure();
  bool linear = mode == "linear" || mode == "bilinear";
  if (!linear && mode != "nearest")
    return node.reject("the mode is " + quoted(mode));

  // One axis after the other: what is linear in both is so.
  for (int64_t axis = 2; axis < 4; ++axis) {
    int64_t in = input[axis], out = (*target)[axis];
    bool isCorners = linear && where == "align_corners" && in > 1 && out > 1;
    int64_t up = isCorners ? out - 1 : out, down = isCorners ? in - 1 : in;
    if (up % down != 0)
      return node.reject("expected a whole factor, got " + Twine(up) +
                         " pixels for " + Twine(down));
    int64_t factor = up / down;
    if (factor == 1)
      continue;
    if (!linear && !repeatsPixels(in, factor, where, rounding))
      return node.reject("the samples of " + quoted(where) + " and " +
                         quoted(rounding) +
                         " are not those of repeated pixels");
    bool isCentres = where == "half_pixel" || where == "pytorch_half_pixel";
    if (linear && !isCorners && !isCentres && in > 1)
      return node.reject("linear with " + quoted(where) + " is not supported");
    constexpr int64_t kMostFactor = 64;
    if (factor > kMostFactor && in > 1)
      return node.reject("expected a factor of at most " + Twine(kMostFactor) +
                         ", got " + Twine(factor));
    if (in == 1 && input[5 - axis] == 1 && axis == 2) {
      constexpr int64_t kMostPixels = 1 << 17;
      if (out * (*target)[3] > kMostPixels)
        return node.reject("expected at most " + Twine(kMostPixels) +
                           " copies of a pixel, got " +
                           nn::formatShape(*target));
      // One pixel becomes the whole image at once.
      image = upsample(node, image, out, (*target)[3]);
      break;
    }
    image =
        upsample(node, image, axis == 2 ? factor : 1, axis == 3 ? factor : 1);
    if (!linear || in == 1)
      continue;
    image = isCorners ? average(node, image, axis, factor, 0)
                      : interpolateCentres(node, image, axis, factor);
  }
  // Both axes at once where nothing happened between them.
  if (auto second = image.getDefiningOp<nn::InterleaveOp>())
    if (auto first =
            second.getInputs().front().getDefiningOp<nn::InterleaveOp>();
        first && first.getLoc() == second.getLoc()) {
      mlir::Value source = first.getInputs().front();
      image = upsample(node, source, first.getFactorH(), second.getFactorW());
      second.erase();
      first.erase();
    }
  node.setOutput(image);
  return success();
}

//===----------------------------------------------------------------------===//
// DepthToSpace
//===----------------------------------------------------------------------===//

static LogicalResult importDepthToSpace(Node &node) {
  if (failed(checkImage(node, 0)))
    return failure();
  ArrayRef<int64_t> input = node.shape(0);
  int64_t block = node.getInt("blocksize", 0);
  std::string mode = node.getString("mode", "DCR");
  constexpr int64_t kMostBlock = 64;
  if (block < 1 || block > kMostBlock || input[1] % (block * block) != 0)
    return node.reject("expected a blocksize of 1 to " + Twine(kMostBlock) +
                       " whose square divides the " + Twine(input[1]) +
                       " channels, got " + Twine(block));
  if (mode != "DCR" && mode != "CRD")
    return node.reject("the mode is " + quoted(mode));
  int64_t phases = block * block, channels = input[1] / phases;
  if (failed(
          node.checkShape({1, channels, input[2] * block, input[3] * block})))
    return failure();
  mlir::Value image = node.value(0);
  if (node.isRejected())
    return failure();
  SmallVector<mlir::Value> parts;
  for (int64_t phase = 0; phase < phases; ++phase)
    // Depth first: the channels of a phase lie together.
    parts.push_back(nn::SliceOp::create(
        node.builder(), node.loc(), image,
        ArrayRef<int64_t>{0, mode == "DCR" ? phase * channels : phase, 0, 0},
        ArrayRef<int64_t>{1, channels, input[2], input[3]},
        ArrayRef<int64_t>{1, mode == "DCR" || channels == 1 ? 1 : phases, 1,
                          1}));
  node.setOutput(nn::InterleaveOp::create(node.builder(), node.loc(), parts,
                                          ArrayRef<int64_t>{block, block}));
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getResizeOperators() {
  static constexpr llvm::StringLiteral kResizeRule(
      "The image is two-dimensional with batch one; the sizes or scales are "
      "constants. Rows and columns grow by whole factors: nearest where each "
      "pixel is repeated, linear with half_pixel, or with align_corners where "
      "the distances between corner pixels have a whole factor.");
  static const OperatorImport table[] = {
      {"Resize", 10, 1, 4, kResizeRule, importResize},
      {"Upsample", 7, 1, 2, kResizeRule, importResize},
      {"DepthToSpace", 1, 1, 1, "The image is two-dimensional with batch one.",
       importDepthToSpace, false, true},
  };
  return table;
}
