//===- ScheduleSearch.cpp - Tile and schedule in several ways -------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Each step of the back end decides with estimates. Some decisions have no
// right answer for all networks; for these the driver tries both and lets the
// timing model choose. docs/compiler.md says which.
//
//===----------------------------------------------------------------------===//

#include "ScheduleSearch.h"

#include "nncc/Dialect/Aristotle/Transforms/Passes.h"
#include "nncc/Simulator/Timing.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace nncc;

/// A schedule of more instructions is kept rather than compared: what a search
/// could gain is not worth minutes. Networks of hundreds of layers have fewer,
/// unless they are far too large for the configuration.
static constexpr size_t kMostInstructionsToCompare = 250'000;

namespace {

/// A module on its way, and what was reported meanwhile.
struct Attempt {
  OwningOpRef<ModuleOp> module;
  std::vector<Diagnostic> reported;
  // Of a schedule:
  uint64_t cycles = 0;
  size_t instructions = 0;

  explicit operator bool() { return static_cast<bool>(module); }
};

class ScheduleSearch {
public:
  ScheduleSearch(ModuleOp placed, const CompilerOptions &options)
      : placed(placed), options(options) {}

  OwningOpRef<ModuleOp> run();

private:
  template <typename F> Attempt attempt(ModuleOp from, F change);
  Attempt tile(int64_t featureBudget, bool preferResidency);
  Attempt schedule(Attempt &tiled,
                   const aristotle::AristotleHoistLoadsOptions &hoist);
  void measure(Attempt &scheduled) const;
  void report(std::vector<Diagnostic> &diagnostics);

  ModuleOp placed;
  const CompilerOptions &options;
  std::vector<Diagnostic> firstFailure;
};

} // namespace

/// A changed clone, or nothing; what is reported is kept.
template <typename F> Attempt ScheduleSearch::attempt(ModuleOp from, F change) {
  Attempt result;
  OwningOpRef<ModuleOp> module = from.clone();
  LogicalResult changed = failure();
  {
    ScopedDiagnosticHandler quiet(placed.getContext(), [&](Diagnostic &d) {
      result.reported.push_back(std::move(d));
      return success();
    });
    changed = change(*module);
  }
  if (succeeded(changed))
    result.module = std::move(module);
  else if (firstFailure.empty())
    // What the whole memory could not do is what a user wants to know.
    firstFailure = std::move(result.reported);
  return result;
}

Attempt ScheduleSearch::tile(int64_t featureBudget, bool preferResidency) {
  return attempt(placed, [&](ModuleOp module) {
    return lowerFunctions(
        module, options,
        {options.keepIntermediates, featureBudget, preferResidency});
  });
}

/// Counts the instructions and cycles of a schedule.
void ScheduleSearch::measure(Attempt &scheduled) const {
  scheduled.module->walk([&](aristotle::ProgramOp program) {
    aristotle::ProgramContext context(program);
    std::vector<isa::Instruction> instructions;
    for (aristotle::InstructionOpInterface op :
         aristotle::instructionsOf(program))
      instructions.push_back(op.getInstruction(context));
    scheduled.instructions += instructions.size();
    sim::TimingResult timing;
    // An endless program would have failed its verification.
    if (sim::TimingModel(options.arch).run(instructions, timing).empty())
      scheduled.cycles += timing.cycles;
  });
}

Attempt
ScheduleSearch::schedule(Attempt &tiled,
                         const aristotle::AristotleHoistLoadsOptions &hoist) {
  Attempt result = attempt(*tiled.module, [&](ModuleOp module) {
    return runPasses(module, [&](OpPassManager &pm) {
      aristotle::buildSchedulePipeline(pm, hoist);
    });
  });
  if (result)
    measure(result);
  return result;
}

void ScheduleSearch::report(std::vector<Diagnostic> &diagnostics) {
  for (Diagnostic &diagnostic : diagnostics)
    placed.getContext()->getDiagEngine().emit(std::move(diagnostic));
}

OwningOpRef<ModuleOp> ScheduleSearch::run() {
  // The sum of what is alive fits by construction, but gaps between buffers can
  // keep the last one out. A smaller budget makes smaller tiles and fewer
  // residents.
  for (int64_t featureBudget : {100, 85, 70, 55, 40, 25}) {
    Attempt tiled, best;
    for (bool preferResidency : {false, true}) {
      Attempt candidate = tile(featureBudget, preferResidency);
      if (!candidate)
        continue;
      Attempt scheduled = schedule(candidate, {});
      if (scheduled && (!best || scheduled.cycles < best.cycles)) {
        tiled = std::move(candidate);
        best = std::move(scheduled);
      }
      if (best && best.instructions > kMostInstructionsToCompare)
        break;
    }
    if (!best)
      continue;
    for (auto [budget, keepSaved, reuseLate] :
         {std::make_tuple(100, false, true), std::make_tuple(100, true, false),
          std::make_tuple(100, true, true),
          std::make_tuple(80, false, false)}) {
      if (best.instructions > kMostInstructionsToCompare)
        break;
      aristotle::AristotleHoistLoadsOptions hoist;
      hoist.budget = budget;
      hoist.keepSaved = keepSaved;
      hoist.reuseLate = reuseLate;
      Attempt scheduled = schedule(tiled, hoist);
      if (scheduled && scheduled.cycles < best.cycles)
        best = std::move(scheduled);
    }
    report(tiled.reported);
    report(best.reported);
    return std::move(best.module);
  }
  report(firstFailure);
  return {};
}

LogicalResult nncc::lowerFunctions(ModuleOp module,
                                   const CompilerOptions &options,
                                   LoweringOptions lowering) {
  lowering.keepIntermediates = options.keepIntermediates;
  for (auto function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (failed(lowerFunction(function, options.arch, lowering)))
      return failure();
  return success();
}

OwningOpRef<ModuleOp> nncc::tileAndSchedule(ModuleOp placed,
                                            const CompilerOptions &options) {
  return ScheduleSearch(placed, options).run();
}
