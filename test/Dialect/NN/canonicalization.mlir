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

// Products that are one function of x.
// CHECK-LABEL: @written_out_activations
func.func @written_out_activations(%x: tensor<1x2x3x3xf32>)
    -> (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) {
  // CHECK-DAG: %[[SIX:.*]] = nn.constant dense<6.000000e+00>
  // CHECK-DAG: %[[SILU:.*]] = nn.activation silu %arg0
  // CHECK-DAG: %[[MISH:.*]] = nn.activation mish %arg0
  // CHECK-DAG: %[[HARD:.*]] = nn.activation hard_swish %arg0
  // CHECK-DAG: %[[SCALED:.*]] = nn.batch_norm %[[HARD:.*]], %[[SIX]]
  // CHECK-NOT: nn.mul
  // CHECK: return %[[SILU]], %[[MISH]], %{{.*}}, %[[SCALED]]
  %three = nn.constant dense<3.0> : tensor<1xf32>
  %s = nn.activation sigmoid %x : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %silu = nn.mul %s, %x : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %p = nn.activation softplus %x : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %t = nn.activation tanh %p : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %mish = nn.mul %x, %t : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %h = nn.activation hard_sigmoid %x alpha 0.1666667 beta 0.5 : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %hard = nn.mul %x, %h : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %a = nn.add %x, %three : (tensor<1x2x3x3xf32>, tensor<1xf32>) -> tensor<1x2x3x3xf32>
  %c = nn.clamp %a min 0.0 max 6.0 : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %long = nn.mul %x, %c : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  return %silu, %mish, %hard, %long : tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>
}

// CHECK-LABEL: @products_that_are_none
func.func @products_that_are_none(%x: tensor<1x2x3x3xf32>, %y: tensor<1x2x3x3xf32>)
    -> (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) {
  // CHECK-COUNT-2: nn.mul
  %s = nn.activation sigmoid %x : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %0 = nn.mul %s, %y : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %1 = nn.mul %s, %x clamp_max 1.0 : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  return %0, %1 : tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>
}

// CHECK-LABEL: @slices
func.func @slices(%x: tensor<1x8x6x6xf32>) -> (tensor<1x2x6x2xf32>, tensor<1x8x6x6xf32>) {
  // CHECK: %[[S:.*]] = nn.slice %arg0 starts [0, 3, 0, 4] sizes [1, 2, 6, 2] steps [1, 4, 1, 1]
  // CHECK: return %[[S]], %arg0
  %0 = nn.slice %x starts [0, 1, 0, 2] sizes [1, 4, 6, 4] steps [1, 2, 1, 1] : (tensor<1x8x6x6xf32>) -> tensor<1x4x6x4xf32>
  %1 = nn.slice %0 starts [0, 1, 0, 2] sizes [1, 2, 6, 2] steps [1, 2, 1, 1] : (tensor<1x4x6x4xf32>) -> tensor<1x2x6x2xf32>
  %2 = nn.slice %x starts [0, 0, 0, 0] sizes [1, 8, 6, 6] steps [1, 1, 1, 1] : (tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  return %1, %2 : tensor<1x2x6x2xf32>, tensor<1x8x6x6xf32>
}

// CHECK-LABEL: @interleave_one
func.func @interleave_one(%x: tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32> {
  // CHECK: return %arg0
  %0 = nn.interleave %x factors [1, 1] : (tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  return %0 : tensor<1x8x6x6xf32>
}
