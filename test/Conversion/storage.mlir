// RUN: nncc-opt --nn-place=arch=tiny --nn-to-aristotle=arch=tiny --split-input-file %s | FileCheck %s

// What stays on the chip, what is streamed, what is joined. V = 8, 1024 feature words.

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// What lies between layers stays on the chip if it can: the second convolution reads
// the buffer that the first one writes. There is no tensor for it in DRAM.
// CHECK-LABEL: array.outputs
// CHECK-NOT: <workspace>
// CHECK: %[[A:.*]] = aristotle.alloc : <feature, 16>
// CHECK: conv {{.*}} dst %[[A]][0]
// CHECK: conv %[[A]][0]
func.func @resident(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %w2 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %y = nn.conv2d %a, %w2 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// 32x32 pixels are all 1024 words of the feature memory: the result of the first
// convolution goes to DRAM tile by tile and comes back.
// CHECK-LABEL: array.outputs
// CHECK: tensor @[[A:.*]] "words" {{.*}} region <workspace> bytes 8192
// CHECK: save {{.*}} to @[[A]][0]
// CHECK: load @[[A]][0]
func.func @streamed(%arg0: tensor<1x8x32x32xf32>) -> (tensor<1x8x32x32xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x32x32xf32> to tensor<1x8x32x32x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x32x32x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x32x32x!q>
  %w2 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %y = nn.conv2d %a, %w2 : (tensor<1x8x32x32x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x32x32x!q>
  %y_f = quant.dcast %y : tensor<1x8x32x32x!q> to tensor<1x8x32x32xf32>
  return %y_f : tensor<1x8x32x32xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// An output that another layer reads: written to the output region, read from there.
// CHECK-LABEL: array.outputs
// CHECK-SAME: outputs = ["h1", "h2"]
// CHECK: save {{.*}} to @[[A:.*]][0]
// CHECK: load @[[A]][0]
func.func @output_too(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %w2 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %y = nn.conv2d %a, %w2 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %a_f = quant.dcast %a : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %a_f, %y_f : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A concatenation is a matter of addresses: its operands are written where its
// result lies, 16 words each, and the layer itself has no instruction.
// CHECK-LABEL: array.outputs
// CHECK: %[[C:.*]] = aristotle.alloc : <feature, 32>
// CHECK: conv {{.*}} dst %[[C]][0]
// CHECK: layer "nn.conv2d"
// CHECK: conv {{.*}} dst %[[C]][16]
// CHECK: layer "nn.conv2d"
// CHECK-NEXT: layer "nn.concat" "concat" on "none" because "a matter of addresses" macs 0 tile "joined in place"
// CHECK: conv %[[C]][0] {{.*}} taps %{{.*}} [(0, 0, 0), (16, 0, 0)]
func.func @join(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %w2 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %b = nn.conv2d %x, %w2 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %c = nn.concat %a, %b axis 1 : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x16x4x4x!q>
  %w3 = nn.constant dense<1> : tensor<8x16x1x1xi8> -> tensor<8x16x1x1x!w>
  %y = nn.conv2d %c, %w3 : (tensor<1x16x4x4x!q>, tensor<8x16x1x1x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Operands of 3 and 5 channels are padded to a word each. The host is told which
// channel lies where.
// CHECK-LABEL: array.outputs
// CHECK: tensor {{.*}} [1, 8, 4, 4] {{.*}} channels [0, 1, 2, -1, -1, -1, -1, -1, 3, 4, 5, 6, 7, -1, -1, -1] view
func.func @uneven(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<3x8x1x1xi8> -> tensor<3x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<3x8x1x1x!w>) -> tensor<1x3x4x4x!q>
  %w2 = nn.constant dense<1> : tensor<5x8x1x1xi8> -> tensor<5x8x1x1x!w>
  %b = nn.conv2d %x, %w2 : (tensor<1x8x4x4x!q>, tensor<5x8x1x1x!w>) -> tensor<1x5x4x4x!q>
  %y = nn.concat %a, %b axis 1 : (tensor<1x3x4x4x!q>, tensor<1x5x4x4x!q>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// One value in two places: written to one of them, copied to the other by a window of
// one pixel.
// CHECK-LABEL: array.outputs
// CHECK: %[[C:.*]] = aristotle.alloc : <feature, 32>
// CHECK: conv {{.*}} dst %[[C]][[[#FROM:]]]
// CHECK: max_pool %[[C]][[[#FROM]]] {{.*}} window <origin_y = 0, origin_x = 0, stride_y = 1, stride_x = 1, pad = -128> dst %[[C]][[[#16-FROM]]]
func.func @twice(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %c = nn.concat %a, %a axis 1 : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x16x4x4x!q>
  %w2 = nn.constant dense<1> : tensor<8x16x1x1xi8> -> tensor<8x16x1x1x!w>
  %y = nn.conv2d %c, %w2 : (tensor<1x16x4x4x!q>, tensor<8x16x1x1x!w>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// What lies in the input region is copied.
// CHECK-LABEL: array.outputs
// CHECK: load @t0[0]
// CHECK: max_pool
// CHECK: save {{.*}} to @t1[0]
// CHECK: load @t0[0]
// CHECK: max_pool
// CHECK: save {{.*}} to @t1[128]
func.func @interface(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x16x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %c = nn.concat %x, %x axis 1 : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x16x4x4x!q>
  %c_f = quant.dcast %c : tensor<1x16x4x4x!q> to tensor<1x16x4x4xf32>
  return %c_f : tensor<1x16x4x4xf32>
}
