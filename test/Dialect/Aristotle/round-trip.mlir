// RUN: sed -f %S/Inputs/tiny.sed %s | nncc-opt | nncc-opt | FileCheck %s
// RUN: sed -f %S/Inputs/tiny.sed %s | nncc-opt -mlir-print-op-generic | nncc-opt | FileCheck %s

// Every op, with and without what is optional. V = O = 8.

// CHECK: aristotle.program "tiny" attributes {arch = {array.activation_bits = 8 : i64, array.outputs = 8 : i64, {{.*}}}, inputs = ["h0"], outputs = ["h1", "h2"]} {
aristotle.program "tiny" attributes {arch = #tiny, inputs = ["h0"], outputs = ["h1", "h2"]} {
  // CHECK: aristotle.constant @w dense<1> : tensor<128xi8>
  // CHECK: aristotle.constant @records dense<0> : tensor<192xi8> at 128
  aristotle.constant @w dense<1> : tensor<128xi8>
  aristotle.constant @records dense<0> : tensor<192xi8> at 128

  // CHECK: aristotle.tensor @t0 "rows" "image" [1, 3, 4, 4] !quant.uniform<i8:f32, 5.000000e-01> region <input> bytes 64 row_pitch 16
  // CHECK: aristotle.tensor @t1 "words" "joined" [1, 16, 4, 4] !quant.uniform<i8:f32, 5.000000e-01> region <output> bytes 256 at 0
  // CHECK: aristotle.tensor @v1 "words" "y" [1, 6, 4, 4] !quant.uniform<i8:f32, 5.000000e-01> region <output> bytes 128 channels [0, 1, 2, -1, 3, 4, 5, -1] view @t1[128] at 128
  // CHECK: aristotle.tensor @h0 "host" "image" [1, 3, 4, 4] f32
  aristotle.tensor @t0 "rows" "image" [1, 3, 4, 4] !quant.uniform<i8:f32, 0.5> region <input> bytes 64 row_pitch 16
  aristotle.tensor @t1 "words" "joined" [1, 16, 4, 4] !quant.uniform<i8:f32, 0.5> region <output> bytes 256 at 0
  aristotle.tensor @v1 "words" "y" [1, 6, 4, 4] !quant.uniform<i8:f32, 0.5> region <output> bytes 128 channels [0, 1, 2, -1, 3, 4, 5, -1] view @t1[128] at 128
  aristotle.tensor @h0 "host" "image" [1, 3, 4, 4] f32
  aristotle.tensor @h1 "host" "y" [1, 6, 4, 4] f32
  aristotle.tensor @h2 "host" "class" [1, 1] i64

  // CHECK: aristotle.host "quantize" @h0 to @t0 prologue true
  // CHECK: aristotle.host "dequantize" @v1 to @h1 prologue false
  // CHECK: aristotle.host "argmax" @h1 to @h2 prologue false {axis = 1 : i64, keep_dims = false, select_last_index = true}
  aristotle.host "quantize" @h0 to @t0 prologue true
  aristotle.host "dequantize" @v1 to @h1 prologue false
  aristotle.host "argmax" @h1 to @h2 prologue false {axis = 1 : i64, keep_dims = false, select_last_index = true}

  // CHECK: aristotle.layer "conv" "conv2d" on "conv" because "convolution" macs 2304 tile "4x4 pixels"
  aristotle.layer "conv" "conv2d" on "conv" because "convolution" macs 2304 tile "4x4 pixels"
  aristotle.layer "pool" "max_pool2d" on "vector" because "no sum over channels" macs 0 tile ""

  // Buffers are named after their memory.
  // CHECK: %feature = aristotle.alloc : <feature, 96>
  // CHECK: %feature_0 = aristotle.alloc at 96 : <feature, 32>
  // CHECK: %weight = aristotle.alloc at 8 : <weight, 16>
  // CHECK: %tap = aristotle.alloc : <tap, 2>
  // CHECK: %cparam = aristotle.alloc : <cparam, 16>
  // CHECK: %vparam = aristotle.alloc : <vparam, 48>
  %x = aristotle.alloc : <feature, 96>
  %y = aristotle.alloc at 96 : <feature, 32>
  %w = aristotle.alloc at 8 : <weight, 16>
  %t = aristotle.alloc : <tap, 2>
  %p = aristotle.alloc : <cparam, 16>
  %v = aristotle.alloc : <vparam, 48>

  // CHECK: aristotle.load @w[64] to %weight[8] <x = 8> : <weight, 16>
  // CHECK: aristotle.load @t1[0] to %feature[0] <x = 2, y = 2, z = 2, dram_pitch_y = 4, dram_pitch_z = 16, local_pitch_y = 3, local_pitch_z = 6> {engine = #aristotle.engine<load1>, layer = 1 : i64, post = #aristotle.engines<conv, save>, wait = #aristotle.engines<load0>} : <feature, 96>
  // CHECK: aristotle.load_window @t0[16] to %feature[1] <x = 4, y = 2, groups = 2, dram_pitch_y = 2, local_pitch_y = 4, local_pitch_z = 8, step = 3, start = -3, row_bytes = 12, fill = -128> : <feature, 96>
  // CHECK: aristotle.save %feature_0[0] to @v1[0] <x = 16> {fence} : <feature, 32>
  aristotle.load @w[64] to %w[8] <x = 8> : <weight, 16>
  aristotle.load @t1[0] to %x[0] <x = 2, y = 2, z = 2, dram_pitch_y = 4, dram_pitch_z = 16, local_pitch_y = 3, local_pitch_z = 6>
      {layer = 1 : i64, engine = #aristotle.engine<load1>, wait = #aristotle.engines<load0>, post = #aristotle.engines<save, conv>} : <feature, 96>
  aristotle.load_window @t0[16] to %x[1] <x = 4, y = 2, groups = 2, dram_pitch_y = 2, local_pitch_y = 4, local_pitch_z = 8, step = 3, start = -3, row_bytes = 12, fill = -128> : <feature, 96>
  aristotle.save %y[0] to @v1[0] <x = 16> {fence} : <feature, 32>

  // A convolution that leaves its sums, one that goes on from them, one with a
  // residual. Taps are (group, dy, dx).
  // CHECK: aristotle.conv %feature[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = -1, origin_x = -1, stride_y = 1, stride_x = 1> taps %tap[0] [(0, 0, 0), (80, -128, 127)] weights %weight[0] bank 1 tile <height = 4, width = 4, groups = 1, row_pitch = 0, group_pitch = 0> :
  // CHECK: aristotle.conv {{.*}} taps %tap[1] [(16, 0, 1)] weights %weight[1] bank 1 accumulate tile {{.*}} params %cparam[8] dst %feature_0[0] <zp = -128, lo = -128, hi = 127> :
  // CHECK: aristotle.conv {{.*}} bank 0 tile {{.*}} residual %feature_0[0] <row_pitch = 4, group_pitch = 16, multiplier = -3, shift = 4, constant = 8> {layer = 1 : i64} :
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = -1, origin_x = -1, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0), (80, -128, 127)] weights %w[0] bank 1 tile <height = 4, width = 4, groups = 1, row_pitch = 0, group_pitch = 0>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = -1, origin_x = -1, stride_y = 1, stride_x = 1, pad = -7>
      taps %t[1] [(16, 0, 1)] weights %w[1] bank 1 accumulate tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[8] dst %y[0] <zp = -128, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 16>, !aristotle.buffer<feature, 32>
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16>
      params %p[0] dst %y[0] <zp = 0, lo = 0, hi = 100> residual %y[0] <row_pitch = 4, group_pitch = 16, multiplier = -3, shift = 4, constant = 8> {layer = 1 : i64}
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<tap, 2>, !aristotle.buffer<weight, 16>, !aristotle.buffer<cparam, 16>, !aristotle.buffer<feature, 32>, !aristotle.buffer<feature, 32>

  // CHECK: aristotle.depthwise %feature[0] {{.*}} window <origin_y = -1, origin_x = 0, stride_y = 2, stride_x = 1, kernel_y = 3, kernel_x = 2, dilation_x = 2, pad = 5> weights %vparam[0] params %vparam[12] dst %feature_0[0] <zp = 1, lo = -2, hi = 3> tile
  // CHECK: aristotle.depthwise {{.*}} kernel_y = 4, kernel_x = 4> params %vparam[0] shared dst
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = -1, origin_x = 0, stride_y = 2, stride_x = 1, kernel_y = 3, kernel_x = 2, dilation_x = 2, pad = 5>
      weights %v[0] params %v[12] dst %y[0] <zp = 1, lo = -2, hi = 3> tile <height = 2, width = 2, groups = 2, row_pitch = 2, group_pitch = 4>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<vparam, 48>, !aristotle.buffer<vparam, 48>, !aristotle.buffer<feature, 32>
  aristotle.depthwise %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, kernel_y = 4, kernel_x = 4>
      params %v[0] shared dst %y[0] <zp = 1, lo = -2, hi = 3> tile <height = 1, width = 1, groups = 2, row_pitch = 1, group_pitch = 1>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<vparam, 48>, !aristotle.buffer<feature, 32>

  // CHECK: aristotle.max_pool %feature[0] {{.*}} window {{.*}} dst %feature_0[4] tile <height = 2, width = 2, groups = 1, row_pitch = 2, group_pitch = 4> :
  aristotle.max_pool %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 2, stride_x = 2, kernel_y = 2, kernel_x = 2, pad = -128>
      dst %y[4] tile <height = 2, width = 2, groups = 1, row_pitch = 2, group_pitch = 4>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<feature, 32>

  // CHECK: aristotle.add %feature[0] <row_pitch = 4, group_pitch = 16>, %feature[32] <row_pitch = 4, group_pitch = 0> <a_multiplier = 64, b_multiplier = -32, constant = 64, multiplier = 131071, shift = 24> dst %feature_0[0] <zp = 0, lo = -128, hi = 127> tile
  aristotle.add %x[0] <row_pitch = 4, group_pitch = 16>, %x[32] <row_pitch = 4, group_pitch = 0> <a_multiplier = 64, b_multiplier = -32, constant = 64, multiplier = 131071, shift = 24>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 2, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<feature, 96>, !aristotle.buffer<feature, 32>

  // CHECK: aristotle.mul %feature[0] <row_pitch = 4, group_pitch = 16>, %feature[32] <row_pitch = 0, group_pitch = 1, column_pitch = 0> <a_zp = 3, b_zp = -128, multiplier = 1, shift = 8> dst
  aristotle.mul %x[0] <row_pitch = 4, group_pitch = 16>, %x[32] <row_pitch = 0, group_pitch = 1, column_pitch = 0> <a_zp = 3, b_zp = -128, multiplier = 1, shift = 8>
      dst %y[0] <zp = 0, lo = -128, hi = 127> tile <height = 4, width = 4, groups = 2, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<feature, 96>, !aristotle.buffer<feature, 32>

  // CHECK: aristotle.table %feature[0] <row_pitch = 4, group_pitch = 16> table %vparam[16] dst %feature_0[0] tile
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %v[16] dst %y[0] tile <height = 4, width = 4, groups = 2, row_pitch = 4, group_pitch = 16>
      : !aristotle.buffer<feature, 96>, !aristotle.buffer<vparam, 48>, !aristotle.buffer<feature, 32>
}
