// RUN: sed -f %S/../Inputs/tiny.sed %s | nncc-opt --aristotle-allocate --split-input-file --verify-diagnostics | FileCheck %s

// Feature memory: 1024 words. A buffer lives from the first instruction that uses
// it to the last.
//
//   instruction      0  1  2  3  4  5
//   a (500 words)    L  S
//   b (300)             .  L  S
//   c (400)                   .  L  S
//   d (200)          L  .  .  .  .  S
//
// The allocator first tries a ring, in order of time: a at 0, d behind it at 500,
// b behind that at 700 (to 1000). c does not fit behind b and wraps around: a is
// dead by then, so 0.
// CHECK-LABEL: "lifetimes"
// CHECK: aristotle.alloc at 0 : <feature, 500>
// CHECK: aristotle.alloc at 700 : <feature, 300>
// CHECK: aristotle.alloc at 0 : <feature, 400>
// CHECK: aristotle.alloc at 500 : <feature, 200>
// A buffer that nothing uses takes no room.
// CHECK: aristotle.alloc at {{[0-9]+}} : <feature, 1000>
aristotle.program "lifetimes" attributes {arch = #tiny} {
  aristotle.tensor @in "words" "x" [1, 8, 25, 25] i8 region <input> bytes 5000
  aristotle.tensor @out "words" "y" [1, 8, 25, 25] i8 region <output> bytes 5000
  %a = aristotle.alloc : <feature, 500>
  %b = aristotle.alloc : <feature, 300>
  %c = aristotle.alloc : <feature, 400>
  %d = aristotle.alloc : <feature, 200>
  %unused = aristotle.alloc : <feature, 1000>
  aristotle.load @in[0] to %a[0] <x = 500> : <feature, 500>
  aristotle.load @in[0] to %d[0] <x = 200> : <feature, 200>
  aristotle.save %a[0] to @out[0] <x = 500> : <feature, 500>
  aristotle.load @in[0] to %b[0] <x = 300> : <feature, 300>
  aristotle.save %b[0] to @out[0] <x = 300> : <feature, 300>
  aristotle.load @in[0] to %c[0] <x = 400> : <feature, 400>
  aristotle.save %c[0] to @out[0] <x = 400> : <feature, 400>
  aristotle.save %d[0] to @out[0] <x = 200> : <feature, 200>
}

// -----

// Constants lie one behind the other, each at a multiple of 64 bytes; so do inputs
// and outputs in their regions. Tensors of the workspace share bytes when their
// lives do not overlap: @w0 (loaded last by instruction 3) and @w1 (written by 3
// at the earliest) both live at 3, @w2 comes later and takes the place of @w0. A
// view lies where it is looked at.
// CHECK-LABEL: "dram"
// CHECK: constant @c0 {{.*}} : tensor<8xi8> at 0
// CHECK: constant @c1 {{.*}} : tensor<72xi8> at 64
// CHECK: constant @c2 {{.*}} : tensor<8xi8> at 192
// CHECK: tensor @in {{.*}} at 0
// CHECK: tensor @in2 {{.*}} at 128
// CHECK: tensor @w0 {{.*}} at [[W0:[0-9]+]]
// CHECK-NOT: tensor @w1 {{.*}} at [[W0]]
// CHECK: tensor @w2 {{.*}} at [[W0]]
// CHECK: tensor @out {{.*}} at 0
// CHECK: tensor @view {{.*}} view @out[64] at 64
aristotle.program "dram" attributes {arch = #tiny} {
  aristotle.constant @c0 dense<1> : tensor<8xi8>
  aristotle.constant @c1 dense<1> : tensor<72xi8>
  aristotle.constant @c2 dense<1> : tensor<8xi8>
  aristotle.tensor @in "words" "x" [1, 8, 4, 3] i8 region <input> bytes 96
  aristotle.tensor @in2 "words" "x2" [1, 8, 4, 4] i8 region <input> bytes 128
  aristotle.tensor @w0 "words" "a" [1, 8, 4, 4] i8 region <workspace> bytes 128
  aristotle.tensor @w1 "words" "b" [1, 8, 4, 4] i8 region <workspace> bytes 128
  aristotle.tensor @w2 "words" "c" [1, 8, 4, 4] i8 region <workspace> bytes 128
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128
  aristotle.tensor @view "words" "y" [1, 8, 4, 2] i8 region <output> bytes 64 view @out[64]
  %a = aristotle.alloc : <feature, 16>
  aristotle.load @in2[0] to %a[0] <x = 16> : <feature, 16>
  aristotle.save %a[0] to @w0[0] <x = 16> : <feature, 16>
  aristotle.save %a[0] to @w1[0] <x = 16> : <feature, 16>
  aristotle.load @w0[0] to %a[0] <x = 16> : <feature, 16>
  aristotle.load @w1[0] to %a[0] <x = 16> : <feature, 16>
  aristotle.save %a[0] to @w2[0] <x = 16> : <feature, 16>
  aristotle.load @w2[0] to %a[0] <x = 16> : <feature, 16>
  aristotle.save %a[0] to @out[0] <x = 16> : <feature, 16>
}

// -----

// Two buffers of 600 words that live together: the message has the sizes. The
// driver tiles again with a smaller budget before a user sees it.
aristotle.program "full" attributes {arch = #tiny} {
  aristotle.tensor @in "words" "x" [1, 8, 25, 25] i8 region <input> bytes 5000
  aristotle.tensor @out "words" "y" [1, 8, 25, 25] i8 region <output> bytes 5000
  %a = aristotle.alloc : <feature, 600>
  // expected-error@+1 {{buffers of the feature memory do not fit: }}
  %b = aristotle.alloc : <feature, 600>
  aristotle.load @in[0] to %a[0] <x = 600> : <feature, 600>
  aristotle.load @in[0] to %b[0] <x = 600> : <feature, 600>
  aristotle.save %a[0] to @out[0] <x = 600> : <feature, 600>
  aristotle.save %b[0] to @out[0] <x = 600> : <feature, 600>
}
