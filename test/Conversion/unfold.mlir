// RUN: nncc-opt --nn-place=arch=tiny --nn-to-aristotle=arch=tiny --split-input-file %s | FileCheck %s

// The first convolution reads its input unfolded where that makes fewer taps. V = 8.

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A 5x5 convolution over 3 channels would need 25 taps with 3 of 8 lanes in use. In
// DRAM the image is rows of pixels of 3 bytes, 24 bytes a row; a row of the window,
// 5 pixels, is 15 bytes: 2 words. 5 rows by 2 words are 10 taps.
//
//   step       6: two pixels, the stride
//   start     -6: two pixels of padding in front of the row
//   row_bytes 24: what lies outside is the zero point, -3
//   dram_pitch_y 3 words: a row
//
// Columns are gone: taps have dx = 0, the convolution origin_x = 0 and stride_x = 1.
// Rows are padded by the convolution.
// CHECK-LABEL: array.outputs
// CHECK: tensor @t0 "rows" {{.*}} region <input> bytes 192 row_pitch 24
// CHECK: load_window @t0[0] to {{.*}} <x = [[#W:]], y = {{[0-9]+}}, groups = 2, dram_pitch_y = 3,
// CHECK-SAME: local_pitch_y = [[#W]], local_pitch_z = [[#P:]], step = 6, start = -6, row_bytes = 24, fill = -3>
// CHECK: conv {{.*}} window <origin_y = -2, origin_x = 0, stride_y = 2, stride_x = 1, pad = -3> taps %{{.*}} [(0, 0, 0), ([[#P]], 0, 0), (0, 1, 0), ([[#P]], 1, 0), (0, 2, 0), ([[#P]], 2, 0), (0, 3, 0), ([[#P]], 3, 0), (0, 4, 0), ([[#P]], 4, 0)]
//
// The second word has 7 weights and a zero.
// CHECK: weights1: "0x01000000{{(((01){64}((01){7}00){8}){5})}}"
func.func @first(%arg0: tensor<1x3x8x8xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x3x8x8xf32> to tensor<1x3x8x8x!q>
  %w1 = nn.constant dense<1> : tensor<8x3x5x5xi8> -> tensor<8x3x5x5x!w>
  %y = nn.conv2d %x, %w1 strides [2, 2] pads [2, 2, 2, 2] : (tensor<1x3x8x8x!q>, tensor<8x3x5x5x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// An input that something else reads too stays in words.
// CHECK-LABEL: array.outputs
// CHECK: tensor @t0 "words" {{.*}} region <input>
// CHECK-NOT: load_window
func.func @second_use(%arg0: tensor<1x3x8x8xf32>) -> (tensor<1x8x6x6xf32>, tensor<1x3x7x7xf32>) {
  %x = quant.qcast %arg0 : tensor<1x3x8x8xf32> to tensor<1x3x8x8x!q>
  %w1 = nn.constant dense<1> : tensor<8x3x3x3xi8> -> tensor<8x3x3x3x!w>
  %y = nn.conv2d %x, %w1 : (tensor<1x3x8x8x!q>, tensor<8x3x3x3x!w>) -> tensor<1x8x6x6x!q>
  %z = nn.max_pool2d %x kernel [2, 2] : (tensor<1x3x8x8x!q>) -> tensor<1x3x7x7x!q>
  %y_f = quant.dcast %y : tensor<1x8x6x6x!q> to tensor<1x8x6x6xf32>
  %z_f = quant.dcast %z : tensor<1x3x7x7x!q> to tensor<1x3x7x7xf32>
  return %y_f, %z_f : tensor<1x8x6x6xf32>, tensor<1x3x7x7xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Eight channels fill a word: 3 pixels of 8 bytes are 3 words, no fewer taps than
// the 3 columns.
// CHECK-LABEL: array.outputs
// CHECK-NOT: load_window
func.func @enough(%arg0: tensor<1x8x8x8xf32>) -> (tensor<1x8x6x6xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x8x8xf32> to tensor<1x8x8x8x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x3x3xi8> -> tensor<8x8x3x3x!w>
  %y = nn.conv2d %x, %w1 : (tensor<1x8x8x8x!q>, tensor<8x8x3x3x!w>) -> tensor<1x8x6x6x!q>
  %y_f = quant.dcast %y : tensor<1x8x6x6x!q> to tensor<1x8x6x6xf32>
  return %y_f : tensor<1x8x6x6xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// One channel, 20 columns: 3 words instead of 20 taps.
// CHECK-LABEL: array.outputs
// CHECK: load_window {{.*}} groups = 3, {{.*}} step = 2, start = 0, row_bytes = 40, fill = -3>
func.func @one_row(%arg0: tensor<1x1x1x40xf32>) -> (tensor<1x8x1x11xf32>) {
  %x = quant.qcast %arg0 : tensor<1x1x1x40xf32> to tensor<1x1x1x40x!q>
  %w1 = nn.constant dense<1> : tensor<8x1x1x20xi8> -> tensor<8x1x1x20x!w>
  %y = nn.conv2d %x, %w1 strides [1, 2] dilations [1, 1] : (tensor<1x1x1x40x!q>, tensor<8x1x1x20x!w>) -> tensor<1x8x1x11x!q>
  %y_f = quant.dcast %y : tensor<1x8x1x11x!q> to tensor<1x8x1x11xf32>
  return %y_f : tensor<1x8x1x11xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// With a dilation of 2, three columns of 2 channels span 5 pixels, 10 bytes, 2 words;
// the weights of the columns between are zero: bytes 2, 3, 6 and 7.
// CHECK-LABEL: array.outputs
// CHECK: load_window {{.*}} groups = 2, {{.*}} step = 2, start = 0,
// CHECK: weights1: "0x01000000{{((0101000001010000){8}(0101000000000000){8})}}"
func.func @dilated(%arg0: tensor<1x2x4x12xf32>) -> (tensor<1x8x4x8xf32>) {
  %x = quant.qcast %arg0 : tensor<1x2x4x12xf32> to tensor<1x2x4x12x!q>
  %w1 = nn.constant dense<1> : tensor<8x2x1x3xi8> -> tensor<8x2x1x3x!w>
  %y = nn.conv2d %x, %w1 dilations [1, 2] : (tensor<1x2x4x12x!q>, tensor<8x2x1x3x!w>) -> tensor<1x8x4x8x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x8x!q> to tensor<1x8x4x8xf32>
  return %y_f : tensor<1x8x4x8xf32>
}
