// RUN: nncc-opt --nn-place=arch=tiny --nn-to-aristotle=arch=tiny --split-input-file %s | FileCheck %s

// Layers on the vector engine. V = 8; scale 0.5 and zero point -3 everywhere.

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A 3x3 average with padding 1 on 3x3 pixels, padding not counted: corners have 4
// pixels, edges 6, the centre 9. One group of records for each divisor in the order
// in which they are met: 4 at word 0, 6 at 8, 9 at 16. Where the divisor changes, a
// new instruction begins: 3 by 3 of them.
// CHECK-LABEL: array.outputs
// CHECK: load @average0[0] to %[[R:.*]][0] <x = 24>
// CHECK: depthwise {{.*}}origin_y = -1, origin_x = -1, {{.*}} kernel_y = 3, kernel_x = 3, pad = -3> params %[[R]][0] shared dst %[[Y:.*]][0]
// CHECK: depthwise {{.*}}origin_y = -1, origin_x = 0, {{.*}} params %[[R]][8] shared dst %[[Y]][1]
// CHECK: depthwise {{.*}}origin_y = -1, origin_x = 1, {{.*}} params %[[R]][0] shared dst %[[Y]][2]
// CHECK: depthwise {{.*}}origin_y = 0, origin_x = -1, {{.*}} params %[[R]][8] shared dst %[[Y]][3]
// CHECK: depthwise {{.*}}origin_y = 0, origin_x = 0, {{.*}} params %[[R]][16] shared dst %[[Y]][4]
// CHECK: depthwise {{.*}}origin_y = 0, origin_x = 1, {{.*}} params %[[R]][8] shared dst %[[Y]][5]
// CHECK-COUNT-3: depthwise
// CHECK-NOT: depthwise
//
// Sums are over all 9 positions, outside ones with the zero point, so the bias is
// 3 * 9 = 0x1b for all of them. 1/4 is m = 1, s = 2.
// CHECK: average0: "0x01000000{{((1B00000001000002){8})}}1B000000
func.func @average(%arg0: tensor<1x8x3x3xf32>) -> (tensor<1x8x3x3xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x3x3xf32> to tensor<1x8x3x3x!q>
  %y = nn.avg_pool2d %x kernel [3, 3] pads [1, 1, 1, 1] : (tensor<1x8x3x3x!q>) -> tensor<1x8x3x3x!q>
  %y_f = quant.dcast %y : tensor<1x8x3x3x!q> to tensor<1x8x3x3xf32>
  return %y_f : tensor<1x8x3x3xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Outside the image a maximum reads -128, which never wins.
// CHECK-LABEL: array.outputs
// CHECK: max_pool {{.*}} window <origin_y = -1, origin_x = -1, stride_y = 2, stride_x = 2, kernel_y = 3, kernel_x = 3, pad = -128>
func.func @maximum(%arg0: tensor<1x8x5x5xf32>) -> (tensor<1x8x3x3xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x5x5xf32> to tensor<1x8x5x5x!q>
  %y = nn.max_pool2d %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] : (tensor<1x8x5x5x!q>) -> tensor<1x8x3x3x!q>
  %y_f = quant.dcast %y : tensor<1x8x3x3x!q> to tensor<1x8x3x3xf32>
  return %y_f : tensor<1x8x3x3xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A pad is a window of one pixel that begins outside: a row above, two columns on the
// left. The value 1.0 is 1.0/0.5 - 3 = -1.
// CHECK-LABEL: array.outputs
// CHECK: max_pool {{.*}} window <origin_y = -1, origin_x = -2, stride_y = 1, stride_x = 1, pad = -1>
func.func @pad(%arg0: tensor<1x8x2x2xf32>) -> (tensor<1x8x3x5xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x2x2xf32> to tensor<1x8x2x2x!q>
  %y = nn.pad %x pads [0, 0, 1, 2, 0, 0, 0, 1] value 1.0 : (tensor<1x8x2x2x!q>) -> tensor<1x8x3x5x!q>
  %y_f = quant.dcast %y : tensor<1x8x3x5x!q> to tensor<1x8x3x5xf32>
  return %y_f : tensor<1x8x3x5xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// 12 channels are two groups. A group has 9 words of weights and 8 of records; one
// load brings the weights of both groups, then the records of both: from word 18 on.
// Channels 12 to 15 do not exist: zeros, and records that do no harm.
// CHECK-LABEL: array.outputs
// CHECK: load @depthwise[[#D:]][0] to %[[C:.*]][0] <x = 34>
// CHECK: depthwise {{.*}} kernel_y = 3, kernel_x = 3, pad = -3> weights %[[C]][0] params %[[C]][18] dst {{.*}} groups = 2
// CHECK: depthwise[[#D]]: "0x01000000{{((01){72}(0101010100000000){9}(1B00000001000002){12}(0000000000000001){4})}}"
func.func @depthwise(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<12x8x1x1xi8> -> tensor<12x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<12x8x1x1x!w>) -> tensor<1x12x4x4x!q>
  %w2 = nn.constant dense<1> : tensor<12x1x3x3xi8> -> tensor<12x1x3x3x!w>
  %b = nn.conv2d %a, %w2 pads [1, 1, 1, 1] groups 12 : (tensor<1x12x4x4x!q>, tensor<12x1x3x3x!w>) -> tensor<1x12x4x4x!q>
  %w3 = nn.constant dense<1> : tensor<8x12x1x1xi8> -> tensor<8x12x1x1x!w>
  %y = nn.conv2d %b, %w3 : (tensor<1x12x4x4x!q>, tensor<8x12x1x1x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Equal scales: both multipliers and the factor, 2 / 2^1, are 1. The constant is the
// zero points' part, 3 for each operand. The upper bound 2.0 is 2.0/0.5 - 3 = 1.
// CHECK-LABEL: array.outputs
// CHECK: add {{.*}} <a_multiplier = 1, b_multiplier = 1, constant = 6, multiplier = 2, shift = 1> dst {{.*}} <zp = -3, lo = -128, hi = 1>
func.func @add(%arg0: tensor<1x8x4x4xf32>, %arg1: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %x1 = quant.qcast %arg1 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %y = nn.add %x, %x1 clamp_max 2.0 : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Any function of one value is 256 bytes, 32 words: entry q + 128 for the value q.
// -128 stands for (-128 + 3) * 0.5 = -62.5. Half of it is -31.25, as an integer
// -62.5 - 3, rounded to the even -62 - 3: -65 = 0xbf. -127 stands for -62, half of it
// is -31: -65 again. -126: -61.5, once more -65, for -62 is even. 127 stays 127 = 0x7f.
// CHECK-LABEL: array.outputs
// CHECK: load @table0[0] to %[[T:.*]][0] <x = 32>
// CHECK: table {{.*}} table %[[T]][0] dst
// CHECK: table0: "0x01000000BFBFBFC0{{.*}}7F"
func.func @table(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %y = nn.activation leaky_relu %x alpha 0.5 : (tensor<1x8x4x4x!q>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!p = !quant.uniform<i8:f32, 0.25:7>

// A factor for each channel: its one pixel is repeated. 0.25 = 1 / 2^2.
// CHECK-LABEL: array.outputs
// CHECK: mul %{{.*}}[0] <row_pitch = 4, group_pitch = 16>, %{{.*}}[0] <row_pitch = 0, group_pitch = 1, column_pitch = 0> <a_zp = -3, b_zp = 7, multiplier = 1, shift = 2> dst %{{.*}}[0] <zp = -3, lo = -3, hi = 127>
func.func @mul(%arg0: tensor<1x8x4x4xf32>, %arg1: tensor<1x8x1x1xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %f = quant.qcast %arg1 : tensor<1x8x1x1xf32> to tensor<1x8x1x1x!p>
  %y = nn.mul %x, %f clamp_min 0.0 : (tensor<1x8x4x4x!q>, tensor<1x8x1x1x!p>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

// A constant operand: its channels lie in words, lanes without a channel hold the
// zero point.
// CHECK-LABEL: array.outputs
// CHECK: load @feature0[0] to %[[B:.*]][0] <x = 2>
// CHECK: add {{.*}}, %[[B]][0]
// CHECK: feature0: "0x{{........}}0105FDFDFDFDFDFD0206FDFDFDFDFDFD"
func.func @constant(%arg0: tensor<1x2x1x2xf32>) -> (tensor<1x2x1x2xf32>) {
  %x = quant.qcast %arg0 : tensor<1x2x1x2xf32> to tensor<1x2x1x2x!q>
  %c = nn.constant dense<[[[[1, 2]], [[5, 6]]]]> : tensor<1x2x1x2xi8> -> tensor<1x2x1x2x!q>
  %y = nn.add %x, %c : (tensor<1x2x1x2x!q>, tensor<1x2x1x2x!q>) -> tensor<1x2x1x2x!q>
  %y_f = quant.dcast %y : tensor<1x2x1x2x!q> to tensor<1x2x1x2xf32>
  return %y_f : tensor<1x2x1x2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

// A part of an image is a copy of it; channels are passed on by a convolution.
// CHECK-LABEL: array.outputs
// CHECK: aristotle.conv
// CHECK: layer "slice.channels" "conv2d" on "conv" because "takes some of the channels"
// CHECK: max_pool {{.*}} window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 2, pad = -128>
func.func @slice(%arg0: tensor<1x8x4x6xf32>) -> (tensor<1x3x3x2xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x6xf32> to tensor<1x8x4x6x!q>
  %y = nn.slice %x starts [0, 2, 1, 1] sizes [1, 3, 3, 2] steps [1, 2, 1, 2] : (tensor<1x8x4x6x!q>) -> tensor<1x3x3x2x!q> loc("slice")
  %y_f = quant.dcast %y : tensor<1x3x3x2x!q> to tensor<1x3x3x2xf32>
  return %y_f : tensor<1x3x3x2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

// Every pixel of a row of 3 goes to every other place of a row of 6: the row is a
// column of pitch 2, and rows are groups.
// CHECK-LABEL: array.outputs
// CHECK: max_pool %[[X:.*]][0] <row_pitch = 1, group_pitch = 3, height = 3, width = 1> {{.*}} dst %[[Y:.*]][0] tile <height = 3, width = 1, groups = 2, row_pitch = 2, group_pitch = 12>
// CHECK: max_pool %[[X]][0] {{.*}} dst %[[Y]][1] tile
// CHECK: max_pool %[[X]][0] {{.*}} dst %[[Y]][6] tile
// CHECK: max_pool %[[X]][0] {{.*}} dst %[[Y]][7] tile
func.func @upsample(%arg0: tensor<1x8x2x3xf32>) -> (tensor<1x8x4x6xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x2x3xf32> to tensor<1x8x2x3x!q>
  %y = nn.interleave %x, %x, %x, %x factors [2, 2] : (tensor<1x8x2x3x!q>, tensor<1x8x2x3x!q>, tensor<1x8x2x3x!q>, tensor<1x8x2x3x!q>) -> tensor<1x8x4x6x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x6x!q> to tensor<1x8x4x6xf32>
  return %y_f : tensor<1x8x4x6xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

// One pixel becomes an image: its row has a pitch of zero.
// CHECK-LABEL: array.outputs
// CHECK: max_pool %{{.*}}[0] <row_pitch = 0, group_pitch = 1, height = 3, width = 1> {{.*}} dst %[[Y:.*]][0] tile <height = 3, width = 1, groups = 1, row_pitch = 1, group_pitch = 6>
// CHECK: max_pool {{.*}} dst %[[Y]][3] tile
// CHECK-NOT: max_pool
func.func @spread(%arg0: tensor<1x8x1x1xf32>) -> (tensor<1x8x2x3xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x1x1xf32> to tensor<1x8x1x1x!q>
  %y = nn.interleave %x, %x, %x, %x, %x, %x factors [2, 3] : (tensor<1x8x1x1x!q>, tensor<1x8x1x1x!q>, tensor<1x8x1x1x!q>, tensor<1x8x1x1x!q>, tensor<1x8x1x1x!q>, tensor<1x8x1x1x!q>) -> tensor<1x8x2x3x!q>
  %y_f = quant.dcast %y : tensor<1x8x2x3x!q> to tensor<1x8x2x3xf32>
  return %y_f : tensor<1x8x2x3xf32>
}
