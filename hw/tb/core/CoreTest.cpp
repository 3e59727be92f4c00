//===- CoreTest.cpp - Errors of nncc_core ---------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// What goes wrong, on every port: what the core says, and that it works again
// after a reset.
//
//===----------------------------------------------------------------------===//

#include "CoreBench.h"
#include "gtest/gtest.h"

using namespace nncc;
using namespace nncc::hw;

TEST(Core, EmptyProgram) {
  ArchConfig arch = makeArch("tiny");
  Bench bench(arch, 6);
  bench.load({arch, {}, {}, 0, 0, 0, {}, {}}, plainDram(bench));
  EXPECT_EQ(bench.run(), "");
}

// After an error: what it says, then a reset, then the whole program again.
class CoreErrors : public ::testing::Test {
protected:
  CoreErrors()
      : arch(makeArch("tiny")), made(makeProgram(arch, 77, 60)),
        program(made.program), expected(made, 7), bench(arch, 8) {
    bench.load(program, plainDram(bench));
    bench.setInput(expected.input);
  }

  JobError fail() {
    JobError error;
    EXPECT_NE(bench.run(error), "");
    return error;
  }

  void recover() {
    EXPECT_EQ(Driver(*bench.core).reset(), "");
    EXPECT_TRUE(bench.core->dram().quiet());
    bench.load(program, randomDram(bench));
    bench.setInput(expected.input);
    EXPECT_EQ(bench.run(), "");
    expected.compare(bench);
  }

  size_t find(isa::Engine engine) {
    for (size_t i = program.instructions.size(); i--;)
      if (program.instructions[i].engine == engine)
        return i;
    ADD_FAILURE();
    return 0;
  }

  ArchConfig arch;
  RandomProgram made;
  sim::MachineProgram &program;
  Expected expected;
  Bench bench;
};

TEST_F(CoreErrors, IllegalInstruction) {
  bench.code[20 * 64 + 63] |= 0x80; // a reserved bit
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::Illegal);
  EXPECT_EQ(error.number, 20u);
  EXPECT_EQ(error.engine, unsigned(program.instructions[20].engine));
  recover();
}

TEST_F(CoreErrors, LocalAddress) {
  isa::Instruction inst = program.instructions[3];
  std::get<isa::Load>(inst.body).localBase += 1; // a full memory before
  isa::encode(inst, &bench.code[3 * 64]);
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::LocalAddress);
  EXPECT_EQ(error.number, 3u);
  recover();
}

TEST_F(CoreErrors, DramAddress) {
  bench.job.regions[0].size -= 8;
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::DramAddress);
  recover();
}

TEST_F(CoreErrors, BusErrors) {
  struct Case {
    unsigned region; // 4: the program
    Response response;
    ErrorCode code;
  } const cases[] = {{0, Response::SlaveError, ErrorCode::ReadSlave},
                     {0, Response::DecodeError, ErrorCode::ReadDecode},
                     {4, Response::SlaveError, ErrorCode::ReadSlave},
                     {2, Response::SlaveError, ErrorCode::WriteSlave},
                     {2, Response::DecodeError, ErrorCode::WriteDecode}};
  for (const Case &test : cases) {
    SCOPED_TRACE(test.region);
    bench.load(program, plainDram(bench));
    bench.setInput(expected.input);
    uint64_t address = test.region == 4   ? bench.job.programAddress + 30 * 64
                       : test.region == 2 ? bench.job.regions[2].address +
                                                program.outputBytes - 8
                                          : bench.job.regions[0].address + 1000;
    bench.core->dram().inject(address, address + 1, test.response);
    JobError error = fail();
    EXPECT_EQ(error.code, test.code);
    EXPECT_EQ(error.engine, test.region == 4 ? 7u : test.region == 2 ? 4u : 0u);
    recover();
  }
}

TEST_F(CoreErrors, Watchdog) {
  DramOptions slow = plainDram(bench);
  slow.latency = 3000;
  bench.load(program, slow);
  bench.job.watchdog = 1000;
  JobError error = fail();
  EXPECT_EQ(error.code, ErrorCode::Watchdog);
  recover();
}
