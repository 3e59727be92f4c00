//===- ArchReaderTest.cpp -------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Target/ArchReader.h"

#include <gtest/gtest.h>

using namespace llvm;
using namespace nncc;

namespace {

std::string tiny() {
  for (const BuiltinArch &arch : builtinArchs())
    if (arch.name == "tiny")
      return arch.json.str();
  return "";
}

std::string replaced(const std::string &from, const std::string &to) {
  std::string text = tiny();
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string errorOf(const std::string &json) {
  Expected<ArchConfig> arch = parseArch(json, "a.json");
  if (arch)
    return "";
  return toString(arch.takeError());
}

TEST(ArchReader, BuiltinsAreSoundAndNamedLikeTheirFiles) {
  EXPECT_GE(builtinArchs().size(), 3u);
  for (const BuiltinArch &builtin : builtinArchs()) {
    Expected<ArchConfig> arch = readArch(builtin.name);
    ASSERT_TRUE(bool(arch)) << toString(arch.takeError());
    EXPECT_EQ(arch->name, builtin.name);
    EXPECT_EQ(arch->verify(), "");
  }
}

TEST(ArchReader, WritesWhatItReads) {
  for (const BuiltinArch &builtin : builtinArchs()) {
    ArchConfig arch = cantFail(readArch(builtin.name));
    Expected<ArchConfig> back = parseArch(writeArchJSON(arch), "back");
    ASSERT_TRUE(bool(back)) << toString(back.takeError());
    EXPECT_EQ(back->name, arch.name);
    EXPECT_EQ(back->description, arch.description);
    for (const ArchField &field : archFields())
      EXPECT_EQ((*back).*field.member, arch.*field.member) << field.key();
  }
}

TEST(ArchReader, NamesFileKeyAndValues) {
  EXPECT_EQ(errorOf(tiny()), "");
  EXPECT_EQ(errorOf("[1]"), "a.json: expected an object, got [1]");
  EXPECT_EQ(errorOf("{").substr(0, 23), "a.json: no valid JSON: ");
  EXPECT_EQ(errorOf(replaced("\"vector\": 8", "\"vector\": 12")),
            "a.json: array.vector: expected 8, 16 or 32, got 12");
  EXPECT_EQ(errorOf(replaced("\"vector\": 8", "\"vector\": 64")),
            "a.json: array.vector: expected 8..32, got 64");
  EXPECT_EQ(errorOf(replaced("\"vector\": 8", "\"vector\": -8")),
            "a.json: array.vector: expected 8..32, got -8");
  EXPECT_EQ(errorOf(replaced("\"vector\": 8", "\"vector\": 8.5")),
            "a.json: array.vector: expected an integer, got 8.5");
  EXPECT_EQ(errorOf(replaced("\"vector\": 8", "\"vector\": \"8\"")),
            "a.json: array.vector: expected an integer, got \"8\"");
  EXPECT_EQ(errorOf(replaced("\"weight_bits\": 8", "\"weight_bits\": 4")),
            "a.json: array.weight_bits: expected 8, got 4");
  EXPECT_EQ(errorOf(replaced("\"name\": \"tiny\"", "\"name\": \"\"")),
            "a.json: name: expected a name, got \"\"");
  EXPECT_EQ(errorOf(replaced("\"name\": \"tiny\"", "\"name\": 3")),
            "a.json: name: expected a string, got 3");
  EXPECT_EQ(errorOf(replaced("{\"megahertz\": 100}", "100")),
            "a.json: clock: expected an object, got 100");
}

TEST(ArchReader, ReportsMissingUnknownAndRepeatedKeys) {
  EXPECT_EQ(errorOf(replaced("\"name\": \"tiny\",", "")),
            "a.json: name: is missing");
  EXPECT_EQ(errorOf(replaced("\"megahertz\": 100", "")),
            "a.json: clock.megahertz: is missing");
  EXPECT_EQ(errorOf(replaced("\"clock\": {\"megahertz\": 100},", "")),
            "a.json: clock: is missing");
  EXPECT_EQ(errorOf(replaced("\"megahertz\": 100",
                             "\"megahertz\": 100, \"gigahertz\": 1")),
            "a.json: unknown key clock.gigahertz");
  EXPECT_EQ(errorOf(replaced("\"name\": \"tiny\",",
                             "\"name\": \"tiny\", \"colour\": 1,")),
            "a.json: unknown key colour");
  EXPECT_EQ(errorOf(replaced("\"megahertz\": 100",
                             "\"megahertz\": 100, \"megahertz\": 200")),
            "a.json: key clock.megahertz is given twice");
  EXPECT_EQ(errorOf(replaced("\"name\": \"tiny\",",
                             "\"name\": \"a\\\"b\", \"n\\u0061me\": \"c\",")),
            "a.json: key name is given twice");
}

TEST(ArchReader, ListsTheBuiltinsForAnUnknownName) {
  Expected<ArchConfig> arch = readArch("nosuch");
  ASSERT_FALSE(bool(arch));
  EXPECT_EQ(toString(arch.takeError()),
            "no architecture 'nosuch': expected a JSON file or one of tiny, "
            "z7020, zu3eg");
}

} // namespace
