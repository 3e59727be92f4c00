//===- Assembly.cpp - Instructions as text --------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

#include <cctype>
#include <charconv>

using namespace nncc::isa;

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static std::string printMask(const EnumInfo &type, uint32_t mask) {
  std::string result;
  for (size_t i = 0; i < type.count; ++i)
    if (mask >> type.values[i].value & 1)
      result += (result.empty() ? "" : "|") + std::string(type.values[i].name);
  return result;
}

static std::string printValue(const FieldInfo &field, int64_t value) {
  if (field.kind == FieldKind::Enum)
    if (const EnumValue *entry = findValue(*field.type, value))
      return entry->name;
  if (field.kind == FieldKind::Mask && value != 0)
    return printMask(*field.type, static_cast<uint32_t>(value));
  return std::to_string(value);
}

static bool hasOneEngine(const InstructionInfo &info) {
  return (info.engines & (info.engines - 1)) == 0;
}

std::string nncc::isa::print(const Instruction &inst) {
  const InstructionInfo &info = instructionInfo(inst);
  std::string result = info.mnemonic;
  if (!hasOneEngine(info))
    result += std::string(" engine=") + toString(inst.engine);
  if (inst.wait != 0)
    result += " wait=" + printMask(*kHeader[2].type, inst.wait);
  if (inst.post != 0)
    result += " post=" + printMask(*kHeader[3].type, inst.post);
  if (inst.fence)
    result += " fence=1";
  int64_t values[kMaxFields];
  getFieldValues(inst, values);
  for (size_t i = 0; i < info.fieldCount; ++i)
    result += std::string(" ") + info.fields[i].name + '=' +
              printValue(info.fields[i], values[i]);
  return result;
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

static std::string_view takeToken(std::string_view &line) {
  size_t begin = 0;
  while (begin < line.size() &&
         std::isspace(static_cast<unsigned char>(line[begin])))
    ++begin;
  size_t end = begin;
  while (end < line.size() &&
         !std::isspace(static_cast<unsigned char>(line[end])))
    ++end;
  std::string_view token = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return token;
}

static std::string parseInteger(const FieldInfo &field, std::string_view text,
                                int64_t &value) {
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) {
    int64_t lowest = field.isSigned ? -(int64_t(1) << (field.width - 1)) : 0;
    int64_t highest =
        (int64_t(1) << (field.isSigned ? field.width - 1 : field.width)) - 1;
    if (value >= lowest && value <= highest)
      return "";
    return std::string("field ") + field.name + ": " + std::string(text) +
           " does not fit into " + std::to_string(field.width) +
           (field.isSigned ? " signed bits" : " unsigned bits");
  }
  return std::string("field ") + field.name + ": expected an integer, got '" +
         std::string(text) + "'";
}

static std::string parseValue(const FieldInfo &field, std::string_view text,
                              int64_t &value) {
  if (field.kind == FieldKind::Integer || field.kind == FieldKind::Flag)
    return parseInteger(field, text, value);
  value = 0;
  bool isMask = field.kind == FieldKind::Mask;
  if (isMask && text == "0")
    return "";
  while (true) {
    size_t bar = isMask ? text.find('|') : std::string_view::npos;
    std::string_view name = text.substr(0, bar);
    const EnumValue *entry = findName(*field.type, name);
    if (!entry)
      return std::string("field ") + field.name + ": expected " +
             listNames(*field.type) + ", got '" + std::string(name) + "'";
    value |= isMask ? int64_t(1) << entry->value : entry->value;
    if (bar == std::string_view::npos)
      return "";
    text.remove_prefix(bar + 1);
  }
}

std::string nncc::isa::parse(std::string_view line, Instruction &out) {
  line = line.substr(0, line.find('#'));
  std::string mnemonic(takeToken(line));
  size_t index = 0;
  while (index < kNumOpcodes && mnemonic != instructionInfos()[index].mnemonic)
    ++index;
  if (index == kNumOpcodes)
    return mnemonic.empty() ? "expected an instruction"
                            : "unknown instruction '" + mnemonic + "'";
  const InstructionInfo &info = instructionInfos()[index];

  // Slots: the fields, then engine, wait, post and fence.
  constexpr size_t kSlots = kMaxFields + kHeaderFieldCount - 1;
  int64_t values[kSlots] = {};
  bool seen[kSlots] = {};
  auto slotField = [&](size_t slot) -> const FieldInfo & {
    return slot < info.fieldCount ? info.fields[slot]
                                  : kHeader[1 + slot - info.fieldCount];
  };
  size_t slots = info.fieldCount + kHeaderFieldCount - 1;
  for (std::string_view token = takeToken(line); !token.empty();
       token = takeToken(line)) {
    size_t equals = token.find('=');
    if (equals == std::string_view::npos)
      return "expected name=value, got '" + std::string(token) + "'";
    std::string_view name = token.substr(0, equals);
    size_t slot = 0;
    while (slot < slots && name != slotField(slot).name)
      ++slot;
    if (slot == slots)
      return mnemonic + " has no field '" + std::string(name) + "'";
    if (seen[slot])
      return "field " + std::string(name) + " is given twice";
    seen[slot] = true;
    std::string error =
        parseValue(slotField(slot), token.substr(equals + 1), values[slot]);
    if (!error.empty())
      return error;
  }

  size_t engineSlot = info.fieldCount;
  if (!seen[engineSlot] && hasOneEngine(info)) {
    while (!(info.engines >> values[engineSlot] & 1))
      ++values[engineSlot];
    seen[engineSlot] = true;
  }
  for (size_t slot = 0; slot <= engineSlot; ++slot)
    if (!seen[slot])
      return std::string("field ") + slotField(slot).name + " is missing";
  out.engine = static_cast<Engine>(values[engineSlot]);
  out.wait = static_cast<uint8_t>(values[engineSlot + 1]);
  out.post = static_cast<uint8_t>(values[engineSlot + 2]);
  out.fence = values[engineSlot + 3] != 0;
  out.body = makeBody(index, values);
  return "";
}
