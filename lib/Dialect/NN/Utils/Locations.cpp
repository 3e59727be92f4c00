//===- Locations.cpp - Node names in locations ----------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Dialect/NN/Utils/Locations.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

StringRef nncc::nn::getNodeName(Location loc) {
  return llvm::TypeSwitch<LocationAttr, StringRef>(loc)
      .Case([](NameLoc name) { return name.getName().getValue(); })
      .Case([](FusedLoc fused) {
        for (Location part : fused.getLocations())
          if (StringRef name = getNodeName(part); !name.empty())
            return name;
        return StringRef();
      })
      .Case([](CallSiteLoc call) { return getNodeName(call.getCallee()); })
      .Default(StringRef());
}

StringRef nncc::nn::getNodeName(Operation *op) {
  StringRef name = getNodeName(op->getLoc());
  return name.empty() ? op->getName().getStringRef() : name;
}

Location nncc::nn::fuseLocations(Location result, ArrayRef<Location> others) {
  SmallVector<Location> all{result};
  all.append(others.begin(), others.end());
  return FusedLoc::get(result.getContext(), all);
}

Location nncc::nn::suffixLocation(Location loc, StringRef suffix) {
  return NameLoc::get(
      StringAttr::get(loc.getContext(), (getNodeName(loc) + suffix).str()));
}
