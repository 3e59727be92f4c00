//===- Verifier.cpp - Rules that depend on the configuration --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Window.h"

using namespace nncc;
using namespace nncc::isa;

/// A DRAM offset has 32 bits; the last byte is not used, so that the end of a
/// range has 32 bits too.
static constexpr uint64_t kDramEnd = 0xffffffffu;

static std::string mismatch(const char *field, const std::string &expected,
                            uint64_t got) {
  return std::string("field ") + field + ": expected " + expected + ", got " +
         std::to_string(got);
}

/// A box of words: the last of them must be below `limit`. All counts are at
/// least 1.
struct Box {
  uint64_t base;
  uint64_t countX;
  uint64_t countY = 1;
  uint64_t pitchY = 0;
  uint64_t countZ = 1;
  uint64_t pitchZ = 0;

  uint64_t end() const {
    return base + (countZ - 1) * pitchZ + (countY - 1) * pitchY + countX;
  }
};

static std::string checkEnd(const char *what, uint64_t end, const char *memory,
                            uint64_t limit, const char *unit) {
  if (end <= limit)
    return "";
  return std::string(what) + " ends at " + unit + ' ' + std::to_string(end) +
         " of the " + memory + " memory, which has " + std::to_string(limit);
}

static std::string checkBox(const char *what, const Box &box,
                            const char *memory, uint64_t limit) {
  return checkEnd(what, box.end(), memory, limit, "word");
}

/// Rows and columns of an image in every group.
static std::string checkPatch(const char *what, const Patch &patch,
                              uint64_t base, uint64_t rowPitch, uint64_t groups,
                              uint64_t groupPitch, const ArchConfig &arch) {
  if (patch.empty())
    return "";
  Box box{base + patch.rows.last * rowPitch,
          static_cast<uint64_t>(patch.columns.last) + 1,
          1,
          0,
          groups,
          groupPitch};
  return checkBox(what, box, "feature", arch.featureWords);
}

static uint64_t localWords(Memory memory, const ArchConfig &arch) {
  switch (memory) {
  case Memory::Feature:
    return arch.featureWords;
  case Memory::Weight:
    return arch.weightWords();
  case Memory::Tap:
    return arch.tapWords;
  case Memory::Cparam:
    return arch.convParamWords();
  case Memory::Vparam:
    return arch.vectorWords;
  }
  return 0;
}

/// The first message that is not empty.
static std::string firstOf(std::initializer_list<std::string> messages) {
  for (const std::string &message : messages)
    if (!message.empty())
      return message;
  return "";
}

template <typename Op> static std::string checkClamp(const Op &op) {
  if (op.clampLo <= op.clampHi)
    return "";
  return "field clamp_lo: expected at most clamp_hi = " +
         std::to_string(op.clampHi) + ", got " + std::to_string(op.clampLo);
}

template <typename Op>
static std::string checkResult(const Op &op, uint64_t groups,
                               const ArchConfig &arch) {
  return checkBox("the result",
                  {op.dstBase, op.width, op.height, op.dstRowPitch, groups,
                   op.dstGroupPitch},
                  "feature", arch.featureWords);
}

static std::string checkDram(const Instruction &inst, uint32_t offset,
                             const ArchConfig &arch) {
  if (offset % arch.vector != 0)
    return mismatch("dram_offset",
                    "a multiple of V = " + std::to_string(arch.vector), offset);
  std::optional<DramRange> range = dramRange(inst, arch);
  if (!range || range->end <= kDramEnd)
    return "";
  return "the block ends at byte " + std::to_string(range->end) +
         " of its region; expected at most " + std::to_string(kDramEnd);
}

//===----------------------------------------------------------------------===//
// Rules of each kind
//===----------------------------------------------------------------------===//

static std::string check(const Load &op, const ArchConfig &arch) {
  return checkBox("the block",
                  {op.localBase, op.countX, op.countY, op.localPitchY,
                   op.countZ, op.localPitchZ},
                  toString(op.memory), localWords(op.memory, arch));
}

static std::string check(const LoadWindow &op, const ArchConfig &arch) {
  return checkBox("the block",
                  {op.localBase, op.countX, op.countY, op.localPitchY,
                   op.groups, op.localPitchZ},
                  "feature", arch.featureWords);
}

static std::string check(const Save &op, const ArchConfig &arch) {
  if (op.region != Region::Output && op.region != Region::Workspace)
    return std::string("field region: expected output or workspace, got ") +
           toString(op.region);
  return checkBox("the block",
                  {op.localBase, op.countX, op.countY, op.localPitchY,
                   op.countZ, op.localPitchZ},
                  "feature", arch.featureWords);
}

static std::string check(const Conv &op, const ArchConfig &arch) {
  if (uint64_t(op.height) * op.width > arch.psumPixels)
    return "height*width: expected at most psum_pixels = " +
           std::to_string(arch.psumPixels) + ", got " +
           std::to_string(op.height) + "*" + std::to_string(op.width);
  std::string error =
      firstOf({checkEnd("the tap list", uint64_t(op.tapBase) + op.tapCount,
                        "tap", arch.tapEntries(), "tap"),
               checkEnd("the run of weight blocks",
                        uint64_t(op.weightBase) + op.tapCount, "weight",
                        arch.weightBlocks, "block")});
  if (!error.empty() || !op.drain)
    return error;
  if (op.dstGroups > arch.outputGroups())
    return mismatch("dst_groups",
                    "at most O/V = " + std::to_string(arch.outputGroups()),
                    op.dstGroups);
  error = firstOf({checkEnd("the record group", uint64_t(op.paramBase) + 1,
                            "cparam", arch.convParams, "group"),
                   checkClamp(op), checkResult(op, op.dstGroups, arch)});
  if (!error.empty() || !op.residual)
    return error;
  return checkBox("the residual",
                  {op.resBase, op.width, op.height, op.resRowPitch,
                   op.dstGroups, op.resGroupPitch},
                  "feature", arch.featureWords);
}

template <typename Op>
static std::string checkWindow(const Op &op, const ArchConfig &arch) {
  return firstOf({checkPatch("the source", reachedByWindow(op), op.srcBase,
                             op.srcRowPitch, op.groups, op.srcGroupPitch, arch),
                  checkResult(op, op.groups, arch)});
}

static std::string check(const Depthwise &op, const ArchConfig &arch) {
  std::string error = checkWindow(op, arch);
  if (error.empty() && !op.unitWeights)
    error =
        checkBox("the run of weights",
                 {op.weightBase, uint64_t(op.groups) * op.kernelH * op.kernelW},
                 "vparam", arch.vectorWords);
  if (!error.empty())
    return error;
  uint64_t records = op.sharedParams ? 1 : op.groups;
  return firstOf({checkBox("the run of records", {op.paramBase, 8 * records},
                           "vparam", arch.vectorWords),
                  checkClamp(op)});
}

static std::string check(const MaxPool &op, const ArchConfig &arch) {
  return checkWindow(op, arch);
}

template <typename Op>
static std::string checkBinary(const Op &op, const ArchConfig &arch) {
  return firstOf(
      {checkBox("operand a",
                {op.aBase, op.width, op.height, op.aRowPitch, op.groups,
                 op.aGroupPitch},
                "feature", arch.featureWords),
       checkBox("operand b",
                {op.bBase, uint64_t(op.width - 1) * op.bColumnPitch + 1,
                 op.height, op.bRowPitch, op.groups, op.bGroupPitch},
                "feature", arch.featureWords),
       checkResult(op, op.groups, arch), checkClamp(op)});
}

static std::string check(const Add &op, const ArchConfig &arch) {
  return checkBinary(op, arch);
}

static std::string check(const Mul &op, const ArchConfig &arch) {
  return checkBinary(op, arch);
}

static std::string check(const Table &op, const ArchConfig &arch) {
  return firstOf({checkBox("the source",
                           {op.srcBase, op.width, op.height, op.srcRowPitch,
                            op.groups, op.srcGroupPitch},
                           "feature", arch.featureWords),
                  checkResult(op, op.groups, arch),
                  checkBox("the table", {op.tableBase, 256 / arch.vector},
                           "vparam", arch.vectorWords)});
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

std::string nncc::isa::verify(const Instruction &inst, const ArchConfig &arch) {
  std::string error = verifyFields(inst);
  if (!error.empty())
    return error;
  if (const auto *load = std::get_if<Load>(&inst.body))
    error = checkDram(inst, load->dramOffset, arch);
  else if (const auto *window = std::get_if<LoadWindow>(&inst.body))
    error = checkDram(inst, window->dramOffset, arch);
  else if (const auto *save = std::get_if<Save>(&inst.body))
    error = checkDram(inst, save->dramOffset, arch);
  if (!error.empty())
    return error;
  return std::visit([&](const auto &op) { return check(op, arch); }, inst.body);
}

std::string nncc::isa::verifyTaps(const Conv &conv, const ArchConfig &arch,
                                  const Tap *taps) {
  for (uint32_t i = 0; i < conv.tapCount; ++i) {
    std::string error = checkPatch(
        "the source", reachedBy(conv, taps[i].dy, taps[i].dx),
        uint64_t(conv.srcBase) + taps[i].group, conv.srcRowPitch, 1, 0, arch);
    if (!error.empty())
      return "tap " + std::to_string(i) +
             " (group=" + std::to_string(taps[i].group) +
             " dy=" + std::to_string(taps[i].dy) +
             " dx=" + std::to_string(taps[i].dx) + "): " + error;
  }
  return "";
}
