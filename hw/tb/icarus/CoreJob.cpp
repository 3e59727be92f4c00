//===- CoreJob.cpp - Jobs for a Verilog testbench -------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// core-job network PROGRAM FOLDER INPUT.npy...   a network, the first rows of
//                                                its inputs
// core-job random HEADER SEED COUNT FOLDER       the random program of a seed
//                                                for the configuration of a
//                                                nncc_config.vh
// core-job check FOLDER                          compares what came out
//
// Files are those of JobFiles.h.
//
//===----------------------------------------------------------------------===//

#include "ConfigHeader.h"
#include "JobFiles.h"
#include "Npy.h"
#include "RandomProgram.h"
#include "nncc/Program/Program.h"
#include "nncc/device.h"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace nncc;
using namespace nncc::hw;

//===----------------------------------------------------------------------===//
// A device that runs on the simulator and writes its jobs to files
//===----------------------------------------------------------------------===//

/// A runtime's device that is on its way to a testbench.
struct nncc_device {
  std::unique_ptr<sim::Machine> machine;
  std::vector<NamedBytes> names;
};

/// Where jobs go; there is one in a process.
static std::string jobFolder;

static nncc_status fail(const std::string &message, char *error, size_t size) {
  std::snprintf(error, size, "%s", message.c_str());
  return NNCC_DEVICE_ERROR;
}

static nncc_status fileOpen(const nncc_options *, nncc_device **device, char *,
                            size_t) {
  *device = new nncc_device;
  return NNCC_OK;
}

static nncc_status fileIdentify(nncc_device *,
                                const nncc_device_program *program,
                                nncc_device_identity *identity, char *,
                                size_t) {
  // The testbench compares.
  identity->arch_fingerprint = program->arch_fingerprint;
  return NNCC_OK;
}

static nncc_status fileLoad(nncc_device *device,
                            const nncc_device_program *program, char *error,
                            size_t size) {
  auto *parsed = static_cast<const Program *>(program->program);
  for (const Tensor &tensor : parsed->tensors)
    if (tensor.layout != Layout::Host &&
        (tensor.region == isa::Region::Output ||
         tensor.region == isa::Region::Workspace))
      device->names.push_back(
          {tensor.name, tensor.region, tensor.offset, tensor.bytes});
  std::string message = sim::Machine::create(sim::makeMachineProgram(*parsed),
                                             {}, device->machine);
  return message.empty() ? NNCC_OK : fail(message, error, size);
}

static uint8_t *fileMemory(nncc_device *device, nncc_host_region region) {
  return device->machine->region(static_cast<isa::Region>(region)).data;
}

static nncc_status fileStart(nncc_device *device, char *error, size_t size) {
  std::string message = device->machine->run();
  if (message.empty())
    message = writeJob(jobFolder, *device->machine, device->names, 0);
  return message.empty() ? NNCC_OK : fail(message, error, size);
}

static nncc_status fileWait(nncc_device *, uint32_t, char *, size_t) {
  return NNCC_OK;
}

static void fileClose(nncc_device *device) { delete device; }

static const nncc_device_ops fileDevice = {
    "file",    fileOpen, fileIdentify, fileLoad, fileMemory,
    fileStart, fileWait, nullptr,      nullptr,  fileClose};

//===----------------------------------------------------------------------===//
// Commands
//===----------------------------------------------------------------------===//

static std::string network(const std::string &path,
                           const std::vector<std::string> &inputs) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  nncc_session *opened = nullptr;
  if (nncc_open_device(bytes.data(), bytes.size(), &fileDevice, nullptr,
                       &opened) != NNCC_OK)
    return path + ": " + nncc_last_error();
  std::unique_ptr<nncc_session, void (*)(nncc_session *)> session(opened,
                                                                  nncc_close);
  if (inputs.size() != nncc_input_count(opened))
    return path + ": expected " + std::to_string(nncc_input_count(opened)) +
           " inputs, got " + std::to_string(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    nncc_tensor_info info;
    uint64_t elements = 1;
    run::NpyReader npy;
    std::vector<uint8_t> row;
    if (nncc_get_input_info(opened, i, &info) != NNCC_OK)
      return nncc_last_error();
    for (uint32_t dimension = 0; dimension < info.rank; ++dimension)
      elements *= uint64_t(info.shape[dimension]);
    std::string error = npy.open(inputs[i]);
    if (error.empty())
      error = npy.read(0, elements, info.type, row);
    if (!error.empty())
      return error;
    if (nncc_set_input(opened, i, row.data(), row.size()) != NNCC_OK)
      return nncc_last_error();
  }
  return nncc_run(opened) == NNCC_OK ? "" : nncc_last_error();
}

static std::string random(const std::string &header, uint64_t seed,
                          unsigned count) {
  ArchConfig arch;
  std::string error = readConfigHeader(header, arch);
  if (!error.empty())
    return error;
  arch.name = "header";
  arch.clockMHz = arch.memoryLatency = 1;
  arch.memoryBytesPerCycle = arch.axiBytes();
  RandomProgram made;
  error = makeRandomProgram(arch, seed, count, kAllEngines, made);
  std::unique_ptr<sim::Machine> machine;
  if (error.empty())
    error = sim::Machine::create(made.program, {}, machine);
  if (!error.empty())
    return error;
  std::vector<uint8_t> input = makeRandomInput(made.program, seed);
  std::memcpy(machine->region(isa::Region::Input).data, input.data(),
              input.size());
  error = machine->run();
  uint64_t features = uint64_t(savedWords(arch)) * arch.vector;
  uint64_t output = made.program.outputBytes - features;
  const std::vector<NamedBytes> names = {
      {"output", isa::Region::Output, 0, output},
      {"feature memory", isa::Region::Output, output, features},
      {"workspace", isa::Region::Workspace, 0, made.program.workspaceBytes}};
  return error.empty() ? writeJob(jobFolder, *machine, names, seed) : error;
}

static std::string check(const std::string &folder) {
  uint64_t bytes = 0;
  std::string error = checkJob(folder, bytes);
  if (error.empty())
    std::printf("%llu bytes agree\n", static_cast<unsigned long long>(bytes));
  return error;
}

int main(int argc, char **argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  auto is = [&](const char *command, size_t count) {
    return args.size() == count && args[0] == command;
  };
  std::string error;
  std::error_code created;
  if (is("check", 2)) {
    error = check(args[1]);
  } else if (is("random", 5)) {
    std::filesystem::create_directories(jobFolder = args[4], created);
    error =
        random(args[1], std::stoull(args[2]), unsigned(std::stoul(args[3])));
  } else if (args.size() >= 3 && args[0] == "network") {
    std::filesystem::create_directories(jobFolder = args[2], created);
    error = network(args[1], {args.begin() + 3, args.end()});
  } else {
    error = "usage: core-job network PROGRAM FOLDER INPUT.npy... | random "
            "HEADER SEED COUNT FOLDER | check FOLDER";
  }
  if (error.empty())
    return 0;
  std::fprintf(stderr, "core-job: %s\n", error.c_str());
  return 1;
}
