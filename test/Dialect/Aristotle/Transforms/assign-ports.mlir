// RUN: sed -f %S/../Inputs/tiny.sed %s | nncc-opt --aristotle-assign-ports | FileCheck %s

// The loads of one consumer are spread over both ports, longest first, each onto
// the port that has been busy for less time; ties go to load0. A port of 64 bits
// moves one word of 8 bytes a cycle.
aristotle.program "tiny" attributes {arch = #tiny} {
  aristotle.constant @c dense<1> : tensor<1024xi8>
  aristotle.tensor @in "rows" "x" [1, 1, 4, 16] i8 region <input> bytes 64 row_pitch 16
  aristotle.tensor @out "words" "y" [1, 8, 4, 4] i8 region <output> bytes 128
  %x = aristotle.alloc : <feature, 16>
  %y = aristotle.alloc : <feature, 16>
  %t = aristotle.alloc : <tap, 1>
  %w = aristotle.alloc : <weight, 8>
  %p = aristotle.alloc : <cparam, 8>

  // For the convolution: 16 words of features first, to load0; then 8 each of
  // weights and records, in program order, to load1 (8 and 16); the single word of
  // taps finds both at 16, load0 (17).
  // CHECK: load @c[0] to %tap[0] {{.*}}#aristotle.engine<load0>
  // CHECK: load @c[0] to %weight[0] {{.*}}#aristotle.engine<load1>
  // CHECK: load @c[0] to %cparam[0] {{.*}}#aristotle.engine<load1>
  // CHECK: load @c[0] to %feature[0] {{.*}}#aristotle.engine<load0>
  aristotle.load @c[0] to %t[0] <x = 1> : <tap, 1>
  aristotle.load @c[0] to %w[0] <x = 8> : <weight, 8>
  aristotle.load @c[0] to %p[0] <x = 8> : <cparam, 8>
  aristotle.load @c[0] to %x[0] <x = 16> : <feature, 16>
  aristotle.conv %x[0] <row_pitch = 4, group_pitch = 16, height = 4, width = 4> window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1>
      taps %t[0] [(0, 0, 0)] weights %w[0] bank 0 tile <height = 4, width = 4, groups = 1, row_pitch = 4, group_pitch = 16> params %p[0] dst %y[0] <zp = 0, lo = -128, hi = 127>
      : !aristotle.buffer<feature, 16>, !aristotle.buffer<tap, 1>, !aristotle.buffer<weight, 8>, !aristotle.buffer<cparam, 8>, !aristotle.buffer<feature, 16>

  // For the save behind it: load1 has been busy for a cycle less. Unfolding writes
  // 16 words from 64 bytes, so the words count.
  // CHECK: load_window {{.*}}#aristotle.engine<load1>
  %z = aristotle.alloc : <feature, 16>
  aristotle.load_window @in[0] to %z[0] <x = 4, y = 4, groups = 1, dram_pitch_y = 2, local_pitch_y = 4, local_pitch_z = 16, step = 4, start = 0, row_bytes = 16, fill = 0> : <feature, 16>
  aristotle.save %z[0] to @out[0] <x = 16> : <feature, 16>
}
