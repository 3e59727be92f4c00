//===- ScheduleVerifier.h - Proof that a schedule is sound ------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Proves for one program that it neither deadlocks nor depends on timing,
// whatever the speeds of the engines. The argument is in docs/scheduling.md.
// The verifier shares no code with the token assignment that it checks.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_SCHEDULEVERIFIER_H
#define NNCC_SCHEDULING_SCHEDULEVERIFIER_H

#include "nncc/Scheduling/Schedule.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nncc::scheduling {

struct VerifierOptions {
  /// Most tokens that a counter between two engines holds; at least 1.
  unsigned tokenLimit = 1;
  /// Entries of each engine's queue; at least 1.
  unsigned queueDepth = 1;
  /// Reject a program that ends with tokens nobody takes. The hardware does not
  /// mind them, but a compiler that leaves them has lost count.
  bool requireBalanced = true;
};

/// The first thing that is wrong with a schedule.
struct Violation {
  enum class Kind : uint8_t {
    /// A mask, an engine, an interval or a limit that cannot be.
    Malformed,
    /// In program order, a wait meets an empty counter: deadlock.
    EmptyWait,
    /// In program order, a post meets a full counter: deadlock.
    FullPost,
    /// An instruction may start before an earlier one with a conflicting access
    /// has finished: a missing token or, on one engine, a missing fence.
    Hazard,
    /// Tokens are left at the end.
    Unbalanced,
  };
  Kind kind = Kind::Malformed;
  /// The instructions: `second` is the one that was being checked. For kinds
  /// other than Hazard both are the same, except that for Unbalanced `first` is
  /// the instruction whose token is left.
  size_t first = 0, second = 0;
  /// Hazard: where. `space` is an isa::Region if `isDram`, else an isa::Memory.
  bool isDram = false;
  uint8_t space = 0;
  isa::Interval interval{0, 0};
  /// One sentence with all of that.
  std::string message;
};

/// Checks `nodes` with the masks and fences `sync` (of the same length). No
/// value: proven.
std::optional<Violation> verifySchedule(const std::vector<Node> &nodes,
                                        const std::vector<Sync> &sync,
                                        const VerifierOptions &options);

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_SCHEDULEVERIFIER_H
