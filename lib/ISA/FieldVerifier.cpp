//===- FieldVerifier.cpp - Rules that hold for every configuration --------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace nncc::isa;

/// "" or why `field` may not hold `value`.
static std::string checkField(const FieldInfo &field, int64_t value) {
  std::string expected;
  if (field.kind == FieldKind::Enum) {
    if (findValue(*field.type, value))
      return "";
    expected = listNames(*field.type);
  } else {
    if (value >= field.min && value <= field.max)
      return "";
    expected = std::to_string(field.min) + ".." + std::to_string(field.max);
  }
  return std::string("field ") + field.name + ": expected " + expected +
         ", got " + std::to_string(value);
}

std::string nncc::isa::verifyFields(const Instruction &inst) {
  const InstructionInfo &info = instructionInfo(inst);
  const FieldInfo &engineField = kHeader[1];
  uint32_t engine = static_cast<uint32_t>(inst.engine);
  std::string error = checkField(engineField, engine);
  if (!error.empty())
    return error;
  if (!(info.engines >> engine & 1)) {
    std::string expected;
    for (size_t i = 0; i < engineField.type->count; ++i) {
      const EnumValue &value = engineField.type->values[i];
      if (info.engines >> value.value & 1)
        expected += (expected.empty() ? "" : " or ") + std::string(value.name);
    }
    return "field engine: expected " + expected + ", got " +
           toString(inst.engine);
  }
  const uint8_t masks[] = {inst.wait, inst.post};
  for (size_t i = 0; i < 2; ++i) {
    const FieldInfo &field = kHeader[2 + i];
    error = checkField(field, masks[i]);
    if (!error.empty())
      return error;
    if (masks[i] >> engine & 1)
      return std::string("field ") + field.name +
             ": expected engines other than its own, got " +
             toString(inst.engine);
  }

  int64_t values[kMaxFields];
  getFieldValues(inst, values);
  for (size_t i = 0; i < info.fieldCount; ++i) {
    error = checkField(info.fields[i], values[i]);
    if (!error.empty())
      return error;
  }
  return "";
}
