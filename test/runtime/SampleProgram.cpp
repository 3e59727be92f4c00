//===- SampleProgram.cpp - Writes a program for a test --------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// nncc-sample-program doubling|adding FILE: see SamplePrograms.h.
//
//===----------------------------------------------------------------------===//

#include "SamplePrograms.h"

#include <cstdio>
#include <cstring>

using namespace nncc;

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: nncc-sample-program doubling|adding FILE\n");
    return 1;
  }
  Program program = std::strcmp(argv[1], "adding") == 0
                        ? test::makeAddingProgram()
                        : test::makeDoublingProgram();
  std::vector<uint8_t> bytes;
  std::string error = serialize(program, bytes);
  if (error.empty())
    error = writeFileAtomically(argv[2], bytes);
  if (error.empty())
    return 0;
  std::fprintf(stderr, "nncc-sample-program: error: %s\n", error.c_str());
  return 1;
}
