//===- OpGeometry.cpp - Sizes of nn ops -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "OpGeometry.h"

using namespace nncc;

/// The sizes that every windowed op has.
template <typename WindowOp> static Geometry getWindow(WindowOp op) {
  Geometry g;
  g.batch = op.getInput().getType().getDimSize(0);
  g.inC = op.getInChannels();
  g.inH = op.getInH();
  g.inW = op.getInW();
  g.outC = op.getOutChannels();
  g.outH = op.getOutH();
  g.outW = op.getOutW();
  g.kernelH = op.getKernelH();
  g.kernelW = op.getKernelW();
  g.strideH = op.getStrideH();
  g.strideW = op.getStrideW();
  g.dilationH = op.getDilationH();
  g.dilationW = op.getDilationW();
  g.padTop = op.getPadTop();
  g.padLeft = op.getPadLeft();
  g.padBottom = op.getPadBottom();
  g.padRight = op.getPadRight();
  return g;
}

Geometry nncc::getGeometry(nn::Conv2DOp op) {
  Geometry g = getWindow(op);
  g.groups = op.getGroups();
  g.hasBias = static_cast<bool>(op.getBias());
  return g;
}

Geometry nncc::getGeometry(nn::LinearOp op) {
  Geometry g;
  g.batch = op.getInput().getType().getDimSize(0);
  g.inC = op.getInput().getType().getDimSize(1);
  g.outC = op.getResult().getType().getDimSize(1);
  g.hasBias = static_cast<bool>(op.getBias());
  return g;
}

Geometry nncc::getGeometry(nn::MaxPool2DOp op) { return getWindow(op); }

Geometry nncc::getGeometry(nn::AvgPool2DOp op) { return getWindow(op); }

std::vector<int64_t> nncc::broadcastIndices(const std::vector<int64_t> &from,
                                            const std::vector<int64_t> &to) {
  std::vector<int64_t> strides(to.size(), 0);
  int64_t stride = 1;
  for (size_t i = 0; i < from.size(); ++i) {
    size_t axis = from.size() - 1 - i;
    if (from[axis] != 1)
      strides[to.size() - 1 - i] = stride;
    stride *= from[axis];
  }
  std::vector<int64_t> indices{0};
  for (size_t axis = 0; axis < to.size(); ++axis) {
    std::vector<int64_t> next;
    next.reserve(indices.size() * to[axis]);
    for (int64_t base : indices)
      for (int64_t i = 0; i < to[axis]; ++i)
        next.push_back(base + i * strides[axis]);
    indices = std::move(next);
  }
  return indices;
}
