//===- LowerElementwise.cpp - Additions, products and tables --------------===//

#include "VectorTiles.h"

using namespace nncc;
using namespace nncc::lowering;

/// The part of a second operand that belongs to `box` of the first: rows and
/// columns may be repeated.
static Box operandBox(const Tensor &operand, const Tensor &result, Box box) {
  if (operand.shape.height != result.shape.height) {
    box.y0 = 0;
    box.y1 = 1;
  }
  if (operand.shape.width != result.shape.width) {
    box.x0 = 0;
    box.x1 = 1;
  }
  return box;
}

static aristotle::OperandAttr
repeatedAttr(MLIRContext *context, const Piece &piece, const Box &result) {
  bool rows = piece.box.height() != result.height();
  bool columns = piece.box.width() != result.width();
  return aristotle::OperandAttr::get(context, rows ? 0 : piece.rowPitch,
                                     piece.groupPitch, columns ? 0 : 1);
}

LogicalResult Lowering::lowerMul(nn::MulOp mul, std::string &text) {
  const Tensor &lhs = tensorOf(mul.getLhs());
  const Tensor &rhs = tensorOf(mul.getRhs());
  const Tensor &result = tensorOf(mul.getResult());
  FailureOr<MulConstants> constants = getMulConstants(mul);
  if (failed(constants))
    return failure();
  auto tiling = tileVector(mul, vectorProblem(mul, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  MLIRContext *context = b.getContext();
  auto product = aristotle::ProductAttr::get(
      context, constants->zeroA, constants->zeroB, constants->multiplier.m,
      constants->multiplier.s);
  auto output = aristotle::OutputAttr::get(context, constants->zeroPoint,
                                           constants->lo, constants->hi);
  forEachTile(
      Window::of(mul), *tiling, lhs, result, [&](const VectorTile &tile) {
        Piece second = &rhs == &lhs
                           ? tile.input
                           : read(rhs, operandBox(rhs, result, tile.box));
        emit<aristotle::MulOp>(
            tile.input.buffer, second.buffer, tile.result.buffer,
            tile.input.offset, operandAttr(context, tile.input), second.offset,
            repeatedAttr(context, second, tile.box), tile.result.offset,
            tileAttr(context, tile.result), product, output);
      });
  return success();
}

LogicalResult Lowering::lowerAdd(nn::AddOp add, std::string &text) {
  const Tensor &lhs = tensorOf(add.getLhs());
  const Tensor &rhs = tensorOf(add.getRhs());
  FailureOr<AddConstants> constants = getAddConstants(add);
  if (failed(constants))
    return failure();
  auto tiling = tileVector(add, vectorProblem(add, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  MLIRContext *context = b.getContext();
  auto sum = aristotle::SumAttr::get(
      context, constants->params.ma, constants->params.mb, constants->params.c,
      constants->params.scale.m, constants->params.scale.s);
  auto output = aristotle::OutputAttr::get(context, constants->zeroPoint,
                                           constants->lo, constants->hi);
  const Tensor &result = tensorOf(add.getResult());
  forEachTile(
      Window::of(add), *tiling, lhs, result, [&](const VectorTile &tile) {
        Piece second = &rhs == &lhs
                           ? tile.input
                           : read(rhs, operandBox(rhs, result, tile.box));
        emit<aristotle::AddOp>(
            tile.input.buffer, second.buffer, tile.result.buffer,
            tile.input.offset, operandAttr(context, tile.input), second.offset,
            repeatedAttr(context, second, tile.box), tile.result.offset,
            tileAttr(context, tile.result), sum, output);
      });
  return success();
}

LogicalResult Lowering::lowerTable(Operation *op, std::string &text) {
  FailureOr<std::array<int8_t, 256>> table = getTable(op);
  if (failed(table))
    return failure();
  auto tiling = tileVector(op, vectorProblem(op, freeWordsAt(layer)));
  if (failed(tiling))
    return failure();
  text = tiling->describe();
  Value buffer = loadConstant(isa::Memory::Vparam, addConstant("table", *table),
                              0, table->size() / v);
  MLIRContext *context = b.getContext();
  forEachTile(Window::of(op), *tiling, tensorOf(op->getOperand(0)),
              tensorOf(op->getResult(0)), [&](const VectorTile &tile) {
                emit<aristotle::TableOp>(
                    tile.input.buffer, buffer, tile.result.buffer,
                    tile.input.offset, operandAttr(context, tile.input), 0,
                    tile.result.offset, tileAttr(context, tile.result));
              });
  return success();
}
