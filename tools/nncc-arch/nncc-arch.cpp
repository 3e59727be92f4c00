//===- nncc-arch.cpp - Architecture descriptions --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Checks a description and writes what is generated from it, or from the list
// of its fields.
//
//===----------------------------------------------------------------------===//

#include "nncc/Program/Program.h"
#include "nncc/Support/CommandLine.h"
#include "nncc/Target/ArchReader.h"
#include "nncc/Target/ArchText.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace nncc;

namespace {
enum class Action { Summary, JSON, Verilog, List, Schema, Table };
} // namespace

static cl::OptionCategory category("nncc-arch options");
static cl::opt<std::string> input(cl::Positional, cl::cat(category),
                                  cl::desc("<name or JSON file>"));
static cl::opt<Action>
    action(cl::desc("Action:"), cl::cat(category), cl::init(Action::Summary),
           cl::values(clEnumValN(Action::JSON, "json", "write the description"),
                      clEnumValN(Action::Verilog, "verilog",
                                 "write the parameters of the hardware"),
                      clEnumValN(Action::List, "list",
                                 "list the built-in descriptions"),
                      clEnumValN(Action::Schema, "schema",
                                 "write the JSON schema of descriptions"),
                      clEnumValN(Action::Table, "table",
                                 "write the table of fields, in Markdown")));
static cl::opt<std::string> output("o", cl::cat(category), cl::init("-"),
                                   cl::value_desc("file"),
                                   cl::desc("Output file"));

static std::string summary(const ArchConfig &arch) {
  std::string text = arch.name;
  if (!arch.description.empty())
    text += ": " + arch.description;
  text += "\nfingerprint " + arch.fingerprintText() + "\n";
  for (const ArchField &field : archFields()) {
    std::string key = field.key();
    key.resize(std::max<size_t>(key.size(), 28), ' ');
    text += "  " + key + ' ' + std::to_string(arch.*field.member) + "\n";
  }
  return text;
}

static std::string list() {
  std::string text;
  for (const BuiltinArch &arch : builtinArchs())
    text += arch.name.str() + "\n";
  return text;
}

/// What the action writes for one description.
static Expected<std::string> describe() {
  if (input.empty())
    return createStringError("expected an architecture: a name of `nncc-arch "
                             "--list` or a JSON file");
  Expected<ArchConfig> arch = readArch(input);
  if (!arch)
    return arch.takeError();
  switch (action) {
  case Action::JSON:
    return writeArchJSON(*arch);
  case Action::Verilog:
    return archVerilog(*arch);
  default:
    return summary(*arch);
  }
}

static Expected<std::string> run() {
  switch (action) {
  case Action::List:
    return list();
  case Action::Schema:
    return archSchema();
  case Action::Table:
    return archFieldTable();
  default:
    return describe();
  }
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  if (!parseCommandLine("nncc-arch", argc, argv,
                        "nncc architecture descriptions\n"))
    return 1;
  Expected<std::string> text = run();
  if (!text)
    return printError("nncc-arch", text.takeError());
  if (output == "-") {
    outs() << *text;
    return 0;
  }
  std::string error = writeFileAtomically(output, std::string_view(*text));
  return error.empty() ? 0 : printError("nncc-arch", error);
}
