// RUN: nncc-opt %s --nn-fold-batch-norm --split-input-file --verify-diagnostics | FileCheck %s

// With variance + epsilon = 4 and 16, the factors are 2/2 = 1 and 2/4 = 0.5, and
// the offsets 3 - 1*1 = 2 and 3 - 1*0.5 = 2.5.

// CHECK-LABEL: @into_conv
func.func @into_conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = nn.constant dense<[[[[1.0]]], [[[4.0]]]]> : tensor<2x1x1x1xf32>
  %b = nn.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = nn.constant dense<2.0> : tensor<2xf32>
  %bias = nn.constant dense<3.0> : tensor<2xf32>
  %mean = nn.constant dense<1.0> : tensor<2xf32>
  %variance = nn.constant dense<[3.0, 15.0]> : tensor<2xf32>
  // CHECK-DAG: %[[W:.*]] = nn.constant dense<{{\[\[\[\[}}1.000000e+00]]], {{\[\[\[}}2.000000e+00]]]]> : tensor<2x1x1x1xf32>
  // CHECK-DAG: %[[B:.*]] = nn.constant dense<[1.200000e+01, 1.250000e+01]> : tensor<2xf32>
  // CHECK: %[[Y:.*]] = nn.conv2d %arg0, %[[W]] bias(%[[B]])
  // CHECK-NOT: nn.batch_norm
  // CHECK: return %[[Y]]
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.batch_norm %0, %scale, %bias, %mean, %variance epsilon 1.0 : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----

// CHECK-LABEL: @into_linear
func.func @into_linear(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nn.constant dense<[[1.0, 2.0], [4.0, 6.0]]> : tensor<2x2xf32>
  %scale = nn.constant dense<2.0> : tensor<2xf32>
  %bias = nn.constant dense<3.0> : tensor<2xf32>
  %mean = nn.constant dense<1.0> : tensor<2xf32>
  %variance = nn.constant dense<[3.0, 15.0]> : tensor<2xf32>
  // CHECK-DAG: %[[W:.*]] = nn.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [2.000000e+00, 3.000000e+00]]>
  // CHECK-DAG: %[[B:.*]] = nn.constant dense<[2.000000e+00, 2.500000e+00]>
  // CHECK: nn.linear %arg0, %[[W]] bias(%[[B]])
  %0 = nn.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = nn.batch_norm %0, %scale, %bias, %mean, %variance epsilon 1.0 : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// CHECK-LABEL: @standalone
func.func @standalone(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %scale = nn.constant dense<2.0> : tensor<2xf32>
  %bias = nn.constant dense<3.0> : tensor<2xf32>
  %mean = nn.constant dense<1.0> : tensor<2xf32>
  %variance = nn.constant dense<[3.0, 15.0]> : tensor<2xf32>
  // CHECK-DAG: %[[W:.*]] = nn.constant dense<{{\[\[\[\[}}1.000000e+00]]], {{\[\[\[}}5.000000e-01]]]]> : tensor<2x1x1x1xf32>
  // CHECK-DAG: %[[B:.*]] = nn.constant dense<[2.000000e+00, 2.500000e+00]>
  // CHECK: nn.conv2d %arg0, %[[W]] bias(%[[B]]) groups 2 :
  %0 = nn.batch_norm %x, %scale, %bias, %mean, %variance epsilon 1.0 : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// -----

// CHECK-LABEL: @standalone_flat
func.func @standalone_flat(%x: tensor<1x2xf32>, %p: tensor<2xf32>) -> tensor<1x2xf32> {
  %scale = nn.constant dense<2.0> : tensor<2xf32>
  // CHECK: %[[I:.*]] = nn.reshape %arg0 : (tensor<1x2xf32>) -> tensor<1x2x1x1xf32>
  // CHECK: %[[C:.*]] = nn.conv2d %[[I]]
  // CHECK: nn.reshape %[[C]] : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
  %0 = nn.batch_norm %x, %scale, %scale, %scale, %scale epsilon 1.0 : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// The convolution's own result is needed, too; its bounds apply before the norm.
// CHECK-LABEL: @not_into_conv
func.func @not_into_conv(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  %p = nn.constant dense<1.0> : tensor<1xf32>
  %w = nn.constant dense<1.0> : tensor<1x1x1x1xf32>
  // CHECK-COUNT-4: nn.conv2d
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %1 = nn.batch_norm %0, %p, %p, %p, %p epsilon 1.0 : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %2 = nn.conv2d %x, %w clamp_min 0.0 : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %3 = nn.batch_norm %2, %p, %p, %p, %p epsilon 1.0 : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  return %0, %1, %3 : tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}

// -----

// CHECK-LABEL: @not_constant
func.func @not_constant(%x: tensor<1x1x4x4xf32>, %p: tensor<1xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK: nn.batch_norm
  %0 = nn.batch_norm %x, %p, %p, %p, %p epsilon 1.0 : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  return %0 : tensor<1x1x4x4xf32>
}

// -----

func.func @negative_variance(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %p = nn.constant dense<1.0> : tensor<2xf32>
  %v = nn.constant dense<[1.0, -2.0]> : tensor<2xf32>
  // expected-error @+1 {{expected a variance + epsilon above zero, got -2.000000e+00 + 1.000000e+00 in channel 1}}
  %0 = nn.batch_norm %x, %p, %p, %p, %v epsilon 1.0 : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}
