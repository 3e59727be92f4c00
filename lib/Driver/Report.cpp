//===- Report.cpp - What a program will cost ------------------------------===//

#include "nncc/Driver/Report.h"

#include "nncc/Simulator/InstructionCost.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <array>
#include <vector>

using namespace nncc;

static double share(uint64_t macs, uint64_t cycles, const ArchConfig &arch) {
  return cycles == 0
             ? 0.0
             : static_cast<double>(macs) /
                   (static_cast<double>(cycles) * arch.vector * arch.outputs);
}

namespace {
/// What must cross the memory's ports at least: each byte of the constants and
/// of the inputs that is used, and each byte of the outputs, once. What goes to
/// the workspace and back is a choice of the schedule.
class CompulsoryBytes {
public:
  void add(const isa::Instruction &inst, const ArchConfig &arch) {
    if (inst.engine != isa::Engine::Load0 &&
        inst.engine != isa::Engine::Load1 && inst.engine != isa::Engine::Save)
      return;
    for (const isa::Access &access : isa::footprint(inst, arch))
      if (access.isDram &&
          access.space != static_cast<uint8_t>(isa::Region::Workspace)) {
        std::vector<isa::Interval> &list = used[access.space];
        list.insert(list.end(), access.intervals.begin(),
                    access.intervals.end());
      }
  }

  uint64_t count() {
    uint64_t bytes = 0;
    for (std::vector<isa::Interval> &list : used) {
      llvm::sort(list, [](const isa::Interval &a, const isa::Interval &b) {
        return a.begin < b.begin;
      });
      uint64_t end = 0;
      for (const isa::Interval &interval : list) {
        uint64_t begin = std::max<uint64_t>(interval.begin, end);
        end = std::max<uint64_t>(end, interval.end);
        bytes += end - std::min(begin, end);
      }
    }
    return bytes;
  }

private:
  std::array<std::vector<isa::Interval>, isa::kNumRegions> used;
};
} // namespace

Report Report::make(const Program &program, std::string &error) {
  Report report;
  report.program = &program;
  error =
      sim::TimingModel(program.arch).run(program.instructions, report.timing);
  if (!error.empty())
    return report;
  std::vector<sim::LayerTiming> layers =
      sim::summarizeLayers(program.instructions, report.timing, program.arch,
                           program.instructionLayers, program.layers.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    Row row{&program.layers[i], layers[i]};
    row.utilization =
        share(row.layer->macs, row.timing.cycles.total(), program.arch);
    if (row.timing.arrayMacs)
      row.fill = static_cast<double>(row.layer->macs) /
                 static_cast<double>(row.timing.arrayMacs);
    report.macs += row.layer->macs;
    report.rows.push_back(row);
  }
  CompulsoryBytes all;
  std::vector<CompulsoryBytes> ofLayers(layers.size());
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    const isa::Instruction &inst = program.instructions[i];
    all.add(inst, program.arch);
    ofLayers[program.instructionLayers[i]].add(inst, program.arch);
    Row &row = report.rows[program.instructionLayers[i]];
    (inst.engine == isa::Engine::Save ? row.bytesWritten : row.bytesRead) +=
        sim::transferCost(inst, program.arch).bytes;
  }
  report.compulsoryBytes = all.count();
  for (size_t i = 0; i < layers.size(); ++i)
    report.rows[i].compulsoryBytes = ofLayers[i].count();
  report.utilization = share(report.macs, report.timing.cycles, program.arch);
  return report;
}

void Report::printText(llvm::raw_ostream &os) const {
  const ArchConfig &arch = program->arch;
  size_t nameWidth = 5;
  for (const Row &row : rows)
    nameWidth = std::max(nameWidth, row.layer->name.size());
  for (const HostOp &op : program->epilogue)
    nameWidth = std::max(nameWidth, op.name.size());
  nameWidth = std::min<size_t>(nameWidth, 40);
  auto name = [&](llvm::StringRef text) {
    return text.size() <= nameWidth
               ? text.str()
               : "..." + text.take_back(nameWidth - 3).str();
  };
  os << "configuration " << arch.name << ": " << arch.vector << "x"
     << arch.outputs << " array at " << arch.clockMHz << " MHz\n\n";
  os << llvm::left_justify("layer", nameWidth)
     << "  kind        engine      cycles    array    fill  limiter   read "
        "bytes"
        "  write bytes  tile; reason\n";
  for (const Row &row : rows)
    os << llvm::left_justify(name(row.layer->name), nameWidth) << "  "
       << llvm::left_justify(row.layer->kind, 10) << "  "
       << llvm::left_justify(row.layer->engine, 6)
       << llvm::formatv("{0,+12}  {1,+6:F1}%  ", row.timing.cycles.total(),
                        row.utilization * 100)
       << (row.fill > 0 ? llvm::formatv("{0,+5:F1}%  ", row.fill * 100).str()
                        : "     -  ")
       << llvm::left_justify(row.timing.cycles.limiter(), 8)
       << llvm::formatv("{0,+12} {1,+12}  ", row.bytesRead, row.bytesWritten)
       << row.layer->tile << "; " << row.layer->reason << "\n";
  for (const HostOp &op : program->epilogue)
    os << llvm::left_justify(name(op.name), nameWidth) << "  "
       << llvm::left_justify(toString(op.kind), 10)
       << "  host    after the accelerator, on the CPU\n";

  os << "\narray: multiply-accumulates of the network, as a share of what the "
        "array could do in the layer's cycles\nfill: the same, as a share of "
        "what it did while it was occupied; the rest were channels of padding\n"
        "limiter: where most of the layer's cycles went\n";
  os << llvm::formatv("\n{0} cycles ({1:F3} ms), {2} multiply-accumulates, "
                      "{3:F1}% of the array's peak\n",
                      timing.cycles, timing.cycles / (arch.clockMHz * 1000.0),
                      macs, utilization * 100)
     << llvm::formatv("DRAM: {0} bytes read, {1} bytes written; {2} are "
                      "constants, inputs and outputs, once\n",
                      timing.dramBytesRead, timing.dramBytesWritten,
                      compulsoryBytes)
     << "\nengine      busy  waiting for\n";
  for (unsigned i = 0; i < isa::kNumEngines; ++i) {
    const sim::EngineTiming &engine = timing.engines[i];
    os << llvm::left_justify(toString(static_cast<isa::Engine>(i)), 6)
       << llvm::formatv("{0,+10}", engine.busy);
    for (unsigned j = 0; j < isa::kNumEngines; ++j)
      if (engine.token[j])
        os << "  " << toString(static_cast<isa::Engine>(j)) << " "
           << engine.token[j];
    if (engine.instruction)
      os << "  instructions " << engine.instruction;
    if (engine.memory)
      os << "  memory " << engine.memory;
    if (engine.drain)
      os << "  drain " << engine.drain;
    if (engine.overhead)
      os << "  start-up " << engine.overhead;
    if (engine.done)
      os << "  nothing left " << engine.done;
    os << "\n";
  }
}

llvm::json::Value Report::toJSON() const {
  using llvm::json::Array;
  using llvm::json::Object;
  auto number = [](uint64_t n) { return static_cast<int64_t>(n); };
  Array layers;
  for (const Row &row : rows) {
    const sim::CycleShares &c = row.timing.cycles;
    layers.push_back(
        Object{{"name", row.layer->name},
               {"kind", row.layer->kind},
               {"engine", row.layer->engine},
               {"reason", row.layer->reason},
               {"tile", row.layer->tile},
               {"macs", number(row.layer->macs)},
               {"cycles", number(c.total())},
               {"mac_utilization", row.utilization},
               {"array_fill", row.fill},
               {"limiter", c.limiter()},
               {"shares", Object{{"array", number(c.array)},
                                 {"vector", number(c.vector)},
                                 {"drain", number(c.drain)},
                                 {"memory", number(c.memory)},
                                 {"latency", number(c.latency)}}},
               {"dram_bytes_read", number(row.bytesRead)},
               {"dram_bytes_written", number(row.bytesWritten)},
               {"dram_bytes_compulsory", number(row.compulsoryBytes)},
               {"instructions", number(row.timing.instructions)}});
  }
  Array host;
  for (const HostOp &op : program->epilogue)
    host.push_back(Object{{"name", op.name}, {"kind", toString(op.kind)}});
  Object engines;
  for (unsigned i = 0; i < isa::kNumEngines; ++i) {
    const sim::EngineTiming &engine = timing.engines[i];
    Object waiting;
    for (unsigned j = 0; j < isa::kNumEngines; ++j)
      waiting[toString(static_cast<isa::Engine>(j))] = number(engine.token[j]);
    waiting["instruction"] = number(engine.instruction);
    waiting["memory"] = number(engine.memory);
    waiting["drain"] = number(engine.drain);
    waiting["overhead"] = number(engine.overhead);
    waiting["done"] = number(engine.done);
    engines[toString(static_cast<isa::Engine>(i))] =
        Object{{"busy", number(engine.busy)}, {"waiting", std::move(waiting)}};
  }
  return Object{{"arch", program->arch.name},
                {"cycles", number(timing.cycles)},
                {"macs", number(macs)},
                {"mac_utilization", utilization},
                {"array_macs", number(timing.arrayMacs)},
                {"dram_bytes_read", number(timing.dramBytesRead)},
                {"dram_bytes_written", number(timing.dramBytesWritten)},
                {"dram_bytes_compulsory", number(compulsoryBytes)},
                {"instructions", number(program->instructions.size())},
                {"engines", std::move(engines)},
                {"layers", std::move(layers)},
                {"host", std::move(host)}};
}
