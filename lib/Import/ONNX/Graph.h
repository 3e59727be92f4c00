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

#include <list>
#include <memory>

namespace nncc::onnx_import {

/// True for the operators of ONNX itself.
inline bool isStandardDomain(llvm::StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

/// What a node reads: its inputs, and what its branches read of the graphs
/// around it. Names may come more than once.
std::vector<llvm::StringRef> getReads(const onnx::NodeProto &node);

/// Turns one model into one module. Used once. The stages are in Graph.cpp
/// (inputs and results), GraphOrder.cpp, GraphNodes.cpp and GraphBranches.cpp.
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

  /// Null if the name is taken in the innermost graph.
  TensorInfo *define(llvm::StringRef name);
  /// The innermost tensor of the name.
  TensorInfo *lookup(llvm::StringRef name);

  // Stages of the model's graph and of branches.
  llvm::LogicalResult defineInitializers(const onnx::GraphProto &part);
  /// Defines the results of the nodes and gives the nodes' indices, producers
  /// before consumers.
  llvm::LogicalResult orderNodes(const onnx::GraphProto &part,
                                 llvm::ArrayRef<std::string> results,
                                 std::vector<size_t> &order);

  /// The shape of a model input, or the problem with it.
  llvm::Expected<Shape> getInputShape(const onnx::ValueInfoProto &input);
  /// The nodes that the model's outputs depend on.
  std::vector<bool> getNeededNodes() const;
  llvm::LogicalResult reportCycle(const onnx::GraphProto &part,
                                  llvm::ArrayRef<size_t> pendingInputs);
  /// Imports an operator on quantized tensors, such as QLinearConv, as the
  /// operator on real numbers between DequantizeLinear and QuantizeLinear.
  /// False if the node is none.
  bool expandQuantized(const onnx::NodeProto &proto);
  /// Imports one node; a refusal goes to `refusals`. Fails after an error, on a
  /// branch that is not well formed.
  llvm::LogicalResult importNode(const onnx::NodeProto &proto);
  /// The same for an operator of the tables.
  void importOperator(const onnx::NodeProto &proto);
  /// Imports the nodes of the branch that a constant condition chooses.
  llvm::LogicalResult importIf(const onnx::NodeProto &proto);
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
  /// The tensors of the model's graph, and of each branch that is being
  /// imported, the innermost one last.
  using Scope = llvm::StringMap<std::unique_ptr<TensorInfo>>;
  std::list<Scope> scopes = std::list<Scope>(1);
  /// Names of the nodes so far.
  llvm::StringSet<> nodeNames;
  /// Tensors that a node or the outputs of a graph read.
  llvm::StringSet<> used;
  /// Nodes of the model's graph and of the branches that were imported.
  size_t nodeCount = 0;
  /// Indices of the nodes of the model's graph, producers before consumers.
  std::vector<size_t> order;
  std::vector<std::string> refusals;
};

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_GRAPH_H
