//===- VectorEngine.h - VECTOR ----------------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_SIMULATOR_TIMING_VECTORENGINE_H
#define NNCC_LIB_SIMULATOR_TIMING_VECTORENGINE_H

#include "EngineModel.h"

namespace nncc::sim {

/// The vector engine: one instruction after the other, each from its start-up
/// to its last write.
class VectorEngine : public EngineModel {
public:
  explicit VectorEngine(Context &context)
      : EngineModel(context, isa::Engine::Vector) {}

  /// The instruction that produces words.
  std::optional<uint32_t> producing() const;

private:
  bool work() override;
  uint64_t nextWorkEvent() const override;
  std::optional<Activity> workActivity() const override;
  bool canAccept(uint32_t) const override { return !current; }
  void start(uint32_t inst) override;

  struct Current {
    uint32_t inst;
    uint64_t begin, end; ///< of its work, between start-up and pipeline
    uint64_t complete;
  };
  std::optional<Current> current;
};

} // namespace nncc::sim

#endif // NNCC_LIB_SIMULATOR_TIMING_VECTORENGINE_H
