//===- FoldPicture.cpp - Preprocessing of pictures into the first layer ---===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// docs/quantization.md has the reasons.
//
//===----------------------------------------------------------------------===//

#include "ScaleLayer.h"
#include "nncc/Dialect/NN/Transforms/Passes.h"
#include "nncc/Dialect/NN/Utils/Constants.h"
#include "nncc/Dialect/NN/Utils/Locations.h"
#include "nncc/Dialect/NN/Utils/Picture.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

#include <cmath>

namespace nncc::nn {
#define GEN_PASS_DEF_FOLDPICTURE
#include "nncc/Dialect/NN/Transforms/Passes.h.inc"
} // namespace nncc::nn

using namespace mlir;
using namespace nncc;
using namespace nncc::nn;

namespace {

/// Folds one argument.
class PictureFolder {
public:
  PictureFolder(func::FuncOp function, PictureInput picture)
      : function(function), argument(function.getArgument(0)),
        picture(std::move(picture)), rewriter(function.getContext()) {}

  /// Returns the number of convolutions that took the preprocessing in.
  unsigned run();

private:
  void absorbScaleLayers();
  bool allConvolutions(llvm::function_ref<bool(Conv2DOp)> accepts) const;
  bool isPadded() const;
  std::optional<int64_t> commonZero() const;
  void chooseFill();
  void setArgument();
  void foldInto(Conv2DOp conv);

  int64_t channels() const {
    return static_cast<int64_t>(affine.factor.size());
  }
  /// What the network computes with at `zero`, in channel `c`.
  double offsetAtZero(int64_t c) const {
    return affine.factor[c] * static_cast<double>(*picture.zero) +
           affine.offset[c];
  }

  func::FuncOp function;
  BlockArgument argument;
  PictureInput picture;
  PatternRewriter rewriter;
  /// Of bytes.
  ChannelAffine affine;
};

} // namespace

/// Bytes that are closer than this are one, so that a mean like 0.5 * 254 in
/// single precision is an integer.
static constexpr double kSameByte = 1e-4;

/// Weight and bias are known.
static bool isConstant(Conv2DOp conv) {
  return getFloatConstant(conv.getWeight()) &&
         (!conv.getBias() || getFloatConstant(conv.getBias()));
}

/// What the model does to each channel before its first layer.
void PictureFolder::absorbScaleLayers() {
  while (argument.hasOneUse()) {
    auto conv = dyn_cast<Conv2DOp>(*argument.user_begin());
    if (!conv || conv.getInput() != argument || !conv.isPointwise() ||
        !conv.isDepthwise() || conv.getResidual() ||
        !conv.getClampRange().isUnbounded() || !isConstant(conv) ||
        conv.getResult().use_empty())
      return;
    // With one channel any 1x1 convolution is of this kind; the last layer of
    // the network stays one.
    if (llvm::any_of(conv->getUsers(),
                     [](Operation *user) { return isa<func::ReturnOp>(user); }))
      return;
    std::vector<float> weight = *getFloatConstant(conv.getWeight());
    std::vector<float> bias(weight.size());
    if (conv.getBias())
      bias = *getFloatConstant(conv.getBias());
    // A channel that is multiplied by zero has no byte that stands for zero.
    if (llvm::is_contained(weight, 0.0f))
      return;
    for (int64_t c = 0; c < channels(); ++c) {
      affine.factor[c] *= double{weight[c]};
      affine.offset[c] = affine.offset[c] * double{weight[c]} + double{bias[c]};
    }
    for (Operation *user : conv->getUsers())
      user->setLoc(fuseLocations(user->getLoc(), {conv.getLoc()}));
    rewriter.replaceOp(conv, argument);
  }
}

bool PictureFolder::allConvolutions(
    llvm::function_ref<bool(Conv2DOp)> accepts) const {
  return llvm::all_of(argument.getUses(), [&](OpOperand &use) {
    auto conv = dyn_cast<Conv2DOp>(use.getOwner());
    return conv && &conv.getInputMutable() == &use && isConstant(conv) &&
           accepts(conv);
  });
}

bool PictureFolder::isPadded() const {
  return !allConvolutions([](Conv2DOp conv) { return conv.hasZeroPads(); });
}

/// The byte that stands for zero in all channels.
std::optional<int64_t> PictureFolder::commonZero() const {
  std::optional<int64_t> common;
  for (int64_t c = 0; c < channels(); ++c) {
    double zero = -affine.offset[c] / affine.factor[c];
    double nearest = std::round(zero);
    if (!(std::fabs(zero - nearest) <= kSameByte) || nearest < 0 ||
        nearest > 255 || (common && *common != nearest))
      return std::nullopt;
    common = static_cast<int64_t>(nearest);
  }
  return common;
}

/// The channel that says where the picture is: the byte for its zero, and what
/// it holds in the picture.
void PictureFolder::chooseFill() {
  double sum = 0;
  for (int64_t c = 0; c < channels(); ++c)
    sum += -affine.offset[c] / affine.factor[c];
  double mean = std::round(sum / static_cast<double>(channels()));
  picture.zero = static_cast<int64_t>(std::min(std::max(mean, 0.0), 254.0));

  double need = 1;
  for (Operation *user : argument.getUsers()) {
    auto conv = cast<Conv2DOp>(user);
    std::vector<float> weight = *getFloatConstant(conv.getWeight());
    int64_t taps = conv.getKernelH() * conv.getKernelW();
    for (int64_t o = 0; o < conv.getOutChannels(); ++o) {
      double largest = 0, largestShift = 0;
      for (int64_t t = 0; t < taps; ++t) {
        double shift = 0;
        for (int64_t c = 0; c < channels(); ++c) {
          double w = weight[(o * channels() + c) * taps + t];
          largest = std::max(largest, std::fabs(w * affine.factor[c]));
          shift += w * offsetAtZero(c);
        }
        largestShift = std::max(largestShift, std::fabs(shift));
      }
      if (largest > 0)
        need = std::max(need, largestShift / largest);
    }
  }
  picture.fill = std::min<int64_t>(static_cast<int64_t>(std::min(need, 256.0)) +
                                       (need != std::floor(need)),
                                   255 - *picture.zero);
}

/// The argument's new type and attribute, and its grid.
void PictureFolder::setArgument() {
  auto type = cast<RankedTensorType>(argument.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[1] += picture.fill.has_value();
  type = RankedTensorType::get(shape, type.getElementType());
  argument.setType(type);
  SmallVector<Type> inputs(function.getArgumentTypes());
  inputs[0] = type;
  function.setType(FunctionType::get(function.getContext(), inputs,
                                     function.getResultTypes()));
  function.setArgAttr(0, kPictureAttr,
                      getPictureAttr(function.getContext(), picture));

  rewriter.setInsertionPointToStart(&function.getBody().front());
  Location loc = argument.getLoc();
  if (auto name = function.getArgAttrOfType<StringAttr>(0, "nn.name"))
    loc = NameLoc::get(name, loc);
  auto grid = quant::UniformQuantizedType::get(
      quant::QuantizationFlags::Signed, rewriter.getI8Type(),
      rewriter.getF32Type(), 1.0, *picture.zero - 128, -128, 127);
  auto rounded = FakeQuantizeOp::create(rewriter, loc, type, argument,
                                        TypeAttr::get(grid));
  argument.replaceAllUsesExcept(rounded.getResult(), rounded);
}

void PictureFolder::foldInto(Conv2DOp conv) {
  rewriter.setInsertionPoint(conv);
  std::vector<float> weight = *getFloatConstant(conv.getWeight());
  std::vector<float> bias(conv.getOutChannels());
  if (conv.getBias())
    bias = *getFloatConstant(conv.getBias());
  SmallVector<int64_t> shape(conv.getWeight().getType().getShape());
  const int64_t perGroup = conv.getChannelsPerGroup();
  const int64_t taps = conv.getKernelH() * conv.getKernelW();
  const int64_t rows =
      conv.getOutChannels() / static_cast<int64_t>(conv.getGroups());
  std::vector<float> folded;
  for (int64_t o = 0; o < conv.getOutChannels(); ++o) {
    std::vector<double> shifts(taps);
    for (int64_t k = 0; k < perGroup; ++k)
      for (int64_t t = 0; t < taps; ++t) {
        int64_t c = o / rows * perGroup + k;
        double w = weight[(o * perGroup + k) * taps + t];
        folded.push_back(static_cast<float>(w * affine.factor[c]));
        shifts[t] += w * offsetAtZero(c);
      }
    if (picture.fill) {
      for (double shift : shifts)
        folded.push_back(
            static_cast<float>(shift / static_cast<double>(*picture.fill)));
      continue;
    }
    double sum = bias[o];
    for (double shift : shifts)
      sum += shift;
    bias[o] = static_cast<float>(sum);
  }
  shape[1] += picture.fill.has_value();
  Value newWeight =
      makeFloatConstant(rewriter, conv.getWeight().getLoc(), shape, folded);
  Value newBias = makeFloatConstant(
      rewriter, conv.getBias() ? conv.getBias().getLoc() : conv.getLoc(),
      {conv.getOutChannels()}, bias);
  Value oldWeight = conv.getWeight(), oldBias = conv.getBias();
  rewriter.modifyOpInPlace(conv, [&] {
    conv.getWeightMutable().assign(newWeight);
    conv.getBiasMutable().assign(newBias);
  });
  for (Value old : {oldWeight, oldBias})
    if (old && old.use_empty())
      rewriter.eraseOp(old.getDefiningOp());
}

unsigned PictureFolder::run() {
  const PictureFormat &format = picture.format;
  for (unsigned c = 0; c < format.channels(); ++c) {
    affine.factor.push_back(1 / format.std[c]);
    affine.offset.push_back(-format.mean[c] / format.std[c]);
  }
  absorbScaleLayers();

  bool folds = allConvolutions([](Conv2DOp) { return true; });
  picture.zero = 0;
  if (folds && isPadded()) {
    picture.zero = commonZero();
    if (!picture.zero) {
      folds =
          allConvolutions([](Conv2DOp conv) { return conv.getGroups() == 1; });
      if (folds)
        chooseFill();
      else
        picture.zero = 0;
    }
  }
  setArgument();
  Value bytes = cast<FakeQuantizeOp>(*argument.user_begin()).getResult();
  SmallVector<Operation *> users(bytes.getUsers());
  if (folds) {
    for (Operation *user : users)
      foldInto(cast<Conv2DOp>(user));
    return users.size();
  }
  rewriter.setInsertionPointAfterValue(bytes);
  Value real = makeDepthwise(
      rewriter, bytes, affine, ClampRange(),
      NameLoc::get(rewriter.getStringAttr("preprocess"), argument.getLoc()));
  bytes.replaceUsesWithIf(real, [&](OpOperand &use) {
    return llvm::is_contained(users, use.getOwner());
  });
  return 0;
}

namespace {

struct FoldPicture : public nncc::nn::impl::FoldPictureBase<FoldPicture> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (Attribute attribute = function.getArgAttr(i, kPictureAttr)) {
        if (failed(fold(function, i, attribute)))
          return signalPassFailure();
      }
  }

  LogicalResult fold(func::FuncOp function, unsigned index,
                     Attribute attribute) {
    PictureInput picture;
    if (std::string why = parsePicture(attribute, picture); !why.empty())
      return function.emitError() << kPictureAttr << ": " << why;
    if (picture.zero)
      return function.emitError()
             << kPictureAttr << ": the picture is folded already";
    if (function.getNumArguments() != 1)
      return function.emitError()
             << "pictures go to a network of one input; this one has "
             << function.getNumArguments();
    auto type =
        dyn_cast<RankedTensorType>(function.getArgument(index).getType());
    int64_t channels = picture.format.channels();
    if (!type || type.getRank() != 4 || !type.hasStaticShape() ||
        !type.getElementType().isF32() || type.getDimSize(0) != 1 ||
        type.getDimSize(1) != channels)
      return function.emitError()
             << "a picture of format " << toString(picture.format.pixels)
             << " needs an input of shape 1x" << channels
             << "xHxW; the network's is "
             << function.getArgument(index).getType();
    unsigned layers = PictureFolder(function, std::move(picture)).run();
    if (layers == 0)
      ++numStandalone;
    numFolded += layers;
    return success();
  }
};

} // namespace
