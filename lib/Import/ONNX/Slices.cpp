//===- Slices.cpp - Import of operators that take tensors apart -----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::success;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

std::optional<std::vector<SliceRange>>
nncc::onnx_import::getSliceRanges(Node &node) {
  auto reject = [&](const Twine &why) {
    (void)node.reject(why);
    return std::nullopt;
  };
  ArrayRef<int64_t> input = node.shape(0);
  int64_t rank = input.size();
  std::vector<int64_t> starts, ends, axes, steps;
  auto toVector = [](ArrayRef<int64_t> list) {
    return std::vector<int64_t>(list.begin(), list.end());
  };
  if (node.opset() < 10) {
    starts = toVector(node.getInts("starts", {}));
    ends = toVector(node.getInts("ends", {}));
    axes = toVector(node.getInts("axes", {}));
  } else {
    for (auto [i, list, what] :
         {std::make_tuple(1, &starts, "starts"),
          std::make_tuple(2, &ends, "ends"), std::make_tuple(3, &axes, "axes"),
          std::make_tuple(4, &steps, "steps")})
      if (node.hasInput(i)) {
        auto values = node.integers(i, what);
        if (!values)
          return std::nullopt;
        *list = std::move(*values);
      }
  }
  if (axes.empty())
    for (size_t d = 0; d < starts.size(); ++d)
      axes.push_back(d);
  if (steps.empty())
    steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size())
    return reject("starts, ends, axes and steps differ in length");

  std::vector<SliceRange> ranges;
  for (int64_t extent : input)
    ranges.push_back({0, extent, 1});
  SmallVector<int64_t> sliced;
  for (size_t i = 0; i < starts.size(); ++i) {
    auto axis = node.normalizeAxis(axes[i], rank);
    if (!axis)
      return std::nullopt;
    if (llvm::is_contained(ArrayRef<int64_t>(sliced), *axis))
      return reject("axis " + Twine(axes[i]) + " is given twice");
    sliced.push_back(*axis);
    int64_t extent = input[*axis], step = steps[i];
    if (step == 0 || step < -nn::kMaxExtent || step > nn::kMaxExtent)
      return reject("step " + Twine(step) + " is not supported");
    // Ends beyond the axis mean its end, in the direction of the step.
    auto wrap = [&](int64_t at, int64_t low, int64_t high) {
      if (at < 0)
        at = at < -extent ? -1 : at + extent;
      return std::clamp(at, low, high);
    };
    int64_t start, end, count;
    if (step > 0) {
      start = starts[i] < -extent ? 0 : wrap(starts[i], 0, extent);
      end = ends[i] < -extent ? 0 : wrap(ends[i], 0, extent);
      count = end > start ? (end - start + step - 1) / step : 0;
    } else {
      start = wrap(starts[i], -1, extent - 1);
      end = wrap(ends[i], -1, extent - 1);
      count = start > end ? (start - end - step - 1) / -step : 0;
    }
    ranges[*axis] = {start, count, step};
  }
  return ranges;
}

static LogicalResult importSlice(Node &node) {
  auto ranges = getSliceRanges(node);
  if (!ranges)
    return failure();
  View view = node.view(0);
  if (node.isRejected())
    return failure();
  for (auto [axis, range] : llvm::enumerate(*ranges)) {
    if (range.size == 0)
      return node.reject("nothing is taken of axis " + Twine(axis));
    view = view.sliced(axis, range.start, range.size, range.step);
  }
  node.setOutput(view);
  return success();
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

static LogicalResult importSplit(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), input.size());
  if (!axis)
    return failure();
  int64_t extent = input[*axis];
  SmallVector<int64_t> sizes;
  if (node.hasInput(1)) {
    auto list = node.integers(1, "split");
    if (!list)
      return failure();
    sizes.assign(list->begin(), list->end());
  } else {
    auto list = node.getInts("split", {});
    sizes.assign(list.begin(), list.end());
  }
  int64_t outputs = node.numOutputs();
  if (outputs == 0)
    return node.reject("there are no outputs");
  if (sizes.empty()) {
    if (node.getInt("num_outputs", outputs) != outputs)
      return node.reject("num_outputs is not the number of outputs");
    // The last part is what the others leave.
    int64_t most = (extent + outputs - 1) / outputs;
    if (node.opset() < 18 && extent % outputs != 0)
      return node.reject("expected parts of equal size, got " + Twine(outputs) +
                         " parts of " + Twine(extent) + " elements");
    for (int64_t i = 0, left = extent; i < outputs; ++i, left -= most)
      sizes.push_back(std::min(most, left));
  }
  int64_t sum = 0;
  for (int64_t size : sizes) {
    if (size < 1 || size > extent)
      return node.reject("expected parts of 1 to " + Twine(extent) +
                         " elements, got " + Twine(size));
    sum += size;
  }
  if (sum != extent || static_cast<int64_t>(sizes.size()) != outputs)
    return node.reject("expected " + Twine(outputs) + " parts of " +
                       Twine(extent) + " elements together, got " +
                       Twine(sizes.size()) + " of " + Twine(sum));
  View view = node.view(0);
  if (node.isRejected())
    return failure();
  std::vector<View> parts;
  int64_t start = 0;
  for (int64_t size : sizes) {
    parts.push_back(view.sliced(*axis, start, size, 1));
    start += size;
  }
  node.setOutputs(std::move(parts));
  return success();
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

/// Indices in even steps are a slice; one index without an axis drops it.
static LogicalResult importGather(Node &node) {
  ArrayRef<int64_t> input = node.shape(0);
  const HostTensor *indices = node.constant(1);
  if (!indices || indices->isFloat())
    return node.reject("the indices are not constant integers");
  auto axis = node.normalizeAxis(node.getInt("axis", 0), input.size());
  if (!axis)
    return failure();
  if (indices->rank() > 1 || indices->size() == 0)
    return node.reject("expected one index or a list of them, got shape " +
                       nn::formatShape(indices->shape()));
  int64_t extent = input[*axis];
  SmallVector<int64_t> list;
  for (int64_t i = 0; i < indices->size(); ++i) {
    int64_t index = indices->integer(i);
    if (index < -extent || index >= extent)
      return node.reject("expected indices from " + Twine(-extent) + " to " +
                         Twine(extent - 1) + ", got " + Twine(index));
    list.push_back(index < 0 ? index + extent : index);
  }
  int64_t step = list.size() > 1 ? list[1] - list[0] : 1;
  for (size_t i = 1; i < list.size(); ++i)
    if (list[i] - list[i - 1] != step || step == 0)
      return node.reject("the indices are not in even steps");
  View data = node.view(0);
  if (node.isRejected())
    return failure();
  View view = data.sliced(*axis, list.front(), list.size(), step);
  node.setOutput(indices->rank() == 0 ? view.withoutAxis(*axis) : view);
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getSliceOperators() {
  static const OperatorImport table[] = {
      {"Slice", 1, 1, 5,
       "Starts, ends, axes and steps are constants. What is taken are channels "
       "in even steps or a part of the image; steps are above zero.",
       importSlice, false, true},
      {"Split", 2, 1, 2, "The sizes are constants; no part is empty.",
       importSplit, false, true},
      {"Gather", 1, 2, 2,
       "The indices are a constant: one, or a list in even steps above zero.",
       importGather, false, true},
  };
  return table;
}
