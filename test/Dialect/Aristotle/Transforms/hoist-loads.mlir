// RUN: sed -f %S/../Inputs/tiny.sed %s | nncc-opt --aristotle-hoist-loads --split-input-file | FileCheck %s
// RUN: sed -f %S/../Inputs/tiny.sed %s | nncc-opt --aristotle-hoist-loads=lookahead=1 --split-input-file | FileCheck %s --check-prefix=ONE
// RUN: sed -f %S/../Inputs/tiny.sed %s | nncc-opt --aristotle-hoist-loads=budget=30 --split-input-file | FileCheck %s --check-prefix=THIRD

// Three tables, each loaded right before its use. Only loads move: to the front,
// as far as budget, look-ahead and order allow. The vparam memory has 128 words, a
// table 32: all three fit at once. With a look-ahead of one, each load passes one
// table op. With 30 % of the memory, 38 words, no second one fits beside the
// first.
// CHECK-LABEL: "three"
// CHECK: load @t[0]
// CHECK-NEXT: load @t[256]
// CHECK-NEXT: load @t[512]
// CHECK-NEXT: table {{.*}} table %vparam[0]
// CHECK-NEXT: table {{.*}} table %vparam_0[0]
// CHECK-NEXT: table {{.*}} table %vparam_1[0]
// ONE-LABEL: "three"
// ONE: load @t[0]
// ONE-NEXT: load @t[256]
// ONE-NEXT: table {{.*}} table %vparam[0]
// ONE-NEXT: load @t[512]
// ONE-NEXT: table {{.*}} table %vparam_0[0]
// ONE-NEXT: table {{.*}} table %vparam_1[0]
// THIRD-LABEL: "three"
// THIRD: load @t[0]
// THIRD-NEXT: table
// THIRD-NEXT: load @t[256]
// THIRD-NEXT: table
// THIRD-NEXT: load @t[512]
// THIRD-NEXT: table
aristotle.program "three" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<768xi8>
  %x = aristotle.alloc : <feature, 16>
  %t0 = aristotle.alloc : <vparam, 32>
  %t1 = aristotle.alloc : <vparam, 32>
  %t2 = aristotle.alloc : <vparam, 32>
  aristotle.load @t[0] to %t0[0] <x = 32> : <vparam, 32>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t0[0] dst %x[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.load @t[256] to %t1[0] <x = 32> : <vparam, 32>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t1[0] dst %x[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.load @t[512] to %t2[0] <x = 32> : <vparam, 32>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t2[0] dst %x[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
}

// -----

// What a load reads may have been written before: the load of @ws stays behind the
// save of @ws. The load of the table passes both: it fills another memory, from a
// constant.
// CHECK-LABEL: "written"
// CHECK: load @in[0] to %feature
// CHECK-NEXT: load @t[0] to %vparam
// CHECK-NEXT: save %feature[0] to @ws
// CHECK-NEXT: load @ws[0] to %feature_0
// CHECK-NEXT: table %feature_0
aristotle.program "written" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8>
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128
  aristotle.tensor @ws "words" "y" [1, 8, 4, 4] i8 region <workspace> bytes 128
  %x = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> : <feature, 16>
  aristotle.save %x[0] to @ws[0] <x = 16> : <feature, 16>
  aristotle.load @ws[0] to %y[0] <x = 16> : <feature, 16>
  aristotle.load @t[0] to %t[0] <x = 32> : <vparam, 32>
  aristotle.table %y[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
}

// -----

// A buffer that is loaded again while an earlier instruction reads it: the second
// load does not pass the reader.
// CHECK-LABEL: "reused"
// CHECK: load @in[0]
// CHECK-NEXT: save %feature[0] to @out[0]
// CHECK-NEXT: load @in[128]
// CHECK-NEXT: save %feature[0] to @out[128]
aristotle.program "reused" attributes {arch = #tiny} {
  aristotle.tensor @in "words" "x" [1, 8, 4, 8] i8 region <input> bytes 256
  aristotle.tensor @out "words" "y" [1, 8, 4, 8] i8 region <output> bytes 256
  %x = aristotle.alloc : <feature, 16>
  aristotle.load @in[0] to %x[0] <x = 16> : <feature, 16>
  aristotle.save %x[0] to @out[0] <x = 16> : <feature, 16>
  aristotle.load @in[128] to %x[0] <x = 16> : <feature, 16>
  aristotle.save %x[0] to @out[128] <x = 16> : <feature, 16>
}
