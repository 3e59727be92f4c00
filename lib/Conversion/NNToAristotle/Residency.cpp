//===- Residency.cpp - Which tensors stay in the feature memory -----------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// A tensor that stays between the layer that writes it and the last one that
// reads it saves its way to DRAM and back, and takes room from the tiles of all
// layers in between. Both are in the estimates of the layers' cycles.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "nncc/Scheduling/ConvTiling.h"

using namespace mlir;
using namespace nncc;
using namespace nncc::lowering;

int64_t Lowering::freeWordsAt(int64_t index) const {
  int64_t free = arch.featureWords * options.featureBudget / 100;
  for (const Storage &storage : storages)
    if (storage.resident && storage.first <= index && index <= storage.last)
      free -= storage.words();
  return free;
}

int64_t Lowering::estimate(Operation *op, int64_t freeWords) {
  if (freeWords < 0)
    return -1;
  if (llvm::isa<nn::ConcatOp>(op))
    return 0;
  // The estimate depends on where the tensors are and on nothing else that
  // changes.
  uint64_t places = 0;
  auto note = [&](Value value) {
    if (auto found = tensors.find(value); found != tensors.end())
      places = places << 1 | found->second->storage->resident;
  };
  for (Value operand : op->getOperands())
    note(operand);
  note(op->getResult(0));
  auto [known, isNew] = estimates.try_emplace({op, freeWords, places}, 0);
  if (!isNew)
    return known->second;

  int64_t cycles;
  if (auto conv = dyn_cast<nn::Conv2DOp>(op); conv && runsOnArray(conv, arch)) {
    Tensor &in = tensorOf(conv.getInput());
    int64_t kernel = conv.getKernelH() * conv.getKernelW();
    int64_t groups = in.groups() / v;
    if (in.storage->rows)
      kernel = conv.getKernelH();
    if (conv.isDepthwise())
      groups = std::min<int64_t>(groups, arch.outputGroups());
    auto tiling = scheduling::chooseConvTiling(
        convProblem(conv, freeWords, kernel * groups), arch);
    cycles = tiling.ok ? tiling.cycles : -1;
  } else if (auto pool = dyn_cast<nn::AvgPool2DOp>(op);
             pool && runsOnArray(pool, arch)) {
    // On the array: a position of the window takes the cycles of a block of
    // weights.
    const Tensor &out = tensorOf(pool.getResult());
    cycles = freeWords >= 4 ? out.groups() * pool.getOutH() * pool.getOutW() *
                                  pool.getKernelH() * pool.getKernelW()
                            : -1;
  } else {
    auto tiling =
        scheduling::chooseVectorTiling(vectorProblem(op, freeWords), arch);
    cycles = tiling.ok ? tiling.cycles : -1;
  }
  return known->second = cycles;
}

/// Cycles of the layers during whose time the storage is in use; -1 if one of
/// them does not fit.
int64_t Lowering::estimateAround(const Storage &storage) {
  int64_t sum = 0;
  for (int64_t i = storage.first; i <= storage.last; ++i) {
    int64_t cycles = estimate(layers[i], freeWordsAt(i));
    if (cycles < 0)
      return -1;
    sum += cycles;
  }
  return sum;
}

void Lowering::chooseResidency() {
  int64_t budget = arch.featureWords * options.featureBudget / 100;
  SmallVector<Storage *> candidates;
  for (Storage &storage : storages) {
    // Of a resident map, an instruction's row pitch is the width.
    storage.resident = !storage.region && storage.last >= 0 &&
                       storage.words() <= budget &&
                       storage.width <= scheduling::kMostPixels;
    if (storage.resident)
      candidates.push_back(&storage);
  }
  llvm::sort(candidates, [](Storage *a, Storage *b) {
    return std::make_pair(-a->words(), a->first) <
           std::make_pair(-b->words(), b->first);
  });

  auto suffers = [&](int64_t index) {
    int64_t free = freeWordsAt(index);
    int64_t cycles = estimate(layers[index], free);
    if (cycles < 0 || !options.preferResidency || free == budget)
      return cycles < 0;
    return cycles > 2 * estimate(layers[index], budget) + 1000;
  };

  // Evict the largest until every layer fits.
  for (int64_t i = 0; i < static_cast<int64_t>(layers.size());) {
    Storage *victim = nullptr;
    if (suffers(i))
      for (Storage *storage : candidates)
        if (storage->resident && storage->first <= i && i <= storage->last) {
          victim = storage;
          break;
        }
    if (!victim) {
      ++i;
      continue;
    }
    victim->resident = false;
    // Earlier layers now stream it: look at them again.
    i = std::min(i, victim->first);
  }

  if (options.preferResidency)
    return;
  // Then change the place of one at a time while that makes the layers around
  // it faster. The sum over all layers falls with each change, so this ends;
  // the limit is for the compiler's time.
  constexpr int kRounds = 8;
  bool changed = true;
  for (int round = 0; changed && round < kRounds; ++round) {
    changed = false;
    for (Storage *storage : candidates) {
      int64_t before = estimateAround(*storage);
      storage->resident = !storage->resident;
      int64_t after = estimateAround(*storage);
      if (after >= 0 && (before < 0 || after < before))
        changed = true;
      else
        storage->resident = !storage->resident;
    }
  }
}
