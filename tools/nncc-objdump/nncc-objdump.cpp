//===- nncc-objdump.cpp - Programs to text and back -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
//   nncc-objdump prog.bin                              everything, as a listing
//   nncc-objdump prog.bin --assemble l.s -o new.bin    instructions of l.s, the
//                                                      rest of prog.bin
//   nncc-objdump --arch tiny --assemble l.s -o new.bin nothing but l.s
//
//===----------------------------------------------------------------------===//

#include "Listing.h"

#include "nncc/Support/CommandLine.h"
#include "nncc/Target/ArchReader.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace nncc;

static cl::OptionCategory category("nncc-objdump options");
static cl::opt<std::string> input(cl::Positional, cl::cat(category),
                                  cl::desc("<program>"));
static cl::opt<std::string> output("o", cl::cat(category), cl::init("-"),
                                   cl::value_desc("file"),
                                   cl::desc("Output file"));
static cl::opt<bool> headerOnly("header", cl::cat(category),
                                cl::desc("Leave out the instructions"));
static cl::opt<bool> instructionsOnly("instructions", cl::cat(category),
                                      cl::desc("Leave out the header"));
static cl::opt<std::string>
    listing("assemble", cl::cat(category), cl::value_desc("listing"),
            cl::desc("Write <program> with the instructions of a listing"));
static cl::opt<std::string>
    arch("arch", cl::cat(category), cl::value_desc("name or file"),
         cl::desc("With --assemble and no <program>: assemble for this "
                  "architecture a program of nothing but instructions"));

static Error check(std::string message) {
  if (message.empty())
    return Error::success();
  return createStringError(message);
}

static Error disassemble(const Program &program) {
  std::string text;
  raw_string_ostream os(text);
  if (!instructionsOnly)
    printHeader(program, os);
  if (!headerOnly)
    printInstructions(program, os);
  if (output != "-")
    return check(writeFileAtomically(output, std::string_view(text)));
  outs() << text;
  return Error::success();
}

static Error assembleFile(Program &program) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> text =
      MemoryBuffer::getFileOrSTDIN(listing, /*IsText=*/true);
  if (!text)
    return createStringError(listing +
                             ": cannot read: " + text.getError().message());
  StringRef source = listing == "-" ? "<stdin>" : listing.c_str();
  if (Error error = assemble((*text)->getBuffer(), source, program))
    return error;
  if (!arch.empty())
    if (Error error = completeBareProgram(program))
      return error;
  std::vector<uint8_t> bytes;
  std::string message = serialize(program, bytes);
  if (!message.empty())
    return createStringError(source + ": " + message);
  if (output != "-")
    return check(writeFileAtomically(output, bytes));
  outs().write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  return Error::success();
}

static Error run() {
  if (!arch.empty() && (listing.empty() || !input.empty()))
    return createStringError("--arch goes with --assemble and without a "
                             "program");
  Program program;
  if (!arch.empty()) {
    Expected<ArchConfig> config = readArch(arch);
    if (!config)
      return config.takeError();
    program.arch = std::move(*config);
    program.compiler = "nncc-objdump";
  } else {
    if (input.empty())
      return createStringError("expected a program; try --help");
    if (Error error = check(readProgramFile(input, program)))
      return error;
  }
  return listing.empty() ? disassemble(program) : assembleFile(program);
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  if (!parseCommandLine("nncc-objdump", argc, argv,
                        "nncc programs to text and back\n"))
    return 1;
  if (Error error = run())
    return printError("nncc-objdump", std::move(error));
  return 0;
}
