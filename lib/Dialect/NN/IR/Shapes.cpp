//===- Shapes.cpp - Shape rules of the nn dialect -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/IR/Shapes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

using namespace nncc::nn;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static Error fail(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

std::string nncc::nn::formatShape(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

Expected<int64_t> nncc::nn::countElements(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape) {
    if (extent < 1 || extent > kMaxExtent)
      return fail("expected extents from 1 to " + Twine(kMaxExtent) +
                  ", got shape " + formatShape(shape));
    // Both factors are below 2^31: the product cannot overflow.
    count *= extent;
    if (count > kMaxElements)
      return fail("expected at most " + Twine(kMaxElements) +
                  " elements, got shape " + formatShape(shape));
  }
  return count;
}

/// Checks the number and range of an attribute's values.
static Error checkList(StringRef name, ArrayRef<int64_t> values, size_t count,
                       int64_t low) {
  if (values.size() != count)
    return fail("expected " + Twine(count) + " values of '" + name + "', got " +
                Twine(values.size()));
  for (int64_t value : values)
    if (value < low || value > kMaxExtent)
      return fail("expected values of '" + name + "' from " + Twine(low) +
                  " to " + Twine(kMaxExtent) + ", got " + Twine(value));
  return Error::success();
}

Expected<Window> Window::get(ArrayRef<int64_t> kernel,
                             ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                             ArrayRef<int64_t> dilations) {
  if (Error error = checkList("kernel", kernel, 2, 1))
    return error;
  if (Error error = checkList("strides", strides, 2, 1))
    return error;
  if (Error error = checkList("pads", pads, 4, 0))
    return error;
  if (Error error = checkList("dilations", dilations, 2, 1))
    return error;
  return Window{{kernel[0], strides[0], dilations[0], pads[0], pads[2]},
                {kernel[1], strides[1], dilations[1], pads[1], pads[3]}};
}

Expected<int64_t> nncc::nn::windowOutputs(int64_t in, const WindowAxis &axis,
                                          Rounding rounding) {
  int64_t padded = in + axis.padBefore + axis.padAfter;
  if (padded < axis.span())
    return fail("expected a window no larger than the padded image, got a "
                "window of " +
                Twine(axis.span()) + " and a padded extent of " +
                Twine(padded));
  int64_t steps = padded - axis.span();
  int64_t out = steps / axis.stride + 1;
  if (rounding == Rounding::Up && steps % axis.stride != 0 &&
      out * axis.stride < in + axis.padBefore)
    ++out;
  return out;
}

int64_t nncc::nn::countPositions(int64_t out, const WindowAxis &axis,
                                 int64_t low, int64_t high) {
  int64_t start = out * axis.stride - axis.padBefore;
  int64_t first =
      start >= low ? 0 : (low - start + axis.dilation - 1) / axis.dilation;
  int64_t last = high - 1 < start ? -1 : (high - 1 - start) / axis.dilation;
  return std::max<int64_t>(0, std::min(last, axis.kernel - 1) - first + 1);
}

bool nncc::nn::everyWindowMeetsImage(int64_t in, int64_t out,
                                     const WindowAxis &axis) {
  // A window that starts inside the image meets it; only those that start in
  // the leading pad or beyond the image need counting.
  for (int64_t o = 0; o < out && o * axis.stride < axis.padBefore; ++o)
    if (countPositions(o, axis, 0, in) == 0)
      return false;
  return (out - 1) * axis.stride - axis.padBefore < in;
}

static Error checkRank(StringRef what, ArrayRef<int64_t> shape, size_t rank,
                       StringRef meaning) {
  if (shape.size() != rank)
    return fail("expected " + what + " of rank " + Twine(rank) + " " + meaning +
                ", got shape " + formatShape(shape));
  return Error::success();
}

Expected<Shape>
nncc::nn::conv2DShape(ArrayRef<int64_t> input, ArrayRef<int64_t> weight,
                      ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                      ArrayRef<int64_t> dilations, int64_t groups) {
  if (Error error = checkRank("input", input, 4, "[N, C, H, W]"))
    return error;
  if (Error error = checkRank("weight", weight, 4, "[O, C/groups, KH, KW]"))
    return error;
  if (groups < 1 || input[1] % groups != 0 || weight[0] % groups != 0)
    return fail("expected 'groups' to divide " + Twine(input[1]) +
                " input and " + Twine(weight[0]) + " output channels, got " +
                Twine(groups));
  if (weight[1] != input[1] / groups)
    return fail("expected weight with " + Twine(input[1] / groups) +
                " input channels per group (" + Twine(input[1]) +
                " channels, " + Twine(groups) + " groups), got shape " +
                formatShape(weight));
  Expected<Window> window =
      Window::get(weight.drop_front(2), strides, pads, dilations);
  if (!window)
    return window.takeError();
  Expected<int64_t> h =
      windowOutputs(input[2], window->vertical, Rounding::Down);
  if (!h)
    return h.takeError();
  Expected<int64_t> w =
      windowOutputs(input[3], window->horizontal, Rounding::Down);
  if (!w)
    return w.takeError();
  return Shape{input[0], weight[0], *h, *w};
}

Expected<Shape> nncc::nn::pool2DShape(ArrayRef<int64_t> input,
                                      const Window &window, Rounding rounding,
                                      bool needImage) {
  if (Error error = checkRank("input", input, 4, "[N, C, H, W]"))
    return error;
  Expected<int64_t> h = windowOutputs(input[2], window.vertical, rounding);
  if (!h)
    return h.takeError();
  Expected<int64_t> w = windowOutputs(input[3], window.horizontal, rounding);
  if (!w)
    return w.takeError();
  if (needImage && (!everyWindowMeetsImage(input[2], *h, window.vertical) ||
                    !everyWindowMeetsImage(input[3], *w, window.horizontal)))
    return fail("expected every window to hold a position of the image, got a "
                "window that lies in the padding");
  return Shape{input[0], input[1], *h, *w};
}

Expected<Shape> nncc::nn::linearShape(ArrayRef<int64_t> input,
                                      ArrayRef<int64_t> weight) {
  if (Error error = checkRank("input", input, 2, "[N, K]"))
    return error;
  if (Error error = checkRank("weight", weight, 2, "[M, K]"))
    return error;
  if (input[1] != weight[1])
    return fail("expected weight with rows of " + Twine(input[1]) +
                " values, got shape " + formatShape(weight));
  return Shape{input[0], weight[0]};
}

Expected<Shape> nncc::nn::broadcastShape(ArrayRef<int64_t> lhs,
                                         ArrayRef<int64_t> rhs) {
  Shape result(std::max(lhs.size(), rhs.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    // Counted from the last axis.
    int64_t a = i < lhs.size() ? lhs[lhs.size() - 1 - i] : 1;
    int64_t b = i < rhs.size() ? rhs[rhs.size() - 1 - i] : 1;
    if (a != b && a != 1 && b != 1)
      return fail("expected shapes that broadcast, got " + formatShape(lhs) +
                  " and " + formatShape(rhs));
    result[result.size() - 1 - i] = a == 1 ? b : a;
  }
  return result;
}

static Error checkAxis(int64_t axis, size_t rank) {
  if (axis < 0 || axis >= static_cast<int64_t>(rank))
    return fail("expected 'axis' below the rank " + Twine(rank) + ", got " +
                Twine(axis));
  return Error::success();
}

Expected<Shape> nncc::nn::concatShape(ArrayRef<ArrayRef<int64_t>> inputs,
                                      int64_t axis) {
  if (inputs.empty())
    return fail("expected at least one input, got none");
  if (Error error = checkAxis(axis, inputs.front().size()))
    return error;
  Shape result(inputs.front());
  for (auto [i, input] : llvm::enumerate(inputs.drop_front())) {
    bool agree = input.size() == result.size();
    for (size_t d = 0; agree && d < result.size(); ++d)
      agree = static_cast<int64_t>(d) == axis || input[d] == result[d];
    if (!agree)
      return fail("expected input " + Twine(i + 1) + " like " +
                  formatShape(inputs.front()) + " but for axis " + Twine(axis) +
                  ", got shape " + formatShape(input));
    result[axis] += input[axis];
    if (result[axis] > kMaxExtent)
      return fail("expected a result extent of at most " + Twine(kMaxExtent) +
                  ", got " + Twine(result[axis]));
  }
  return result;
}

Expected<Shape> nncc::nn::padShape(ArrayRef<int64_t> input,
                                   ArrayRef<int64_t> pads) {
  if (Error error = checkList("pads", pads, 2 * input.size(), 0))
    return error;
  Shape result(input);
  for (size_t d = 0; d < input.size(); ++d) {
    result[d] += pads[d] + pads[input.size() + d];
    if (result[d] > kMaxExtent)
      return fail("expected a result extent of at most " + Twine(kMaxExtent) +
                  ", got " + Twine(result[d]));
  }
  return result;
}

Expected<Shape> nncc::nn::reduceShape(ArrayRef<int64_t> input, int64_t axis,
                                      bool keepDims) {
  if (Error error = checkAxis(axis, input.size()))
    return error;
  Shape result(input);
  if (keepDims)
    result[axis] = 1;
  else
    result.erase(result.begin() + axis);
  return result;
}

Expected<Shape> nncc::nn::sliceShape(ArrayRef<int64_t> input,
                                     ArrayRef<int64_t> starts,
                                     ArrayRef<int64_t> sizes,
                                     ArrayRef<int64_t> steps) {
  if (Error error = checkList("starts", starts, input.size(), 0))
    return error;
  if (Error error = checkList("sizes", sizes, input.size(), 1))
    return error;
  if (Error error = checkList("steps", steps, input.size(), 1))
    return error;
  // All values are below 2^31: nothing overflows.
  for (size_t d = 0; d < input.size(); ++d)
    if (starts[d] + (sizes[d] - 1) * steps[d] >= input[d])
      return fail("expected a part within the " + Twine(input[d]) +
                  " elements of axis " + Twine(d) + ", got " + Twine(sizes[d]) +
                  " from " + Twine(starts[d]) + " in steps of " +
                  Twine(steps[d]));
  return Shape(sizes);
}

Expected<Shape> nncc::nn::interleaveShape(ArrayRef<ArrayRef<int64_t>> inputs,
                                          ArrayRef<int64_t> factors) {
  if (Error error = checkList("factors", factors, 2, 1))
    return error;
  if (static_cast<int64_t>(inputs.size()) != factors[0] * factors[1])
    return fail("expected " + Twine(factors[0] * factors[1]) + " inputs, got " +
                Twine(inputs.size()));
  if (Error error = checkRank("inputs", inputs.front(), 4, "[N, C, H, W]"))
    return error;
  for (ArrayRef<int64_t> input : inputs)
    if (input != inputs.front())
      return fail("expected inputs of one shape, got " +
                  formatShape(inputs.front()) + " and " + formatShape(input));
  Shape result(inputs.front());
  for (int d = 0; d < 2; ++d) {
    result[2 + d] *= factors[d];
    if (result[2 + d] > kMaxExtent)
      return fail("expected a result extent of at most " + Twine(kMaxExtent) +
                  ", got " + Twine(result[2 + d]));
  }
  return result;
}
