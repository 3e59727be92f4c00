//===- FileTest.cpp -------------------------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "SampleProgram.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace nncc;
using namespace nncc::test;
namespace fs = std::filesystem;

namespace {

class File : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "nncc-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string path(const char *name) const { return (folder / name).string(); }
  size_t fileCount() const {
    return std::distance(fs::directory_iterator(folder),
                         fs::directory_iterator());
  }
  static std::string content(const std::string &path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  fs::path folder;
};

TEST_F(File, RoundTrips) {
  std::string file = path("p.bin");
  ASSERT_EQ(writeFileAtomically(file, sampleBytes()), "");
  Program out;
  EXPECT_EQ(readProgramFile(file, out), "");
  EXPECT_EQ(out.tensors.size(), sampleProgram().tensors.size());
}

TEST_F(File, ReplacesAndLeavesNothingElse) {
  std::string file = path("text");
  ASSERT_EQ(writeFileAtomically(file, std::string_view("old and longer")), "");
  ASSERT_EQ(writeFileAtomically(file, std::string_view("new")), "");
  EXPECT_EQ(content(file), "new");
  EXPECT_EQ(fileCount(), 1u);
}

TEST_F(File, KeepsASymbolicLink) {
  std::string file = path("text"), link = path("link");
  ASSERT_EQ(writeFileAtomically(file, std::string_view("old")), "");
  fs::create_symlink(file, link);
  ASSERT_EQ(writeFileAtomically(link, std::string_view("new")), "");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(content(file), "new");
}

TEST_F(File, FailureNamesThePathAndLeavesNothing) {
  std::string file = path("missing/p.bin");
  EXPECT_EQ(writeFileAtomically(file, sampleBytes()),
            file + ": cannot write: No such file or directory");
  EXPECT_EQ(writeFileAtomically(folder.string(), sampleBytes()),
            folder.string() + ": cannot write: it is a folder");
  EXPECT_EQ(fileCount(), 0u);
  // The device is full: not a file that can be replaced.
  EXPECT_EQ(writeFileAtomically("/dev/full", sampleBytes()),
            "/dev/full: cannot write: No space left on device");
  EXPECT_EQ(writeFileAtomically("/dev/null", sampleBytes()), "");
}

TEST_F(File, ReadingNamesThePath) {
  Program out;
  std::string file = path("none.bin");
  EXPECT_EQ(readProgramFile(file, out),
            file + ": cannot open: No such file or directory");
  EXPECT_EQ(readProgramFile(folder.string(), out),
            folder.string() + ": cannot read: Is a directory");
  ASSERT_EQ(writeFileAtomically(file, std::string_view("hello, world")), "");
  EXPECT_EQ(readProgramFile(file, out),
            file + ": not a program: expected the identifier 'NNCP' at byte 4");
}

} // namespace
