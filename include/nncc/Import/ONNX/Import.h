//===- Import.h - Import of ONNX models -------------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_IMPORT_ONNX_IMPORT_H
#define NNCC_IMPORT_ONNX_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace nncc {

/// The shape of a model input, given by the user.
struct InputShape {
  /// Name of the input; empty for the only input of a model.
  std::string name;
  llvm::SmallVector<int64_t, 4> extents;
};

/// Parses "NAME:1x3x224x224" or "1x3x224x224". Extents are at least one. The
/// name may contain colons: the last one separates.
llvm::Expected<InputShape> parseInputShape(llvm::StringRef text);

struct ImportOptions {
  /// Shapes for inputs whose extents the model leaves open.
  std::vector<InputShape> inputShapes;
  /// Tensors that become the outputs, in this order, in place of the model's
  /// own. What only follows them is left out. Empty for the model's outputs.
  std::vector<std::string> outputs;
};

/// The ONNX opsets that can be imported, both ends included.
inline constexpr int kMinOpset = 7;
inline constexpr int kMaxOpset = 21;

/// Reads an ONNX model into a module with one function `@main` of `nn` ops.
///
/// The function's arguments and results have the attribute `nn.name`, the ONNX
/// name of the tensor. Each op's location is the name of its ONNX node, or of
/// the node's first output if it has no name. Constants are folded: shape
/// arithmetic, casts of weights, and weights behind DequantizeLinear. Data of
/// initializers may be in other files of the model's folder.
///
/// Returns null on failure, after exactly one error through the context's
/// diagnostics. For a model with unsupported nodes that error has a note for
/// each of them. A remark is emitted for each open batch extent taken as one.
mlir::OwningOpRef<mlir::ModuleOp> importONNX(llvm::StringRef path,
                                             mlir::MLIRContext &context,
                                             const ImportOptions &options = {});

/// The same for a model in memory; `name` stands for the path in messages. Data
/// in external files is refused.
mlir::OwningOpRef<mlir::ModuleOp>
importONNXFromMemory(llvm::StringRef bytes, llvm::StringRef name,
                     mlir::MLIRContext &context,
                     const ImportOptions &options = {});

/// Writes the page of supported operators (Markdown): operator, opsets, and the
/// rule that error messages quote.
void printSupportedOperators(llvm::raw_ostream &os);

} // namespace nncc

#endif // NNCC_IMPORT_ONNX_IMPORT_H
