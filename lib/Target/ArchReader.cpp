//===- ArchReader.cpp - Architecture descriptions in files ----------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Target/ArchReader.h"

#include "nncc/Support/PlainText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace nncc;

static const BuiltinArch kBuiltins[] = {
#include "BuiltinArchs.inc"
};

ArrayRef<BuiltinArch> nncc::builtinArchs() { return kBuiltins; }

//===----------------------------------------------------------------------===//
// Repeated keys
//===----------------------------------------------------------------------===//

/// LLVM's parser keeps the last of several equal keys. Walks over text that it
/// accepted and returns the path of the first repeated key, or "".
static std::string findRepeatedKey(StringRef json) {
  struct Level {
    std::string path;
    StringSet<> keys;
    std::string lastKey;
  };
  SmallVector<Level> levels;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (c == '{' || c == '[') {
      std::string path;
      if (!levels.empty())
        path = levels.back().path + levels.back().lastKey + ".";
      levels.push_back({path, {}, ""});
    } else if (c == '}' || c == ']') {
      levels.pop_back();
    } else if (c == '"') {
      size_t begin = i++;
      while (json[i] != '"')
        i += json[i] == '\\' ? 2 : 1;
      StringRef literal = json.slice(begin, i + 1);
      if (!json.drop_front(i + 1).ltrim(" \t\r\n").starts_with(":"))
        continue;
      std::string key;
      if (Expected<json::Value> value = json::parse(literal))
        key = value->getAsString().value_or("").str();
      else
        consumeError(value.takeError());
      Level &level = levels.back();
      if (!level.keys.insert(key).second)
        return level.path + key;
      level.lastKey = key;
    }
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

class Reader {
public:
  explicit Reader(StringRef source) : source(source) {}
  Expected<ArchConfig> run(StringRef text);

private:
  Error error(const Twine &message) const {
    return createStringError(source + ": " + message);
  }
  Error readText(const json::Object &root, StringRef key, bool required,
                 std::string &out);
  Error readField(const json::Object &root, const ArchField &field,
                  uint32_t &out);
  Error checkKeys(const json::Object &root);

  StringRef source;
};

} // namespace

static std::string describe(const json::Value &value) {
  std::string text;
  raw_string_ostream os(text);
  os << value;
  return text.size() <= 40 ? text : text.substr(0, 37) + "...";
}

Error Reader::readText(const json::Object &root, StringRef key, bool required,
                       std::string &out) {
  const json::Value *value = root.get(key);
  if (!value)
    return required ? error(key + ": is missing") : Error::success();
  std::optional<StringRef> text = value->getAsString();
  if (!text)
    return error(key + ": expected a string, got " + describe(*value));
  out = text->str();
  if (required && out.empty())
    return error(key + ": expected a name, got \"\"");
  return Error::success();
}

Error Reader::readField(const json::Object &root, const ArchField &field,
                        uint32_t &out) {
  const json::Value *section = root.get(field.section);
  if (!section)
    return error(Twine(field.section) + ": is missing");
  const json::Object *object = section->getAsObject();
  if (!object)
    return error(Twine(field.section) + ": expected an object, got " +
                 describe(*section));
  const json::Value *value = object->get(field.name);
  if (!value)
    return error(field.key() + ": is missing");
  std::optional<int64_t> number = value->getAsInteger();
  if (!number)
    return error(field.key() + ": expected an integer, got " +
                 describe(*value));
  if (*number < field.min || *number > field.max) {
    std::string range = std::to_string(field.min);
    if (field.min != field.max)
      range += ".." + std::to_string(field.max);
    return error(field.key() + ": expected " + range + ", got " +
                 Twine(*number));
  }
  out = static_cast<uint32_t>(*number);
  return Error::success();
}

Error Reader::checkKeys(const json::Object &root) {
  StringSet<> known;
  for (const ArchField &field : archFields())
    known.insert(field.key());
  // Objects have no order; messages should.
  std::vector<std::string> unknown;
  for (const auto &[key, value] : root) {
    if (key == "name" || key == "description")
      continue;
    StringRef section = key;
    if (llvm::none_of(archFields(), [&](const ArchField &field) {
          return section == field.section;
        })) {
      unknown.push_back(section.str());
      continue;
    }
    if (const json::Object *object = value.getAsObject())
      for (const auto &[name, unused] : *object)
        if (!known.contains((section + "." + StringRef(name)).str()))
          unknown.push_back((section + "." + StringRef(name)).str());
  }
  if (unknown.empty())
    return Error::success();
  llvm::sort(unknown);
  return error("unknown key " + plainText(unknown.front(), 200));
}

/// A description has two levels. LLVM's parser calls itself for each level of
/// the text, and a file may have more than the stack has room for.
static bool isNestedTooDeeply(StringRef json) {
  constexpr unsigned kMaxLevels = 32;
  unsigned levels = 0;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (c == '"') {
      for (++i; i < json.size() && json[i] != '"'; ++i)
        if (json[i] == '\\')
          ++i;
    } else if (c == '{' || c == '[') {
      if (++levels > kMaxLevels)
        return true;
    } else if ((c == '}' || c == ']') && levels > 0) {
      --levels;
    }
  }
  return false;
}

Expected<ArchConfig> Reader::run(StringRef text) {
  if (isNestedTooDeeply(text))
    return error("no architecture description: it is nested too deeply");
  Expected<json::Value> root = json::parse(text);
  if (!root)
    return error("no valid JSON: " + toString(root.takeError()));
  const json::Object *object = root->getAsObject();
  if (!object)
    return error("expected an object, got " + describe(*root));
  if (std::string key = findRepeatedKey(text); !key.empty())
    return error("key " + key + " is given twice");
  if (Error e = checkKeys(*object))
    return e;

  ArchConfig arch;
  if (Error e = readText(*object, "name", /*required=*/true, arch.name))
    return e;
  if (Error e = readText(*object, "description", /*required=*/false,
                         arch.description))
    return e;
  for (const ArchField &field : archFields())
    if (Error e = readField(*object, field, arch.*field.member))
      return e;
  if (std::string message = arch.verify(); !message.empty())
    return error(message);
  return arch;
}

Expected<ArchConfig> nncc::parseArch(StringRef json, StringRef source) {
  return Reader(source).run(json);
}

Expected<ArchConfig> nncc::readArch(StringRef nameOrFile) {
  for (const BuiltinArch &builtin : kBuiltins)
    if (builtin.name == nameOrFile)
      return parseArch(builtin.json, nameOrFile);
  if (!sys::fs::exists(nameOrFile)) {
    std::string known;
    for (const BuiltinArch &builtin : kBuiltins)
      known += (known.empty() ? "" : ", ") + builtin.name.str();
    return createStringError("no architecture '" + nameOrFile +
                             "': expected a JSON file or one of " + known);
  }
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(nameOrFile, /*IsText=*/true);
  if (!file)
    return createStringError(nameOrFile +
                             ": cannot read: " + file.getError().message());
  return parseArch((*file)->getBuffer(), nameOrFile);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

std::string nncc::writeArchJSON(const ArchConfig &arch) {
  std::string text;
  raw_string_ostream os(text);
  json::OStream out(os, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("name", json::fixUTF8(arch.name));
    if (!arch.description.empty())
      out.attribute("description", json::fixUTF8(arch.description));
    StringRef section;
    for (const ArchField &field : archFields()) {
      if (section != field.section) {
        if (!section.empty())
          out.attributeEnd();
        section = field.section;
        out.attributeBegin(section);
        out.objectBegin();
      }
      out.attribute(field.name, static_cast<int64_t>(arch.*field.member));
      bool last = &field == &archFields().back();
      if (last || section != (&field)[1].section) {
        out.objectEnd();
        if (last)
          out.attributeEnd();
      }
    }
  });
  os << "\n";
  return text;
}
