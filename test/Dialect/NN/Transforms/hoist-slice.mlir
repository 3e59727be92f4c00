// RUN: nncc-opt %s --nn-hoist-slice | FileCheck %s

// A Split behind a convolution and its activation: two convolutions.
// CHECK-LABEL: @split
// CHECK-DAG: %[[W1:.*]] = nn.constant dense<{{.*}}1.000000e+00{{.*}}> : tensor<1x1x1x1xf32>
// CHECK-DAG: %[[W2:.*]] = nn.constant dense<{{.*}}2.000000e+00{{.*}}, {{.*}}3.000000e+00{{.*}}> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B1:.*]] = nn.constant dense<4.000000e+00> : tensor<1xf32>
// CHECK-DAG: %[[B2:.*]] = nn.constant dense<[5.000000e+00, 6.000000e+00]> : tensor<2xf32>
// CHECK-DAG: %[[C1:.*]] = nn.conv2d %arg0, %[[W1]] bias(%[[B1]]) clamp_min 0.000000e+00 : {{.*}} -> tensor<1x1x2x2xf32>
// CHECK-DAG: %[[C2:.*]] = nn.conv2d %arg0, %[[W2]] bias(%[[B2]]) clamp_min 0.000000e+00 : {{.*}} -> tensor<1x2x2x2xf32>
// CHECK-DAG: %[[S1:.*]] = nn.activation silu %[[C1]]
// CHECK-DAG: %[[S2:.*]] = nn.activation silu %[[C2]]
// CHECK-NOT: nn.slice
// CHECK: return %[[S1]], %[[S2]]
func.func @split(%x: tensor<1x1x2x2xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x2x2x2xf32>) {
  %w = nn.constant dense<[[[[1.0]]], [[[2.0]]], [[[3.0]]]]> : tensor<3x1x1x1xf32>
  %b = nn.constant dense<[4.0, 5.0, 6.0]> : tensor<3xf32>
  %0 = nn.conv2d %x, %w bias(%b) clamp_min 0.0 : (tensor<1x1x2x2xf32>, tensor<3x1x1x1xf32>, tensor<3xf32>) -> tensor<1x3x2x2xf32>
  %1 = nn.activation silu %0 : (tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  %2 = nn.slice %1 starts [0, 0, 0, 0] sizes [1, 1, 2, 2] steps [1, 1, 1, 1] : (tensor<1x3x2x2xf32>) -> tensor<1x1x2x2xf32>
  %3 = nn.slice %1 starts [0, 1, 0, 0] sizes [1, 2, 2, 2] steps [1, 1, 1, 1] : (tensor<1x3x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %2, %3 : tensor<1x1x2x2xf32>, tensor<1x2x2x2xf32>
}

// Of a depthwise convolution, the input is taken apart as well.
// CHECK-LABEL: @depthwise
// CHECK-DAG: %[[P:.*]] = nn.slice %arg0 starts [0, 1, 0, 0] sizes [1, 2, 3, 3]
// CHECK-DAG: nn.conv2d %[[P]], {{.*}} groups 2 : {{.*}} -> tensor<1x2x2x2xf32>
func.func @depthwise(%x: tensor<1x3x3x3xf32>) -> tensor<1x2x2x2xf32> {
  %w = nn.constant dense<1.0> : tensor<3x1x2x2xf32>
  %0 = nn.conv2d %x, %w groups 3 : (tensor<1x3x3x3xf32>, tensor<3x1x2x2xf32>) -> tensor<1x3x2x2xf32>
  %1 = nn.slice %0 starts [0, 1, 0, 0] sizes [1, 2, 2, 2] steps [1, 1, 1, 1] : (tensor<1x3x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// Whoever reads all of it, or a channel twice, makes the slices cheaper than more
// convolutions.
// CHECK-LABEL: @read_whole
// CHECK: nn.conv2d
// CHECK: nn.slice
// CHECK-LABEL: @read_twice
// CHECK: nn.conv2d
// CHECK-COUNT-2: nn.slice
func.func @read_whole(%x: tensor<1x1x2x2xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x3x2x2xf32>) {
  %w = nn.constant dense<1.0> : tensor<3x1x1x1xf32>
  %0 = nn.conv2d %x, %w : (tensor<1x1x2x2xf32>, tensor<3x1x1x1xf32>) -> tensor<1x3x2x2xf32>
  %1 = nn.slice %0 starts [0, 0, 0, 0] sizes [1, 1, 2, 2] steps [1, 1, 1, 1] : (tensor<1x3x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %1, %0 : tensor<1x1x2x2xf32>, tensor<1x3x2x2xf32>
}
func.func @read_twice(%x: tensor<1x1x2x2xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %w = nn.constant dense<1.0> : tensor<3x1x1x1xf32>
  %0 = nn.conv2d %x, %w : (tensor<1x1x2x2xf32>, tensor<3x1x1x1xf32>) -> tensor<1x3x2x2xf32>
  %1 = nn.slice %0 starts [0, 0, 0, 0] sizes [1, 2, 2, 2] steps [1, 1, 1, 1] : (tensor<1x3x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = nn.slice %0 starts [0, 1, 0, 0] sizes [1, 2, 2, 2] steps [1, 1, 1, 1] : (tensor<1x3x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1, %2 : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}

// CHECK-LABEL: @concat
// CHECK: %[[S:.*]] = nn.slice %arg1 starts [0, 1, 0, 0] sizes [1, 2, 2, 2] steps [1, 2, 1, 1]
// CHECK: return %arg0, %[[S]]
func.func @concat(%x: tensor<1x2x2x2xf32>, %y: tensor<1x4x2x2xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %0 = nn.concat %x, %y axis 1 : (tensor<1x2x2x2xf32>, tensor<1x4x2x2xf32>) -> tensor<1x6x2x2xf32>
  %1 = nn.slice %0 starts [0, 0, 0, 0] sizes [1, 2, 2, 2] steps [1, 1, 1, 1] : (tensor<1x6x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = nn.slice %0 starts [0, 3, 0, 0] sizes [1, 2, 2, 2] steps [1, 2, 1, 1] : (tensor<1x6x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1, %2 : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}
