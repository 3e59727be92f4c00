//===- Tables.h - Generated tables of the instruction set -------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_ISA_TABLES_H
#define NNCC_LIB_ISA_TABLES_H

#include "nncc/ISA/ISA.h"

namespace nncc::isa {

/// The header fields opcode, engine, wait, post and fence.
extern const FieldInfo *const kHeader;
constexpr size_t kHeaderFieldCount = 5;

/// Entry of an enumeration with this value or name, or null.
const EnumValue *findValue(const EnumInfo &type, int64_t value);
const EnumValue *findName(const EnumInfo &type, std::string_view name);

/// "load0, load1 or save".
std::string listNames(const EnumInfo &type);

} // namespace nncc::isa

#endif // NNCC_LIB_ISA_TABLES_H
