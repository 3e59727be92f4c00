//===- JobFiles.cpp - A job for a Verilog testbench -----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "JobFiles.h"

#include "Driver.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

using namespace nncc;
using namespace nncc::hw;

/// The high half of an address matters as well.
static constexpr uint64_t kBase = uint64_t(0xa5) << 32;
/// Bus masters read whole beats, and all of a row's.
static constexpr uint64_t kPadding = 256;
/// The program must lie at a multiple of this, anything else of a beat.
static constexpr uint64_t kAlignment = 64;

namespace {

/// A core of which there is only what the driver writes to it.
class RegisterList final : public Core {
public:
  std::string text;

  Response writeRegister(uint32_t address, uint32_t value, uint8_t) override {
    char line[32];
    std::snprintf(line, sizeof(line), "%03x %08x\n", address, value);
    text += line;
    return Response::Okay;
  }
  uint32_t readRegister(uint32_t, Response *) override { return 0; }
  void run(uint64_t) override {}
  bool interrupt() const override { return false; }
  void openTrace(const std::string &, uint64_t, uint64_t, uint32_t) override {}
  void closeTrace() override {}
  Ram ram(const std::string &) const override { return {}; }
  uint32_t beatBytes() const override { return 0; }
};

/// Memory that grows, from kBase on.
struct Image {
  uint64_t base;
  std::vector<uint8_t> bytes;

  uint64_t add(const uint8_t *data, uint64_t size) {
    uint64_t address = base + bytes.size();
    bytes.insert(bytes.end(), data, data + size);
    bytes.resize((bytes.size() + kPadding + kAlignment - 1) / kAlignment *
                 kAlignment);
    return address;
  }
};

} // namespace

static std::string write(const std::string &path, const std::string &text) {
  std::ofstream file(path);
  file << text;
  file.close();
  return file ? "" : path + ": cannot be written";
}

/// A line for each beat, its lowest byte last.
static std::string hex(const uint8_t *bytes, uint64_t size,
                       uint32_t beatBytes) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(size * 2 + size / beatBytes);
  for (uint64_t beat = 0; beat < size; beat += beatBytes) {
    for (uint32_t i = beatBytes; i-- != 0;) {
      text += digits[bytes[beat + i] >> 4];
      text += digits[bytes[beat + i] & 15];
    }
    text += '\n';
  }
  return text;
}

std::string hw::writeJob(const std::string &folder, sim::Machine &machine,
                         const std::vector<NamedBytes> &names, uint64_t seed) {
  const sim::MachineProgram &program = machine.program();
  uint32_t beatBytes = program.arch.axiBytes();
  std::vector<uint8_t> code(program.instructions.size() *
                            isa::kInstructionBytes);
  for (size_t i = 0; i < program.instructions.size(); ++i)
    isa::encode(program.instructions[i], &code[i * isa::kInstructionBytes]);

  // Before the job and after it: what may be written comes last.
  Image image{kBase + kAlignment * (seed % 64), {}};
  Job job;
  job.programAddress = image.add(code.data(), code.size());
  job.instructions = uint32_t(program.instructions.size());
  auto place = [&](isa::Region region, Image &where, const uint8_t *data) {
    uint64_t size = machine.region(region).size;
    job.regions[unsigned(region)] = {where.add(data, size), size};
  };
  place(isa::Region::Constant, image, program.constants.data());
  place(isa::Region::Input, image, machine.region(isa::Region::Input).data);
  Image expected{image.base + image.bytes.size(), {}};
  uint64_t writable = expected.base - image.base;
  for (isa::Region region : {isa::Region::Output, isa::Region::Workspace}) {
    std::vector<uint8_t> zeros(machine.region(region).size);
    place(region, image, zeros.data());
    place(region, expected, machine.region(region).data);
  }

  RegisterList registers;
  std::string error = Driver(registers).start(job);
  if (!error.empty())
    return error;
  std::ostringstream plusargs;
  plusargs << "+image=" << folder << "/image.hex\n"
           << "+job=" << folder << "/job.txt\n"
           << "+dump=" << folder << "/dump.hex\n"
           << "+words=" << image.bytes.size() / beatBytes << '\n'
           << "+writable=" << writable / beatBytes << '\n'
           << "+base=" << std::hex << image.base << '\n'
           << "+fingerprint=" << program.arch.fingerprintText() << '\n';
  std::string tensors;
  for (const NamedBytes &name : names)
    tensors += std::to_string(job.regions[unsigned(name.region)].address -
                              expected.base + name.offset) +
               ' ' + std::to_string(name.bytes) + ' ' + name.name + '\n';
  const struct {
    const char *name;
    std::string text;
  } files[] = {
      {"image.hex", hex(image.bytes.data(), image.bytes.size(), beatBytes)},
      {"expected.hex",
       hex(expected.bytes.data(), expected.bytes.size(), beatBytes)},
      {"job.txt", registers.text},
      {"plusargs", plusargs.str()},
      {"tensors.txt", tensors}};
  for (const auto &file : files) {
    error = write(folder + '/' + file.name, file.text);
    if (!error.empty())
      return error;
  }
  return "";
}

/// The next beat of a file, less the remarks that $writememh makes.
static bool nextBeat(std::istream &file, std::string &line) {
  while (std::getline(file, line)) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r'))
      line.pop_back();
    if (!line.empty() && line[0] != '/' && line[0] != '@')
      return true;
  }
  return false;
}

/// "tensor 'conv1', byte 17" of a byte of the writable part.
static std::string describe(const std::string &folder, uint64_t byte) {
  std::ifstream file(folder + "/tensors.txt");
  uint64_t first, bytes;
  std::string name;
  while (file >> first >> bytes && std::getline(file >> std::ws, name))
    if (byte >= first && byte - first < bytes)
      return "'" + name + "', byte " + std::to_string(byte - first);
  return "byte " + std::to_string(byte) + " of the writable memory";
}

std::string hw::checkJob(const std::string &folder, uint64_t &bytes) {
  std::ifstream expected(folder + "/expected.hex");
  std::ifstream dump(folder + "/dump.hex");
  if (!expected || !dump)
    return folder + ": expected.hex or dump.hex is missing";
  bytes = 0;
  std::string want, got;
  while (nextBeat(expected, want)) {
    if (!nextBeat(dump, got) || got.size() != want.size())
      return folder + "/dump.hex: expected more beats, or others, at byte " +
             std::to_string(bytes);
    for (size_t i = want.size(); i != 0; i -= 2, ++bytes)
      if (want.compare(i - 2, 2, got, i - 2, 2) != 0)
        return describe(folder, bytes) + ": expected " + want.substr(i - 2, 2) +
               ", got " + got.substr(i - 2, 2);
  }
  if (nextBeat(dump, got))
    return folder + "/dump.hex: more beats than expected";
  return bytes ? "" : folder + ": nothing to compare";
}
