//===- LowerElementwise.cpp - Additions and tables ------------------------===//

#include "VectorTiles.h"

using namespace nncc;
using namespace nncc::lowering;

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
  auto sum = aristotle::SumAttr::get(context, constants->params.ma,
                                     constants->params.mb, constants->params.c,
                                     constants->params.s);
  auto output = aristotle::OutputAttr::get(context, constants->zeroPoint,
                                           constants->lo, constants->hi);
  forEachTile(Window::of(add), *tiling, lhs, tensorOf(add.getResult()),
              [&](const VectorTile &tile) {
                Piece second = &rhs == &lhs ? tile.input : read(rhs, tile.box);
                emit<aristotle::AddOp>(
                    tile.input.buffer, second.buffer, tile.result.buffer,
                    tile.input.offset, operandAttr(context, tile.input),
                    second.offset, operandAttr(context, second),
                    tile.result.offset, tileAttr(context, tile.result), sum,
                    output);
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
