//===- InputShapeTest.cpp - Shapes given on the command line --------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Import/ONNX/Import.h"

#include "gtest/gtest.h"

using namespace nncc;

static void expectShape(llvm::StringRef text, llvm::StringRef name,
                        llvm::ArrayRef<int64_t> extents) {
  llvm::Expected<InputShape> shape = parseInputShape(text);
  ASSERT_TRUE(bool(shape)) << llvm::toString(shape.takeError());
  EXPECT_EQ(shape->name, name);
  EXPECT_EQ(llvm::ArrayRef<int64_t>(shape->extents), extents);
}

TEST(InputShape, Named) { expectShape("x:1x3x224x224", "x", {1, 3, 224, 224}); }

TEST(InputShape, Unnamed) { expectShape("1x10", "", {1, 10}); }

TEST(InputShape, NameWithColon) {
  expectShape("input_1:0:1x8", "input_1:0", {1, 8});
}

TEST(InputShape, LargestExtent) { expectShape("2147483647", "", {2147483647}); }

TEST(InputShape, Refused) {
  for (llvm::StringRef text :
       {"", "x:", "x", "x:1x", "x:1xx2", "x:0x2", "x:-1x2", "x:1,2", "1x2x",
        "x:2147483648", "x:99999999999999999999", "x: 1x2"}) {
    llvm::Expected<InputShape> shape = parseInputShape(text);
    EXPECT_FALSE(bool(shape)) << text.str();
    if (!shape)
      EXPECT_EQ(llvm::toString(shape.takeError()),
                "expected an input shape like NAME:1x3x224x224, got '" +
                    text.str() + "'");
  }
}
