//===- Passes.td - Scheduling passes ------------------------*- tablegen -*-===//

#ifndef NNCC_DIALECT_ARISTOTLE_TRANSFORMS_PASSES_TD
#define NNCC_DIALECT_ARISTOTLE_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def AristotleHoistLoads
    : Pass<"aristotle-hoist-loads", "::nncc::aristotle::ProgramOp"> {
  let summary = "move loads ahead of the computation that they do not feed";
  let description = [{
    After tiling, a load stands right before the instruction that needs it. This
    pass moves each one up, past computation and saves, as long as the buffers
    that are then alive together fit their memory, the DRAM tensor that it reads
    has been written, and no more loads pile up than the queues hold. That is all
    there is to double buffering: the load of the next tile, or of the next
    layer's weights, runs beside the computation of this one. Where a buffer then
    finds no address between the others, loads around it move up less.

    ```mlir
    // before                            // after
    aristotle.load @w to %w0             aristotle.load @w to %w0
    aristotle.conv %x ... %w0            aristotle.load @w to %w1
    aristotle.load @w to %w1             aristotle.conv %x ... %w0
    aristotle.conv %x ... %w1            aristotle.conv %x ... %w1
    ```
  }];
  let options = [
    Option<"lookahead", "lookahead", "uint64_t", "12",
           "most computations that a load may pass">,
    Option<"budget", "budget", "int64_t", "100",
           "percent of each memory that may be alive at once by prefetching">,
    Option<"keepSaved", "keep-saved", "bool", "false",
           "leave room for the next result while the last one is being saved">,
    Option<"reuseLate", "reuse-late", "bool", "false",
           "rather move loads up less than use addresses again early">
  ];
  let statistics = [
    Statistic<"numMoved", "moved", "Loads that moved">,
    Statistic<"numRounds", "rounds", "Attempts until all buffers had addresses">
  ];
}

def AristotleAssignPorts
    : Pass<"aristotle-assign-ports", "::nncc::aristotle::ProgramOp"> {
  let summary = "spread loads over the two read ports";
  let description = [{
    Gives each load an engine, `load0` or `load1`, so that both ports have about
    the same number of bytes to bring for each consumer.
  }];
}

def AristotleAllocate
    : Pass<"aristotle-allocate", "::nncc::aristotle::ProgramOp"> {
  let summary = "give buffers and DRAM tensors their addresses";
  let description = [{
    A buffer lives from the first instruction that uses it to the last. Buffers
    whose lives overlap get disjoint words; otherwise words are reused as late
    as possible, so that a load seldom waits for the last reader of what it
    overwrites. DRAM tensors of the workspace are packed by lifetime, inputs,
    outputs and constants one behind the other.

    Fails, with the sizes, when buffers that live together do not fit; the
    driver then tiles again with a smaller budget.
  }];
  let statistics = [
    Statistic<"featurePeak", "feature-peak", "Words used of the feature memory">,
    Statistic<"workspaceBytes", "workspace-bytes", "Bytes of the DRAM workspace">
  ];
}

def AristotleAssignTokens
    : Pass<"aristotle-assign-tokens", "::nncc::aristotle::ProgramOp"> {
  let summary = "make engines wait for each other where they must";
  let description = [{
    Finds what each instruction depends on from what instructions read and write
    in local memory and in DRAM, drops what follows from other dependences, and
    sets `wait` and `post`. An instruction that depends on one of its own engine
    which may still be under way, such as a convolution that reads what the one
    before it drains, gets a `fence`.
  }];
  let statistics = [
    Statistic<"numDependences", "dependences", "Dependences found">,
    Statistic<"numTokens", "tokens", "Tokens after reduction">,
    Statistic<"numFences", "fences", "Instructions with a fence">
  ];
}

def AristotleVerifySchedule
    : Pass<"aristotle-verify-schedule", "::nncc::aristotle::ProgramOp"> {
  let summary = "prove that a schedule has neither hazards nor deadlocks";
  let description = [{
    An independent check of the scheduled program: walked in order, no wait
    meets an empty token counter and no post a full one, and any two
    instructions that touch the same words, one of them writing, are ordered by
    tokens. The error names both instructions and the words.
  }];
}

#endif // NNCC_DIALECT_ARISTOTLE_TRANSFORMS_PASSES_TD
