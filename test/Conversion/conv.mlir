// RUN: nncc-opt --nn-place=arch=tiny --nn-to-aristotle=arch=tiny --split-input-file %s | FileCheck %s

// On arch tiny, V = O = 8: a feature word is 8 channels of a pixel, a weight block 8
// inputs by 8 outputs, and taps are (words to the group of inputs, rows, columns).
// All scales are 0.5, weights' 0.25, zero points -3. Sizes of tiles are the cost
// model's business: where they matter here, they are variables.

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A 3x3 convolution over 16 channels: 9 taps in each of 2 groups, the second group
// P words behind the first. The first window begins a row and a column outside the
// image (origin -1), where the input's zero point is read.
// CHECK-LABEL: array.outputs
// CHECK: conv {{.*}} <row_pitch = {{[0-9]+}}, group_pitch = [[#P:]], {{.*}}> window <origin_y = -1, origin_x = -1, stride_y = 1, stride_x = 1, pad = -3>
// CHECK-SAME: taps %{{.*}} [(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 0), (0, 1, 1), (0, 1, 2), (0, 2, 0), (0, 2, 1), (0, 2, 2),
// CHECK-SAME: ([[#P]], 0, 0), ([[#P]], 0, 1), ([[#P]], 0, 2), ([[#P]], 1, 0), ([[#P]], 1, 1), ([[#P]], 1, 2), ([[#P]], 2, 0), ([[#P]], 2, 1), ([[#P]], 2, 2)]
// CHECK-SAME: <zp = -3, lo = -128, hi = 127>
//
// Records: the bias is that of the layer, 0, less the zero point times the sum of
// the weights: 3 * 144 = 0x1b0. The scale is 0.5 * 0.25 / 0.5 = 1/4: m = 1, s = 2.
// CHECK: records2: "0x01000000{{((B001000001000002){8})}}"
func.func @dense(%arg0: tensor<1x16x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %x = quant.qcast %arg0 : tensor<1x16x6x6xf32> to tensor<1x16x6x6x!q>
  %w1 = nn.constant dense<1> : tensor<8x16x3x3xi8> -> tensor<8x16x3x3x!w>
  %y = nn.conv2d %x, %w1 pads [1, 1, 1, 1] : (tensor<1x16x6x6x!q>, tensor<8x16x3x3x!w>) -> tensor<1x8x6x6x!q>
  %y_f = quant.dcast %y : tensor<1x8x6x6x!q> to tensor<1x8x6x6xf32>
  return %y_f : tensor<1x8x6x6xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A dilation is a distance of taps, a stride one of windows.
// CHECK-LABEL: array.outputs
// CHECK: conv {{.*}} stride_y = 2, stride_x = 2, {{.*}} taps %{{.*}} [(0, 0, 0), (0, 0, 2), (0, 3, 0), (0, 3, 2)]
func.func @dilated(%arg0: tensor<1x8x6x6xf32>) -> (tensor<1x8x2x2xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x6x6xf32> to tensor<1x8x6x6x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x2x2xi8> -> tensor<8x8x2x2x!w>
  %y = nn.conv2d %x, %w1 strides [2, 2] dilations [3, 2] : (tensor<1x8x6x6x!q>, tensor<8x8x2x2x!w>) -> tensor<1x8x2x2x!q>
  %y_f = quant.dcast %y : tensor<1x8x2x2x!q> to tensor<1x8x2x2xf32>
  return %y_f : tensor<1x8x2x2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Two groups of 8 channels: a block-diagonal weight matrix. Each block of outputs
// has the taps of its own group only, and so its own list.
// CHECK-LABEL: array.outputs
// CHECK: conv {{.*}} group_pitch = [[#P:]],
// CHECK-SAME: taps %{{.*}}[0] [(0, 0, 0), (0, 0, 1)] weights
// CHECK: conv {{.*}} taps %{{.*}}[2] [([[#P]], 0, 0), ([[#P]], 0, 1)] weights
func.func @grouped(%arg0: tensor<1x16x4x4xf32>) -> (tensor<1x16x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x16x4x4xf32> to tensor<1x16x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<16x8x1x2xi8> -> tensor<16x8x1x2x!w>
  %y = nn.conv2d %x, %w1 pads [0, 0, 0, 1] groups 2 : (tensor<1x16x4x4x!q>, tensor<16x8x1x2x!w>) -> tensor<1x16x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x16x4x4x!q> to tensor<1x16x4x4xf32>
  return %y_f : tensor<1x16x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Three groups of 4 channels do not end where words end. The first block of outputs,
// 0 to 7, is groups 0 and 1: inputs 0 to 7, one word. Blocks of weights have zeros
// where input and output are of different groups.
// CHECK-LABEL: array.outputs
// CHECK: conv {{.*}} group_pitch = [[#P:]],
// CHECK-SAME: taps %{{.*}}[0] [(0, 0, 0)] weights
// CHECK: conv {{.*}} taps %{{.*}}[2] [([[#P]], 0, 0)] weights
// CHECK: weights1: "0x01000000{{((0101010100000000){4}(0000000001010101){4}(0101010100000000){4}(00){32})}}"
func.func @grouped_unaligned(%arg0: tensor<1x12x4x4xf32>) -> (tensor<1x12x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x12x4x4xf32> to tensor<1x12x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<12x4x1x1xi8> -> tensor<12x4x1x1x!w>
  %y = nn.conv2d %x, %w1 groups 3 : (tensor<1x12x4x4x!q>, tensor<12x4x1x1x!w>) -> tensor<1x12x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x12x4x4x!q> to tensor<1x12x4x4xf32>
  return %y_f : tensor<1x12x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Weights of the first 8 inputs are all zero: that block is neither stored nor
// computed.
// CHECK-LABEL: array.outputs
// CHECK: constant @weights{{.*}} : tensor<64xi8>
// CHECK: conv {{.*}} group_pitch = [[#P:]],
// CHECK-SAME: taps %{{.*}} [([[#P]], 0, 0)] weights
func.func @pruned(%arg0: tensor<1x16x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x16x4x4xf32> to tensor<1x16x4x4x!q>
  %w1 = nn.constant dense<"0x0000000000000000010101010101010100000000000000000101010101010101000000000000000001010101010101010000000000000000010101010101010100000000000000000101010101010101000000000000000001010101010101010000000000000000010101010101010100000000000000000101010101010101"> : tensor<8x16x1x1xi8> -> tensor<8x16x1x1x!w>
  %y = nn.conv2d %x, %w1 : (tensor<1x16x4x4x!q>, tensor<8x16x1x1x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Of weights that are all zero one tap is left: something has to start the sums.
// CHECK-LABEL: array.outputs
// CHECK: conv {{.*}} taps %{{.*}} [(0, 0, 0)] weights
func.func @zero(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<0> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %y = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// 8 groups of 9 taps are 72 weight blocks, the memory has 32. The list is cut; the
// parts add up in one bank of partial sums, and only the last one has records and a
// result. No other convolution comes in between.
// CHECK-LABEL: array.outputs
// CHECK: conv {{.*}} bank 0 tile
// CHECK-NOT: dst
// CHECK: conv {{.*}} bank 0 accumulate tile
// CHECK: conv {{.*}} bank 0 accumulate tile {{.*}} params %{{.*}} dst
// CHECK: aristotle.layer
func.func @chunks(%arg0: tensor<1x64x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x64x4x4xf32> to tensor<1x64x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<8x64x3x3xi8> -> tensor<8x64x3x3x!w>
  %y = nn.conv2d %x, %w1 pads [1, 1, 1, 1] : (tensor<1x64x4x4x!q>, tensor<8x64x3x3x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// An instruction has no stride above 15. A tile of a single row needs none: the
// rows become tiles.
// CHECK-LABEL: array.outputs
// CHECK-COUNT-2: conv {{.*}} tile <height = 1,
// CHECK-NOT: aristotle.conv
func.func @stride(%arg0: tensor<1x8x40x20xf32>) -> (tensor<1x8x2x20xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x40x20xf32> to tensor<1x8x40x20x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %y = nn.conv2d %x, %w1 strides [20, 1] : (tensor<1x8x40x20x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x2x20x!q>
  %y_f = quant.dcast %y : tensor<1x8x2x20x!q> to tensor<1x8x2x20xf32>
  return %y_f : tensor<1x8x2x20xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A residual is added before the clamp: (16384*r + c) >> 14, where c is the rounding,
// 2^13, and takes away the zero point: 3 * 16384. A clamp at 0.0 is one at the zero
// point of the result.
// CHECK-LABEL: array.outputs
// CHECK: load @t1
// CHECK: conv {{.*}} dst %{{.*}} <zp = -3, lo = -3, hi = 127> residual {{.*}} multiplier = 16384, shift = 14, constant = 57344>
func.func @residual(%arg0: tensor<1x8x4x4xf32>, %arg1: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %x1 = quant.qcast %arg1 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %y = nn.conv2d %x, %w1 residual(%x1) clamp_min 0.0 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>, tensor<1x8x4x4x!q>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}
