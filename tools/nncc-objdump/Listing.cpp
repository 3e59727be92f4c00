//===- Listing.cpp - Programs as text -------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Listing.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace nncc;

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static void printTensor(const Program &program, uint32_t index,
                        raw_ostream &os) {
  const Tensor &tensor = program.tensors[index];
  os << "#   " << right_justify(Twine(index).str(), 4) << "  '" << tensor.name
     << "' " << toString(tensor.type) << ' ' << tensor.shapeText() << ' '
     << toString(tensor.layout);
  if (tensor.layout != Layout::Host)
    os << ' ' << toString(tensor.region) << '+' << format_hex(tensor.offset, 10)
       << ' ' << tensor.bytes << " bytes";
  if (tensor.layout == Layout::Rows)
    os << " row_pitch=" << tensor.rowPitch;
  if (!tensor.channels.empty())
    os << " slots=" << tensor.channels.size();
  if (tensor.type == DataType::Int8)
    os << " scale=" << format("%.9g", tensor.scale)
       << " zero_point=" << tensor.zeroPoint;
  if (tensor.type == DataType::Int8 && tensor.bits != 8)
    os << " bits=" << unsigned(tensor.bits);
  os << '\n';
}

static std::string indexList(ArrayRef<uint32_t> indices) {
  std::string text;
  for (uint32_t index : indices)
    text += (text.empty() ? "" : " ") + utostr(index);
  return text;
}

static void printHostOps(StringRef title, ArrayRef<HostOp> ops,
                         raw_ostream &os) {
  os << "# " << title << ": " << ops.size() << " host operators\n";
  for (const HostOp &op : ops) {
    os << "#   " << toString(op.kind) << " '" << op.name << "' "
       << indexList(op.inputs) << " -> " << indexList(op.outputs);
    if (op.kind == HostOpKind::Softmax || op.kind == HostOpKind::ArgMax)
      os << " axis=" << op.axis;
    if (op.kind == HostOpKind::ArgMax)
      os << " keep_dims=" << op.keepDims
         << " select_last_index=" << op.selectLastIndex;
    if (op.kind == HostOpKind::Picture)
      os << " fill=" << op.fill;
    os << '\n';
  }
}

void nncc::printHeader(const Program &program, raw_ostream &os) {
  os << "# program for architecture " << program.arch.name << ", fingerprint "
     << program.arch.fingerprintText() << '\n';
  if (!program.compiler.empty())
    os << "# compiled by " << program.compiler << '\n';
  os << "# format version " << kProgramFormatVersion
     << ", instruction set version " << isa::kVersion << '\n';
  StringRef section;
  for (const ArchField &field : archFields()) {
    if (section != field.section)
      os << (section.empty() ? "" : "\n") << "#   " << field.section << ':';
    section = field.section;
    os << ' ' << field.name << '=' << program.arch.*field.member;
  }
  os << "\n# regions:";
  for (unsigned i = 0; i < isa::kNumRegions; ++i) {
    auto region = static_cast<isa::Region>(i);
    os << ' ' << toString(region) << '=' << program.regions[region];
  }
  os << " bytes\n# tensors: " << program.tensors.size() << '\n';
  for (uint32_t i = 0; i < program.tensors.size(); ++i)
    printTensor(program, i, os);
  os << "# inputs: " << indexList(program.inputs)
     << "\n# outputs: " << indexList(program.outputs) << '\n';
  if (!program.workspaceMap.empty())
    os << "# workspace: " << indexList(program.workspaceMap) << '\n';
  if (const auto &picture = program.picture) {
    auto numbers = [](ArrayRef<double> values) {
      std::string text;
      for (double value : values)
        text += formatv("{0}{1:f4}", text.empty() ? "" : ",", value);
      return text;
    };
    os << "# picture: " << toString(picture->pixels)
       << " mean=" << numbers(picture->mean) << " std=" << numbers(picture->std)
       << " resize=";
    if (picture->stretch)
      os << "stretch\n";
    else
      os << picture->resize << '\n';
  }
  printHostOps("prologue", program.prologue, os);
  printHostOps("epilogue", program.epilogue, os);
  os << "# layers: " << program.layers.size() << '\n';
  for (auto [i, layer] : llvm::enumerate(program.layers)) {
    os << "#   " << right_justify(Twine(i).str(), 4) << "  " << layer.kind
       << " '" << layer.name << "' on " << layer.engine;
    if (layer.macs != 0)
      os << ", " << layer.macs << " MACs";
    if (!layer.tile.empty())
      os << "; tile " << layer.tile;
    if (!layer.reason.empty())
      os << "; " << layer.reason;
    os << '\n';
  }
}

/// The tensor whose bytes hold `range`; the smallest one if several do.
static const Tensor *findTensor(const Program &program,
                                const isa::DramRange &range) {
  const Tensor *found = nullptr;
  for (const Tensor &tensor : program.tensors)
    if (tensor.layout != Layout::Host && tensor.region == range.region &&
        range.begin >= tensor.offset &&
        range.end <= uint64_t(tensor.offset) + tensor.bytes &&
        (!found || tensor.bytes < found->bytes))
      found = &tensor;
  return found;
}

void nncc::printInstructions(const Program &program, raw_ostream &os) {
  unsigned digits = utostr(program.instructions.size()).size();
  uint32_t current = ~0u;
  os << "# instructions: " << program.instructions.size() << '\n';
  for (auto [i, inst] : llvm::enumerate(program.instructions)) {
    uint32_t layer = program.instructionLayers[i];
    if (layer != current)
      os << ".layer " << layer << "  # " << program.layers[layer].kind << " '"
         << program.layers[layer].name << "'\n";
    current = layer;
    os << right_justify(utostr(i), digits) << ": " << isa::print(inst);
    if (auto range = isa::dramRange(inst, program.arch))
      if (const Tensor *tensor = findTensor(program, *range))
        os << "  # '" << tensor->name << '\'';
    os << '\n';
  }
}

//===----------------------------------------------------------------------===//
// Assembling
//===----------------------------------------------------------------------===//

/// No network has more; keeps a typing error from making a huge table.
static constexpr uint32_t kMaxLayers = 1 << 16;

/// "12: load ..." without the number, which is for the reader.
static StringRef dropNumber(StringRef line) {
  StringRef rest = line.drop_while(llvm::isDigit);
  return rest.size() != line.size() && rest.consume_front(":") ? rest.ltrim()
                                                               : line;
}

Error nncc::assemble(StringRef text, StringRef source, Program &program) {
  program.instructions.clear();
  program.instructionLayers.clear();
  uint32_t layer = 0;
  for (unsigned number = 1; !text.empty(); ++number) {
    StringRef line;
    std::tie(line, text) = text.split('\n');
    line = dropNumber(line.split('#').first.trim());
    auto error = [&](const Twine &message) {
      return createStringError(source + ":" + Twine(number) + ": " + message);
    };
    if (line.empty())
      continue;
    if (line.consume_front(".layer")) {
      if (line.trim().getAsInteger(10, layer) || layer >= kMaxLayers)
        return error("expected '.layer' and a number below " +
                     Twine(kMaxLayers));
      continue;
    }
    isa::Instruction inst;
    std::string message = isa::parse(line, inst);
    if (message.empty())
      message = isa::verify(inst, program.arch);
    if (!message.empty())
      return error(message);
    program.instructions.push_back(inst);
    program.instructionLayers.push_back(layer);
  }
  return Error::success();
}

static constexpr uint64_t kMaxBareConstants = 1 << 28;

Error nncc::completeBareProgram(Program &program) {
  uint64_t sizes[isa::kNumRegions] = {};
  for (const isa::Instruction &inst : program.instructions)
    if (auto range = isa::dramRange(inst, program.arch)) {
      uint64_t &size = sizes[static_cast<unsigned>(range->region)];
      size = std::max(size, range->end);
    }
  if (sizes[0] > kMaxBareConstants)
    return createStringError(
        "the instructions reach byte " + Twine(sizes[0]) +
        " of region constant; without a program, at most " +
        Twine(kMaxBareConstants) + " are made");
  program.constants.assign(sizes[0], 0);
  program.regions = {sizes[0], sizes[1], sizes[2], sizes[3]};
  uint32_t layers = 0;
  for (uint32_t layer : program.instructionLayers)
    layers = std::max(layers, layer + 1);
  program.layers.resize(layers);
  for (auto [i, layer] : llvm::enumerate(program.layers)) {
    layer.name = "layer " + utostr(i);
    layer.kind = "assembly";
    layer.engine = "none";
  }
  return Error::success();
}
