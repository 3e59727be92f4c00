//===- AristotleOps.td - Operations of the aristotle dialect -*- tablegen -*-=//
//
// A program is one `aristotle.program`: what lies in DRAM, the layers, what the
// host does, then buffers and instructions in program order. Offsets into
// buffers are in words, offsets into DRAM tensors in bytes.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLEOPS_TD
#define NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLEOPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "nncc/Dialect/Aristotle/IR/AristotleDialect.td"
include "nncc/Dialect/Aristotle/IR/InstructionInterface.td"

class Aristotle_Op<string mnemonic, list<Trait> traits = []>
    : Op<AristotleDialect, mnemonic, traits>;

def Aristotle_Buffer : Type<
    CPred<"::llvm::isa<::nncc::aristotle::BufferType>($_self)">, "buffer",
    "::nncc::aristotle::BufferType">;

//===----------------------------------------------------------------------===//
// Program and its DRAM side
//===----------------------------------------------------------------------===//

def Aristotle_ProgramOp : Aristotle_Op<"program", [
    SymbolTable, IsolatedFromAbove, NoTerminator, SingleBlock,
    NoRegionArguments]> {
  let summary = "hold the program of one network for one architecture";
  let description = [{
    `arch` is the whole architecture description, so that every later step
    knows the machine without being told again. `inputs` and `outputs` name the
    host tensors that are the network's interface.

    ```mlir
    aristotle.program attributes {arch = {array.vector = 8 : i64, ...}, ...} {
      aristotle.constant @w dense<...> : tensor<64xi8>
      %0 = aristotle.alloc : !aristotle.buffer<weight, 8>
      aristotle.load @w[0] to %0[0] <x = 8>
    }
    ```
  }];
  let arguments = (ins StrAttr:$arch_name, DictionaryAttr:$arch,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$inputs,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$arch_name attr-dict-with-keyword $body";
  let extraClassDeclaration = [{
    /// The architecture. The verifier has checked that it is complete and legal.
    ArchConfig getArchConfig();
    static DictionaryAttr archAttr(MLIRContext *context, const ArchConfig &arch);
    Block &getBlock() { return getBody().front(); }
  }];
  let hasVerifier = 1;
}

def Aristotle_ConstantOp : Aristotle_Op<"constant", [Symbol]> {
  let summary = "bytes in the constant region of DRAM";
  let description = [{
    Weights, records, tap lists and tables in the format of the instruction set.
    `offset` is the place in the region, once assigned.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ElementsAttr:$value,
                       OptionalAttr<I64Attr>:$offset);
  let assemblyFormat = "$sym_name $value (`at` $offset^)? attr-dict";
  let extraClassDeclaration = [{
    int64_t getBytes() { return getValue().getNumElements(); }
  }];
  let hasVerifier = 1;
}

def Aristotle_TensorOp : Aristotle_Op<"tensor", [Symbol]> {
  let summary = "a tensor in DRAM or in the host's memory";
  let description = [{
    `tensor_name` is the name in the network. `layout` is `host`, `words` or
    `rows` as the program container defines them; host tensors have no region.
    `channels` gives the channel of each slot of a `words` tensor (-1: padding)
    where it is not the identity. `offset` is the place in the region, once
    assigned. A tensor with `view_of` has no room of its own: it lies in that
    tensor, `view_offset` bytes behind its start.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$tensor_name,
                       TypeAttr:$element_type, DenseI64ArrayAttr:$shape,
                       StrAttr:$layout, OptionalAttr<Aristotle_RegionAttr>:$region,
                       DefaultValuedAttr<I64Attr, "0">:$bytes,
                       DefaultValuedAttr<I64Attr, "0">:$row_pitch,
                       OptionalAttr<DenseI64ArrayAttr>:$channels,
                       OptionalAttr<FlatSymbolRefAttr>:$view_of,
                       DefaultValuedAttr<I64Attr, "0">:$view_offset,
                       OptionalAttr<I64Attr>:$offset);
  let assemblyFormat = [{
    $sym_name $layout $tensor_name $shape $element_type
    (`region` $region^ )? (`bytes` $bytes^)? (`row_pitch` $row_pitch^)?
    (`channels` $channels^)? (`view` $view_of^ `[` $view_offset `]`)?
    (`at` $offset^)? attr-dict
  }];
  let builders = [
    // A tensor without the attributes that have defaults.
    OpBuilder<(ins "::llvm::StringRef":$symbol, "::llvm::StringRef":$name,
                   "::mlir::Type":$elementType,
                   "::llvm::ArrayRef<int64_t>":$shape,
                   "::llvm::StringRef":$layout, "RegionAttr":$region), [{
      build($_builder, $_state, symbol, name, elementType, shape, layout,
            region, 0, 0, ::mlir::DenseI64ArrayAttr(),
            ::mlir::FlatSymbolRefAttr(), 0, ::mlir::IntegerAttr());
    }]>
  ];
  let hasVerifier = 1;
}

def Aristotle_HostOp : Aristotle_Op<"host"> {
  let summary = "an operation that the runtime does before or after the device runs";
  let arguments = (ins StrAttr:$kind, BoolAttr:$prologue,
                       FlatSymbolRefAttr:$source, FlatSymbolRefAttr:$result,
                       DefaultValuedAttr<I64Attr, "0">:$axis,
                       DefaultValuedAttr<BoolAttr, "true">:$keep_dims,
                       DefaultValuedAttr<BoolAttr, "false">:$select_last_index);
  let assemblyFormat = [{
    $kind $source `to` $result `prologue` $prologue attr-dict
  }];
  let builders = [
    OpBuilder<(ins "::llvm::StringRef":$kind, "bool":$prologue,
                   "::llvm::StringRef":$source, "::llvm::StringRef":$result), [{
      build($_builder, $_state, kind, prologue, source, result, 0, true, false);
    }]>
  ];
  let hasVerifier = 1;
}

def Aristotle_LayerOp : Aristotle_Op<"layer"> {
  let summary = "a layer of the network, for reports";
  let description = [{
    Layers are numbered in their order; an instruction names its layer by
    number.
  }];
  let arguments = (ins StrAttr:$layer_name, StrAttr:$kind, StrAttr:$engine,
                       StrAttr:$reason, I64Attr:$macs, StrAttr:$tile);
  let assemblyFormat = [{
    $layer_name $kind `on` $engine `because` $reason `macs` $macs `tile` $tile
    attr-dict
  }];
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

def Aristotle_AllocOp : Aristotle_Op<"alloc"> {
  let summary = "a buffer of a local memory";
  let description = [{
    The buffer lives from the first to the last instruction that uses it.
    `address` is its first word, once assigned.
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$address);
  let results = (outs Aristotle_Buffer:$buffer);
  let assemblyFormat = "(`at` $address^)? attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// An instruction: its layer, and what scheduling adds.
class Aristotle_Instruction<string mnemonic, dag operandsAndAttrs,
                            list<Trait> traits = [],
                            list<string> methods = []>
    : Aristotle_Op<mnemonic, !listconcat(traits, [
        DeclareOpInterfaceMethods<InstructionOpInterface, methods>])> {
  let arguments = !con(operandsAndAttrs, (ins
    DefaultValuedAttr<I64Attr, "0">:$layer,
    OptionalAttr<Aristotle_EngineAttr>:$engine,
    OptionalAttr<Aristotle_EngineSetAttr>:$wait,
    OptionalAttr<Aristotle_EngineSetAttr>:$post));
  let hasVerifier = 1;
}

def Aristotle_LoadOp : Aristotle_Instruction<"load", (ins
    FlatSymbolRefAttr:$source, I64Attr:$source_offset,
    Aristotle_Buffer:$dest, I64Attr:$dest_offset, Aristotle_BlockAttr:$block),
    [], ["getDramSymbol"]> {
  let summary = "copy a block from DRAM to a buffer";
  let description = [{
    Example:

    ```mlir
    aristotle.load @w[128] to %0[0] <x = 8> : !aristotle.buffer<weight, 8>
    ```
  }];
  let assemblyFormat = [{
    $source `[` $source_offset `]` `to` $dest `[` $dest_offset `]` $block
    attr-dict `:` type($dest)
  }];
}

def Aristotle_LoadWindowOp : Aristotle_Instruction<"load_window", (ins
    FlatSymbolRefAttr:$source, I64Attr:$source_offset,
    Aristotle_Buffer:$dest, I64Attr:$dest_offset,
    Aristotle_WindowsAttr:$windows), [], ["getDramSymbol"]> {
  let summary = "unfold rows of bytes in DRAM into windows in a feature buffer";
  let assemblyFormat = [{
    $source `[` $source_offset `]` `to` $dest `[` $dest_offset `]` $windows
    attr-dict `:` type($dest)
  }];
}

def Aristotle_SaveOp : Aristotle_Instruction<"save", (ins
    Aristotle_Buffer:$source, I64Attr:$source_offset,
    FlatSymbolRefAttr:$dest, I64Attr:$dest_offset, Aristotle_BlockAttr:$block),
    [], ["getDramSymbol"]> {
  let summary = "copy a block from a feature buffer to DRAM";
  let assemblyFormat = [{
    $source `[` $source_offset `]` `to` $dest `[` $dest_offset `]` $block
    attr-dict `:` type($source)
  }];
}

def Aristotle_ConvOp : Aristotle_Instruction<"conv", (ins
    Aristotle_Buffer:$src, Aristotle_Buffer:$taps, Aristotle_Buffer:$weights,
    Optional<Aristotle_Buffer>:$params, Optional<Aristotle_Buffer>:$dst,
    Optional<Aristotle_Buffer>:$residual,
    I64Attr:$src_offset, Aristotle_ImageAttr:$image, Aristotle_WindowAttr:$window,
    I64Attr:$tap_offset, DenseI32ArrayAttr:$tap_list, I64Attr:$weight_offset,
    Aristotle_TileAttr:$tile, I64Attr:$psum_bank, UnitAttr:$accumulate,
    DefaultValuedAttr<I64Attr, "0">:$param_offset,
    DefaultValuedAttr<I64Attr, "0">:$dst_offset,
    OptionalAttr<Aristotle_OutputAttr>:$output,
    DefaultValuedAttr<I64Attr, "0">:$residual_offset,
    OptionalAttr<Aristotle_ResidualAttr>:$residual_scale),
    [AttrSizedOperandSegments]> {
  let summary = "walk a tap list over a tile of pixels";
  let description = [{
    With `dst` and `params` the sums are requantized and written; without, they
    stay in bank `psum_bank` for a later op with `accumulate`. `tap_list` are
    the taps that the tap buffer holds from `tap_offset` (in taps) on, in the
    format of the instruction set, so that what the op reads is known here;
    `weight_offset` counts weight blocks.
  }];
  let assemblyFormat = [{
    $src `[` $src_offset `]` $image `window` $window
    `taps` $taps `[` $tap_offset `]` $tap_list
    `weights` $weights `[` $weight_offset `]`
    `bank` $psum_bank (`accumulate` $accumulate^)? `tile` $tile
    (`params` $params^ `[` $param_offset `]`)?
    (`dst` $dst^ `[` $dst_offset `]` $output)?
    (`residual` $residual^ `[` $residual_offset `]` $residual_scale)?
    attr-dict `:` type(operands)
  }];
}

def Aristotle_DepthwiseOp : Aristotle_Instruction<"depthwise", (ins
    Aristotle_Buffer:$src, Optional<Aristotle_Buffer>:$weights,
    Aristotle_Buffer:$params, Aristotle_Buffer:$dst,
    I64Attr:$src_offset, Aristotle_ImageAttr:$image, Aristotle_WindowAttr:$window,
    DefaultValuedAttr<I64Attr, "0">:$weight_offset,
    DefaultValuedAttr<I64Attr, "0">:$param_offset,
    UnitAttr:$shared_params, I64Attr:$dst_offset, Aristotle_TileAttr:$tile,
    Aristotle_OutputAttr:$output)> {
  let summary = "convolve each channel with its own window, or sum the window";
  let description = "Without `weights` every weight is one: average pooling.";
  let assemblyFormat = [{
    $src `[` $src_offset `]` $image `window` $window
    (`weights` $weights^ `[` $weight_offset `]`)?
    `params` $params `[` $param_offset `]` (`shared` $shared_params^)?
    `dst` $dst `[` $dst_offset `]` $output `tile` $tile
    attr-dict `:` type(operands)
  }];
}

def Aristotle_MaxPoolOp : Aristotle_Instruction<"max_pool", (ins
    Aristotle_Buffer:$src, Aristotle_Buffer:$dst, I64Attr:$src_offset,
    Aristotle_ImageAttr:$image, Aristotle_WindowAttr:$window,
    I64Attr:$dst_offset, Aristotle_TileAttr:$tile)> {
  let summary = "greatest value of a window; with a 1x1 window, copy, crop or pad";
  let assemblyFormat = [{
    $src `[` $src_offset `]` $image `window` $window
    `dst` $dst `[` $dst_offset `]` `tile` $tile attr-dict `:` type(operands)
  }];
}

def Aristotle_AddOp : Aristotle_Instruction<"add", (ins
    Aristotle_Buffer:$a, Aristotle_Buffer:$b, Aristotle_Buffer:$dst,
    I64Attr:$a_offset, Aristotle_OperandAttr:$a_pitch,
    I64Attr:$b_offset, Aristotle_OperandAttr:$b_pitch,
    I64Attr:$dst_offset, Aristotle_TileAttr:$tile, Aristotle_SumAttr:$sum,
    Aristotle_OutputAttr:$output)> {
  let summary = "add two feature maps of different scales";
  let assemblyFormat = [{
    $a `[` $a_offset `]` $a_pitch `,` $b `[` $b_offset `]` $b_pitch $sum
    `dst` $dst `[` $dst_offset `]` $output `tile` $tile
    attr-dict `:` type(operands)
  }];
}

def Aristotle_MulOp : Aristotle_Instruction<"mul", (ins
    Aristotle_Buffer:$a, Aristotle_Buffer:$b, Aristotle_Buffer:$dst,
    I64Attr:$a_offset, Aristotle_OperandAttr:$a_pitch,
    I64Attr:$b_offset, Aristotle_OperandAttr:$b_pitch,
    I64Attr:$dst_offset, Aristotle_TileAttr:$tile,
    Aristotle_ProductAttr:$product, Aristotle_OutputAttr:$output)> {
  let summary = "multiply two feature maps element by element";
  let assemblyFormat = [{
    $a `[` $a_offset `]` $a_pitch `,` $b `[` $b_offset `]` $b_pitch $product
    `dst` $dst `[` $dst_offset `]` $output `tile` $tile
    attr-dict `:` type(operands)
  }];
}

def Aristotle_TableOp : Aristotle_Instruction<"table", (ins
    Aristotle_Buffer:$src, Aristotle_Buffer:$table, Aristotle_Buffer:$dst,
    I64Attr:$src_offset, Aristotle_OperandAttr:$src_pitch,
    DefaultValuedAttr<I64Attr, "0">:$table_offset,
    I64Attr:$dst_offset, Aristotle_TileAttr:$tile)> {
  let summary = "replace each value by its entry in a table";
  let assemblyFormat = [{
    $src `[` $src_offset `]` $src_pitch `table` $table `[` $table_offset `]`
    `dst` $dst `[` $dst_offset `]` `tile` $tile attr-dict `:` type(operands)
  }];
}

#endif // NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLEOPS_TD
