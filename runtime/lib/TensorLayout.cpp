//===- TensorLayout.cpp - Tensors in device memory ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "TensorLayout.h"

using namespace nncc;
using namespace nncc::runtime;

TensorLayout::TensorLayout(const Tensor &tensor, uint32_t vector) {
  auto [channels, rows, columns] = tensor.featureShape();
  height = rows;
  width = columns;
  channelStarts.resize(channels);
  if (tensor.layout == Layout::Rows) {
    rowStep = tensor.rowPitch;
    columnStep = channels;
    for (size_t c = 0; c < channels; ++c)
      channelStarts[c] = c;
    return;
  }
  columnStep = vector;
  rowStep = width * vector;
  auto place = [&](size_t channel, size_t slot) {
    channelStarts[channel] =
        slot / vector * (height * width * vector) + slot % vector;
  };
  if (tensor.channels.empty()) {
    for (size_t c = 0; c < channels; ++c)
      place(c, c);
    return;
  }
  for (size_t slot = 0; slot < tensor.channels.size(); ++slot)
    if (tensor.channels[slot] >= 0)
      place(static_cast<size_t>(tensor.channels[slot]), slot);
}
