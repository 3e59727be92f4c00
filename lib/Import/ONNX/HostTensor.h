//===- HostTensor.h - Constant tensors during import ------------*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_IMPORT_ONNX_HOSTTENSOR_H
#define NNCC_LIB_IMPORT_ONNX_HOSTTENSOR_H

#include "nncc/Dialect/NN/IR/Shapes.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <onnx/onnx_pb.h>

#include <memory>
#include <vector>

namespace nncc::onnx_import {

using nn::Shape;
using DataType = onnx::TensorProto::DataType;

class ExternalData;

/// Bytes of one element; zero for a type that cannot be imported.
size_t elementSize(int type);

/// "float32", "int8", ...; "type 17" for what has no name here.
std::string typeName(int type);

bool isFloatType(int type);

/// A tensor whose elements are known at import: row-major, little-endian. Data
/// of an initializer stays in the protobuf message; a computed tensor owns its
/// own. Unlike values of the `nn` dialect it may have extents of zero.
class HostTensor {
public:
  /// Reads a message. The tensor refers to the message's raw data, or to data
  /// in another file. Without `external` such data is refused.
  static llvm::Expected<HostTensor> decode(const onnx::TensorProto &proto,
                                           ExternalData *external = nullptr);

  /// A tensor of zeros. The shape must be valid and the type have a size.
  static HostTensor zeros(int type, llvm::ArrayRef<int64_t> shape);
  static HostTensor fromInts(llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<int64_t> values);
  static HostTensor fromFloats(llvm::ArrayRef<int64_t> shape,
                               llvm::ArrayRef<float> values);

  int type() const { return elementType; }
  llvm::ArrayRef<int64_t> shape() const { return extents; }
  int64_t rank() const { return static_cast<int64_t>(extents.size()); }
  int64_t size() const { return count; }
  bool isFloat() const { return isFloatType(elementType); }

  /// Element `i` as a real number, or as an integer: exact for element types of
  /// that kind, else converted like a cast, saturating.
  double real(int64_t i) const;
  int64_t integer(int64_t i) const;

  /// Stores into a tensor that owns its data.
  void setReal(int64_t i, double value);
  void setInteger(int64_t i, int64_t value);
  /// Copies element `j` of a tensor of the same type.
  void copy(int64_t i, const HostTensor &from, int64_t j);

  std::vector<int64_t> integers() const;

  /// The same elements in another shape of the same size, without a copy.
  HostTensor reshaped(llvm::ArrayRef<int64_t> shape) const;

  /// The elements as an MLIR attribute; null for booleans and for tensors
  /// without elements. Floating-point types other than float32 are converted.
  mlir::DenseElementsAttr toAttribute(mlir::MLIRContext *context) const;

private:
  int elementType = onnx::TensorProto::UNDEFINED;
  Shape extents;
  int64_t count = 0;
  llvm::StringRef data;
  std::shared_ptr<std::vector<char>> owned;
};

/// The number of elements of a shape with extents of zero or more.
llvm::Expected<int64_t> countHostElements(llvm::ArrayRef<int64_t> shape);

} // namespace nncc::onnx_import

#endif // NNCC_LIB_IMPORT_ONNX_HOSTTENSOR_H
