// RUN: sed -f %S/../Inputs/tiny.sed %s | nncc-opt --aristotle-verify-schedule --split-input-file --verify-diagnostics

// A sound schedule: two loads (instructions 0 and 1), a table look-up (2) that
// waits for both, a save (3) that waits for it. Then the same with one thing wrong
// at a time.

aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>, post = #aristotle.engines<vector>} : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<vector>} : <feature, 16>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {wait = #aristotle.engines<load0, load1>, post = #aristotle.engines<save>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.save %y[0] to @out[0] <x = 16> {wait = #aristotle.engines<vector>} : <feature, 16>
}

// -----

// The token of load1 is dropped: nothing makes the look-up wait for its table.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  // expected-note@+1 {{the other instruction is number 0}}
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>} : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<vector>} : <feature, 16>
  // expected-error@+1 {{instruction 2 (vector) reads words [0, 32) of the vparam memory, which instruction 0 (load1) writes; no token makes it wait}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {wait = #aristotle.engines<load0>, post = #aristotle.engines<save>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.save %y[0] to @out[0] <x = 16> {wait = #aristotle.engines<vector>} : <feature, 16>
}

// -----

// The look-up waits for a token that nobody posts: it would wait forever.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>} : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<vector>} : <feature, 16>
  // expected-error@+1 {{instruction 2 (vector) waits for a token of load1, but no instruction before it leaves one}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {wait = #aristotle.engines<load0, load1>, post = #aristotle.engines<save>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.save %y[0] to @out[0] <x = 16> {wait = #aristotle.engines<vector>} : <feature, 16>
}

// -----

// The load of the features comes after the look-up that reads them, and reuses
// their place.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>, post = #aristotle.engines<vector>} : <vparam, 32>
  // expected-note@+1 {{the other instruction is number 1}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {wait = #aristotle.engines<load1>, post = #aristotle.engines<save>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  // expected-error@+1 {{instruction 2 (load0) writes words [0, 16) of the feature memory, which instruction 1 (vector) reads; no token makes it wait}}
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>} : <feature, 16>
  aristotle.save %y[0] to @out[0] <x = 16> {wait = #aristotle.engines<vector>} : <feature, 16>
}

// -----

// A second look-up reads what the first one writes. They run on one engine, but the
// second may start before the first has finished.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>, post = #aristotle.engines<vector>} : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<vector>} : <feature, 16>
  // expected-note@+1 {{the other instruction is number 2}}
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {wait = #aristotle.engines<load0, load1>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  // expected-error@+1 {{instruction 3 (vector) reads words [16, 32) of the feature memory, which instruction 2 (vector) writes; no fence makes it wait}}
  aristotle.table %y[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %x[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {post = #aristotle.engines<save>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.save %y[0] to @out[0] <x = 16> {wait = #aristotle.engines<vector>} : <feature, 16>
}

// -----

// With a fence it is right.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>, post = #aristotle.engines<vector>} : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<vector>} : <feature, 16>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {wait = #aristotle.engines<load0, load1>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.table %y[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %x[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {post = #aristotle.engines<save>, fence} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  aristotle.save %y[0] to @out[0] <x = 16> {wait = #aristotle.engines<vector>} : <feature, 16>
}

// -----

// A token that nobody takes harms nothing here, but whoever wrote it has lost
// count.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @t[0] to %t[0] <x = 32> {engine = #aristotle.engine<load1>, post = #aristotle.engines<vector>} : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<vector>} : <feature, 16>
  aristotle.table %x[0] <row_pitch = 4, group_pitch = 16> table %t[0] dst %y[0] tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> {wait = #aristotle.engines<load0, load1>, post = #aristotle.engines<save>} : !aristotle.buffer<feature, 16>, !aristotle.buffer<vparam, 32>, !aristotle.buffer<feature, 16>
  // expected-error@+1 {{1 tokens of save to conv are never taken, the first of instruction 3 (save)}}
  aristotle.save %y[0] to @out[0] <x = 16> {wait = #aristotle.engines<vector>, post = #aristotle.engines<conv>} : <feature, 16>
}

// -----

// A counter holds 7 tokens in this architecture.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @t dense<1> : tensor<256xi8> at 0
  aristotle.tensor @in "words" "x" [1, 8, 4, 4] i8 region <input> bytes 128 at 0
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128 at 0
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  %t = aristotle.alloc at 0 : <vparam, 32>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
  // expected-error@+1 {{instruction 7 (load0) posts a token to save, which has not taken 7 tokens yet; the limit is 7}}
  aristotle.load @in[0] to %x[0] <x = 16> {engine = #aristotle.engine<load0>, post = #aristotle.engines<save>, fence} : <feature, 16>
}

// -----

// DRAM: the save overwrites what a load may still be reading.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.tensor @ws "words" "y" [1, 8, 4, 4] i8 region <workspace> bytes 128 at 64
  %x = aristotle.alloc at 0 : <feature, 16>
  %y = aristotle.alloc at 16 : <feature, 16>
  // expected-note@+1 {{the other instruction is number 0}}
  aristotle.load @ws[0] to %x[0] <x = 16> : <feature, 16>
  // expected-error@+1 {{instruction 1 (save) writes bytes [64, 192) of the workspace region, which instruction 0 (load0) reads; no token makes it wait}}
  aristotle.save %y[0] to @ws[0] <x = 16> : <feature, 16>
}
