//===- Stats.h - Statistics as JSON -----------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_TOOLS_NNCC_RUN_STATS_H
#define NNCC_TOOLS_NNCC_RUN_STATS_H

#include "nncc/runtime.h"

#include <string>

namespace nncc::run {

/// The statistics of one inference as a JSON document; docs/runtime.md explains
/// its members. Returns a message, empty for success.
std::string makeStatsJSON(nncc_session *session, std::string &out);

/// The same for people, without the layers.
std::string makeStatsText(nncc_session *session, std::string &out);

} // namespace nncc::run

#endif // NNCC_TOOLS_NNCC_RUN_STATS_H
