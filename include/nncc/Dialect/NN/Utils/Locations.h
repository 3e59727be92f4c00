//===- Locations.h - Node names in locations --------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_UTILS_LOCATIONS_H
#define NNCC_DIALECT_NN_UTILS_LOCATIONS_H

#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"

namespace nncc::nn {

/// The name of the model's node behind a location: of a fused location, the
/// first name in it. Empty if there is none. The text lives as long as the
/// context.
llvm::StringRef getNodeName(mlir::Location loc);

/// The name of the node that `op` came from, or else the op's own name.
llvm::StringRef getNodeName(mlir::Operation *op);

/// The location of an op that takes the place of several. `result` is that of
/// the op whose result survives: its name comes first.
mlir::Location fuseLocations(mlir::Location result,
                             llvm::ArrayRef<mlir::Location> others);

/// The location of a helper of the op at `loc`: its name with `suffix`.
mlir::Location suffixLocation(mlir::Location loc, llvm::StringRef suffix);

} // namespace nncc::nn

#endif // NNCC_DIALECT_NN_UTILS_LOCATIONS_H
