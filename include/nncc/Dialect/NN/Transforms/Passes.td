//===- Passes.td - Passes on float nn graphs ---------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// The passes between import and calibration. None knows any hardware; each
// result depends on the input alone. All of them read constants, so they run
// after the importer has folded what is known.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_TRANSFORMS_PASSES_TD
#define NNCC_DIALECT_NN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Affine ops into convolutions
//===----------------------------------------------------------------------===//

def FoldBatchNorm : Pass<"nn-fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "fold batch normalisation into the layer before it";
  let description = [{
    With fixed statistics, batch normalisation is `a*x + b` for each channel,
    where `a = scale / sqrt(variance + epsilon)` and `b = bias - mean*a`. After
    a convolution or linear layer that nothing else reads, `a` scales the rows
    of the weight and `b` joins the bias. Elsewhere the op becomes a depthwise
    1x1 convolution with weight `a` and bias `b`.

    ```mlir
    %c = nn.conv2d %x, %w : ...
    %y = nn.batch_norm %c, %scale, %bias, %mean, %var epsilon 1.0e-5 : ...
    // becomes
    %y = nn.conv2d %x, %w2 bias(%b2) : ...
    ```

    The arithmetic is done in double precision and rounded to f32 once. A
    channel with `variance + epsilon` of zero or less is an error.
  }];
  let statistics = [
    Statistic<"numFolded", "folded", "Batch norms folded into a layer">,
    Statistic<"numStandalone", "standalone",
              "Batch norms turned into depthwise convolutions">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def FoldAddConstant : Pass<"nn-fold-add-constant", "::mlir::func::FuncOp"> {
  let summary = "turn the addition of a constant into a bias";
  let description = [{
    A constant that has one value for each channel joins the bias of the
    convolution or linear layer before it, if nothing else reads that layer; a
    clamp of the add moves along. Elsewhere it becomes the bias of a depthwise
    1x1 convolution with weight one.

    ```mlir
    %c = nn.conv2d %x, %w : ... -> tensor<1x8x28x28xf32>
    %y = nn.add %c, %k : (tensor<1x8x28x28xf32>, tensor<8x1x1xf32>) -> ...
    // becomes
    %y = nn.conv2d %x, %b bias(%k2) : ...
    ```

    A constant that differs within a channel stays an operand of `nn.add`, and
    is spread out to the full shape.
  }];
  let options = [
    Option<"onlyIntoBias", "only-into-bias", "bool", /*default=*/"false",
           "Leave alone what has no layer before it">
  ];
  let statistics = [
    Statistic<"numFolded", "folded", "Constants added to a bias">,
    Statistic<"numStandalone", "standalone",
              "Additions turned into depthwise convolutions">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def HoistSlice : Pass<"nn-hoist-slice", "::mlir::func::FuncOp"> {
  let summary = "compute taken-apart channels apart";
  let description = [{
    Where nothing reads the result of a convolution but slices of its channels
    that do not overlap, as behind a Split, each of them becomes a convolution
    with the rows of the weight that it takes: the same work, and nothing is
    moved. Activations and clamps in between are computed behind the parts. A
    slice within one operand of a concatenation is a slice of that operand.

    ```mlir
    %c = nn.conv2d %x, %w : ... -> tensor<1x16x8x8xf32>
    %a = nn.slice %c starts [0, 0, 0, 0] sizes [1, 8, 8, 8] steps [1, 1, 1, 1]
    %b = nn.slice %c starts [0, 8, 0, 0] sizes [1, 8, 8, 8] steps [1, 1, 1, 1]
    // becomes
    %a = nn.conv2d %x, %w1 : ... -> tensor<1x8x8x8xf32>
    %b = nn.conv2d %x, %w2 : ... -> tensor<1x8x8x8xf32>
    ```
  }];
  let statistics = [
    Statistic<"numHoisted", "hoisted", "Slices turned into convolutions">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def BroadcastOperands : Pass<"nn-broadcast-operands", "::mlir::func::FuncOp"> {
  let summary = "bring repeated operands into the form that is run";
  let description = [{
    After this pass, the first operand of an `nn.add` or `nn.mul` has the
    result's shape, and the second one has the same rank and as many channels,
    or is constant. Its rows and columns may be one, which stands for all of the
    first operand's. A single channel is repeated by a convolution with ones.
  }];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def LinearToConv : Pass<"nn-linear-to-conv", "::mlir::func::FuncOp"> {
  let summary = "turn linear layers into convolutions";
  let description = [{
    A linear layer on a flattened feature map `[1, C, H, W]` is a convolution
    with an HxW kernel; on a plain vector of K values it is a 1x1 convolution on
    `[1, K, 1, 1]`. The result `[1, M, 1, 1]` is reshaped back to `[1, M]`.

    ```mlir
    %f = nn.reshape %x : (tensor<1x16x4x4xf32>) -> tensor<1x256xf32>
    %y = nn.linear %f, %w : ... -> tensor<1x10xf32>
    // becomes
    %c = nn.conv2d %x, %w2 : ... -> tensor<1x10x1x1xf32>
    %y = nn.reshape %c : ... -> tensor<1x10xf32>
    ```

    Reshapes sink below clamps, activations, adds and concats of their results,
    so that in a chain of linear layers they cancel and the whole chain stays
    convolutions. A batch of more than one row is left alone.
  }];
  let statistics = [
    Statistic<"numConverted", "converted", "Linear layers converted">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def FoldPicture : Pass<"nn-fold-picture", "::mlir::func::FuncOp"> {
  let summary = "let the network take the bytes of pictures";
  let description = [{
    The argument attribute `nn.picture` says how pictures become the values of an
    argument: `(byte - mean) / std` for each channel, of a picture whose pixels
    are `pixels`. Afterwards the argument holds `byte - zero` and is rounded to
    the grid of scale 1 and zero point `zero - 128`, which bytes are on already,
    and the convolutions that read it do the rest.

    - Without padding, mean and deviation go into weights and bias; `zero` is 0.
    - With padding, `zero` is the byte that stands for zero, if that is the same
      integer for all channels.
    - Otherwise `zero` is near the means, and the argument gets one more channel,
      which holds `fill` in the picture and zero in the padding. Its weights hold
      what is left of the means.
    - Where the first layer is no convolution, or a grouped one that would need
      the third way, a depthwise 1x1 convolution does it.

    A 1x1 convolution of each channel at the start, as an importer leaves from
    preprocessing in the model, is part of the preprocessing.

    ```mlir
    func.func @main(%x: tensor<1x3x8x8xf32> {nn.picture = {pixels = "rgb8",
        mean = [127.5, 127.5, 127.5], std = [127.5, 127.5, 127.5]}}) ...
      %y = nn.conv2d %x, %w pads [1, 1, 1, 1]
    // becomes
    func.func @main(%x: tensor<1x4x8x8xf32> {nn.picture = {..., zero = 128 : i64,
        fill = 2 : i64}}) ...
      %q = nn.fake_quantize %x to !quant.uniform<i8:f32, 1.0>
      %y = nn.conv2d %q, %w2 pads [1, 1, 1, 1]
    ```
  }];
  let statistics = [
    Statistic<"numFolded", "folded", "Layers that took the preprocessing in">,
    Statistic<"numStandalone", "standalone",
              "Preprocessings turned into depthwise convolutions">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect",
                           "::mlir::quant::QuantDialect"];
}

//===----------------------------------------------------------------------===//
// Fusion
//===----------------------------------------------------------------------===//

def FoldPad : Pass<"nn-fold-pad", "::mlir::func::FuncOp"> {
  let summary = "fold explicit padding into the window that reads it";
  let description = [{
    Only where the result is the same number for number:

    - zeros before a convolution join its pads;
    - zeros before an average pool join its pads and count, if the pool had no
      pads of its own or counts them already;
    - before a max pool, `-inf` joins its pads. Zeros do so only if the input is
      known not to be negative, since the pool's own padding never wins, while
      an explicit zero wins against negative values.

    A pad stays if a window would then lie wholly in the padding, and for other
    readers of its result.
  }];
  let statistics = [
    Statistic<"numFolded", "folded", "Paddings folded into a window">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def FuseClamp : Pass<"nn-fuse-clamp", "::mlir::func::FuncOp"> {
  let summary = "fuse clamps into convolutions and adds";
  let description = [{
    A clamp (ReLU, ReLU6, Clip) of a convolution or an add that nothing else
    reads becomes the bounds of that op. Bounds that the op has already are
    composed with it. A clamp behind a max pool or a reshape is moved before it
    if it can be fused there, which gives the same numbers since a maximum
    commutes with a clamp.

    ```mlir
    %c = nn.conv2d %x, %w : ...
    %y = nn.clamp %c min 0.0 : ...
    // becomes
    %y = nn.conv2d %x, %w clamp_min 0.0 : ...
    ```
  }];
  let statistics = [
    Statistic<"numFused", "fused", "Clamps fused">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def FuseResidual : Pass<"nn-fuse-residual", "::mlir::func::FuncOp"> {
  let summary = "fuse additions into the convolution before them";
  let description = [{
    An add of equal shapes, one operand of which is a convolution that nothing
    else reads, becomes the residual of that convolution; the add's bounds
    become the convolution's. A convolution with bounds of its own is left
    alone, since those apply before the addition.

    ```mlir
    %c = nn.conv2d %x, %w : ...
    %y = nn.add %c, %s clamp_min 0.0 : ...
    // becomes
    %y = nn.conv2d %x, %w residual(%s) clamp_min 0.0 : ...
    ```

    If both operands qualify, the one that comes later in the function takes the
    other as its residual. Depthwise convolutions are left alone unless
    `depthwise` is set. Constants are never residuals.
  }];
  let options = [
    Option<"depthwise", "depthwise", "bool", /*default=*/"false",
           "Also fuse into depthwise convolutions">
  ];
  let statistics = [
    Statistic<"numFused", "fused", "Additions fused">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

#endif // NNCC_DIALECT_NN_TRANSFORMS_PASSES_TD
