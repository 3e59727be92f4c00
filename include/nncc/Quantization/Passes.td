//===- Passes.td - Passes that quantize nn graphs ----------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// From a float graph and sample inputs to a graph of 8-bit integers. The passes
// know the arithmetic of docs/numerics.md, and no hardware configuration.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_QUANTIZATION_PASSES_TD
#define NNCC_QUANTIZATION_PASSES_TD

include "mlir/Pass/PassBase.td"

def Equalize : Pass<"nn-equalize", "::mlir::func::FuncOp"> {
  let summary = "give the channels between convolutions like magnitudes";
  let description = [{
    Between two convolutions with nothing but positively homogeneous functions
    (ReLU, leaky ReLU, pools, zero padding) that have one reader each, a channel
    may be divided by any `s > 0` in the weights and the bias that make it, and
    multiplied by `s` in the weights that read it. `s` is chosen so that the
    greatest weights on both sides become equal (Nagel et al., *Data-Free
    Quantization Through Weight Equalization and Bias Correction*, ICCV 2019,
    section 4.1), over all pairs of the network again and again until nothing
    changes. In real numbers the network computes what it did before.

    ```mlir
    %a = nn.conv2d %x, %w clamp_min 0.0 : ...    // greatest weight 4
    %b = nn.conv2d %a, %v groups 1 : ...         // greatest weight 1
    // becomes, with s = 2
    %a = nn.conv2d %x, %w2 clamp_min 0.0 : ...   // 2
    %b = nn.conv2d %a, %v2 groups 1 : ...        // 2
    ```

    An upper bound, such as that of ReLU6, is not homogeneous: it would become
    another one for each channel, which no op has. A pair with one is left alone
    unless `drop-upper-bounds` takes the bound away, which changes the network
    wherever a value reaches the bound.

    Runs before `nn-calibrate`, since ranges and means are those of the scaled
    channels. Convolutions with a residual are not the first of a pair.
  }];
  let options = [
    Option<"dropUpperBounds", "drop-upper-bounds", "bool", /*default=*/"false",
           "Also where this takes away an upper bound of the values">
  ];
  let statistics = [
    Statistic<"numPairs", "pairs", "Pairs of convolutions equalized">,
    Statistic<"numBoundsDropped", "bounds-dropped", "Upper bounds taken away">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
}

def Calibrate : Pass<"nn-calibrate", "::mlir::func::FuncOp"> {
  let summary = "measure the range of each value on sample inputs";
  let description = [{
    Evaluates the float graph on every input of `data` and leaves on each
    argument and each op that computes new values the attribute
    `nn.range = [lo, hi]`, the interval that its integers shall cover. `data` is
    a `.npy` file whose first axis counts the inputs, or a folder of such files
    named after the arguments.

    How the interval follows from the values seen is the choice of `observer`:

    - `minmax`: the least and the greatest value.
    - `percentile`: without the share of values beyond the percentile on either
      side, so that a few outliers do not make all steps coarse.
    - `mse`: the interval for which rounding and saturation together have the
      least mean square error, taken from a histogram.
    - `kl`: the interval that keeps the most of the distribution, by the
      Kullback-Leibler divergence, as TensorRT's entropy calibrator does.

    ```mlir
    %y = nn.conv2d %x, %w clamp_min 0.0 : ...
    // becomes
    %y = nn.conv2d %x, %w clamp_min 0.0 {nn.range = [0.0, 3.125]} : ...
    ```

    Each convolution and linear layer also gets `nn.input_mean`, the mean of what
    each weight is multiplied with, which `nn-quantize` needs to correct biases.

    The last bits of float arithmetic depend on the machine that calibrates.
    Bounds and means are therefore rounded outwards to 12 significant bits.
  }];
  let options = [
    Option<"data", "data", "std::string", /*default=*/"",
           "File or folder of sample inputs">,
    Option<"observer", "observer", "::nncc::Observer",
           /*default=*/"::nncc::Observer::LeastError",
           "How a range follows from the values",
           [{::llvm::cl::values(
              clEnumValN(::nncc::Observer::MinMax, "minmax", "extremes"),
              clEnumValN(::nncc::Observer::Percentile, "percentile",
                         "extremes without outliers"),
              clEnumValN(::nncc::Observer::LeastError, "mse",
                         "least mean square error"),
              clEnumValN(::nncc::Observer::Divergence, "kl",
                         "least Kullback-Leibler divergence"))}]>,
    Option<"percentile", "percentile", "double", /*default=*/"99.99",
           "For observer=percentile, in (50, 100]">,
    Option<"scales", "scales", "::nncc::ScaleMode",
           /*default=*/"::nncc::ScaleMode::Float",
           "Kind of scales that nn-quantize will use",
           [{::llvm::cl::values(
              clEnumValN(::nncc::ScaleMode::Float, "float", "any number"),
              clEnumValN(::nncc::ScaleMode::PowerOfTwo, "pow2",
                         "powers of two"))}]>
  ];
  let statistics = [
    Statistic<"numInputs", "inputs", "Sample inputs evaluated">,
    Statistic<"numRanges", "ranges", "Values that got a range">
  ];
}

def Quantize : Pass<"nn-quantize", "::mlir::func::FuncOp"> {
  let summary = "turn a float graph with ranges into integers";
  let description = [{
    Gives every tensor between the inputs and the last layer the type
    `!quant.uniform<i8:f32, scale:zero_point>`, from the ranges that
    `nn-calibrate` left (see docs/quantization.md for the formulas). Arguments
    and results of the function stay float, with `quant.qcast` and `quant.dcast`
    at the boundary.

    ```mlir
    func.func @f(%x: tensor<1x1x4x4xf32> {nn.range = [0.0, 1.0]}) -> ... {
      %w = nn.constant dense<...> : tensor<8x1x3x3xf32>
      %y = nn.conv2d %x, %w {nn.range = [-1.0, 1.0]} : ...
      return %y
    }
    // becomes
    func.func @f(%x: tensor<1x1x4x4xf32>) -> ... {
      %q = quant.qcast %x : ... to tensor<...!quant.uniform<i8:f32, 0.0039:-128>>
      %w = nn.constant dense<...> : tensor<8x1x3x3xi8> -> tensor<8x1x3x3x
          !quant.uniform<i8<-127:127>:f32:0, {0.0019, ...}>>
      %y = nn.conv2d %q, %w : (...) -> tensor<...!quant.uniform<i8:f32, 0.0078>>
      %r = quant.dcast %y : ...
      return %r
    }
    ```

    - Weights are symmetric in [-127, 127] with a scale for each output channel;
      biases are `i32` in the scale of the accumulator. Where the mean of a layer's
      input is known, the bias also makes up for what rounding the weights does
      to the mean of the sum.
    - Max pooling, reshaping, padding, clamping and concatenation repeat elements
      of their inputs: inputs and result share one type, through chains of such
      ops. Its range is the union of theirs.
    - Softmax, arg-max, and reshapes behind the last layer stay float: the host
      computes them. A layer that reads a host op's result is an error.
    - With `scales=pow2` every scale is a power of two. All multipliers are then
      shifts, but for average pools over other numbers of positions and additions
      of scales 2^15 apart.

    A scale that the accelerator's fields cannot express is an error that names
    the node.
  }];
  let options = [
    Option<"scales", "scales", "::nncc::ScaleMode",
           /*default=*/"::nncc::ScaleMode::Float", "Kind of scales",
           [{::llvm::cl::values(
              clEnumValN(::nncc::ScaleMode::Float, "float", "any number"),
              clEnumValN(::nncc::ScaleMode::PowerOfTwo, "pow2",
                         "powers of two"))}]>
  ];
  let statistics = [
    Statistic<"numQuantized", "quantized", "Ops on integers">,
    Statistic<"numHost", "host", "Ops left to the host">,
    Statistic<"numTypes", "types", "Sets of tensors that share a type">,
    Statistic<"numWidened", "widened",
              "Weight channels whose scale was raised for the bias or the sum">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect",
                           "::mlir::quant::QuantDialect"];
}

#endif // NNCC_QUANTIZATION_PASSES_TD
