//===- Encoding.cpp - Instructions as bytes -------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

#include <iterator>

namespace nncc::isa {

#include "nncc/ISA/ISA.cpp.inc"

const FieldInfo *const kHeader = kHeaderFields;
static_assert(std::size(kHeaderFields) == kHeaderFieldCount,
              "Instruction has a member for each field of the header");

const InstructionInfo *instructionInfos() { return kInstructions; }

const InstructionInfo &instructionInfo(const Instruction &inst) {
  return kInstructions[inst.body.index()];
}

Opcode Instruction::opcode() const {
  return kInstructions[body.index()].opcode;
}

const char *toString(Opcode opcode) {
  for (const InstructionInfo &info : kInstructions)
    if (info.opcode == opcode)
      return info.mnemonic;
  return "?";
}

void getFieldValues(const Instruction &inst, int64_t *values) {
  std::visit([&](const auto &body) { getFields(body, values); }, inst.body);
}

Body makeBody(size_t index, const int64_t *values) {
  Body result = makeBody(index);
  std::visit([&](auto &body) { setFields(body, values); }, result);
  return result;
}

const EnumValue *findValue(const EnumInfo &type, int64_t value) {
  for (size_t i = 0; i < type.count; ++i)
    if (type.values[i].value == value)
      return &type.values[i];
  return nullptr;
}

const EnumValue *findName(const EnumInfo &type, std::string_view name) {
  for (size_t i = 0; i < type.count; ++i)
    if (name == type.values[i].name)
      return &type.values[i];
  return nullptr;
}

std::string listNames(const EnumInfo &type) {
  std::string result;
  for (size_t i = 0; i < type.count; ++i) {
    if (i != 0)
      result += i + 1 == type.count ? " or " : ", ";
    result += type.values[i].name;
  }
  return result;
}

static constexpr size_t kWords = kInstructionBytes / 4;

static void put(uint32_t *words, const FieldInfo &field, int64_t value) {
  uint32_t mask = field.width == 32 ? ~0u : (1u << field.width) - 1;
  words[field.word] |= (static_cast<uint32_t>(value) & mask) << field.lsb;
}

static int64_t get(const uint32_t *words, const FieldInfo &field) {
  uint32_t mask = field.width == 32 ? ~0u : (1u << field.width) - 1;
  uint32_t value = words[field.word] >> field.lsb & mask;
  if (field.isSigned && (value >> (field.width - 1) & 1))
    return static_cast<int64_t>(value) - (int64_t(1) << field.width);
  return value;
}

void encode(const Instruction &inst, uint8_t *out64) {
  const InstructionInfo &info = instructionInfo(inst);
  uint32_t words[kWords] = {};
  put(words, kHeader[0], static_cast<int64_t>(info.opcode));
  put(words, kHeader[1], static_cast<int64_t>(inst.engine));
  put(words, kHeader[2], inst.wait);
  put(words, kHeader[3], inst.post);
  put(words, kHeader[4], inst.fence);
  int64_t values[kMaxFields];
  getFieldValues(inst, values);
  for (size_t i = 0; i < info.fieldCount; ++i)
    put(words, info.fields[i], values[i]);
  for (size_t i = 0; i < kInstructionBytes; ++i)
    out64[i] = static_cast<uint8_t>(words[i / 4] >> (8 * (i % 4)));
}

static std::string undefinedValue(const FieldInfo &field, int64_t value) {
  return std::string("field ") + field.name + ": expected " +
         listNames(*field.type) + ", got " + std::to_string(value);
}

std::string decode(const uint8_t *in64, Instruction &out) {
  uint32_t words[kWords] = {};
  for (size_t i = 0; i < kInstructionBytes; ++i)
    words[i / 4] |= uint32_t(in64[i]) << (8 * (i % 4));

  int64_t opcode = get(words, kHeader[0]);
  size_t index = 0;
  while (index < kNumOpcodes &&
         static_cast<int64_t>(kInstructions[index].opcode) != opcode)
    ++index;
  if (index == kNumOpcodes)
    return "unknown opcode " + std::to_string(opcode);
  const InstructionInfo &info = kInstructions[index];
  for (size_t i = 0; i < kWords; ++i)
    if (uint32_t set = words[i] & info.reserved[i]) {
      unsigned bit = 0;
      while (!(set >> bit & 1))
        ++bit;
      return "reserved bit " + std::to_string(bit) + " of word " +
             std::to_string(i) + " is set";
    }

  int64_t engine = get(words, kHeader[1]);
  if (!findValue(*kHeader[1].type, engine))
    return undefinedValue(kHeader[1], engine);
  int64_t values[kMaxFields];
  for (size_t i = 0; i < info.fieldCount; ++i) {
    values[i] = get(words, info.fields[i]);
    if (info.fields[i].kind == FieldKind::Enum &&
        !findValue(*info.fields[i].type, values[i]))
      return undefinedValue(info.fields[i], values[i]);
  }
  out.engine = static_cast<Engine>(engine);
  out.wait = static_cast<uint8_t>(get(words, kHeader[2]));
  out.post = static_cast<uint8_t>(get(words, kHeader[3]));
  out.fence = get(words, kHeader[4]) != 0;
  out.body = makeBody(index, values);
  return "";
}

Tap Tap::decode(const uint8_t *in4) {
  return {static_cast<uint16_t>(in4[0] | in4[1] << 8),
          static_cast<int8_t>(in4[2]), static_cast<int8_t>(in4[3])};
}

void Tap::encode(uint8_t *out4) const {
  out4[0] = static_cast<uint8_t>(group);
  out4[1] = static_cast<uint8_t>(group >> 8);
  out4[2] = static_cast<uint8_t>(dy);
  out4[3] = static_cast<uint8_t>(dx);
}

} // namespace nncc::isa
