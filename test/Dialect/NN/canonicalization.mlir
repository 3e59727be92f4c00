// RUN: nncc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @zero_bias
func.func @zero_bias(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> {
  %b = nn.constant dense<0.0> : tensor<2xf32>
  // CHECK: nn.conv2d %arg0, %arg1 :
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @zero_bias_quantized
func.func @zero_bias_quantized(%x: tensor<1x1x4x4x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x1x1x1x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x2x4x4x!quant.uniform<i8:f32, 0.5>> {
  %b = nn.constant dense<0> : tensor<2xi32>
  // CHECK: nn.conv2d %arg0, %arg1 :
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4x!quant.uniform<i8:f32, 0.5>>, tensor<2x1x1x1x!quant.uniform<i8:f32, 0.5>>, tensor<2xi32>) -> tensor<1x2x4x4x!quant.uniform<i8:f32, 0.5>>
  return %0 : tensor<1x2x4x4x!quant.uniform<i8:f32, 0.5>>
}

// CHECK-LABEL: @some_bias
func.func @some_bias(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> {
  %b = nn.constant dense<[0.0, 1.0]> : tensor<2xf32>
  // CHECK: bias(
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @trivial_pools
func.func @trivial_pools(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK-NEXT: return %arg0
  %0 = nn.max_pool2d %x kernel [1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %1 = nn.avg_pool2d %0 kernel [1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  return %1 : tensor<1x1x4x4xf32>
}

// A stride selects positions.
// CHECK-LABEL: @subsampling_pool
func.func @subsampling_pool(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  // CHECK: nn.max_pool2d
  %0 = nn.max_pool2d %x kernel [1, 1] strides [2, 2] : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  return %0 : tensor<1x1x2x2xf32>
}

// CHECK-LABEL: @count_include_pad
func.func @count_include_pad(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x5x5xf32>) {
  // CHECK: nn.avg_pool2d %arg0 kernel [2, 2] :
  %0 = nn.avg_pool2d %x kernel [2, 2] count_include_pad : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  // CHECK: count_include_pad
  %1 = nn.avg_pool2d %x kernel [2, 2] pads [1, 1, 1, 1] count_include_pad : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  return %0, %1 : tensor<1x1x3x3xf32>, tensor<1x1x5x5xf32>
}

// CHECK-LABEL: @add_zero
func.func @add_zero(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %z = nn.constant dense<0.0> : tensor<2x1x1xf32>
  // The constant moves to the right by commutativity.
  %0 = nn.add %z, %x : (tensor<2x1x1xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: %[[A:.*]] = nn.add %arg0, %{{.*}} clamp_min
  %1 = nn.add %x, %z clamp_min 0.0 : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: return %arg0, %[[A]]
  return %0, %1 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @clamps
func.func @clamps(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = nn.clamp %x min 0.0 : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[C:.*]] = nn.clamp %arg0 min 0.000000e+00 max 6.000000e+00
  %1 = nn.clamp %0 min -1.0 max 6.0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.clamp %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: return %[[C]], %arg0
  return %1, %2 : tensor<4xf32>, tensor<4xf32>
}

// Everything above 6 is 6, and everything below 6 is lifted to it.
// CHECK-LABEL: @disjoint_clamps
func.func @disjoint_clamps(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.clamp %x max 1.0 : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: nn.clamp %arg0 min 6.000000e+00 max 6.000000e+00
  %1 = nn.clamp %0 min 6.0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: @trivial_movement
func.func @trivial_movement(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK-NEXT: return %arg0
  %0 = nn.concat %x axis 1 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.pad %0 pads [0, 0, 0, 0, 0, 0, 0, 0] : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %2 = nn.reshape %1 : (tensor<1x2x4x4xf32>) -> tensor<1x32xf32>
  %3 = nn.reshape %2 : (tensor<1x32xf32>) -> tensor<1x2x4x4xf32>
  return %3 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @reshape_of_constant
func.func @reshape_of_constant() -> (tensor<2x2xf32>, tensor<2x1x!quant.uniform<i8:f32, 0.5>>) {
  // CHECK-DAG: nn.constant dense<{{\[}}[1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
  // CHECK-DAG: nn.constant dense<{{\[}}[1], [2]]> : tensor<2x1xi8> -> tensor<2x1x!quant.uniform<i8:f32, 5.000000e-01>>
  // CHECK-NOT: nn.reshape
  %0 = nn.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %1 = nn.reshape %0 : (tensor<4xf32>) -> tensor<2x2xf32>
  %2 = nn.constant dense<[1, 2]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  %3 = nn.reshape %2 : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x1x!quant.uniform<i8:f32, 0.5>>
  return %1, %3 : tensor<2x2xf32>, tensor<2x1x!quant.uniform<i8:f32, 0.5>>
}
