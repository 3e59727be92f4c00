// RUN: nncc-opt %s --nn-linear-to-conv | FileCheck %s

// CHECK-LABEL: @flattened_image
func.func @flattened_image(%x: tensor<1x16x4x4xf32>, %w: tensor<10x256xf32>, %b: tensor<10xf32>) -> tensor<1x10xf32> {
  // CHECK: %[[W:.*]] = nn.reshape %arg1 : (tensor<10x256xf32>) -> tensor<10x16x4x4xf32>
  // CHECK: %[[C:.*]] = nn.conv2d %arg0, %[[W]] bias(%arg2) : {{.*}} -> tensor<1x10x1x1xf32>
  // CHECK: %[[Y:.*]] = nn.reshape %[[C]] : (tensor<1x10x1x1xf32>) -> tensor<1x10xf32>
  // CHECK: return %[[Y]]
  %0 = nn.reshape %x : (tensor<1x16x4x4xf32>) -> tensor<1x256xf32>
  %1 = nn.linear %0, %w bias(%b) : (tensor<1x256xf32>, tensor<10x256xf32>, tensor<10xf32>) -> tensor<1x10xf32>
  return %1 : tensor<1x10xf32>
}

// The order of a row-major [C, H, W] is the order of the kernel.
// CHECK-LABEL: @weight_order
func.func @weight_order(%x: tensor<1x2x1x2xf32>) -> tensor<1x1xf32> {
  // CHECK: nn.constant dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00]], {{\[\[}}3.000000e+00, 4.000000e+00]]]]> : tensor<1x2x1x2xf32>
  %w = nn.constant dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>
  %0 = nn.reshape %x : (tensor<1x2x1x2xf32>) -> tensor<1x4xf32>
  %1 = nn.linear %0, %w : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// CHECK-LABEL: @vector
func.func @vector(%x: tensor<1x4xf32>, %w: tensor<3x4xf32>) -> tensor<1x3xf32> {
  // CHECK: %[[X:.*]] = nn.reshape %arg0 : (tensor<1x4xf32>) -> tensor<1x4x1x1xf32>
  // CHECK: nn.conv2d %[[X]], %{{.*}} : (tensor<1x4x1x1xf32>, tensor<3x4x1x1xf32>) -> tensor<1x3x1x1xf32>
  %0 = nn.linear %x, %w : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// Between the layers there is no reshape left.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<1x4xf32>, %w0: tensor<3x4xf32>, %w1: tensor<2x3xf32>) -> tensor<1x2xf32> {
  // CHECK: %[[A:.*]] = nn.conv2d
  // CHECK: %[[B:.*]] = nn.clamp %[[A]] min 0.000000e+00 : (tensor<1x3x1x1xf32>)
  // CHECK: %[[C:.*]] = nn.activation tanh %[[B]] : (tensor<1x3x1x1xf32>)
  // CHECK: nn.conv2d %[[C]]
  %0 = nn.linear %x, %w0 : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<1x3xf32>
  %1 = nn.clamp %0 min 0.0 : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %2 = nn.activation tanh %1 : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %3 = nn.linear %2, %w1 : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// CHECK-LABEL: @branches
func.func @branches(%x: tensor<1x4xf32>, %w0: tensor<3x4xf32>, %w1: tensor<2x6xf32>) -> tensor<1x2xf32> {
  // CHECK: %[[S:.*]] = nn.add {{.*}} -> tensor<1x3x1x1xf32>
  // CHECK: %[[C:.*]] = nn.concat {{.*}} axis 1 : {{.*}} -> tensor<1x6x1x1xf32>
  // CHECK: nn.conv2d %[[C]]
  %0 = nn.linear %x, %w0 : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<1x3xf32>
  %1 = nn.linear %x, %w0 : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<1x3xf32>
  %2 = nn.add %0, %1 clamp_min 0.0 : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %3 = nn.concat %0, %2 axis 1 : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x6xf32>
  %4 = nn.linear %3, %w1 : (tensor<1x6xf32>, tensor<2x6xf32>) -> tensor<1x2xf32>
  return %4 : tensor<1x2xf32>
}

// CHECK-LABEL: @batch
func.func @batch(%x: tensor<2x4xf32>, %w: tensor<3x4xf32>) -> tensor<2x3xf32> {
  // CHECK: nn.linear
  %0 = nn.linear %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
