//===- AristotleDialect.td - The aristotle dialect ---------*- tablegen -*-===//

#ifndef NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLEDIALECT_TD
#define NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLEDIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"

def AristotleDialect : Dialect {
  let name = "aristotle";
  let cppNamespace = "::nncc::aristotle";
  let summary = "programs of the accelerator, before and after scheduling";
  let description = [{
    One op per instruction of the instruction set, on virtual buffers of the
    local memories and named tensors in DRAM. Before scheduling, a buffer has no
    address and the order of instructions is implied by what they read and
    write; scheduling assigns ports, addresses and tokens, after which each op
    is exactly one instruction.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Aristotle_BufferType : TypeDef<AristotleDialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "run of words in a local memory";
  let description = [{
    `!aristotle.buffer<feature, 448>`: 448 words of V bytes in the feature
    memory. Tap, weight, cparam and vparam buffers are counted in words too.
  }];
  let parameters = (ins "::nncc::isa::Memory":$memory, "int64_t":$words);
  let assemblyFormat = "`<` $memory `,` $words `>`";
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

class Aristotle_Attr<string name, string attrMnemonic>
    : AttrDef<AristotleDialect, name> {
  let mnemonic = attrMnemonic;
}

def Aristotle_EngineAttr : Aristotle_Attr<"Engine", "engine"> {
  let summary = "engine of the accelerator";
  let parameters = (ins "::nncc::isa::Engine":$value);
  let assemblyFormat = "`<` $value `>`";
}

def Aristotle_EngineSetAttr : Aristotle_Attr<"EngineSet", "engines"> {
  let summary = "set of engines, as in a wait or post mask";
  let description = "`#aristotle.engines<load0, conv>`; bit i is engine i.";
  let parameters = (ins "uint8_t":$mask);
  let hasCustomAssemblyFormat = 1;
}

def Aristotle_RegionAttr : Aristotle_Attr<"Region", "region"> {
  let summary = "DRAM region";
  let parameters = (ins "::nncc::isa::Region":$value);
  let assemblyFormat = "`<` $value `>`";
}

def Aristotle_ImageAttr : Aristotle_Attr<"Image", "image"> {
  let summary = "how a feature map, or the part of it in memory, lies in a buffer";
  let description = [{
    Words from a row to the next, words from a group of V channels to the next,
    and the rows and columns that are there.
  }];
  let parameters = (ins "int32_t":$row_pitch, "int32_t":$group_pitch,
                        "int32_t":$height, "int32_t":$width);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_WindowAttr : Aristotle_Attr<"Window", "window"> {
  let summary = "which input positions an output position reads";
  let description = [{
    Output row y reads the input rows `origin_y + y*stride_y + ky*dilation_y`;
    columns alike. A position outside the image has the value `pad`. An op that
    walks a tap list takes the kernel offsets from there and has kernel and
    dilation 1.
  }];
  let parameters = (ins
    "int32_t":$origin_y, "int32_t":$origin_x,
    "int32_t":$stride_y, "int32_t":$stride_x,
    DefaultValuedParameter<"int32_t", "1">:$kernel_y,
    DefaultValuedParameter<"int32_t", "1">:$kernel_x,
    DefaultValuedParameter<"int32_t", "1">:$dilation_y,
    DefaultValuedParameter<"int32_t", "1">:$dilation_x,
    DefaultValuedParameter<"int32_t", "0">:$pad);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_BlockAttr : Aristotle_Attr<"Block", "block"> {
  let summary = "a three-dimensional transfer, in words";
  let description = [{
    `x` words a row, `y` rows a plane, `z` planes; pitches from a row to the next
    and from a plane to the next on the DRAM and on the local side.
  }];
  let parameters = (ins
    "int32_t":$x,
    DefaultValuedParameter<"int32_t", "1">:$y,
    DefaultValuedParameter<"int32_t", "1">:$z,
    DefaultValuedParameter<"int32_t", "0">:$dram_pitch_y,
    DefaultValuedParameter<"int32_t", "0">:$dram_pitch_z,
    DefaultValuedParameter<"int32_t", "0">:$local_pitch_y,
    DefaultValuedParameter<"int32_t", "0">:$local_pitch_z);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_WindowsAttr : Aristotle_Attr<"Windows", "windows"> {
  let summary = "how rows of bytes are unfolded into windows";
  let description = [{
    `x` windows a row, `y` rows, `groups` words a window; a window starts `step`
    bytes after the one before, the first at byte `start` of the row; bytes
    outside `[0, row_bytes)` have the value `fill`.
  }];
  let parameters = (ins
    "int32_t":$x, "int32_t":$y, "int32_t":$groups, "int32_t":$dram_pitch_y,
    "int32_t":$local_pitch_y, "int32_t":$local_pitch_z, "int32_t":$step,
    "int32_t":$start, "int32_t":$row_bytes, "int32_t":$fill);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_TileAttr : Aristotle_Attr<"Tile", "tile"> {
  let summary = "the part of a result that an instruction writes";
  let description = [{
    `height` rows of `width` columns of `groups` groups of V channels, and the
    pitches between rows and groups in the buffer that is written.
  }];
  let parameters = (ins "int32_t":$height, "int32_t":$width, "int32_t":$groups,
                        "int32_t":$row_pitch, "int32_t":$group_pitch);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_OperandAttr : Aristotle_Attr<"Operand", "operand"> {
  let summary = "pitches of an elementwise operand; 0 repeats";
  let parameters = (ins "int32_t":$row_pitch, "int32_t":$group_pitch,
                        DefaultValuedParameter<"int32_t", "1">:$column_pitch);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_OutputAttr : Aristotle_Attr<"Output", "output"> {
  let summary = "zero point and bounds of a result";
  let parameters = (ins "int32_t":$zp, "int32_t":$lo, "int32_t":$hi);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_ResidualAttr : Aristotle_Attr<"Residual", "residual"> {
  let summary = "where a convolution's residual lies, and how it is scaled";
  let parameters = (ins "int32_t":$row_pitch, "int32_t":$group_pitch,
                        "int32_t":$multiplier, "int32_t":$shift,
                        "int32_t":$constant);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_SumAttr : Aristotle_Attr<"Sum", "sum"> {
  let summary = "multipliers and constant of an addition, and the scale of its sum";
  let parameters = (ins "int32_t":$a_multiplier, "int32_t":$b_multiplier,
                        "int32_t":$constant, "int32_t":$multiplier,
                        "int32_t":$shift);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Aristotle_ProductAttr : Aristotle_Attr<"Product", "product"> {
  let summary = "zero points, multiplier and shift of a multiplication";
  let parameters = (ins "int32_t":$a_zp, "int32_t":$b_zp,
                        "int32_t":$multiplier, "int32_t":$shift);
  let assemblyFormat = "`<` struct(params) `>`";
}

#endif // NNCC_DIALECT_ARISTOTLE_IR_ARISTOTLEDIALECT_TD
