//===- MatrixProduct.cpp - Import of Gemm and MatMul ----------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::success;
using llvm::Twine;

/// A constant float32 matrix times `factor`, transposed if asked, as a value.
static mlir::Value makeWeight(Node &node, size_t input, bool transpose,
                              float factor) {
  const HostTensor &matrix = *node.constant(input);
  if (!transpose && factor == 1)
    return node.value(input);
  if (matrix.type() != onnx::TensorProto::FLOAT || matrix.size() == 0) {
    (void)node.reject("expected a matrix of float32 elements, got " +
                      typeName(matrix.type()));
    return {};
  }
  int64_t rows = matrix.shape()[0], columns = matrix.shape()[1];
  Shape shape = transpose ? Shape{columns, rows} : Shape{rows, columns};
  std::optional<HostTensor> result = node.allocate(matrix.type(), shape);
  if (!result)
    return {};
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) {
      int64_t to = transpose ? c * rows + r : r * columns + c;
      result->setReal(to, matrix.real(r * columns + c) * factor);
    }
  return nn::ConstantOp::create(
      node.builder(), node.loc(),
      result->toAttribute(node.builder().getContext()));
}

/// The input as [1, K], if it has as many elements as its last extent.
static mlir::Value asRow(Node &node, size_t input) {
  ArrayRef<int64_t> shape = node.shape(input);
  mlir::Value value = node.value(input);
  if (!value)
    return {};
  Shape row{1, shape.back()};
  if (shape == ArrayRef<int64_t>(row))
    return value;
  return nn::ReshapeOp::create(node.builder(), node.loc(), value,
                               ArrayRef<int64_t>(row));
}

static mlir::Value reshapeTo(Node &node, mlir::Value value,
                             ArrayRef<int64_t> shape) {
  if (llvm::cast<mlir::RankedTensorType>(value.getType()).getShape() == shape)
    return value;
  return nn::ReshapeOp::create(node.builder(), node.loc(), value, shape);
}

static LogicalResult importGemm(Node &node) {
  ArrayRef<int64_t> a = node.shape(0), b = node.shape(1);
  bool transposeA = node.getInt("transA", 0) != 0;
  bool transposeB = node.getInt("transB", 0) != 0;
  float alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  if (transposeA)
    return node.reject("transA is set");
  if (!node.isConstant(1))
    return node.reject("matrix B is not a constant");
  if (a.size() != 2 || a[0] != 1)
    return node.reject("expected A of shape 1xK, got " + nn::formatShape(a));
  if (b.size() != 2 || b[transposeB ? 1 : 0] != a[1])
    return node.reject("expected B with " + Twine(a[1]) + " " +
                       (transposeB ? "columns" : "rows") + ", got shape " +
                       nn::formatShape(b));
  int64_t outputs = b[transposeB ? 0 : 1];
  Shape result{1, outputs};
  if (failed(node.checkShape(result)))
    return failure();

  mlir::Value bias, addend;
  if (node.hasInput(2)) {
    ArrayRef<int64_t> c = node.shape(2);
    llvm::Expected<Shape> broadcast = nn::broadcastShape(c, result);
    if (!broadcast)
      return node.reject(broadcast.takeError());
    if (*broadcast != result)
      return node.reject("expected C that broadcasts to " +
                         nn::formatShape(result) + ", got shape " +
                         nn::formatShape(c));
    const HostTensor *constant = node.constant(2);
    if (constant && constant->isFloat()) {
      std::optional<HostTensor> values =
          node.allocate(onnx::TensorProto::FLOAT, {outputs});
      if (!values)
        return failure();
      for (int64_t i = 0; i < outputs; ++i)
        values->setReal(i,
                        constant->real(constant->size() == 1 ? 0 : i) * beta);
      bias = nn::ConstantOp::create(
          node.builder(), node.loc(),
          values->toAttribute(node.builder().getContext()));
    } else {
      if (beta != 1)
        return node.reject("beta is not one for a C that is not a constant");
      addend = node.value(2);
      if (!addend)
        return failure();
      if (node.shape(2) != ArrayRef<int64_t>(result))
        return node.reject(
            "expected a C that is not a constant to have shape " +
            nn::formatShape(result) + ", got " +
            nn::formatShape(node.shape(2)));
    }
  }
  mlir::Value input = node.value(0);
  mlir::Value weight = makeWeight(node, 1, !transposeB, alpha);
  if (node.isRejected())
    return failure();
  mlir::Value product =
      nn::LinearOp::create(node.builder(), node.loc(), input, weight, bias);
  if (addend)
    product = nn::AddOp::create(node.builder(), node.loc(), product, addend);
  node.setOutput(product);
  return success();
}

static LogicalResult importMatMul(Node &node) {
  ArrayRef<int64_t> a = node.shape(0), b = node.shape(1);
  if (!node.isConstant(0) && !node.isConstant(1))
    return node.reject("neither matrix is a constant");
  if (a.empty() || b.empty())
    return node.reject("expected matrices or vectors, got a scalar");
  int64_t inner = a.back();
  int64_t rows = b.size() == 1 ? b[0] : b[b.size() - 2];
  if (inner != rows)
    return node.reject("expected B with " + Twine(inner) + " rows, got shape " +
                       nn::formatShape(b));

  // x * W, the usual order: the weight of nn.linear is W transposed.
  if (node.isConstant(1)) {
    if (b.size() != 2)
      return node.reject("expected a constant matrix KxM, got shape " +
                         nn::formatShape(b));
    if (llvm::any_of(a.drop_back(), [](int64_t d) { return d != 1; }))
      return node.reject("expected A of one row, got shape " +
                         nn::formatShape(a));
    Shape result(a);
    result.back() = b[1];
    if (failed(node.checkShape(result)))
      return failure();
    mlir::Value input = asRow(node, 0);
    mlir::Value weight = makeWeight(node, 1, /*transpose=*/true, 1);
    if (node.isRejected())
      return failure();
    mlir::Value product = nn::LinearOp::create(node.builder(), node.loc(),
                                               input, weight, mlir::Value());
    node.setOutput(reshapeTo(node, product, result));
    return success();
  }

  // W * x for a column x: W is the weight as it stands.
  if (a.size() != 2)
    return node.reject("expected a constant matrix MxK, got shape " +
                       nn::formatShape(a));
  if (b.size() > 1 &&
      (b.back() != 1 ||
       llvm::any_of(b.drop_back(2), [](int64_t d) { return d != 1; })))
    return node.reject("expected B of one column, got shape " +
                       nn::formatShape(b));
  Shape result(b);
  result[b.size() == 1 ? 0 : b.size() - 2] = a[0];
  if (failed(node.checkShape(result)))
    return failure();
  mlir::Value column = node.value(1);
  mlir::Value weight = makeWeight(node, 0, /*transpose=*/false, 1);
  if (node.isRejected())
    return failure();
  mlir::Value input = reshapeTo(node, column, {1, rows});
  mlir::Value product = nn::LinearOp::create(node.builder(), node.loc(), input,
                                             weight, mlir::Value());
  node.setOutput(reshapeTo(node, product, result));
  return success();
}

ArrayRef<OperatorImport> nncc::onnx_import::getMatrixProductOperators() {
  static const OperatorImport table[] = {
      {"Gemm", 1, 2, 3,
       "A is 1xK and not transposed; B is a constant; C is a constant that "
       "broadcasts to a row, or a row that is added with beta one.",
       importGemm},
      {"MatMul", 1, 2, 2,
       "One side is a constant matrix, the other one row or column.",
       importMatMul},
  };
  return table;
}
