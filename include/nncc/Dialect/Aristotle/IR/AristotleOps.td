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

    The body is in program order. Order matters for layers, whose number is their
    place among the layers, and for instructions; before scheduling, any order of
    instructions in which no two of them that conflict change places means the
    same.

    Example:

    ```mlir
    aristotle.program "tiny" attributes {arch = {array.vector = 8 : i64, ...},
                                         inputs = ["h0"], outputs = ["h1"]} {
      aristotle.constant @w dense<1> : tensor<64xi8>
      %weight = aristotle.alloc : <weight, 8>
      aristotle.load @w[0] to %weight[0] <x = 8> : <weight, 8>
    }
    ```

    The verifier demands a complete and legal architecture, an instruction's layer
    among the layers of the program (if it has any), and that `inputs` and
    `outputs` name tensors on the host. It also verifies the buffers and
    instructions, which depend on the architecture and on what the symbols name.
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
  let hasRegionVerifier = 1;
}

def Aristotle_ConstantOp : Aristotle_Op<"constant", [Symbol]> {
  let summary = "bytes in the constant region of DRAM";
  let description = [{
    Weights, records, tap lists and tables in the format of the instruction set.
    `offset` is the place in the region, once assigned.

    Example:

    ```mlir
    aristotle.constant @records2 dense_resource<records2> : tensor<64xi8> at 192
    ```
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
    tensor, `view_offset` bytes behind its start, and not beyond its end.

    `bytes` is the room in DRAM. It may be more than the values: `words` tensors
    are padded to whole groups of V channels, and each row of a `rows` tensor,
    `[row][column][channel]`, to `row_pitch` bytes.

    Example: room for 16 channels of 4x4 pixels, of which the network's output
    `y` is the second half; and the same tensor as the host sees it.

    ```mlir
    aristotle.tensor @t0 "words" "joined" [1, 16, 4, 4]
        !quant.uniform<i8:f32, 0.5> region <output> bytes 256 at 0
    aristotle.tensor @v0 "words" "y" [1, 8, 4, 4]
        !quant.uniform<i8:f32, 0.5> region <output> bytes 128 view @t0[128] at 128
    aristotle.tensor @h0 "host" "y" [1, 8, 4, 4] f32
    ```
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
  let description = [{
    Host operations run in their order: those with `prologue true` before the
    device starts, the others when it has finished. `kind` is one of

    - `quantize`, `dequantize`: between a host tensor of floats and a tensor in
      DRAM, by the scale and zero point of the latter's type;
    - `unpack`: the bytes of a tensor in DRAM, in the network's order;
    - `picture`: from a host tensor of pixels `[1, H, W, C]` to a tensor in DRAM,
      less 128 each. A channel that the pixels do not have holds `fill`;
    - `reshape`, `softmax` (along `axis`), `argmax` (along `axis`; `keep_dims` and
      `select_last_index` as in ONNX): from host tensor to host tensor.

    Example:

    ```mlir
    aristotle.host "quantize" @h0 to @v0 prologue true
    aristotle.host "dequantize" @v1 to @h1 prologue false
    aristotle.host "softmax" @h1 to @h2 prologue false {axis = 1 : i64}
    ```
  }];
  let arguments = (ins StrAttr:$kind, BoolAttr:$prologue,
                       FlatSymbolRefAttr:$source, FlatSymbolRefAttr:$result,
                       DefaultValuedAttr<I64Attr, "0">:$axis,
                       DefaultValuedAttr<BoolAttr, "true">:$keep_dims,
                       DefaultValuedAttr<BoolAttr, "false">:$select_last_index,
                       DefaultValuedAttr<I64Attr, "0">:$fill);
  let assemblyFormat = [{
    $kind $source `to` $result `prologue` $prologue attr-dict
  }];
  let builders = [
    OpBuilder<(ins "::llvm::StringRef":$kind, "bool":$prologue,
                   "::llvm::StringRef":$source, "::llvm::StringRef":$result), [{
      build($_builder, $_state, kind, prologue, source, result, 0, true, false,
            0);
    }]>
  ];
  let hasVerifier = 1;
}

def Aristotle_LayerOp : Aristotle_Op<"layer"> {
  let summary = "a layer of the network, for reports";
  let description = [{
    Layers are numbered in their order; an instruction names its layer by
    number. `layer_name` is the network's name of the result, `macs` the
    multiply-accumulates by the network's definition (padding and pruned weights
    included), `tile` says how the layer was cut and `because` why it runs where
    it runs. Nothing depends on this op but reports and the debug map.

    Example:

    ```mlir
    aristotle.layer "relu1" "conv2d" on "conv" because "convolution" macs 4608
        tile "8x4 pixels, tiles outside, 3 taps, weights stay"
    ```
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

def Aristotle_AllocOp : Aristotle_Op<"alloc", [HasParent<"ProgramOp">,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "a buffer of a local memory";
  let description = [{
    The buffer lives from the first to the last instruction that uses it, not
    from where this op stands. `address` is its first word, once assigned: a
    multiple of O in the weight memory and of a record group (8*O/V words) in the
    cparam memory, where instructions count in those units.

    There is no op that frees a buffer, and none that writes one twice is wrong:
    a feature map that stays on the chip is one buffer with many writers.

    Example:

    ```mlir
    %feature = aristotle.alloc : <feature, 448>
    %weight = aristotle.alloc at 64 : <weight, 72>
    ```
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$address);
  let results = (outs Aristotle_Buffer:$buffer);
  let assemblyFormat = "(`at` $address^)? attr-dict `:` type($buffer)";
  let extraClassDeclaration = [{
    /// Checks size and address. It is the program that calls this.
    LogicalResult verifyIn(const ArchConfig &arch);
  }];
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// An instruction: its layer, and what scheduling adds.
class Aristotle_Instruction<string mnemonic, dag operandsAndAttrs,
                            list<Trait> traits = [],
                            list<string> methods = []>
    : Aristotle_Op<mnemonic, !listconcat(traits, [HasParent<"ProgramOp">,
        DeclareOpInterfaceMethods<InstructionOpInterface, methods>])> {
  let arguments = !con(operandsAndAttrs, (ins
    DefaultValuedAttr<I64Attr, "0">:$layer,
    OptionalAttr<Aristotle_EngineAttr>:$engine,
    OptionalAttr<Aristotle_EngineSetAttr>:$wait,
    OptionalAttr<Aristotle_EngineSetAttr>:$post,
    UnitAttr:$fence));
}

def Aristotle_LoadOp : Aristotle_Instruction<"load", (ins
    FlatSymbolRefAttr:$source, I64Attr:$source_offset,
    Aristotle_Buffer:$dest, I64Attr:$dest_offset, Aristotle_BlockAttr:$block),
    [], ["getDramSymbol"]> {
  let summary = "copy a block from DRAM to a buffer";
  let description = [{
    Copies the words of `block` from the DRAM object `source`, from byte
    `source_offset` on, to any local memory, from word `dest_offset` of the buffer
    on. With a third dimension, one load brings a tile of all groups of channels
    of a feature map.

    Example: 64 bytes of weights; and a tile of 4x6 pixels of two groups out of a
    feature map of 8x8, packed.

    ```mlir
    aristotle.load @w[128] to %weight[0] <x = 8> : <weight, 8>
    aristotle.load @t0[64] to %feature[0] <x = 6, y = 4, z = 2, dram_pitch_y = 8,
        dram_pitch_z = 64, local_pitch_y = 6, local_pitch_z = 24> : <feature, 48>
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
  let description = [{
    Reads a tensor in `rows` layout, where a pixel is C bytes without padding, and
    writes for each output column the bytes that a kernel row reads there. A word
    so holds up to V of the `kernel_w * C` inputs of a kernel row, and a
    convolution over three channels fills the array instead of using three of its
    V inputs. Padding on the left and right comes from `fill`, so the convolution
    behind it has `origin_x = 0` and `stride_x = 1`.

    Example: a 3x3 convolution with padding 1 over one channel of 8x8 pixels.
    Windows begin one byte apart, the first one byte in front of the row; each has
    3 of its 8 lanes in use.

    ```mlir
    aristotle.load_window @t0[0] to %feature[0] <x = 8, y = 8, groups = 1,
        dram_pitch_y = 1, local_pitch_y = 8, local_pitch_z = 64, step = 1,
        start = -1, row_bytes = 8, fill = -128> : <feature, 64>
    ```
  }];
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
  let description = [{
    The reverse of `aristotle.load`, from the feature memory only and to a tensor
    of the output or workspace region only.

    Example:

    ```mlir
    aristotle.save %feature[0] to @t1[32] <x = 4> : <feature, 4>
    ```
  }];
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
    For each tap `(group, dy, dx)` of `tap_list`, adds to the sums of bank
    `psum_bank` the product of the next weight block, V inputs by O outputs, with
    the words `group` words behind `src_offset`, `dy` rows and `dx` columns
    further than the window's origin, for all pixels of the tile. A position
    outside the image has the window's `pad` value.

    With `dst` and `params` the sums are requantized and written; without, they
    stay in the bank for a later op with `accumulate`, which is how a tap list is
    cut whose weights do not fit the weight memory. `residual` adds a second
    feature map before the clamp.

    `tap_list` are the taps that the tap buffer holds from `tap_offset` (in taps)
    on. They stand here too, so that what the op reads is known without looking
    into a constant; the compiler writes both from one list. `weight_offset`
    counts weight blocks, `param_offset` words.

    Example: a 1x1 convolution of 16 to 8 channels on 4x4 pixels, V = O = 8; the
    second group of inputs lies 16 words behind the first.

    ```mlir
    aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4>
        window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
        taps %t[0] [(0, 0, 0), (16, 0, 0)] weights %w[0] bank 0
        tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
        params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
        : !aristotle.buffer<feature, 32>, !aristotle.buffer<tap, 1>,
          !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>,
          !aristotle.buffer<feature, 16>
    ```
  }];
  let assemblyFormat = [{
    $src `[` $src_offset `]` $image `window` $window
    `taps` $taps `[` $tap_offset `]` custom<TapList>($tap_list)
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
  let description = [{
    Without `weights` every weight is one and the result is the scaled sum of the
    window: average pooling, the divisor being part of the records' multiplier.
    With `shared` all groups use one record group. Weights and records are both in
    the vparam memory; group g, window position t has its weights at word
    `weight_offset + g*kernel_y*kernel_x + t`, its records at
    `param_offset + 8*g`.

    Example: the average of 2x2 pixels with stride 2.

    ```mlir
    aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4>
        window <origin_y = 0, origin_x = 0, stride_y = 2, stride_x = 2,
                kernel_y = 2, kernel_x = 2>
        params %p[0] shared dst %y[0] <zp = 0, lo = -128, hi = 127>
        tile <height = 2, width = 2, groups = 1, row_pitch = 2, group_pitch = 4>
        : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 8>,
          !aristotle.buffer<feature, 4>
    ```
  }];
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
  let description = [{
    Positions outside the image have the window's `pad` value: -128 in a pooling
    layer, which never wins, and the padding's value in a pad layer, where the
    window is a single position.

    Example: an image of 2x2 pixels in a border of zeros.

    ```mlir
    aristotle.max_pool %x[0] <row_pitch = 2, group_pitch = 4, height = 2, width = 2>
        window <origin_y = -1, origin_x = -1, stride_y = 1, stride_x = 1>
        dst %y[0]
        tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
        : !aristotle.buffer<feature, 4>, !aristotle.buffer<feature, 16>
    ```
  }];
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
  let description = [{
    The sum `a*a_multiplier + b*b_multiplier + constant`, scaled by `multiplier`
    and `shift` as a convolution's sum is, plus `zp`, within `lo` and `hi`. A
    pitch of 0 repeats a row, a group or, with `column_pitch = 0`, a pixel of `b`,
    which is how a value for each channel is added. `dst` may be the place of an
    operand.

    Example:

    ```mlir
    aristotle.add %a[0] <row_pitch = 4, group_pitch = 16>,
        %b[0] <row_pitch = 4, group_pitch = 16>
        <a_multiplier = 2, b_multiplier = 1, constant = 0, multiplier = 1, shift = 2>
        dst %a[0] <zp = 0, lo = -128, hi = 127>
        tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
        : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>,
          !aristotle.buffer<feature, 16>
    ```
  }];
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
  let description = [{
    The product `(a - a_zp) * (b - b_zp)`, scaled by `multiplier` and `shift` as a
    convolution's sum is, plus `zp`, within `lo` and `hi`. Pitches of 0 repeat as
    in `aristotle.add`.

    Example: each channel of `a` times its own factor.

    ```mlir
    aristotle.mul %a[0] <row_pitch = 4, group_pitch = 16>,
        %b[0] <row_pitch = 0, group_pitch = 1, column_pitch = 0>
        <a_zp = 0, b_zp = -128, multiplier = 1, shift = 8>
        dst %y[0] <zp = 0, lo = -128, hi = 127>
        tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
        : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 1>,
          !aristotle.buffer<feature, 16>
    ```
  }];
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
  let description = [{
    Value q becomes byte `q + 128` of the 256 bytes at word `table_offset` of a
    vparam buffer: any function of one 8-bit value.

    Example:

    ```mlir
    aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0]
        tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
        : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>,
          !aristotle.buffer<feature, 16>
    ```
  }];
  let assemblyFormat = [{
    $src `[` $src_offset `]` $src_pitch `table` $table `[` $table_offset `]`
    `dst` $dst `[` $dst_offset `]` `tile` $tile attr-dict `:` type(operands)
  }];
}

#endif // NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLEOPS_TD
