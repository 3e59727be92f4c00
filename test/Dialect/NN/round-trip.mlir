// RUN: nncc-opt %s | nncc-opt | FileCheck %s
// RUN: nncc-opt %s --mlir-print-op-generic | nncc-opt | FileCheck %s
// RUN: nncc-opt %s --emit-bytecode | nncc-opt | FileCheck %s

!act = !quant.uniform<i8:f32, 0.05:-3>
!out = !quant.uniform<i8:f32, 0.1:7>
!wt = !quant.uniform<i8<-127:127>:f32:0, {0.01,0.02}>

// CHECK-LABEL: @constants
func.func @constants() -> (tensor<2xf32>, tensor<2x1x1x1x!wt>) {
  // CHECK: %[[F:.*]] = nn.constant dense<[5.000000e-01, -1.000000e+00]> : tensor<2xf32>
  %0 = nn.constant dense<[0.5, -1.0]> : tensor<2xf32>
  // CHECK: %[[Q:.*]] = nn.constant dense<{{.*}}> : tensor<2x1x1x1xi8> -> tensor<2x1x1x1x!quant.uniform<i8<-127:127>:f32:0, {{.*}}>>
  %1 = nn.constant dense<[[[[1]]],[[[-127]]]]> : tensor<2x1x1x1xi8> -> tensor<2x1x1x1x!wt>
  return %0, %1 : tensor<2xf32>, tensor<2x1x1x1x!wt>
}

// CHECK-LABEL: @conv2d
func.func @conv2d(%x: tensor<1x4x9x9xf32>, %w: tensor<8x2x3x3xf32>, %b: tensor<8xf32>, %r: tensor<1x8x5x5xf32>) -> tensor<1x8x5x5xf32> {
  // CHECK: nn.conv2d %{{.*}}, %{{.*}} bias(%{{.*}}) residual(%{{.*}}) strides [2, 2] pads [1, 1, 1, 1] groups 2 clamp_min 0.000000e+00 clamp_max 6.000000e+00 : (tensor<1x4x9x9xf32>, tensor<8x2x3x3xf32>, tensor<8xf32>, tensor<1x8x5x5xf32>) -> tensor<1x8x5x5xf32>
  %0 = nn.conv2d %x, %w bias(%b) residual(%r) strides [2, 2] pads [1, 1, 1, 1] groups 2 clamp_min 0.0 clamp_max 6.0
      : (tensor<1x4x9x9xf32>, tensor<8x2x3x3xf32>, tensor<8xf32>, tensor<1x8x5x5xf32>) -> tensor<1x8x5x5xf32>
  return %0 : tensor<1x8x5x5xf32>
}

// CHECK-LABEL: @conv2d_plain
func.func @conv2d_plain(%x: tensor<1x1x7x7xf32>, %w: tensor<2x1x3x3xf32>) -> tensor<1x2x3x3xf32> {
  // CHECK: nn.conv2d %{{.*}}, %{{.*}} dilations [2, 2] : (tensor<1x1x7x7xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x3x3xf32>
  %0 = nn.conv2d %x, %w strides [1, 1] pads [0, 0, 0, 0] dilations [2, 2] groups 1
      : (tensor<1x1x7x7xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x3x3xf32>
  return %0 : tensor<1x2x3x3xf32>
}

// CHECK-LABEL: @conv2d_quantized
func.func @conv2d_quantized(%x: tensor<1x1x4x4x!act>, %w: tensor<2x1x1x1x!wt>, %b: tensor<2xi32>, %r: tensor<1x2x4x4x!act>) -> tensor<1x2x4x4x!out> {
  // CHECK: nn.conv2d %{{.*}}, %{{.*}} bias(%{{.*}}) residual(%{{.*}}) clamp_min 0.000000e+00 :
  %0 = nn.conv2d %x, %w bias(%b) residual(%r) clamp_min 0.0
      : (tensor<1x1x4x4x!act>, tensor<2x1x1x1x!wt>, tensor<2xi32>, tensor<1x2x4x4x!act>) -> tensor<1x2x4x4x!out>
  return %0 : tensor<1x2x4x4x!out>
}

// CHECK-LABEL: @linear
func.func @linear(%x: tensor<1x3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>) -> tensor<1x2xf32> {
  // CHECK: nn.linear %{{.*}}, %{{.*}} bias(%{{.*}}) : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %0 = nn.linear %x, %w bias(%b) : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// CHECK-LABEL: @batch_norm
func.func @batch_norm(%x: tensor<1x2x4x4xf32>, %p: tensor<2xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: nn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} epsilon 2.500000e-01
  %0 = nn.batch_norm %x, %p, %p, %p, %p epsilon 0.25
      : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// Both roundings of the extent: (7 - 2) / 2 is 2.5.
// CHECK-LABEL: @pools
func.func @pools(%x: tensor<1x2x7x7xf32>) -> (tensor<1x2x3x3xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x5x5xf32>) {
  // CHECK: nn.max_pool2d %{{.*}} kernel [2, 2] strides [2, 2] :
  %0 = nn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<1x2x7x7xf32>) -> tensor<1x2x3x3xf32>
  %1 = nn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<1x2x7x7xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: nn.avg_pool2d %{{.*}} kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] count_include_pad :
  %2 = nn.avg_pool2d %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] count_include_pad : (tensor<1x2x7x7xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: nn.max_pool2d %{{.*}} kernel [2, 2] dilations [2, 2] :
  %3 = nn.max_pool2d %x kernel [2, 2] dilations [2, 2] : (tensor<1x2x7x7xf32>) -> tensor<1x2x5x5xf32>
  return %0, %1, %2, %3 : tensor<1x2x3x3xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x5x5xf32>
}

// CHECK-LABEL: @elementwise
func.func @elementwise(%x: tensor<1x2x4x4xf32>, %c: tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: nn.add %{{.*}}, %{{.*}} clamp_min -1.000000e+00 clamp_max 1.000000e+00 : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %0 = nn.add %x, %c clamp_min -1.0 clamp_max 1.0 : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: nn.clamp %{{.*}} min 0.000000e+00 :
  %1 = nn.clamp %0 min 0.0 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: nn.clamp %{{.*}} min 0.000000e+00 max 6.000000e+00 :
  %2 = nn.clamp %1 min 0.0 max 6.0 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: nn.activation sigmoid %{{.*}} :
  %3 = nn.activation sigmoid %2 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: nn.activation leaky_relu %{{.*}} alpha 1.250000e-01 :
  %4 = nn.activation leaky_relu %3 alpha 0.125 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: nn.activation hard_sigmoid %{{.*}} alpha 2.500000e-01 beta 5.000000e-01 :
  %5 = nn.activation hard_sigmoid %4 alpha 0.25 beta 0.5 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %5 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @movement
func.func @movement(%x: tensor<1x2x4x4xf32>) -> tensor<1x100xf32> {
  // CHECK: nn.concat %{{.*}}, %{{.*}} axis 1 : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32>
  %0 = nn.concat %x, %x axis 1 : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32>
  // CHECK: nn.pad %{{.*}} pads [0, 0, 0, 0, 0, 0, 1, 1] value -1.000000e+00 :
  %1 = nn.pad %0 pads [0, 0, 0, 0, 0, 0, 1, 1] value -1.0 : (tensor<1x4x4x4xf32>) -> tensor<1x4x5x5xf32>
  // CHECK: nn.reshape %{{.*}} : (tensor<1x4x5x5xf32>) -> tensor<1x100xf32>
  %2 = nn.reshape %1 : (tensor<1x4x5x5xf32>) -> tensor<1x100xf32>
  return %2 : tensor<1x100xf32>
}

// CHECK-LABEL: @fake_quantize
func.func @fake_quantize(%x: tensor<1x10xf32>) -> tensor<1x10xf32> {
  // CHECK: nn.fake_quantize %{{.*}} to !quant.uniform<i8:f32, 2.500000e-01:-3> : (tensor<1x10xf32>) -> tensor<1x10xf32>
  %0 = nn.fake_quantize %x to !quant.uniform<i8:f32, 0.25:-3> : (tensor<1x10xf32>) -> tensor<1x10xf32>
  // CHECK: nn.activation identity
  %1 = nn.activation identity %0 : (tensor<1x10xf32>) -> tensor<1x10xf32>
  // CHECK: nn.activation power %{{.*}} alpha -7.500000e-01 beta 1.000000e+00 :
  %p = nn.activation power %1 alpha -0.75 beta 1.0 : (tensor<1x10xf32>) -> tensor<1x10xf32>
  return %1 : tensor<1x10xf32>
}

// CHECK-LABEL: @heads
func.func @heads(%x: tensor<1x10xf32>) -> (tensor<1xi64>, tensor<1x1xi64>) {
  // CHECK: nn.softmax %{{.*}} axis 1 : (tensor<1x10xf32>) -> tensor<1x10xf32>
  %0 = nn.softmax %x axis 1 : (tensor<1x10xf32>) -> tensor<1x10xf32>
  // CHECK: nn.argmax %{{.*}} axis 1 : (tensor<1x10xf32>) -> tensor<1xi64>
  %1 = nn.argmax %0 axis 1 : (tensor<1x10xf32>) -> tensor<1xi64>
  // CHECK: nn.argmax %{{.*}} axis 1 keepdims select_last_index : (tensor<1x10xf32>) -> tensor<1x1xi64>
  %2 = nn.argmax %0 axis 1 keepdims select_last_index : (tensor<1x10xf32>) -> tensor<1x1xi64>
  return %1, %2 : tensor<1xi64>, tensor<1x1xi64>
}

// CHECK-LABEL: @mul
func.func @mul(%x: tensor<1x4x3x3xf32>, %y: tensor<1x4x1x1xf32>) -> tensor<1x4x3x3xf32> {
  // CHECK: nn.mul %arg0, %arg1 clamp_min 0.000000e+00 : (tensor<1x4x3x3xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x3x3xf32>
  %0 = nn.mul %x, %y clamp_min 0.0 : (tensor<1x4x3x3xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// CHECK-LABEL: @slice
func.func @slice(%x: tensor<1x4x6x6x!act>) -> tensor<1x2x6x3x!act> {
  // CHECK: nn.slice %arg0 starts [0, 1, 0, 1] sizes [1, 2, 6, 3] steps [1, 1, 1, 2] : {{.*}} -> tensor<1x2x6x3x!quant.uniform
  %0 = nn.slice %x starts [0, 1, 0, 1] sizes [1, 2, 6, 3] steps [1, 1, 1, 2]
      : (tensor<1x4x6x6x!act>) -> tensor<1x2x6x3x!act>
  return %0 : tensor<1x2x6x3x!act>
}

// CHECK-LABEL: @interleave
func.func @interleave(%x: tensor<1x4x3x3xf32>, %y: tensor<1x4x3x3xf32>) -> tensor<1x4x6x3xf32> {
  // CHECK: nn.interleave %arg0, %arg1 factors [2, 1] : (tensor<1x4x3x3xf32>, tensor<1x4x3x3xf32>) -> tensor<1x4x6x3xf32>
  %0 = nn.interleave %x, %y factors [2, 1] : (tensor<1x4x3x3xf32>, tensor<1x4x3x3xf32>) -> tensor<1x4x6x3xf32>
  return %0 : tensor<1x4x6x3xf32>
}
