//===- Node.h - One ONNX node during import ---------------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// What an operator's handler sees of its node: inputs, attributes, and where to
// put the outputs or the reason for a refusal.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_IMPORT_ONNX_NODE_H
#define NNCC_LIB_IMPORT_ONNX_NODE_H

#include "HostTensor.h"
#include "View.h"
#include "nncc/Dialect/NN/IR/NNOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <optional>

namespace nncc::onnx_import {

/// What is known of an ONNX tensor: nothing (a node before it was refused), its
/// elements, the SSA value that holds it at run time, or that it is a part of
/// one.
struct TensorInfo {
  std::string name;
  std::optional<HostTensor> constant;
  /// Of a constant, the `nn.constant` once there is one.
  mlir::Value value;
  /// Of a part of a value; `value` is there as well once it was asked for.
  std::optional<View> view;
  /// Of a tensor of integers that QuantizeLinear made: their scale and zero
  /// point. `value` and `view` hold the real numbers that they stand for.
  mlir::Type grid;
  /// Of an unknown tensor: it cannot be a constant either.
  bool dependsOnInput = false;

  /// A refused node lies before this tensor.
  bool isUnknown() const { return !constant && !value && !view; }
  bool isRunTime() const {
    return !constant && (value || view || dependsOnInput);
  }
  /// Of a tensor that is not unknown.
  llvm::ArrayRef<int64_t> shape() const;
  /// "1x3x8x8", or "?" if unknown.
  std::string describe() const;
};

/// "name" with control characters escaped, for messages.
std::string quoted(llvm::StringRef name);

/// Names get into messages, listings, reports and programs.
constexpr size_t kMaxNameBytes = 4096;

/// The location of a node or tensor, whose name may hold anything: control
/// characters are escaped there, and what is beyond kMaxNameBytes left out.
mlir::Location nameLocation(mlir::Builder &builder, llvm::StringRef name);

class Node {
public:
  /// `name` is what messages and reports call the node. `inputs` has null for
  /// an absent optional input. `budget` is the number of bytes that computed
  /// constants may still take.
  Node(const onnx::NodeProto &proto, llvm::StringRef name, int opset,
       mlir::OpBuilder &builder, llvm::SmallVector<TensorInfo *> inputs,
       int64_t &budget);

  /// Outputs that the node lists, absent ones included.
  int64_t numOutputs() const { return proto.output_size(); }

  /// The node's name, or its first output's if it has none.
  static llvm::StringRef getName(const onnx::NodeProto &proto);

  llvm::StringRef op() const { return proto.op_type(); }
  int opset() const { return opsetVersion; }
  mlir::OpBuilder &builder() { return opBuilder; }
  mlir::Location loc() const { return location; }

  /// Records why the node cannot be imported; the first reason stands.
  llvm::LogicalResult reject(const llvm::Twine &why);
  llvm::LogicalResult reject(llvm::Error error);
  bool isRejected() const { return !reason.empty(); }
  llvm::StringRef getReason() const { return reason; }

  //===--- Inputs ---------------------------------------------------------===//

  size_t numInputs() const { return tensors.size(); }
  bool hasInput(size_t i) const { return i < tensors.size() && tensors[i]; }
  /// Null if the input is absent or not constant.
  const HostTensor *constant(size_t i) const;
  bool isConstant(size_t i) const { return constant(i) != nullptr; }
  bool allConstant() const;
  llvm::ArrayRef<int64_t> shape(size_t i) const;
  /// The input as a value of the function. Rejects a constant that is not
  /// float32 or has no elements, and returns null then.
  mlir::Value value(size_t i);
  /// The grid of an input's integers; null for real numbers.
  mlir::Type grid(size_t i) const { return tensors[i]->grid; }
  /// The input as it lies in another value; rejects what value(i) rejects, and
  /// returns a view of nothing then.
  View view(size_t i);
  /// The elements of an input in the order of another tensor, if the input has
  /// all of that one's in another order; else the same as value(i) and no view.
  /// For functions of single elements, whose result is given to setElements.
  struct Elements {
    mlir::Value value;
    std::optional<View> view;
  };
  Elements elements(size_t i);
  void setElements(const Elements &like, mlir::Value result);
  /// The elements of an integer constant; rejects anything else.
  std::optional<std::vector<int64_t>> integers(size_t i, llvm::StringRef what);
  /// The one element of a constant; rejects anything else.
  std::optional<double> scalar(size_t i, llvm::StringRef what);

  //===--- Attributes -----------------------------------------------------===//
  // An attribute of another type than asked for rejects the node; the default
  // is returned then.

  bool hasAttribute(llvm::StringRef name) const;
  int64_t getInt(llvm::StringRef name, int64_t fallback);
  float getFloat(llvm::StringRef name, float fallback);
  std::string getString(llvm::StringRef name, llvm::StringRef fallback);
  llvm::SmallVector<int64_t, 4> getInts(llvm::StringRef name,
                                        llvm::ArrayRef<int64_t> fallback);
  llvm::SmallVector<float, 4> getFloats(llvm::StringRef name);
  const onnx::TensorProto *getTensor(llvm::StringRef name);
  /// Says that an attribute has no bearing on the result.
  void ignore(llvm::StringRef name) { read.insert(name); }
  /// Rejects the node if it has an attribute that nobody asked for: it may
  /// change the meaning.
  llvm::LogicalResult checkAttributesRead();

  /// A negative axis counts from the end; rejects one out of range.
  std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank);

  //===--- Outputs --------------------------------------------------------===//

  void setOutput(mlir::Value value);
  void setOutput(HostTensor tensor);
  void setOutput(View view);
  /// One for each output of the node.
  void setOutputs(std::vector<View> views);
  /// The first output is the first input.
  void forwardInput();
  /// A constant's tensor to be filled; rejects one that is too large.
  std::optional<HostTensor> allocate(int type, llvm::ArrayRef<int64_t> shape);
  /// Checks the number of elements of a result.
  llvm::LogicalResult checkShape(llvm::ArrayRef<int64_t> shape);
  mlir::RankedTensorType floatType(llvm::ArrayRef<int64_t> shape);

  mlir::Value resultValue;
  /// The grid of all results.
  mlir::Type resultGrid;
  /// By output, if there is no `resultValue` or `resultTensor`.
  std::vector<View> resultViews;
  std::optional<HostTensor> resultTensor;

private:
  const onnx::AttributeProto *find(llvm::StringRef name, int type);

  const onnx::NodeProto &proto;
  int opsetVersion;
  mlir::OpBuilder &opBuilder;
  mlir::Location location;
  llvm::SmallVector<TensorInfo *> tensors;
  int64_t &budget;
  std::string reason;
  llvm::StringSet<> read;
};

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_NODE_H
