//===- LocationsTest.cpp - Node names in locations ------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace nncc::nn;

namespace {

class Locations : public testing::Test {
protected:
  Location named(StringRef name) {
    return NameLoc::get(StringAttr::get(&context, name));
  }
  MLIRContext context;
};

TEST_F(Locations, Name) { EXPECT_EQ(getNodeName(named("conv")), "conv"); }

TEST_F(Locations, NoName) {
  EXPECT_EQ(getNodeName(UnknownLoc::get(&context)), "");
  EXPECT_EQ(getNodeName(FileLineColLoc::get(&context, "a.mlir", 1, 2)), "");
}

TEST_F(Locations, FusedNameOfResultFirst) {
  Location both = fuseLocations(named("relu"), {named("conv")});
  EXPECT_EQ(getNodeName(both), "relu");
  Location three = fuseLocations(named("add"), {both});
  EXPECT_EQ(getNodeName(three), "add");
}

TEST_F(Locations, FusedWithoutName) {
  Location unknown = UnknownLoc::get(&context);
  EXPECT_EQ(getNodeName(fuseLocations(unknown, {named("conv")})), "conv");
}

TEST_F(Locations, OpWithoutNameHasItsOwn) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  EXPECT_EQ(getNodeName(module->getOperation()), "builtin.module");
}

} // namespace
