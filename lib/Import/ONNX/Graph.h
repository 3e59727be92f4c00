//===- Graph.h - Import of a whole ONNX graph -------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_IMPORT_ONNX_GRAPH_H
#define NNCC_LIB_IMPORT_ONNX_GRAPH_H

#include "ExternalData.h"
#include "Operators.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace nncc::onnx_import {

/// True for the operators of ONNX itself.
inline bool isStandardDomain(llvm::StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

/// Turns one model into one module. Used once. The stages are in Graph.cpp
/// (inputs and results), GraphOrder.cpp and GraphNodes.cpp.
class GraphImporter {
public:
  /// `fileSize` bounds the memory spent on computed constants. `folder` is
  /// where files with external data are, empty if the model is not a file.
  GraphImporter(const onnx::ModelProto &model, llvm::StringRef fileName,
                llvm::StringRef folder, size_t fileSize,
                mlir::MLIRContext &context, const ImportOptions &options);

  /// Null after one error.
  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  // The stages, in order. Each emits one error on failure.
  llvm::LogicalResult checkModel();
  llvm::LogicalResult checkInterfaceNames();
  llvm::LogicalResult readInitializers();
  llvm::LogicalResult readInputs();
  llvm::LogicalResult orderNodes();
  llvm::LogicalResult importNodes();
  llvm::LogicalResult finishFunction();

  mlir::InFlightDiagnostic error();
  /// One error; several problems become its notes.
  llvm::LogicalResult report(const llvm::Twine &summary,
                             llvm::ArrayRef<std::string> problems);

  /// Null if the name is taken.
  TensorInfo *define(llvm::StringRef name);
  TensorInfo *lookup(llvm::StringRef name);

  /// The shape of a model input, or the problem with it.
  llvm::Expected<Shape> getInputShape(const onnx::ValueInfoProto &input);
  /// The nodes that the outputs depend on.
  std::vector<bool>
  getNeededNodes(const llvm::StringMap<size_t> &producers) const;
  llvm::LogicalResult reportCycle(llvm::ArrayRef<size_t> pendingInputs);
  /// Imports an operator on quantized tensors, such as QLinearConv, as the
  /// operator on real numbers between DequantizeLinear and QuantizeLinear.
  /// False if the node is none.
  bool expandQuantized(const onnx::NodeProto &proto);
  /// Imports one node; a refusal goes to `refusals`.
  void importNode(const onnx::NodeProto &proto);
  /// Says what is still known of a refused node's outputs, so that all refusals
  /// can be told at once and none is a mere consequence.
  void describeRefusedOutputs(const onnx::NodeProto &proto,
                              llvm::ArrayRef<TensorInfo *> inputs);
  void refuse(const onnx::NodeProto &proto, llvm::ArrayRef<TensorInfo *> inputs,
              llvm::StringRef reason, const OperatorImport *entry);

  const onnx::ModelProto &model;
  const onnx::GraphProto &graph;
  mlir::MLIRContext &context;
  const ImportOptions &options;
  mlir::Location fileLoc;
  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;

  /// Names of the model's outputs, or those that were asked for.
  std::vector<std::string> outputs;
  size_t fileSize;
  ExternalData externalData;
  int opset = 0;
  int64_t budget;
  llvm::StringMap<std::unique_ptr<TensorInfo>> tensors;
  /// Names of the nodes so far.
  llvm::StringSet<> nodeNames;
  /// Tensors that a node or the graph's outputs read.
  llvm::StringSet<> used;
  /// Indices of the graph's nodes, producers before consumers.
  std::vector<size_t> order;
  std::vector<std::string> refusals;
};

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_GRAPH_H
