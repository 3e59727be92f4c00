//===- LabelsTest.cpp - Names of classes ----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Picture/Labels.h"

#include <fstream>
#include <gmock/gmock.h>

using namespace nncc;
using testing::EndsWith;
using testing::Pair;
using testing::UnorderedElementsAre;

namespace {

std::string write(const char *name, const std::string &text) {
  std::string path = testing::TempDir() + "/nncc-labels-" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(Labels, Lines) {
  Labels labels;
  EXPECT_EQ(readLabels(write("a.txt", "cat\r\n\ndog\n\n"), labels), "");
  EXPECT_THAT(labels.names, UnorderedElementsAre(Pair(0, "cat"), Pair(1, ""),
                                                 Pair(2, "dog")));
}

TEST(Labels, Table) {
  Labels labels;
  EXPECT_EQ(readLabels(write("a.tsv", "file\tclass_index\twnid\tname\n"
                                      "x.jpg\t7\tn1\tred fox\n"
                                      "y.jpg\t3\tn2\towl\n"),
                       labels),
            "");
  EXPECT_THAT(labels.names,
              UnorderedElementsAre(Pair(7, "red fox"), Pair(3, "owl")));
  EXPECT_THAT(labels.files,
              UnorderedElementsAre(Pair("x.jpg", 7), Pair("y.jpg", 3)));
}

TEST(Labels, Errors) {
  Labels labels;
  auto check = [&](const char *name, const char *text, const char *message) {
    EXPECT_THAT(readLabels(write(name, text), labels), EndsWith(message));
  };
  EXPECT_THAT(readLabels("/no/such/file", labels),
              EndsWith("cannot open: No such file or directory"));
  check("b.txt", "\n\n", "is empty");
  check("b.tsv", "name\twnid\nx\ty\n",
        "expected a first line with the columns class_index, and name or file, "
        "between tabs");
  check("c.tsv", "class_index\tname\n1\n", "line 2: expected 2 columns, got 1");
  check("d.tsv", "class_index\tname\n-1\tx\n",
        "line 2: expected a class number, got '-1'");
  check("e.tsv", "class_index\tname\n99999999999999999999\tx\n",
        "line 2: expected a class number, got '99999999999999999999'");
}

} // namespace
