//===- TransferEngine.h - LOAD0, LOAD1 and SAVE -----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_TIMING_TRANSFERENGINE_H
#define NNCC_LIB_SIMULATOR_TIMING_TRANSFERENGINE_H

#include "EngineModel.h"
#include "nncc/Simulator/InstructionCost.h"

namespace nncc::sim {

/// An engine between DRAM and a local memory. Its transfers move their data one
/// behind the other, but a transfer asks for its data while earlier ones still
/// receive theirs, as long as no more than `outstanding` bursts are under way:
/// back-to-back transfers see the latency once.
class TransferEngine : public EngineModel {
public:
  TransferEngine(Context &context, isa::Engine engine);

  /// Data moves, or would but for others and for refresh.
  bool moving() const { return phase != Phase::Waiting; }

private:
  struct Transfer {
    uint32_t inst;
    uint64_t ready; ///< the first data can move
    TransferCost cost;
  };
  enum class Phase { Waiting, Memory, Local };

  bool isSave() const { return engine == isa::Engine::Save; }
  uint64_t rate(const TransferCost &cost) const;
  uint64_t pendingBytes() const;
  uint64_t windowBytes() const;

  bool work() override;
  uint64_t nextWorkEvent() const override;
  std::optional<Activity> workActivity() const override;
  bool canAccept(uint32_t inst) const override;
  void start(uint32_t inst) override;

  const MemoryModel::Stream stream;
  std::deque<Transfer> transfers;
  Phase phase = Phase::Waiting; ///< of the first transfer
  uint64_t phaseBegin = 0;
  uint64_t phaseEnd = 0; ///< Local
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_TIMING_TRANSFERENGINE_H
