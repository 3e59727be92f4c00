// RUN: sed -f %S/../Inputs/tiny.sed %s | nncc-opt --aristotle-assign-tokens --split-input-file | FileCheck %s

// Load, compute, save: each needs what the one before it wrote, so each posts to
// the next. The table op needs two loads, of both ports. The second load of the
// features overwrites what the table op reads: the vector engine posts to load0.
// That the second save comes after the first needs no token, being on one engine.
// CHECK-LABEL: "chain"
// CHECK: load @t[0] {{.*}}post = #aristotle.engines<vector>, wait = #aristotle.engines<>}
// CHECK: load @in[0] {{.*}}post = #aristotle.engines<vector>, wait = #aristotle.engines<>}
// CHECK: table {{.*}}post = #aristotle.engines<load0, save>, wait = #aristotle.engines<load0, load1>}
// CHECK: save {{.*}}post = #aristotle.engines<vector>, wait = #aristotle.engines<vector>}
// CHECK: load @in[128] {{.*}}post = #aristotle.engines<vector>, wait = #aristotle.engines<vector>}
// The result is overwritten: wait for the save as well.
// CHECK: table {{.*}}post = #aristotle.engines<save>, wait = #aristotle.engines<load0, save>}
// CHECK: save {{.*}}post = #aristotle.engines<>, wait = #aristotle.engines<vector>}
aristotle.program "chain" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 8] i8 region <input> bytes 256 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 8] i8 region <output> bytes 256 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>} : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>} : <feature, 16>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.save %y[0] to @out[0] <x = 16> : <feature, 16>
  aristotle.load @in[128] to %x[0] <x = 16> {engine = #aristotle.engine<load0>} : <feature, 16>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.save %y[0] to @out[128] <x = 16> : <feature, 16>
}

// -----

// An engine may start an instruction before the one before it has finished. The
// second table op reads what the first wrote: a fence. The third reads and writes
// words that neither of them touches: none.
// CHECK-LABEL: "fence"
// CHECK: table %feature[0] {{.*}} dst %feature_0[0]
// CHECK-NOT: fence
// CHECK-SAME: :
// CHECK: table %feature_0[0] {{.*}} dst %feature_1[0] {{.*}} {fence,
// CHECK: table %feature[16] {{.*}} dst %feature_1[16]
// CHECK-NOT: fence
aristotle.program "fence" attributes {arch = #tiny} {
  %x = aristotle.alloc at 0 : <feature, 32>
  %y = aristotle.alloc at 32 : <feature, 16>
  %z = aristotle.alloc at 48 : <feature, 32>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 32>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.table %y[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %z[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 32>
  aristotle.table %x[16] <row_pitch = 4, group_pitch = 16> table %t[0] dst %z[16] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 32>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 32>
}

// -----

// DRAM is memory too: what is loaded must have been saved.
// CHECK-LABEL: "dram"
// CHECK: save {{.*}}post = #aristotle.engines<load0>
// CHECK: load @ws[0] {{.*}}wait = #aristotle.engines<save>
aristotle.program "dram" attributes {arch = #tiny} {
  aristotle.tensor @ws "words" "y" [1, 8, 4, 4] i8 region <workspace> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  aristotle.save %x[0] to @ws[0] <x = 16> : <feature, 16>
  aristotle.load @ws[0] to %y[0] <x = 16> {engine = #aristotle.engine<load0>} : <feature, 16>
}
