//===- View.cpp - Run-time tensors that are parts of others ---------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "View.h"

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/Utils/Constants.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::SmallVector;

static ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

static SmallVector<int64_t, 4> rowMajor(ArrayRef<int64_t> shape) {
  SmallVector<int64_t, 4> strides(shape.size());
  int64_t stride = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  return strides;
}

View View::of(mlir::Value value) {
  nn::Shape shape(shapeOf(value));
  // Another shape of the same elements: the order is what counts.
  while (auto reshape = value.getDefiningOp<nn::ReshapeOp>())
    value = reshape.getInput();
  return {value, shape, rowMajor(shape), 0};
}

namespace {
/// A run of elements along one direction.
struct Run {
  int64_t extent, stride;
};
} // namespace

/// The axes that count, neighbours of one stride merged.
static SmallVector<Run, 4> getRuns(const View &view) {
  SmallVector<Run, 4> runs;
  for (auto [extent, stride] : llvm::zip_equal(view.shape, view.strides)) {
    if (extent == 1)
      continue;
    if (!runs.empty() && runs.back().stride == extent * stride)
      runs.back() = {runs.back().extent * extent, stride};
    else
      runs.push_back({extent, stride});
  }
  return runs;
}

bool View::isWhole() const {
  SmallVector<Run, 4> runs = getRuns(*this);
  int64_t count = 1;
  for (int64_t extent : shapeOf(base))
    count *= extent;
  if (runs.empty())
    return count == 1;
  return offset == 0 && runs.size() == 1 && runs[0].stride == 1 &&
         runs[0].extent == count;
}

bool View::isPermutation() const {
  // Steps are never zero, so that no element is taken twice.
  int64_t count = 1, all = 1;
  for (int64_t extent : shape)
    count *= extent;
  for (int64_t extent : shapeOf(base))
    all *= extent;
  return count == all;
}

std::optional<SmallVector<int64_t, 4>> View::getAxes() const {
  ArrayRef<int64_t> from = shapeOf(base);
  if (!isPermutation() || shape.size() != from.size() || offset != 0)
    return std::nullopt;
  SmallVector<int64_t, 4> pitch = rowMajor(from), axes;
  SmallVector<bool> taken(from.size());
  for (size_t d = 0; d < shape.size(); ++d) {
    size_t axis = 0;
    while (axis < from.size() && (taken[axis] || from[axis] != shape[d] ||
                                  (shape[d] != 1 && pitch[axis] != strides[d])))
      ++axis;
    if (axis == from.size())
      return std::nullopt;
    taken[axis] = true;
    axes.push_back(axis);
  }
  return axes;
}

View View::transposed(ArrayRef<int64_t> order) const {
  View result{base, {}, {}, offset};
  for (int64_t d : order) {
    result.shape.push_back(shape[d]);
    result.strides.push_back(strides[d]);
  }
  return result;
}

View View::sliced(int64_t axis, int64_t start, int64_t size,
                  int64_t step) const {
  View result = *this;
  result.offset += start * strides[axis];
  result.shape[axis] = size;
  result.strides[axis] *= step;
  return result;
}

View View::withoutAxis(int64_t axis) const {
  View result = *this;
  result.shape.erase(result.shape.begin() + axis);
  result.strides.erase(result.strides.begin() + axis);
  return result;
}

std::optional<View> View::reshaped(ArrayRef<int64_t> target) const {
  // Fill the new axes from the runs, from the last one.
  SmallVector<Run, 4> runs = getRuns(*this);
  View result{base, nn::Shape(target), SmallVector<int64_t, 4>(target.size()),
              offset};
  for (size_t d = target.size(); d-- > 0;) {
    int64_t extent = target[d];
    if (extent == 1)
      continue;
    if (runs.empty() || runs.back().extent % extent != 0)
      return std::nullopt;
    result.strides[d] = runs.back().stride;
    runs.back().extent /= extent;
    runs.back().stride *= extent;
    if (runs.back().extent == 1)
      runs.pop_back();
  }
  return result;
}

//===----------------------------------------------------------------------===//
// As a value
//===----------------------------------------------------------------------===//

static mlir::Value reshape(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value value, ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  return nn::ReshapeOp::create(builder, loc, value, shape);
}

/// The channels of a feature map in any order: a convolution that passes on.
static mlir::Value selectChannels(mlir::OpBuilder &builder, mlir::Location loc,
                                  mlir::Value image,
                                  ArrayRef<int64_t> channels) {
  int64_t inputs = shapeOf(image)[1], outputs = channels.size();
  // The weight has an element for each pair.
  constexpr int64_t kMostWeights = 1 << 24;
  if (inputs * outputs > kMostWeights)
    return {};
  std::vector<float> weight(inputs * outputs);
  for (auto [o, c] : llvm::enumerate(channels))
    weight[o * inputs + c] = 1;
  mlir::Value constant =
      nn::makeFloatConstant(builder, loc, {outputs, inputs, 1, 1}, weight);
  return nn::Conv2DOp::create(
      builder, loc, image, constant, mlir::Value(), ArrayRef<int64_t>{1, 1},
      ArrayRef<int64_t>{0, 0, 0, 0}, ArrayRef<int64_t>{1, 1}, 1);
}

namespace {
/// What a view takes along one axis of its base.
struct Part {
  int64_t start = 0, size = 1, step = 1;
};
} // namespace

namespace {
struct AxisRun {
  int axis;
  int64_t extent, step;
};
} // namespace

/// What a run takes of each axis, the outermost first; none if it takes nothing
/// regular. `parts` holds where it starts.
static std::optional<SmallVector<AxisRun, 4>>
splitByAxis(Run run, ArrayRef<int64_t> image, ArrayRef<int64_t> pitch,
            ArrayRef<Part> parts) {
  SmallVector<AxisRun, 4> result;
  if (run.stride <= 0)
    return std::nullopt;
  for (int axis = 3; axis >= 1 && run.extent > 1; --axis) {
    if (image[axis] == 1 || run.stride % pitch[axis] != 0 ||
        run.stride >= pitch[axis - 1])
      continue;
    int64_t step = run.stride / pitch[axis], start = parts[axis].start;
    int64_t fits = (image[axis] - 1 - start) / step + 1;
    if (run.extent > fits) {
      // It goes on where this axis begins again.
      if (image[axis] % step != 0 || start >= step || run.extent % fits != 0)
        return std::nullopt;
      result.insert(result.begin(), {axis, fits, step});
      run = {run.extent / fits, pitch[axis - 1]};
      continue;
    }
    result.insert(result.begin(), {axis, run.extent, step});
    run.extent = 1;
  }
  if (run.extent > 1)
    return std::nullopt;
  return result;
}

mlir::Value View::materialize(mlir::OpBuilder &builder,
                              mlir::Location loc) const {
  if (isWhole())
    return reshape(builder, loc, base, shape);
  // As a feature map: [1, C, H, W], or [1, C] with one pixel.
  ArrayRef<int64_t> from = shapeOf(base);
  SmallVector<int64_t, 4> image(from);
  while (image.size() < 4)
    image.push_back(1);
  if (image.size() > 4 || image[0] != 1)
    return {};
  SmallVector<int64_t, 4> pitch = rowMajor(image);

  Part parts[4];
  int64_t rest = offset;
  for (int axis = 1; axis < 4; ++axis) {
    parts[axis].start = rest / pitch[axis];
    rest %= pitch[axis];
  }
  // The runs go over channels, rows and columns in this order, each axis once;
  // but of channels, any order will do.
  SmallVector<Run, 4> channelRuns;
  int at = 0;
  for (Run run : getRuns(*this)) {
    auto steps = splitByAxis(run, image, pitch, parts);
    if (!steps)
      return {};
    for (auto [axis, extent, step] : *steps) {
      if (axis < at || (axis == at && axis != 1))
        return {};
      at = axis;
      if (axis == 1) {
        channelRuns.push_back({extent, step});
        continue;
      }
      parts[axis].size = extent;
      parts[axis].step = step;
    }
  }
  SmallVector<int64_t> channels{parts[1].start};
  for (Run run : channelRuns) {
    SmallVector<int64_t> next;
    for (int64_t channel : channels)
      for (int64_t i = 0; i < run.extent; ++i)
        next.push_back(channel + i * run.stride);
    channels = std::move(next);
  }
  for (int axis = 2; axis < 4; ++axis)
    if (parts[axis].start + (parts[axis].size - 1) * parts[axis].step >=
        image[axis])
      return {};
  if (llvm::any_of(channels, [&](int64_t c) { return c >= image[1]; }))
    return {};

  mlir::Value value = reshape(builder, loc, base, image);
  parts[1] = {channels.front(), static_cast<int64_t>(channels.size()), 1};
  if (channelRuns.size() == 1)
    parts[1].step = channelRuns[0].stride;
  if (channelRuns.size() > 1) {
    value = selectChannels(builder, loc, value, channels);
    if (!value)
      return {};
    parts[1].start = 0;
  }
  SmallVector<int64_t> starts{0}, sizes{1}, steps{1};
  for (int axis = 1; axis < 4; ++axis) {
    starts.push_back(parts[axis].start);
    sizes.push_back(parts[axis].size);
    steps.push_back(parts[axis].step);
  }
  if (ArrayRef<int64_t>(sizes) != shapeOf(value))
    value = nn::SliceOp::create(builder, loc, value, starts, sizes, steps);
  return reshape(builder, loc, value, shape);
}
