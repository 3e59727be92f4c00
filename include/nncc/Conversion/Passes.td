//===- Passes.td - From the quantized graph to instructions -*- tablegen -*-===//

#ifndef NNCC_CONVERSION_PASSES_TD
#define NNCC_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def NNPlace : Pass<"nn-place", "::mlir::ModuleOp"> {
  let summary = "decide which engine runs each layer";
  let description = [{
    Marks each op of a quantized function with `nncc.engine` (`conv`, `vector`,
    `host`, or `none` for what costs nothing) and `nncc.reason`, the sentence
    that reports give for it. Ops that nothing can run are errors, and all of
    them are reported.

    Where an elementwise op joins two concatenations whose operands have
    different channel counts, their channels lie in different lanes. The pass
    puts a 1x1 convolution by the identity, which changes no value, behind one of
    them. It also makes a slice of channels a convolution that passes them on, and
    splits a maximum whose window the feature memory does not hold into one over
    columns and one over rows.

    ```mlir
    // before
    %y = nn.conv2d %x, %w ...
    // after
    %y = nn.conv2d %x, %w ... {nncc.engine = "conv", nncc.reason = "convolution"}
    ```
  }];
  let options = [
    Option<"arch", "arch", "std::string", "\"z7020\"",
           "name or file of the architecture description">
  ];
  let dependentDialects = ["::nncc::nn::NNDialect"];
  let statistics = [
    Statistic<"numRelayouts", "relayouts", "Identity convolutions inserted">
  ];
}

def NNToAristotle : Pass<"nn-to-aristotle", "::mlir::ModuleOp"> {
  let summary = "cut a placed network into instructions on virtual buffers";
  let description = [{
    Decides which feature maps stay in the feature memory and which are streamed
    through DRAM, chooses a tile and a loop order for each layer from a cost
    model, and writes the instructions of layer after layer. Buffers have no
    addresses yet, loads stand right before their use, and dependences follow
    from what instructions read and write in program order.

    A feature map stays on the chip from its first writer to its last reader if
    every layer in between still finds a good tile in what is left; otherwise the
    largest ones are streamed. The operands of a concatenation are written where
    its result lies.
  }];
  let options = [
    Option<"arch", "arch", "std::string", "\"z7020\"",
           "name or file of the architecture description">,
    Option<"keepIntermediates", "keep-intermediates", "bool", "false",
           "make every layer's result an output of the program">,
    Option<"featureBudget", "feature-budget", "int64_t", "100",
           "percent of the feature memory to plan with">
  ];
  let dependentDialects = ["::nncc::aristotle::AristotleDialect"];
}

#endif // NNCC_CONVERSION_PASSES_TD
