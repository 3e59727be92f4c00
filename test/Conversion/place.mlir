// RUN: nncc-opt --nn-place=arch=tiny --split-input-file %s | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Each layer gets an engine and the sentence that reports give for it.
// CHECK-LABEL: func.func @engines
func.func @engines(%arg: tensor<1x8x4x4xf32>) -> tensor<1x10xf32> {
  %x = quant.qcast %arg : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %d = nn.constant dense<1> : tensor<8x1x3x3xi8> -> tensor<8x1x3x3x!w>
  %f = nn.constant dense<1> : tensor<10x16x1x1xi8> -> tensor<10x16x1x1x!w>
  // CHECK: nn.conv2d {{.*}} {nncc.engine = "conv", nncc.reason = "convolution"}
  %c = nn.conv2d %x, %w : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  // CHECK: nn.conv2d {{.*}} groups 8 {nncc.engine = "vector", nncc.reason = "one input channel per output channel"}
  %g = nn.conv2d %c, %d pads [1, 1, 1, 1] groups 8 : (tensor<1x8x4x4x!q>, tensor<8x1x3x3x!w>) -> tensor<1x8x4x4x!q>
  // CHECK: nn.add {{.*}} {nncc.engine = "vector", nncc.reason = "no sum over channels"}
  %a = nn.add %c, %g : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x8x4x4x!q>
  // CHECK: nn.concat {{.*}} {nncc.engine = "none", nncc.reason = "a matter of addresses"}
  %j = nn.concat %a, %c axis 1 : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x16x4x4x!q>
  // CHECK: nn.avg_pool2d {{.*}}nncc.engine = "vector"
  %p = nn.avg_pool2d %j kernel [4, 4] : (tensor<1x16x4x4x!q>) -> tensor<1x16x1x1x!q>
  %h = nn.conv2d %p, %f : (tensor<1x16x1x1x!q>, tensor<10x16x1x1x!w>) -> tensor<1x10x1x1x!q>
  %y = quant.dcast %h : tensor<1x10x1x1x!q> to tensor<1x10x1x1xf32>
  // CHECK: nn.reshape {{.*}} {nncc.engine = "host", nncc.reason = "a reshape of floats"}
  %r = nn.reshape %y : (tensor<1x10x1x1xf32>) -> tensor<1x10xf32>
  // CHECK: nn.softmax {{.*}} {nncc.engine = "host", nncc.reason = "at the network's end, on floats"}
  %s = nn.softmax %r axis 1 : (tensor<1x10xf32>) -> tensor<1x10xf32>
  return %s : tensor<1x10xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// V = 8. A concatenation of 3 and 5 channels has its channels in lanes 0-2 and
// 8-12, one of 5 and 3 in 0-4 and 8-10: they cannot be added lane by lane. A
// convolution by the identity, behind the second one, puts its channels where the
// first one has them. It changes no value: same type, weights 1 on the diagonal.
// CHECK-LABEL: func.func @relayout
// CHECK: %[[FIRST:.*]] = nn.concat
// CHECK: %[[SECOND:.*]] = nn.concat
// CHECK: %[[ONE:.*]] = nn.constant dense<{{.*}}> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!quant.uniform<i8<-127:127>:f32:0, {1.000000e+00,
// CHECK: %[[MOVED:.*]] = nn.conv2d %[[SECOND]], %[[ONE]] {nncc.engine = "conv", nncc.reason = "brings channels into the order of a concat", nncc.relayout}
// CHECK: nn.add %[[FIRST]], %[[MOVED]]
func.func @relayout(%arg: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %x = quant.qcast %arg : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w3 = nn.constant dense<1> : tensor<3x8x1x1xi8> -> tensor<3x8x1x1x!w>
  %w5 = nn.constant dense<1> : tensor<5x8x1x1xi8> -> tensor<5x8x1x1x!w>
  %a = nn.conv2d %x, %w3 : (tensor<1x8x4x4x!q>, tensor<3x8x1x1x!w>) -> tensor<1x3x4x4x!q>
  %b = nn.conv2d %x, %w5 : (tensor<1x8x4x4x!q>, tensor<5x8x1x1x!w>) -> tensor<1x5x4x4x!q>
  %ab = nn.concat %a, %b axis 1 : (tensor<1x3x4x4x!q>, tensor<1x5x4x4x!q>) -> tensor<1x8x4x4x!q>
  %ba = nn.concat %b, %a axis 1 : (tensor<1x5x4x4x!q>, tensor<1x3x4x4x!q>) -> tensor<1x8x4x4x!q>
  %s = nn.add %ab, %ba : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x8x4x4x!q>
  %y = quant.dcast %s : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// With 8 and 8 channels both layouts are the same: nothing to do. Neither is there
// where a convolution stands between them, which reads one order and writes the
// other for nothing.
// CHECK-LABEL: func.func @agree
// CHECK-NOT: nncc.relayout
func.func @agree(%arg: tensor<1x8x4x4xf32>) -> tensor<1x16x4x4xf32> {
  %x = quant.qcast %arg : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w = nn.constant dense<1> : tensor<8x8x1x1xi8> -> tensor<8x8x1x1x!w>
  %a = nn.conv2d %x, %w : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %b = nn.conv2d %a, %w : (tensor<1x8x4x4x!q>, tensor<8x8x1x1x!w>) -> tensor<1x8x4x4x!q>
  %ab = nn.concat %a, %b axis 1 : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x16x4x4x!q>
  %ba = nn.concat %b, %a axis 1 : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x16x4x4x!q>
  %s = nn.add %ab, %ba : (tensor<1x16x4x4x!q>, tensor<1x16x4x4x!q>) -> tensor<1x16x4x4x!q>
  %y = quant.dcast %s : tensor<1x16x4x4x!q> to tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// Windows of more than 1023 words (and a result), or kernels of more than 120, are
// beyond the vector engine of this configuration. Averages and depthwise
// convolutions are sums, for which there is the array; a maximum is taken over
// columns, then over rows.
// CHECK-LABEL: func.func @beyond_the_vector_engine
func.func @beyond_the_vector_engine(%arg: tensor<1x8x40x44xf32>) -> (tensor<1x8x1x1xf32>, tensor<1x8x30x34xf32>, tensor<1x8x8x34xf32>, tensor<1x8x4x6xf32>) {
  %x = quant.qcast %arg : tensor<1x8x40x44xf32> to tensor<1x8x40x44x!q>
  // CHECK: nn.avg_pool2d {{.*}} {nncc.engine = "conv", nncc.reason = "the window is too large for the vector engine"}
  %a = nn.avg_pool2d %x kernel [40, 44] : (tensor<1x8x40x44x!q>) -> tensor<1x8x1x1x!q>
  %k = nn.constant dense<1> : tensor<8x1x11x11xi8> -> tensor<8x1x11x11x!w>
  // CHECK: nn.conv2d {{.*}} groups 8 {nncc.engine = "conv", nncc.reason = "the window is too large for the vector engine"}
  %b = nn.conv2d %x, %k groups 8 : (tensor<1x8x40x44x!q>, tensor<8x1x11x11x!w>) -> tensor<1x8x30x34x!q>
  %w = nn.constant dense<1> : tensor<8x1x3x2xi8> -> tensor<8x1x3x2x!w>
  // CHECK: nn.conv2d {{.*}} groups 8 {nncc.engine = "vector"
  %c = nn.conv2d %x, %w dilations [16, 10] groups 8 : (tensor<1x8x40x44x!q>, tensor<8x1x3x2x!w>) -> tensor<1x8x8x34x!q>
  // CHECK: %[[COLUMNS:.*]] = nn.max_pool2d %{{.*}} kernel [1, 34] strides [1, 2] pads [0, 1, 0, 0] {nncc.engine = "vector", nncc.partial_maximum, {{.*}}} : (tensor<1x8x40x44x!quant{{.*}}>) -> tensor<1x8x40x6x!quant
  // CHECK: nn.max_pool2d %[[COLUMNS]] kernel [33, 1] strides [3, 1] pads [2, 0, 0, 0] {nncc.engine = "vector", {{.*}}} : {{.*}} -> tensor<1x8x4x6x!quant
  %d = nn.max_pool2d %x kernel [33, 34] strides [3, 2] pads [2, 1, 0, 0] : (tensor<1x8x40x44x!q>) -> tensor<1x8x4x6x!q>
  %a_f = quant.dcast %a : tensor<1x8x1x1x!q> to tensor<1x8x1x1xf32>
  %b_f = quant.dcast %b : tensor<1x8x30x34x!q> to tensor<1x8x30x34xf32>
  %c_f = quant.dcast %c : tensor<1x8x8x34x!q> to tensor<1x8x8x34xf32>
  %d_f = quant.dcast %d : tensor<1x8x4x6x!q> to tensor<1x8x4x6xf32>
  return %a_f, %b_f, %c_f, %d_f : tensor<1x8x1x1xf32>, tensor<1x8x30x34xf32>, tensor<1x8x8x34xf32>, tensor<1x8x4x6xf32>
}
