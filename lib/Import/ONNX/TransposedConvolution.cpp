//===- TransposedConvolution.cpp - Import of ConvTranspose ----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// A transposed convolution of stride s makes each s-th row of its result from
// each s-th row of its kernel: s convolutions of stride one whose results are
// interleaved, and the same for columns. No multiplication by an inserted zero
// is left.
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

namespace {
/// The convolution that makes one phase of the result along one axis.
struct Phase {
  /// For each tap the kernel's row, or -1 for a zero.
  SmallVector<int64_t> taps;
  int64_t padBefore = 0, padAfter = 0;

  /// Phase `i` of `stride`, of `outputs` elements, on `in` elements. Result
  /// position y*stride + i takes kernel row k from input row
  /// (y*stride + i + pad - k) / stride where that is whole.
  static Phase get(int64_t i, int64_t stride, int64_t kernel, int64_t pad,
                   int64_t in, int64_t outputs) {
    Phase phase;
    int64_t first = (i + pad) % stride, shift = (i + pad - first) / stride;
    for (int64_t k = first; k < kernel; k += stride)
      phase.taps.insert(phase.taps.begin(), k);
    if (phase.taps.empty()) {
      phase.taps.push_back(-1);
      shift = 0;
    }
    int64_t size = phase.taps.size();
    phase.padBefore = size - 1 - shift;
    phase.padAfter = outputs - in - phase.padBefore + size - 1;
    // Instead of less than no padding, taps that see nothing.
    for (; phase.padBefore < 0; ++phase.padBefore)
      phase.taps.insert(phase.taps.begin(), -1);
    for (; phase.padAfter < 0; ++phase.padAfter)
      phase.taps.push_back(-1);
    return phase;
  }
};
} // namespace

/// The kernel [O, C/groups, taps, taps] of one phase.
static mlir::Value makeKernel(Node &node, int64_t groups, const Phase &y,
                              const Phase &x) {
  const HostTensor &weight = *node.constant(1);
  ArrayRef<int64_t> shape = weight.shape();
  int64_t inputs = shape[0] / groups, outputs = shape[1];
  int64_t height = y.taps.size(), width = x.taps.size();
  std::optional<HostTensor> kernel =
      node.allocate(weight.type(), {outputs * groups, inputs, height, width});
  if (!kernel)
    return {};
  int64_t at = 0;
  for (int64_t o = 0; o < outputs * groups; ++o)
    for (int64_t c = 0; c < inputs; ++c)
      for (int64_t row : y.taps)
        for (int64_t column : x.taps) {
          int64_t channel = o / outputs * inputs + c;
          if (row >= 0 && column >= 0)
            kernel->copy(at, weight,
                         ((channel * outputs + o % outputs) * shape[2] + row) *
                                 shape[3] +
                             column);
          ++at;
        }
  return nn::ConstantOp::create(
      node.builder(), node.loc(),
      kernel->toAttribute(node.builder().getContext()));
}

static LogicalResult importConvTranspose(Node &node) {
  if (failed(checkImage(node, 0)))
    return failure();
  const HostTensor *weight = node.constant(1);
  if (!weight || weight->type() != onnx::TensorProto::FLOAT)
    return node.reject("the weight is not a constant of float32");
  if (node.hasInput(2) && !node.isConstant(2))
    return node.reject("the bias is not a constant");
  ArrayRef<int64_t> input = node.shape(0), shape = node.shape(1);
  int64_t groups = node.getInt("group", 1);
  if (shape.size() != 4 || shape[0] != input[1] || groups < 1 ||
      shape[0] % groups != 0 || weight->size() == 0)
    return node.reject("expected a weight [" + Twine(input[1]) +
                       ", O/group, KH, KW] and a group that divides " +
                       Twine(input[1]) + " channels, got shape " +
                       nn::formatShape(shape) + " and group " + Twine(groups));
  ArrayRef<int64_t> kernel = shape.drop_front(2);
  if (ArrayRef<int64_t>(node.getInts("kernel_shape", kernel)) != kernel)
    return node.reject("expected a kernel_shape equal to the weight's");
  auto strides = node.getInts("strides", {1, 1});
  auto pads = node.getInts("pads", {0, 0, 0, 0});
  auto more = node.getInts("output_padding", {0, 0});
  auto dilations = node.getInts("dilations", {1, 1});
  std::string mode = node.getString("auto_pad", "NOTSET");
  if ((mode != "NOTSET" && mode != "VALID") ||
      node.hasAttribute("output_shape"))
    return node.reject("auto_pad or output_shape is given");
  if (ArrayRef<int64_t>(dilations) != ArrayRef<int64_t>{1, 1})
    return node.reject("dilations are not one");
  constexpr int64_t kMostStride = 64, kMostPad = 65535;
  auto isIn = [](ArrayRef<int64_t> list, size_t count, int64_t low,
                 int64_t high) {
    return list.size() == count && llvm::all_of(list, [&](int64_t value) {
             return value >= low && value <= high;
           });
  };
  if (!isIn(strides, 2, 1, kMostStride) || !isIn(pads, 4, 0, kMostPad) ||
      !isIn(more, 2, 0, kMostStride))
    return node.reject("expected two strides of 1 to " + Twine(kMostStride) +
                       ", four pads of 0 to " + Twine(kMostPad) +
                       " and an output_padding of 0 to " + Twine(kMostStride));
  int64_t outputs = shape[1] * groups;
  if (node.hasInput(2) && node.shape(2) != ArrayRef<int64_t>{outputs})
    return node.reject("expected a bias of " + Twine(outputs) +
                       " values, got shape " + nn::formatShape(node.shape(2)));
  Shape target{1, outputs, 0, 0}, whole = target;
  for (int d = 0; d < 2; ++d) {
    target[2 + d] = strides[d] * (input[2 + d] - 1) + more[d] + kernel[d] -
                    pads[d] - pads[d + 2];
    whole[2 + d] = (target[2 + d] + strides[d] - 1) / strides[d] * strides[d];
    if (target[2 + d] < 1)
      return node.reject("the pads leave nothing of the result");
  }
  if (failed(node.checkShape(whole)))
    return failure();

  mlir::Value image = node.value(0);
  mlir::Value bias = node.hasInput(2) ? node.value(2) : mlir::Value();
  if (node.isRejected())
    return failure();
  auto phasesOf = [&](int d) {
    std::vector<Phase> phases;
    phases.reserve(strides[d]);
    for (int64_t i = 0; i < strides[d]; ++i)
      phases.push_back(Phase::get(i, strides[d], kernel[d], pads[d],
                                  input[2 + d], whole[2 + d] / strides[d]));
    return phases;
  };
  std::vector<Phase> rows = phasesOf(0), columns = phasesOf(1);
  SmallVector<mlir::Value> parts;
  for (const Phase &y : rows)
    for (const Phase &x : columns) {
      mlir::Value weights = makeKernel(node, groups, y, x);
      if (!weights)
        return failure();
      parts.push_back(nn::Conv2DOp::create(
          node.builder(), node.loc(), image, weights, bias,
          ArrayRef<int64_t>{1, 1},
          ArrayRef<int64_t>{y.padBefore, x.padBefore, y.padAfter, x.padAfter},
          ArrayRef<int64_t>{1, 1}, groups));
    }
  mlir::Value result =
      parts.size() == 1
          ? parts.front()
          : nn::InterleaveOp::create(node.builder(), node.loc(), parts, strides)
                .getResult();
  if (whole != target)
    result = nn::SliceOp::create(node.builder(), node.loc(), result,
                                 ArrayRef<int64_t>{0, 0, 0, 0}, target,
                                 ArrayRef<int64_t>{1, 1, 1, 1});
  node.setOutput(result);
  return success();
}

ArrayRef<OperatorImport>
nncc::onnx_import::getTransposedConvolutionOperators() {
  static const OperatorImport table[] = {
      {"ConvTranspose", 1, 2, 3,
       "The image is two-dimensional with batch one; weight and bias are "
       "constants; dilations are one; no auto_pad but VALID, no output_shape.",
       importConvTranspose},
  };
  return table;
}
