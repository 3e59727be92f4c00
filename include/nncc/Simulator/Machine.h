//===- Machine.h - The accelerator, functionally ----------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// Executes a program on host memory and leaves the bytes that the hardware
// leaves. Time is no part of it: see Timing.h.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_SIMULATOR_MACHINE_H
#define NNCC_SIMULATOR_MACHINE_H

#include "nncc/ISA/ISA.h"
#include "nncc/Target/ArchConfig.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nncc {
struct Program;
} // namespace nncc

namespace nncc::sim {

/// Which implementation of the inner loops runs. All give the same bytes.
enum class KernelPath : uint8_t {
  Auto,   ///< the fastest that this processor has
  Plain,  ///< portable C++
  AVX2,   ///< x86 with AVX2 and FMA
  AVX512, ///< x86 with AVX-512 F, BW, VL, DQ and VNNI
};

/// True when this processor can run `path`.
bool isSupported(KernelPath path);
const char *toString(KernelPath path);

struct MachineOptions {
  KernelPath kernels = KernelPath::Auto;
  /// Reading a word that nothing has written in this run is an error: of a
  /// local memory, or of the output and workspace regions; so is continuing
  /// partial sums that are not there.
  bool checkUninitialized = false;
  /// Every run starts with all memories but the constants and the input region
  /// filled with this byte. Hardware starts with what was there before.
  uint8_t resetByte = 0;
};

/// What the machine executes, without the tensors that give it a meaning.
struct MachineProgram {
  ArchConfig arch;
  std::vector<isa::Instruction> instructions;
  /// The constant region.
  std::vector<uint8_t> constants;
  /// Sizes of the other regions, in bytes.
  uint64_t inputBytes = 0;
  uint64_t outputBytes = 0;
  uint64_t workspaceBytes = 0;
  /// For messages: names of layers, and the layer of each instruction (empty,
  /// or as long as `instructions`).
  std::vector<std::string> layerNames;
  std::vector<uint32_t> instructionLayers;

  /// "instruction 7 (conv, layer 'stem/Conv')".
  std::string describe(size_t instruction) const;
};

/// The part of a compiled network that a machine executes.
MachineProgram makeMachineProgram(const Program &program);

/// A simulated accelerator with the DRAM regions of one program.
///
///     std::unique_ptr<Machine> machine;
///     std::string error = Machine::create(std::move(program), {}, machine);
///     std::memcpy(machine->region(isa::Region::Input).data, ...);
///     error = machine->run();
///
/// A run depends on the program and on the input region and on nothing else.
class Machine {
public:
  /// Bytes of a DRAM region; the host may write those of the input region
  /// between runs and read all of them.
  struct RegionBytes {
    uint8_t *data;
    uint64_t size;
  };

  /// Checks everything that does not depend on data: that the configuration and
  /// each instruction verify, that each DRAM access stays within its region and
  /// none writes to a read-only one, that no wait meets an empty counter and no
  /// post a full one.
  /// \returns empty, or "instruction N (opcode, layer 'name'): reason".
  static std::string create(MachineProgram program,
                            const MachineOptions &options,
                            std::unique_ptr<Machine> &out);
  ~Machine();

  /// Resets and executes the whole program. Of what the manual calls an illegal
  /// program, this always finds illegal records and weights of -128, and what
  /// MachineOptions says; races it does not see.
  /// \returns empty, or the first error, in the form of `create`.
  std::string run();

  /// Back to the state before the first instruction. `run` does this itself.
  void reset();
  /// Executes one instruction, for tests that look at the memories in between.
  /// The caller keeps program order.
  std::string execute(size_t instruction);

  const MachineProgram &program() const;
  RegionBytes region(isa::Region region);
  /// A local memory, V bytes a word, lane 0 first.
  const uint8_t *localMemory(isa::Memory memory) const;
  size_t localMemoryBytes(isa::Memory memory) const;
  /// Partial sums of a pixel: O of them.
  const int32_t *partialSums(unsigned bank, unsigned pixel) const;
  /// The implementation that runs; never Auto.
  KernelPath kernels() const;

private:
  class Impl;
  explicit Machine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace nncc::sim

#endif // NNCC_SIMULATOR_MACHINE_H
