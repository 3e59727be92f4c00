// RUN: nncc-opt %s --nn-broadcast-operands | FileCheck %s

// CHECK-LABEL: @widest_first
// CHECK: nn.mul %arg1, %arg0
func.func @widest_first(%x: tensor<1x4x1x1xf32>, %y: tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32> {
  %0 = nn.mul %x, %y : (tensor<1x4x1x1xf32>, tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// CHECK-LABEL: @constant_second
// CHECK: nn.add %arg0, %cst
func.func @constant_second(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %c = nn.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %0 = nn.add %c, %x : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// A constant that alone has the result's shape is first, and stays there: to move
// it back and forth would never end.
// CHECK-LABEL: @wide_constant_first
// CHECK: %[[SUM:.*]] = nn.add %[[WIDE:.*]], %arg0
// CHECK: nn.mul %[[WIDE]], %arg0
func.func @wide_constant_first(%x: tensor<1x2x1x1xf32>) -> (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) {
  %c = nn.constant dense<2.0> : tensor<1x2x3x3xf32>
  %0 = nn.add %x, %c : (tensor<1x2x1x1xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %1 = nn.mul %c, %x : (tensor<1x2x3x3xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x3x3xf32>
  return %0, %1 : tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>
}

// CHECK-LABEL: @rank
// CHECK: %[[R:.*]] = nn.reshape %arg1 : (tensor<4x1x1xf32>) -> tensor<1x4x1x1xf32>
// CHECK: nn.mul %arg0, %[[R]]
func.func @rank(%x: tensor<1x4x3x3xf32>, %y: tensor<4x1x1xf32>) -> tensor<1x4x3x3xf32> {
  %0 = nn.mul %x, %y : (tensor<1x4x3x3xf32>, tensor<4x1x1xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// One channel becomes many by a convolution with ones.
// CHECK-LABEL: @repeat_channel
// CHECK: %[[ONES:.*]] = nn.constant dense<1.000000e+00> : tensor<4x1x1x1xf32>
// CHECK: %[[MANY:.*]] = nn.conv2d %arg1, %[[ONES]]
// CHECK: nn.add %arg0, %[[MANY]]
func.func @repeat_channel(%x: tensor<1x4x3x3xf32>, %y: tensor<1x1x3x3xf32>) -> tensor<1x4x3x3xf32> {
  %0 = nn.add %x, %y : (tensor<1x4x3x3xf32>, tensor<1x1x3x3xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// CHECK-LABEL: @spread_constant
// CHECK: %[[C:.*]] = nn.constant dense<{{\[\[}}{{\[\[}}1.000000e+00, 2.000000e+00]], {{\[\[}}1.000000e+00, 2.000000e+00]]]]> : tensor<1x2x1x2xf32>
// CHECK: nn.mul %arg0, %[[C]]
func.func @spread_constant(%x: tensor<1x2x3x2xf32>) -> tensor<1x2x3x2xf32> {
  %c = nn.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = nn.mul %x, %c : (tensor<1x2x3x2xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  return %0 : tensor<1x2x3x2xf32>
}
