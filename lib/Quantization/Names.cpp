//===- Names.cpp - Names of tensors ---------------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "nncc/Quantization/Names.h"

#include "nncc/Dialect/NN/Utils/Locations.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

std::string nncc::getTensorName(Value value) {
  if (Operation *op = value.getDefiningOp())
    return nn::getNodeName(op).str();
  auto argument = cast<BlockArgument>(value);
  if (auto function =
          dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()))
    if (auto name = function.getArgAttrOfType<StringAttr>(
            argument.getArgNumber(), "nn.name"))
      return name.str();
  StringRef name = nn::getNodeName(value.getLoc());
  if (!name.empty())
    return name.str();
  return "arg" + std::to_string(argument.getArgNumber());
}

std::string nncc::getBytesName(func::FuncOp function, Value value) {
  std::string name = getTensorName(value);
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (auto taken = function.getResultAttrOfType<StringAttr>(i, "nn.name");
        taken && taken.getValue() == name)
      return name + ".bytes";
  return name;
}
