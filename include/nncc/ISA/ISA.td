//===- ISA.td - The nncc instruction set -------------------------*- td -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//
//
// The one definition of the instruction set: fields, widths, legal ranges and
// exact semantics. Everything that encodes, decodes, prints, checks or explains
// an instruction is generated from this file.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_ISA_ISA_TD
#define NNCC_ISA_ISA_TD

include "nncc/ISA/ISABase.td"

//===----------------------------------------------------------------------===//
// Enumerations
//===----------------------------------------------------------------------===//

def Engine : ISAEnum<"Engine", 3, [
    EnumCase<"load0", 0, "DRAM to local memory, read port 0">,
    EnumCase<"load1", 1, "DRAM to local memory, read port 1">,
    EnumCase<"conv", 2, "tap-list convolution on the MAC array">,
    EnumCase<"vector", 3, "depthwise, pooling, elementwise and table look-up on V lanes">,
    EnumCase<"save", 4, "feature memory to DRAM">
  ], "The engines. Each runs its own instructions in program order, beside the others.">;

def Memory : ISAEnum<"Memory", 3, [
    EnumCase<"feature", 0, "feature maps; `feature_words` words of V bytes">,
    EnumCase<"weight", 1, "weight blocks; `weight_blocks` blocks of V*O bytes, O words each">,
    EnumCase<"tap", 2, "tap lists; `tap_words` words of V bytes, V/4 taps each">,
    EnumCase<"cparam", 3, "requantization records of the conv engine; `conv_params` groups of O records, 8*O/V words each">,
    EnumCase<"vparam", 4, "weights, records and tables of the vector engine; `vector_words` words of V bytes">
  ], "The local memories. A load addresses each of them in words of V bytes.">;

def Region : ISAEnum<"Region", 3, [
    EnumCase<"constant", 0, "weights, records, tap lists and tables of the program; read-only">,
    EnumCase<"input", 1, "input tensors; read-only">,
    EnumCase<"output", 2, "output tensors">,
    EnumCase<"workspace", 3, "tensors between layers">
  ], "The DRAM regions. The host places each; an instruction holds an offset into one, so that a program runs wherever its regions lie.">;

//===----------------------------------------------------------------------===//
// Fields that several instructions share
//===----------------------------------------------------------------------===//

// The input image as the window engines (conv, depthwise, max_pool) see it.
def SrcBase : Field<"src_base", 16, "feature word of row 0, column 0, group 0 of the input image">;
def SrcRowPitch : Field<"src_row_pitch", 12, "words from one row of the input image to the next">;
def SrcGroupPitch : Field<"src_group_pitch", 16, "words from one group of V input channels to the next">;
def SrcHeight : RangeField<"src_height", 12, 1, 4095, "rows of the input image that are in memory; a position outside them feeds `pad_value`">;
def SrcWidth : RangeField<"src_width", 12, 1, 4095, "columns of the input image that are in memory; a position outside them feeds `pad_value`">;
def OriginY : SignedField<"origin_y", 12, "input row of output row 0 at tap row 0">;
def OriginX : SignedField<"origin_x", 12, "input column of output column 0 at tap column 0">;
def StrideY : RangeField<"stride_y", 4, 1, 15, "input rows from one output row to the next">;
def StrideX : RangeField<"stride_x", 4, 1, 15, "input columns from one output column to the next">;
def PadValue : SignedField<"pad_value", 8, "value that every lane of a position outside the image has">;
def KernelH : RangeField<"kernel_h", 8, 1, 255, "rows of the window">;
def KernelW : RangeField<"kernel_w", 8, 1, 255, "columns of the window">;
def Height : RangeField<"height", 12, 1, 4095, "rows of the result">;
def Width : RangeField<"width", 12, 1, 4095, "columns of the result">;
def Groups : RangeField<"groups", 10, 1, 1023, "groups of V channels">;
def DstBase : Field<"dst_base", 16, "feature word of row 0, column 0, group 0 of the result">;
def DstRowPitch : Field<"dst_row_pitch", 12, "words from one row of the result to the next">;
def DstGroupPitch : Field<"dst_group_pitch", 16, "words from one group of the result to the next">;

// The end of every arithmetic operation.
def OutZp : SignedField<"out_zp", 8, "zero point of the result">;
def ClampLo : SignedField<"clamp_lo", 8, "least value of the result">;
def ClampHi : SignedField<"clamp_hi", 8, "greatest value of the result; at least `clamp_lo`">;
def ScaleMultiplier : Field<"multiplier", 17, "m of the result's scale">;
def ScaleShift : RangeField<"shift", 6, 1, 40, "s of the result's scale">;

// DRAM side of the transfers.
def DramOffset : Field<"dram_offset", 32, "byte offset into the region; a multiple of V">;
def CountX : RangeField<"count_x", 16, 1, 65535, "words of a row">;
def CountY : RangeField<"count_y", 12, 1, 4095, "rows of a plane">;
def CountZ : RangeField<"count_z", 12, 1, 4095, "planes">;
def DramPitchY : Field<"dram_pitch_y", 24, "words of V bytes from one row in DRAM to the next">;
def DramPitchZ : Field<"dram_pitch_z", 28, "words of V bytes from one plane in DRAM to the next">;
def LocalPitchY : Field<"local_pitch_y", 16, "words from one row in local memory to the next">;
def LocalPitchZ : Field<"local_pitch_z", 18, "words from one plane in local memory to the next">;

//===----------------------------------------------------------------------===//
// The instruction set
//===----------------------------------------------------------------------===//

// The version stays 1 until the first release: before it, programs are compiled
// anew whenever their encoding changes.
def NNCC : InstructionSet<"nncc", 1, 64> {
  let Header = [
    Field<"opcode", 6, "kind of instruction">,
    EnumField<"engine", Engine, "engine that runs it">,
    MaskField<"wait", Engine, 5, "engines from each of which one token is taken before the instruction starts">,
    MaskField<"post", Engine, 5, "engines to each of which one token is given after the instruction has finished">,
    Flag<"fence", "start only after every earlier instruction of the engine has finished">
  ];
}

def LoadInst : Instruction<"load", 1, ["load0", "load1"], [
    EnumField<"memory", Memory, "local memory that is written">,
    EnumField<"region", Region, "DRAM region that is read">,
    DramOffset,
    Field<"local_base", 18, "first word in the local memory">,
    CountX, CountY, CountZ, DramPitchY, DramPitchZ, LocalPitchY, LocalPitchZ]> {
  let Summary = "copies a three-dimensional block from DRAM to a local memory";
  let Description = [{
    for z < count_z, y < count_y, x < count_x:
      local[local_base + z*local_pitch_z + y*local_pitch_y + x] =
        region[dram_offset + V*(z*dram_pitch_z + y*dram_pitch_y + x) ... + V-1]
  }];
}

def LoadWindowInst : Instruction<"load_window", 2, ["load0", "load1"], [
    EnumField<"region", Region, "DRAM region that is read">,
    DramOffset,
    Field<"local_base", 16, "feature word of row 0, window 0, group 0">,
    RangeField<"count_x", 12, 1, 4095, "windows (words) of a row">,
    CountY,
    RangeField<"groups", 6, 1, 63, "groups of V bytes of a window">,
    DramPitchY,
    Field<"local_pitch_y", 16, "words from one row in the feature memory to the next">,
    Field<"local_pitch_z", 16, "words from one group in the feature memory to the next">,
    RangeField<"step", 9, 1, 511, "bytes from the start of one window to the start of the next">,
    SignedField<"start", 16, "byte of the row at which window 0 starts; negative where the image is padded on the left">,
    RangeField<"row_bytes", 16, 1, 65535, "bytes of a row in DRAM">,
    SignedField<"fill", 8, "value of the bytes outside [0, row_bytes)">]> {
  let Summary = "unfolds rows of bytes into overlapping windows, so that the columns of a kernel become channels";
  let Description = [{
    for g < groups, y < count_y, x < count_x, lane < V:
      b = start + x*step + g*V + lane
      feature[local_base + g*local_pitch_z + y*local_pitch_y + x][lane] =
        0 <= b < row_bytes ? region[dram_offset + y*dram_pitch_y*V + b] : fill

    An image with few channels is stored row by row, pixel by pixel, channel by
    channel (HWC). A window of kernel_w pixels is then a run of bytes: with
    step = stride_x * C and start = -pad_left * C, one word holds up to V of the
    kernel_w * C inputs of an output pixel, and a convolution over few channels
    fills the array.
  }];
}

def SaveInst : Instruction<"save", 3, ["save"], [
    EnumField<"region", Region, "DRAM region that is written: output or workspace">,
    DramOffset,
    Field<"local_base", 16, "first word in the feature memory">,
    CountX, CountY, CountZ, DramPitchY, DramPitchZ, LocalPitchY, LocalPitchZ]> {
  let Summary = "copies a three-dimensional block from the feature memory to DRAM";
  let Description = [{
    for z < count_z, y < count_y, x < count_x:
      region[dram_offset + V*(z*dram_pitch_z + y*dram_pitch_y + x) ... + V-1] =
        feature[local_base + z*local_pitch_z + y*local_pitch_y + x]
  }];
}

def ConvInst : Instruction<"conv", 8, ["conv"], [
    Field<"tap_base", 14, "first tap, counted in taps from the start of the tap memory">,
    RangeField<"tap_count", 14, 1, 16383, "taps of the list">,
    Flag<"accumulate", "start from the sums in the bank rather than from zero">,
    Flag<"drain", "requantize the sums and write the result">,
    Field<"psum_bank", 1, "bank of the partial-sum memory">,
    Field<"weight_base", 12, "weight block of the first tap; tap i uses block weight_base + i">,
    SrcBase, SrcRowPitch, SrcHeight, SrcWidth, OriginY, OriginX, StrideY, StrideX, PadValue,
    Height, Width,
    DstBase, DstRowPitch, DstGroupPitch,
    RangeField<"dst_groups", 3, 1, 4, "groups of V output channels that are written; at most O/V">,
    Field<"param_base", 10, "group of O requantization records">,
    OutZp, ClampLo, ClampHi,
    Flag<"residual", "add a second feature map before the clamp">,
    Field<"res_base", 16, "feature word of row 0, column 0, group 0 of the residual">,
    Field<"res_row_pitch", 12, "words from one row of the residual to the next">,
    Field<"res_group_pitch", 16, "words from one group of the residual to the next">,
    SignedField<"res_multiplier", 16, "multiplier of the residual">,
    RangeField<"res_shift", 5, 0, 31, "right shift of the residual">,
    SignedField<"res_constant", 32, "constant added to the product before the shift: its rounding and zero-point term">]> {
  let Summary = "walks a tap list over a tile of pixels and accumulates into partial sums";
  let Description = [{
    The product height*width is at most `psum_pixels`. With pixel
    p = y*width + x:

      if !accumulate: sum[psum_bank][p][o] = 0 for all p, o < O
      for i < tap_count:
        (group, dy, dx) = tap[tap_base + i]          # u16, s8, s8
        w = weight[weight_base + i]                   # w[o][v], int8
        for y < height, x < width:
          iy = origin_y + y*stride_y + dy
          ix = origin_x + x*stride_x + dx
          a = 0 <= iy < src_height and 0 <= ix < src_width
                ? feature[src_base + group + iy*src_row_pitch + ix]
                : (pad_value in every lane)
          for o < O: sum[psum_bank][p][o] += sum over v < V of a[v]*w[o][v]
      if drain:
        for g < dst_groups, y < height, x < width, lane < V:
          o = g*V + lane
          (bias, m, s) = cparam[param_base][o]
          t = scale(sum[psum_bank][p][o] + bias, m, s)
          if residual:
            r = feature[res_base + g*res_group_pitch + y*res_row_pitch + x][lane]
            t = t + ((r*res_multiplier + res_constant) >> res_shift)
          feature[dst_base + g*dst_group_pitch + y*dst_row_pitch + x][lane] =
            clamp(t + out_zp, clamp_lo, clamp_hi)

    With drain the bank is free afterwards; without it the sums stay for a later
    instruction with accumulate. Fields of the drain are ignored without drain,
    those of the residual without residual.
  }];
}

def DepthwiseInst : Instruction<"depthwise", 16, ["vector"], [
    SrcBase, SrcRowPitch, SrcGroupPitch, SrcHeight, SrcWidth, OriginY, OriginX,
    StrideY, StrideX, PadValue, KernelH, KernelW,
    RangeField<"dilation_y", 8, 1, 255, "input rows from one row of the window to the next">,
    RangeField<"dilation_x", 8, 1, 255, "input columns from one column of the window to the next">,
    Height, Width, Groups, DstBase, DstRowPitch, DstGroupPitch,
    Flag<"unit_weights", "every weight is one; no weights are read">,
    Flag<"shared_params", "all groups use the first record group">,
    Field<"weight_base", 12, "vparam word of the weight of group 0, tap 0; group g, tap t is kernel_h*kernel_w*g + t words on">,
    Field<"param_base", 12, "vparam word of the records of group 0; 8 words a group">,
    OutZp, ClampLo, ClampHi]> {
  let Summary = "multiplies each channel with its own window of weights; with unit weights, a windowed sum (average pooling)";
  let Description = [{
    for g < groups, y < height, x < width, lane < V:
      sum = 0
      for ky < kernel_h, kx < kernel_w:
        iy = origin_y + y*stride_y + ky*dilation_y
        ix = origin_x + x*stride_x + kx*dilation_x
        a = 0 <= iy < src_height and 0 <= ix < src_width
              ? feature[src_base + g*src_group_pitch + iy*src_row_pitch + ix][lane]
              : pad_value
        w = unit_weights ? 1 : vparam[weight_base + g*kernel_h*kernel_w + ky*kernel_w + kx][lane]
        sum += a*w
      (bias, m, s) = record lane of the group at vparam[param_base + (shared_params ? 0 : 8*g)]
      feature[dst_base + g*dst_group_pitch + y*dst_row_pitch + x][lane] =
        clamp(scale(sum + bias, m, s) + out_zp, clamp_lo, clamp_hi)
  }];
}

def MaxPoolInst : Instruction<"max_pool", 17, ["vector"], [
    SrcBase, SrcRowPitch, SrcGroupPitch, SrcHeight, SrcWidth, OriginY, OriginX,
    StrideY, StrideX, PadValue, KernelH, KernelW,
    RangeField<"dilation_y", 8, 1, 255, "input rows from one row of the window to the next">,
    RangeField<"dilation_x", 8, 1, 255, "input columns from one column of the window to the next">,
    Height, Width, Groups, DstBase, DstRowPitch, DstGroupPitch]> {
  let Summary = "takes the greatest value of a window; with a 1x1 window, copies, crops, subsamples or pads";
  let Description = [{
    for g < groups, y < height, x < width, lane < V:
      feature[dst_base + g*dst_group_pitch + y*dst_row_pitch + x][lane] =
        max over ky < kernel_h, kx < kernel_w of
          a position as in depthwise (pad_value outside the image)

    A pooling layer sets pad_value to -128, which never wins over a pixel.
  }];
}

def AddInst : Instruction<"add", 18, ["vector"], [
    Field<"a_base", 16, "feature word of row 0, column 0, group 0 of a">,
    Field<"a_row_pitch", 12, "words from one row of a to the next">,
    Field<"a_group_pitch", 16, "words from one group of a to the next">,
    Field<"b_base", 16, "feature word of row 0, column 0, group 0 of b">,
    Field<"b_row_pitch", 12, "words from one row of b to the next; 0 repeats a row">,
    Field<"b_group_pitch", 16, "words from one group of b to the next; 0 repeats a group">,
    Field<"b_column_pitch", 1, "words from one column of b to the next; 0 repeats a pixel">,
    Height, Width, Groups, DstBase, DstRowPitch, DstGroupPitch,
    SignedField<"a_multiplier", 16, "multiplier of a">,
    SignedField<"b_multiplier", 16, "multiplier of b">,
    SignedField<"constant", 32, "zero-point term">,
    ScaleMultiplier, ScaleShift,
    OutZp, ClampLo, ClampHi]> {
  let Summary = "adds two feature maps of different scales";
  let Description = [{
    for g < groups, y < height, x < width, lane < V:
      t = scale(a*a_multiplier + b*b_multiplier + constant, multiplier, shift)
      result = clamp(t + out_zp, clamp_lo, clamp_hi)
  }];
}

def MulInst : Instruction<"mul", 19, ["vector"], [
    Field<"a_base", 16, "feature word of row 0, column 0, group 0 of a">,
    Field<"a_row_pitch", 12, "words from one row of a to the next">,
    Field<"a_group_pitch", 16, "words from one group of a to the next">,
    Field<"b_base", 16, "feature word of row 0, column 0, group 0 of b">,
    Field<"b_row_pitch", 12, "words from one row of b to the next; 0 repeats a row">,
    Field<"b_group_pitch", 16, "words from one group of b to the next; 0 repeats a group">,
    Field<"b_column_pitch", 1, "words from one column of b to the next; 0 repeats a pixel">,
    Height, Width, Groups, DstBase, DstRowPitch, DstGroupPitch,
    SignedField<"a_zp", 8, "zero point of a">,
    SignedField<"b_zp", 8, "zero point of b">,
    ScaleMultiplier, ScaleShift,
    OutZp, ClampLo, ClampHi]> {
  let Summary = "multiplies two feature maps element by element";
  let Description = [{
    for g < groups, y < height, x < width, lane < V:
      t = scale((a - a_zp)*(b - b_zp), multiplier, shift)
      result = clamp(t + out_zp, clamp_lo, clamp_hi)
  }];
}

def TableInst : Instruction<"table", 20, ["vector"], [
    SrcBase, SrcRowPitch, SrcGroupPitch,
    Height, Width, Groups, DstBase, DstRowPitch, DstGroupPitch,
    Field<"table_base", 12, "vparam word at which the 256 bytes of the table start">]> {
  let Summary = "replaces each value by its entry in a table of 256 bytes";
  let Description = [{
    for g < groups, y < height, x < width, lane < V:
      q = feature[src_base + g*src_group_pitch + y*src_row_pitch + x][lane]
      feature[dst_base + g*dst_group_pitch + y*dst_row_pitch + x][lane] = T[q + 128]
    where T[i] is byte i of the vparam memory from word table_base on.
  }];
}

//===----------------------------------------------------------------------===//
// Chapters of the manual
//===----------------------------------------------------------------------===//

def MachineSection : ManualSection<1, "The machine", [{
Five engines run at once. The fetch unit reads the program in order and hands
each instruction to the queue of its engine (`queue_depth` entries each); a full
queue holds back the instructions behind it. An instruction depends on nothing
but its own fields, the memories and the tokens: there are no modes, and no field
means something else because of an earlier instruction.

V is the number of channels of a word and of inputs of the MAC array, O the
number of its outputs. All memory sizes come from the architecture description.

An engine starts its instructions in order and finishes them in order, but may
start one before the one before it has finished. An instruction has finished when
all it reads has been read, all its writes are visible to every engine, and, for
`save`, the memory has answered every write. An instruction without `fence` must
not touch a word that an earlier, unfinished instruction of its engine writes, nor
write one that it reads. What has certainly finished: with `fence`, all earlier
instructions of the engine; what a token says (below); and, when a `conv` starts,
every `conv` up to the last one that drained the same bank.

At the start of a program the counters of tokens are zero and the queues empty;
local memories and partial sums are undefined. A program is done when all its
instructions have finished.
}]>;

def TokenSection : ManualSection<2, "Tokens", [{
Between each ordered pair of engines (from, to) stands a counter, zero at the
start of a program. An instruction with engine F in its `wait` mask starts only
when the counter (F, its engine) is above zero, and takes one from it. When it
has finished, it adds one
to the counter (its engine, T) for each T in its `post` mask. Waiting for or
posting to the own engine is illegal. A counter holds at most `token_limit`; an
engine whose post finds it full waits until a token is taken, so that no token is
ever lost.

A program is legal only if, walked in program order, no wait meets an empty
counter and no post a full one. A legal program cannot deadlock, whatever the
engines' speeds: the earliest unfinished instruction always finds its tokens.
}]>;

def ScaleSection : ManualSection<3, "Scaling", [{
`scale(acc, m, s)` turns a 32-bit sum into the scale of the result:

    a25 = acc saturated to [-2^24, 2^24 - 1]
    scale = the integer nearest to a25*m / 2^s, of two equally near ones the even one

The product fits 42 signed bits. m is in [0, 131071], s in [1, 40]. A scale of
2^-s is the case m = 1. That is, with `>>` as the arithmetic shift,

    scale = (a25*m + 2^(s-1) - 1 + (((a25*m) >> s) & 1)) >> s

The argument acc, and every sum that leads to it, is 32 bits wide and wraps. Every
other expression in this manual, coordinates and addresses included, is exact.
}]>;

def LegalSection : ManualSection<5, "Legal programs", [{
Three kinds of mistakes are told apart.

- *Illegal instruction*: an unknown opcode or enumeration value, a reserved bit
  that is set, a field outside its range, a relation between fields that an
  instruction's text demands (`clamp_lo <= clamp_hi`, `height*width <=
  psum_pixels`, `dst_groups <= O/V`), an engine that does not run the
  instruction. Found before the instruction starts.
- *Address error*: a local word or DRAM byte beyond its memory or region. Nothing
  is accessed there. Addresses never wrap.
- *Illegal program*: a race, a read of a word that was never written, sums that
  were never started, a record with s outside [1, 40] or m above 131071, a
  convolution weight of -128. The hardware does not look for these, and results
  are then undefined; the simulator finds those that it says it does.

After the first two the accelerator stops and reports the number of the
instruction and the engine. Memory contents are then undefined.

*Overlap.* The words that an instruction writes are all different. None of them is
a word that it reads, except that in `add`, `mul`, `table` and the residual of
`conv` a result may replace the element at its own position. The loops of an
instruction may run in any order.

*Partial sums.* A sum is addressed by its bank and p alone. `accumulate` continues
sums that the last instruction on that bank, of the same height and width, left
without `drain`. After a `drain` the sums of the bank are undefined. Outputs from
`V*dst_groups` on are discarded.
}]>;

def FormatSection : ManualSection<4, "Data formats", [{
- *Word*: V signed bytes, lane 0 at the lowest address.
- *Feature map*: `[group][row][column]` words; a group holds V channels.
- *Weight block*: `[o][v]` signed bytes in [-127, 127], O*V of them: O words.
  Word o holds the weights of output o for the V inputs.
- *Tap*: 32 bits, little endian. Bits 15..0: `group`, unsigned offset of the
  feature group in words; bits 23..16: `dy`, signed; bits 31..24: `dx`, signed.
- *Requantization record*: 8 bytes, little endian. Bytes 0..3: bias, signed;
  bytes 4..6: m; byte 7: s. A record group of the conv engine has O records
  (8*O/V words), one of the vector engine V (8 words).
- *Table*: 256 signed bytes; entry q + 128 replaces q.
}]>;

#endif // NNCC_ISA_ISA_TD
