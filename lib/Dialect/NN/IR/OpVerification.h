//===- OpVerification.h - What verifiers of the nn ops share ----*- C++ -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_LIB_DIALECT_NN_IR_OPVERIFICATION_H
#define NNCC_LIB_DIALECT_NN_IR_OPVERIFICATION_H

#include "nncc/Dialect/NN/IR/NNOps.h"
#include "nncc/Dialect/NN/IR/Shapes.h"

namespace nncc::nn {
using namespace mlir;
using llvm::Expected;

bool isQuantized(Type type);

/// Points at where an operand comes from, if that is an op.
void noteDefinition(InFlightDiagnostic &diag, Value value, StringRef name);

/// A tensor of an op under verification, with its name for messages.
struct NamedTensor {
  StringRef name;
  Value value;
};

/// A graph is float or quantized; one op does not mix the two.
LogicalResult verifySameKind(Operation *op, ArrayRef<NamedTensor> tensors);

/// Ops that move or select elements cannot change what an element means.
LogicalResult verifySameElementType(Operation *op, Value input, Value result);

LogicalResult verifyResultShape(Operation *op, Value result,
                                Expected<Shape> shape);

LogicalResult verifyClampRange(Operation *op, ClampRange range);

/// Weight and bias of a convolution or a linear layer.
LogicalResult verifyWeightAndBias(Operation *op, Value input, Value weight,
                                  Value bias, Value result);

/// Fills the interface's answer from a shape rule.
LogicalResult answer(std::optional<Location> loc, Expected<Shape> shape,
                     SmallVectorImpl<ShapedTypeComponents> &inferred);

ArrayRef<int64_t> shapeOf(Value value);

/// The result type of a builder that infers the shape. The caller vouches for
/// valid operands; an invalid shape is left to the verifier, on the type of
/// `like`.
RankedTensorType typeFor(Value like, Expected<Shape> shape);

ClampRange toRange(std::optional<APFloat> min, std::optional<APFloat> max);

FloatAttr toAttr(MLIRContext *context, std::optional<float> bound);

} // namespace nncc::nn

#endif // NNCC_LIB_DIALECT_NN_IR_OPVERIFICATION_H
