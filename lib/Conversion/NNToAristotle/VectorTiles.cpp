//===- VectorTiles.cpp - Tiles of the vector engine -----------------------===//

#include "VectorTiles.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace nncc;
using namespace nncc::lowering;
using scheduling::Extent;
using scheduling::VectorProblem;
using scheduling::VectorTiling;

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

Window Window::pixel(const FeatureShape &shape) {
  return {{shape.height, shape.height, 1, 1, 0},
          {shape.width, shape.width, 1, 1, 0}};
}

template <typename OpTy> static Window slidingWindow(OpTy op) {
  Window w;
  w.kernelH = op.getKernelH();
  w.kernelW = op.getKernelW();
  w.dilationH = op.getDilationH();
  w.dilationW = op.getDilationW();
  w.y = Extent::make(op.getInH(), op.getOutH(), op.getStrideH(),
                     (w.kernelH - 1) * w.dilationH + 1, op.getPadTop());
  w.x = Extent::make(op.getInW(), op.getOutW(), op.getStrideW(),
                     (w.kernelW - 1) * w.dilationW + 1, op.getPadLeft());
  return w;
}

Window Window::of(Operation *op) {
  return llvm::TypeSwitch<Operation *, Window>(op)
      .Case<nn::Conv2DOp, nn::MaxPool2DOp, nn::AvgPool2DOp>(
          [](auto sliding) { return slidingWindow(sliding); })
      .Case([](nn::PadOp pad) {
        FeatureShape in = *getFeatureShape(pad.getInput().getType());
        Window w = Window::pixel(*getFeatureShape(pad.getType()));
        w.y.in = in.height;
        w.y.pad = pad.getPadTop();
        w.x.in = in.width;
        w.x.pad = pad.getPadLeft();
        return w;
      })
      .Case([](nn::SliceOp slice) {
        FeatureShape in = *getFeatureShape(slice.getInput().getType());
        FeatureShape out = *getFeatureShape(slice.getType());
        if (slice.getType().getRank() != 4)
          return Window::pixel(out);
        // A negative pad leaves pixels out.
        Window w;
        w.y = Extent::make(in.height, out.height, slice.getSteps()[2], 1,
                           -slice.getStarts()[2]);
        w.x = Extent::make(in.width, out.width, slice.getSteps()[3], 1,
                           -slice.getStarts()[3]);
        return w;
      })
      .Default([](Operation *elementwise) {
        return Window::pixel(
            *getFeatureShape(elementwise->getResult(0).getType()));
      });
}

Box Window::inputBox(const Box &box) const {
  return {box.g0,
          box.g1,
          y.inBegin(box.y0),
          y.inEnd(box.y0, box.y1),
          x.inBegin(box.x0),
          x.inEnd(box.x0, box.x1)};
}

aristotle::WindowAttr Window::attr(MLIRContext *context, const Piece &input,
                                   int64_t y0, int64_t x0, int64_t pad) const {
  return aristotle::WindowAttr::get(
      context, y0 * y.stride - y.pad - input.box.y0,
      x0 * x.stride - x.pad - input.box.x0, y.fieldStride(), x.fieldStride(),
      kernelH, kernelW, dilationH, dilationW, pad);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

aristotle::TileAttr lowering::tileAttr(MLIRContext *context,
                                       const Piece &result) {
  return aristotle::TileAttr::get(context, result.box.height(),
                                  result.box.width(), result.box.groups(),
                                  result.rowPitch, result.groupPitch);
}

aristotle::ImageAttr lowering::imageAttr(MLIRContext *context,
                                         const Piece &input) {
  return aristotle::ImageAttr::get(context, input.rowPitch, input.groupPitch,
                                   input.box.height(), input.box.width());
}

aristotle::OperandAttr lowering::operandAttr(MLIRContext *context,
                                             const Piece &input) {
  return aristotle::OperandAttr::get(context, input.rowPitch, input.groupPitch,
                                     1);
}

//===----------------------------------------------------------------------===//
// Tiling
//===----------------------------------------------------------------------===//

int64_t lowering::depthwiseWords(nn::Conv2DOp conv) {
  return conv.getKernelH() * conv.getKernelW() + kRecordWords;
}

VectorProblem Lowering::vectorProblem(const Window &w, const Tensor &in,
                                      const Tensor &out,
                                      int64_t freeWords) const {
  VectorProblem p;
  p.y = w.y;
  p.x = w.x;
  p.groups = out.groups() / v;
  p.maxGroups = kMostGroups;
  p.inputStreamed = !in.storage->resident;
  p.outputStreamed = !out.storage->resident;
  p.freeWords = freeWords;
  p.cyclesPerWord =
      w.kernelH * llvm::divideCeil(w.kernelW, int64_t{arch.vectorTaps});
  return p;
}

VectorProblem Lowering::interleaveProblem(nn::InterleaveOp op,
                                          int64_t freeWords) {
  const Tensor &in = tensorOf(op.getInputs().front());
  const Tensor &out = tensorOf(op.getResult());
  Window w = Window::pixel(in.shape);
  VectorProblem p = vectorProblem(w, in, out, freeWords);
  // Tiles are of the inputs: each pixel of a tile takes a word of each input
  // that is loaded, and as many of the result as there are phases.
  int64_t phases = op.getFactorH() * op.getFactorW();
  int64_t buffers = p.outputStreamed ? phases : 0;
  llvm::SmallPtrSet<Value, 4> seen;
  for (Value input : op.getInputs())
    if (seen.insert(input).second && !tensorOf(input).storage->resident)
      ++buffers;
  p.inputs = buffers;
  p.inputStreamed = buffers > 0;
  p.outputStreamed = false;
  p.cyclesPerWord = phases;
  // Rows are an instruction's groups.
  p.y.out = in.shape.height;
  return p;
}

VectorProblem Lowering::vectorProblem(Operation *op, int64_t freeWords) {
  if (auto interleave = dyn_cast<nn::InterleaveOp>(op);
      interleave && !isSpread(interleave))
    return interleaveProblem(interleave, freeWords);
  VectorProblem p = vectorProblem(Window::of(op), tensorOf(op->getOperand(0)),
                                  tensorOf(op->getResult(0)), freeWords);
  if (auto conv = dyn_cast<nn::Conv2DOp>(op)) {
    // Half the memory, so that the next portion loads behind this one.
    int64_t most = arch.vectorWords / depthwiseWords(conv);
    p.maxGroups =
        std::clamp<int64_t>(most > 1 ? most / 2 : most, 1, kMostGroups);
  }
  if (llvm::isa<nn::AddOp, nn::MulOp>(op)) {
    p.inputs = 2;
    p.inputStreamed |= !tensorOf(op->getOperand(1)).storage->resident;
  }
  return p;
}

FailureOr<VectorTiling> Lowering::tileVector(Operation *op,
                                             const VectorProblem &problem) {
  VectorTiling tiling = scheduling::chooseVectorTiling(problem, arch);
  if (!tiling.ok)
    return op->emitError("does not fit the feature memory of '")
           << arch.name << "': " << tiling.why;
  return tiling;
}

void Lowering::forEachTile(const Window &w, const VectorTiling &tiling,
                           const Tensor &in, const Tensor &out,
                           llvm::function_ref<void(const VectorTile &)> body) {
  int64_t groups = out.groups() / v;
  for (int64_t g0 = 0; g0 < groups; g0 += tiling.tileGroups)
    for (int64_t y0 = 0; y0 < w.y.out; y0 += tiling.tileH)
      for (int64_t x0 = 0; x0 < w.x.out; x0 += tiling.tileW) {
        VectorTile tile;
        tile.box = {g0, std::min(g0 + tiling.tileGroups, groups),
                    y0, std::min(y0 + tiling.tileH, w.y.out),
                    x0, std::min(x0 + tiling.tileW, w.x.out)};
        tile.input = read(in, w.inputBox(tile.box));
        tile.result = write(out, tile.box);
        body(tile);
        commit(out, tile.result);
      }
}
