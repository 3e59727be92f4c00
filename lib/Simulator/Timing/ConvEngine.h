//===- ConvEngine.h - CONV --------------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_TIMING_CONVENGINE_H
#define NNCC_LIB_SIMULATOR_TIMING_CONVENGINE_H

#include "EngineModel.h"

namespace nncc::sim {

/// The convolution engine: one instruction accumulates, the one behind it loads
/// its first weight block during its last tap, and those before it are drained.
/// An instruction starts when all that drain its bank have finished.
class ConvEngine : public EngineModel {
public:
  explicit ConvEngine(Context &context)
      : EngineModel(context, isa::Engine::Conv) {}

  /// The instruction that accumulates.
  std::optional<uint32_t> accumulating() const {
    return current ? std::optional<uint32_t>(current->inst) : std::nullopt;
  }
  bool draining() const { return drainEnd != kNever; }

private:
  struct Next {
    uint32_t inst;
    uint64_t blockLoaded;
  };
  struct Current {
    uint32_t inst;
    uint64_t lastTap; ///< begin of the last tap
    uint64_t end;
  };
  struct Drain {
    uint32_t inst;
    uint64_t ready; ///< the sums are complete
  };

  const isa::Conv &conv(uint32_t inst) const {
    return std::get<isa::Conv>(get(inst).body);
  }
  /// From the last pixel of a list to complete sums.
  uint64_t pipeline() const;
  bool work() override;
  uint64_t nextWorkEvent() const override;
  std::optional<Activity> workActivity() const override;
  bool canAccept(uint32_t inst) const override;
  void start(uint32_t inst) override;
  void finished(uint32_t inst) override;
  Activity::Kind heldActivity() const override;

  /// Instructions on each bank that drain it and have not finished.
  unsigned pendingDrains[2] = {};
  std::optional<Next> next;
  std::optional<Current> current;
  std::deque<Drain> drains; ///< the first is drained while drainEnd is set
  uint64_t drainEnd = kNever;
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_TIMING_CONVENGINE_H
