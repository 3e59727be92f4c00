//===- TokenAssignment.h - Wait and post masks ------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SCHEDULING_TOKENASSIGNMENT_H
#define NNCC_SCHEDULING_TOKENASSIGNMENT_H

#include "nncc/Scheduling/Schedule.h"

#include <cstddef>
#include <string>
#include <vector>

namespace nncc::scheduling {

struct TokenStatistics {
  /// Pairs (instruction, engine) such that the instruction depends on an
  /// earlier one of that other engine: RAW, WAR and WAW.
  size_t dependences = 0;
  /// What is left of them when those that others imply are gone.
  size_t reduced = 0;
  /// Synchronisations merged into a stronger one because of the token limit.
  size_t merged = 0;
  /// Tokens in the result, at most `reduced`.
  size_t tokens = 0;
  /// Instructions that wait for the earlier ones of their own engine.
  size_t fences = 0;
  /// Most tokens of one pair of engines outstanding in program order.
  unsigned peakOutstanding = 0;
};

struct TokenResult {
  bool ok = false;
  /// On failure: the reason.
  std::string why;
  /// The masks of each instruction.
  std::vector<Sync> sync;
  TokenStatistics statistics;
};

/// Computes masks and fences that make every execution equal to the sequential
/// one: of two instructions with conflicting accesses, the first has finished
/// when the second starts. Between engines, tokens see to that; within one,
/// what tokens and `Node::finished` say, and a fence where that is not enough.
/// The k-th wait of engine E on F takes the k-th token that F posts to E;
/// walked in program order, no wait meets an empty counter and no post one that
/// holds `tokenLimit` (at least 1), so that the program cannot deadlock. Where
/// more tokens than that would be outstanding, a wait takes a later token,
/// which says more than it needs. No token that the others imply is left, and
/// none is left over at the end of the program. No other choice of fences
/// beside these tokens has fewer.
///
/// Time: O((a + s) log s) for `a` intervals accessed and `s` segments that they
/// cut the memories into.
TokenResult assignTokens(const std::vector<Node> &nodes, unsigned tokenLimit);

} // namespace nncc::scheduling

#endif // NNCC_SCHEDULING_TOKENASSIGNMENT_H
