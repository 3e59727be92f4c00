// RUN: sed -f %S/Inputs/tiny.sed %s | nncc-opt -split-input-file -verify-diagnostics

// One case for each rule of the verifiers. V = O = 8: a weight block is 8 words,
// a record group of either engine 8 words, a tap word 2 taps. What depends on the
// instruction set alone (ranges of fields) is tested with the instruction set;
// here are a few examples, to see that it is asked.

//===----------------------------------------------------------------------===//
// program
//===----------------------------------------------------------------------===//

// expected-error@+1 {{'aristotle.program' op expected inputs and outputs to be tensors on the host, got "h0"}}
aristotle.program "tiny" attributes {arch = #tiny, inputs = ["h0"]} {
}

// -----

// A tensor in DRAM is the host's only through a host operation.
// expected-error@+1 {{expected inputs and outputs to be tensors on the host, got "t0"}}
aristotle.program "tiny" attributes {arch = #tiny, outputs = ["t0"]} {
  aristotle.tensor @t0 "words" "y" [1, 8, 1, 1] i8 region <output> bytes 8
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{'nn.constant' op has no place in a program}}
  %0 = nn.constant dense<0> : tensor<1xi8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.layer "a" "conv2d" on "conv" because "" macs 0 tile ""
  aristotle.constant @w dense<1> : tensor<64xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{'aristotle.load' op names layer 1, the program has 1}}
  aristotle.load @w[0] to %w[0] <x = 8> {layer = 1 : i64} : <weight, 8>
}

// -----

//===----------------------------------------------------------------------===//
// constant, tensor, host
//===----------------------------------------------------------------------===//

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{'aristotle.constant' op expected a one-dimensional tensor of i8, got 'tensor<4xi32>'}}
  aristotle.constant @w dense<1> : tensor<4xi32>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{expected layout "host", "words" or "rows", got "planes"}}
  aristotle.tensor @t0 "planes" "y" [1, 8, 1, 1] i8 region <output> bytes 8
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{expected a region for a tensor on the device}}
  aristotle.tensor @t0 "words" "y" [1, 8, 1, 1] i8 bytes 8
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{a host tensor has no region}}
  aristotle.tensor @t0 "host" "y" [1, 8, 1, 1] i8 region <output> bytes 8
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{a tensor cannot lie in the constant region}}
  aristotle.tensor @t0 "words" "y" [1, 8, 1, 1] i8 region <constant> bytes 8
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{expected positive dimensions, got 0}}
  aristotle.tensor @t0 "words" "y" [1, 0, 1, 1] i8 region <output> bytes 8
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{expected at least one byte in DRAM, got 0}}
  aristotle.tensor @t0 "words" "y" [1, 8, 1, 1] i8 region <output>
}

// -----

// A view and what it is a view of lie in the same region.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @t0 "words" "y" [1, 8, 1, 1] i8 region <output> bytes 8
  // expected-error@+1 {{is a view of @t0, which is no tensor of its region}}
  aristotle.tensor @v0 "words" "y" [1, 8, 1, 1] i8 region <workspace> bytes 8 view @t0[0]
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{is a view of @nobody, which is no tensor of its region}}
  aristotle.tensor @v0 "words" "y" [1, 8, 1, 1] i8 region <output> bytes 8 view @nobody[0]
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{declared here}}
  aristotle.tensor @t0 "words" "y" [1, 16, 1, 1] i8 region <output> bytes 16
  // expected-error@+1 {{lies in bytes 8 to 23 of @t0, which has 16}}
  aristotle.tensor @v0 "words" "y" [1, 16, 1, 1] i8 region <output> bytes 16 view @t0[8]
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @h0 "host" "x" [1] f32
  aristotle.tensor @h1 "host" "y" [1] f32
  // expected-error@+1 {{'aristotle.host' op unknown kind "sort"}}
  aristotle.host "sort" @h0 to @h1 prologue false
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @h0 "host" "x" [1] f32
  // expected-error@+1 {{expected a tensor of the program, got @h1}}
  aristotle.host "reshape" @h0 to @h1 prologue false
}

// -----

//===----------------------------------------------------------------------===//
// alloc
//===----------------------------------------------------------------------===//

// expected-error@+1 {{'aristotle.alloc' op expects parent op 'aristotle.program'}}
%0 = aristotle.alloc : <feature, 1>

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{expected at least one word, got 0}}
  %0 = aristotle.alloc : <feature, 0>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{needs words 0 to 1024 of the feature memory, which has 1024}}
  %0 = aristotle.alloc : <feature, 1025>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{needs words 1020 to 1027 of the feature memory, which has 1024}}
  %0 = aristotle.alloc at 1020 : <feature, 8>
}

// -----

// Weight memory: 32 blocks of 8 words.
aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+1 {{expected an address that is a multiple of 8 in the weight memory, got 12}}
  %0 = aristotle.alloc at 12 : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-error@+2 {{expected one of feature, weight, tap, cparam, vparam, got 'cache'}}
  // expected-error@+1 {{failed to parse Aristotle_BufferType parameter 'memory'}}
  %0 = aristotle.alloc : <cache, 8>
}

// -----

//===----------------------------------------------------------------------===//
// load, load_window, save
//===----------------------------------------------------------------------===//

aristotle.program "tiny" attributes {arch = #tiny} {
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{expected a constant or a tensor in DRAM, got @w}}
  aristotle.load @w[0] to %w[0] <x = 8> : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @h0 "host" "x" [64] f32
  %x = aristotle.alloc : <feature, 8>
  // expected-error@+1 {{expected a constant or a tensor in DRAM, got @h0}}
  aristotle.load @h0[0] to %x[0] <x = 8> : <feature, 8>
}

// -----

// Two rows of 4 words, 6 words apart: the last ends at word 10, byte 80.
aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{declared here}}
  aristotle.constant @w dense<1> : tensor<72xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{touches bytes 0 to 79 of @w, which has 72}}
  aristotle.load @w[0] to %w[0] <x = 4, y = 2, dram_pitch_y = 6, local_pitch_y = 4> : <weight, 8>
}

// -----

// The same on the local side.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<80xi8>
  // expected-note@+1 {{allocated here}}
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{touches words 0 to 9 of its dest buffer, which has 8}}
  aristotle.load @w[0] to %w[0] <x = 4, y = 2, dram_pitch_y = 4, local_pitch_y = 6> : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<80xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{field count_x: expected 1..65535, got 0}}
  aristotle.load @w[0] to %w[0] <x = 0> : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<80xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{field dram_offset: expected a multiple of V = 8, got 4}}
  aristotle.load @w[4] to %w[0] <x = 8> : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<80xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{field engine: expected load0 or load1, got conv}}
  aristotle.load @w[0] to %w[0] <x = 8> {engine = #aristotle.engine<conv>} : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<80xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{field wait: expected engines other than its own, got load1}}
  aristotle.load @w[0] to %w[0] <x = 8> {engine = #aristotle.engine<load1>, wait = #aristotle.engines<load0, load1>} : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<80xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+1 {{expected one of load0, load1, conv, vector, save, got 'store'}}
  aristotle.load @w[0] to %w[0] <x = 8> {post = #aristotle.engines<store>} : <weight, 8>
}

// -----

// Numbers that no field could hold do not get so far as to be cut off.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<80xi8>
  %w = aristotle.alloc : <weight, 8>
  // expected-error@+2 {{integer value too large}}
  // expected-error@+1 {{failed to parse Aristotle_BlockAttr parameter 'x'}}
  aristotle.load @w[0] to %w[0] <x = 4294967304> : <weight, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @t0 "rows" "x" [1, 1, 4, 4] i8 region <input> bytes 32 row_pitch 8
  %w = aristotle.alloc : <weight, 16>
  // expected-error@+1 {{expected a feature buffer as dest, got '!aristotle.buffer<weight, 16>'}}
  aristotle.load_window @t0[0] to %w[0] <x = 4, y = 4, groups = 1, dram_pitch_y = 1, local_pitch_y = 4, local_pitch_z = 16, step = 1, start = 0, row_bytes = 4, fill = 0> : <weight, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @t0 "rows" "x" [1, 1, 4, 4] i8 region <input> bytes 32 row_pitch 8
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 8 to 23 of its dest buffer, which has 16}}
  aristotle.load_window @t0[0] to %x[8] <x = 4, y = 4, groups = 1, dram_pitch_y = 1, local_pitch_y = 4, local_pitch_z = 16, step = 1, start = 0, row_bytes = 4, fill = 0> : <feature, 16>
}

// -----

// Five rows of 8 bytes where there are four: only the last row's 4 bytes count.
aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{declared here}}
  aristotle.tensor @t0 "rows" "x" [1, 1, 4, 4] i8 region <input> bytes 32 row_pitch 8
  %x = aristotle.alloc : <feature, 20>
  // expected-error@+1 {{touches bytes 0 to 35 of @t0, which has 32}}
  aristotle.load_window @t0[0] to %x[0] <x = 4, y = 5, groups = 1, dram_pitch_y = 1, local_pitch_y = 4, local_pitch_z = 20, step = 1, start = 0, row_bytes = 4, fill = 0> : <feature, 20>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @w dense<1> : tensor<64xi8>
  %x = aristotle.alloc : <feature, 8>
  // expected-error@+1 {{cannot write the constant @w}}
  aristotle.save %x[0] to @w[0] <x = 8> : <feature, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @t0 "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128
  %x = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{field region: expected output or workspace, got input}}
  aristotle.save %x[0] to @t0[0] <x = 16> : <feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @t0 "words" "x" [1, 8, 4, 4] i8 region <output> bytes 128
  %x = aristotle.alloc : <vparam, 16>
  // expected-error@+1 {{expected a feature buffer as source, got '!aristotle.buffer<vparam, 16>'}}
  aristotle.save %x[0] to @t0[0] <x = 16> : <vparam, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @t0 "words" "x" [1, 8, 4, 4] i8 region <output> bytes 128
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its source buffer, which has 16}}
  aristotle.save %x[1] to @t0[0] <x = 16> : <feature, 16>
}

// -----

//===----------------------------------------------------------------------===//
// conv
//===----------------------------------------------------------------------===//

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <cparam, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a feature buffer as src, got '!aristotle.buffer<cparam, 16>'}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<cparam, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <cparam, 16>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a tap buffer as taps, got '!aristotle.buffer<cparam, 16>'}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<cparam, 16>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <cparam, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a weight buffer as weights, got '!aristotle.buffer<cparam, 16>'}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<cparam, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <vparam, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a cparam buffer as params, got '!aristotle.buffer<vparam, 16>'}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<vparam, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <cparam, 16>
  // expected-error@+1 {{expected a feature buffer as dst, got '!aristotle.buffer<cparam, 16>'}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<cparam, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <weight, 16>
  // expected-error@+1 {{expected a feature buffer as residual, got '!aristotle.buffer<weight, 16>'}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127> residual %r[0] <row_pitch = 4, group_pitch = 16, multiplier = 1, shift = 0, constant = 0>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>, !aristotle.buffer<weight, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  // expected-error@+1 {{expected params, dst and output together or not at all}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0]
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{takes the window's positions from its tap list; expected kernel and dilation 1}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected bank 0 or 1, got 2}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 2 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

// A record group is 8 words.
aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a params offset that is a multiple of 8, got 4}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[4] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{field tap_count: expected 1..16383, got 0}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{height*width: expected at most psum_pixels = 64, got 9*8}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 9, width = 8, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its src buffer, which has 16}}
  aristotle.conv %x[1] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

// The second group of inputs begins where the buffer ends.
aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 0 to 31 of its src buffer, which has 16}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0), (16, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches taps 3 to 4 of its taps buffer, which has 4}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[3] [(0, 0, 0), (0, 0, 1)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  // expected-note@+1 {{allocated here}}
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches blocks 1 to 2 of its weights buffer, which has 2}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0), (0, 0, 1)] weights %w[1] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  // expected-note@+1 {{allocated here}}
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 8 to 15 of its params buffer, which has 8}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[8] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  // expected-note@+1 {{allocated here}}
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 4 to 19 of its dst buffer, which has 16}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[4] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %r = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its residual buffer, which has 16}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127> residual %r[1] <row_pitch = 4, group_pitch = 16, multiplier = 1, shift = 0, constant = 0>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected offsets of at least 0, got -1}}
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127> residual %r[-1] <row_pitch = 4, group_pitch = 16, multiplier = 1, shift = 0, constant = 0>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      // expected-error@+1 {{expected a group of 0 to 65535, got 65536}}
      taps %t[0] [(65536, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      // expected-error@+1 {{expected a dy of -128 to 127, got 128}}
      taps %t[0] [(0, 128, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 2>
  %w = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <cparam, 8>
  %y = aristotle.alloc : <feature, 16>
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      // expected-error@+1 {{expected a dx of -128 to 127, got -129}}
      taps %t[0] [(0, 0, -129)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>
}

// -----

//===----------------------------------------------------------------------===//
// depthwise
//===----------------------------------------------------------------------===//

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <weight, 16>
  %v = aristotle.alloc : <vparam, 9>
  %p = aristotle.alloc : <vparam, 17>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a feature buffer as src, got '!aristotle.buffer<weight, 16>'}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[9] dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<weight, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <weight, 16>
  %p = aristotle.alloc : <vparam, 17>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a vparam buffer as weights, got '!aristotle.buffer<weight, 16>'}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[9] dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<weight, 16>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 9>
  %p = aristotle.alloc : <weight, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a vparam buffer as params, got '!aristotle.buffer<weight, 16>'}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[9] dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<weight, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 9>
  %p = aristotle.alloc : <vparam, 17>
  %y = aristotle.alloc : <weight, 16>
  // expected-error@+1 {{expected a feature buffer as dst, got '!aristotle.buffer<weight, 16>'}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[9] dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<weight, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 9>
  %p = aristotle.alloc : <vparam, 17>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 2 to 17 of its src buffer, which has 16}}
  aristotle.depthwise %x[2] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[9] dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<feature, 16>
}

// -----

// Nine words of weights for a 3x3 window.
aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %v = aristotle.alloc : <vparam, 9>
  %p = aristotle.alloc : <vparam, 17>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 9 of its weights buffer, which has 9}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[1] params %p[9] dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 9>
  // expected-note@+1 {{allocated here}}
  %p = aristotle.alloc : <vparam, 17>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 10 to 17 of its params buffer, which has 17}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[10] dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 9>
  %p = aristotle.alloc : <vparam, 17>
  // expected-note@+1 {{allocated here}}
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its dst buffer, which has 16}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[9] dst %y[1] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 9>
  %p = aristotle.alloc : <vparam, 17>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{field clamp_lo: expected at most clamp_hi = -1, got 0}}
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 3, kernel_x = 3>
      weights %v[0] params %p[9] dst %y[0] <zp = 0, lo = 0, hi = -1> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 9>, !aristotle.buffer<vparam, 17>, !aristotle.buffer<feature, 16>
}

// -----

//===----------------------------------------------------------------------===//
// max_pool
//===----------------------------------------------------------------------===//

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <tap, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a feature buffer as src, got '!aristotle.buffer<tap, 16>'}}
  aristotle.max_pool %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 2, kernel_x = 2, pad = -128>
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<tap, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <tap, 16>
  // expected-error@+1 {{expected a feature buffer as dst, got '!aristotle.buffer<tap, 16>'}}
  aristotle.max_pool %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 2, kernel_x = 2, pad = -128>
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its src buffer, which has 16}}
  aristotle.max_pool %x[1] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 2, kernel_x = 2, pad = -128>
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its dst buffer, which has 16}}
  aristotle.max_pool %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 2, kernel_x = 2, pad = -128>
      dst %y[1] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

//===----------------------------------------------------------------------===//
// add, mul
//===----------------------------------------------------------------------===//

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <tap, 16>
  %r = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a feature buffer as a, got '!aristotle.buffer<tap, 16>'}}
  aristotle.add %x[0] <row_pitch = 4, group_pitch = 16>, %r[0] <row_pitch = 4, group_pitch = 16> <a_multiplier = 1, b_multiplier = 1, constant = 0, multiplier = 2, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<tap, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <tap, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a feature buffer as b, got '!aristotle.buffer<tap, 16>'}}
  aristotle.add %x[0] <row_pitch = 4, group_pitch = 16>, %r[0] <row_pitch = 4, group_pitch = 16> <a_multiplier = 1, b_multiplier = 1, constant = 0, multiplier = 2, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <tap, 16>
  // expected-error@+1 {{expected a feature buffer as dst, got '!aristotle.buffer<tap, 16>'}}
  aristotle.add %x[0] <row_pitch = 4, group_pitch = 16>, %r[0] <row_pitch = 4, group_pitch = 16> <a_multiplier = 1, b_multiplier = 1, constant = 0, multiplier = 2, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 16>
}

// -----

// Only b can be repeated.
aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected column_pitch 1 for operand a, got 0}}
  aristotle.add %x[0] <row_pitch = 4, group_pitch = 16, column_pitch = 0>, %r[0] <row_pitch = 4, group_pitch = 16> <a_multiplier = 1, b_multiplier = 1, constant = 0, multiplier = 2, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected column_pitch 1 for operand a, got 0}}
  aristotle.mul %x[0] <row_pitch = 4, group_pitch = 16, column_pitch = 0>, %r[0] <row_pitch = 4, group_pitch = 16> <a_zp = 0, b_zp = 0, multiplier = 1, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its a buffer, which has 16}}
  aristotle.add %x[1] <row_pitch = 4, group_pitch = 16>, %r[0] <row_pitch = 4, group_pitch = 16> <a_multiplier = 1, b_multiplier = 1, constant = 0, multiplier = 2, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %r = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 4 to 19 of its b buffer, which has 16}}
  aristotle.add %x[0] <row_pitch = 4, group_pitch = 16>, %r[4] <row_pitch = 4, group_pitch = 16> <a_multiplier = 1, b_multiplier = 1, constant = 0, multiplier = 2, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %r = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its dst buffer, which has 16}}
  aristotle.mul %x[0] <row_pitch = 4, group_pitch = 16>, %r[0] <row_pitch = 4, group_pitch = 16> <a_zp = 0, b_zp = 0, multiplier = 1, shift = 1>
      dst %y[1] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

// Repeated along rows, b has one word in each.
aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %r = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 4 to 16 of its b buffer, which has 16}}
  aristotle.mul %x[0] <row_pitch = 4, group_pitch = 16>, %r[4] <row_pitch = 4, group_pitch = 16, column_pitch = 0> <a_zp = 0, b_zp = 0, multiplier = 1, shift = 1>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>, !aristotle.buffer<feature, 16>
}

// -----

//===----------------------------------------------------------------------===//
// table
//===----------------------------------------------------------------------===//

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <tap, 16>
  %v = aristotle.alloc : <vparam, 40>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a feature buffer as src, got '!aristotle.buffer<tap, 16>'}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %v[0]
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<tap, 16>, !aristotle.buffer<vparam, 40>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <tap, 16>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected a vparam buffer as table, got '!aristotle.buffer<tap, 16>'}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %v[0]
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 16>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 40>
  %y = aristotle.alloc : <tap, 16>
  // expected-error@+1 {{expected a feature buffer as dst, got '!aristotle.buffer<tap, 16>'}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %v[0]
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 40>, !aristotle.buffer<tap, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 40>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{expected column_pitch 1, got 0}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16, column_pitch = 0> table %v[0]
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 40>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  // expected-note@+1 {{allocated here}}
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 40>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its src buffer, which has 16}}
  aristotle.table %x[1] <row_pitch = 4, group_pitch = 16> table %v[0]
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 40>, !aristotle.buffer<feature, 16>
}

// -----

// A table is 256 bytes, 32 words.
aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  // expected-note@+1 {{allocated here}}
  %v = aristotle.alloc : <vparam, 40>
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 9 to 40 of its table buffer, which has 40}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %v[9]
      dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 40>, !aristotle.buffer<feature, 16>
}

// -----

aristotle.program "tiny" attributes {arch = #tiny} {
  %x = aristotle.alloc : <feature, 16>
  %v = aristotle.alloc : <vparam, 40>
  // expected-note@+1 {{allocated here}}
  %y = aristotle.alloc : <feature, 16>
  // expected-error@+1 {{touches words 1 to 16 of its dst buffer, which has 16}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %v[0]
      dst %y[1] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 40>, !aristotle.buffer<feature, 16>
}
