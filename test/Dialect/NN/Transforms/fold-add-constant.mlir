// RUN: nncc-opt %s --nn-fold-add-constant | FileCheck %s --check-prefixes=CHECK,FULL
// RUN: nncc-opt %s --nn-fold-add-constant=only-into-bias | FileCheck %s --check-prefixes=CHECK,BIAS

// CHECK-LABEL: @into_conv
func.func @into_conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = nn.constant dense<1.0> : tensor<2x1x1x1xf32>
  %b = nn.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %c = nn.constant dense<[[[10.0]], [[20.0]]]> : tensor<2x1x1xf32>
  // CHECK: %[[B:.*]] = nn.constant dense<[1.100000e+01, 2.200000e+01]> : tensor<2xf32>
  // CHECK: nn.conv2d %arg0, %{{.*}} bias(%[[B]])
  // CHECK-NOT: nn.add
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.add %0, %c : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// A row [1, 2] has one value for each column, which is a linear layer's channel.
// CHECK-LABEL: @into_linear
func.func @into_linear(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nn.constant dense<1.0> : tensor<2x2xf32>
  %c = nn.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  // CHECK: %[[B:.*]] = nn.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  // CHECK: %[[Y:.*]] = nn.linear %arg0, %{{.*}} bias(%[[B]])
  // CHECK: nn.clamp %[[Y]] min 0.000000e+00
  %0 = nn.linear %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = nn.add %c, %0 clamp_min 0.0 : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: @scalar_into_conv
func.func @scalar_into_conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = nn.constant dense<1.0> : tensor<2x1x1x1xf32>
  %c = nn.constant dense<3.0> : tensor<f32>
  // CHECK: nn.constant dense<3.000000e+00> : tensor<2xf32>
  // CHECK-NOT: nn.add
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.add %0, %c : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @standalone
func.func @standalone(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %c = nn.constant dense<[[[10.0]], [[20.0]]]> : tensor<2x1x1xf32>
  // FULL-DAG: %[[W:.*]] = nn.constant dense<1.000000e+00> : tensor<2x1x1x1xf32>
  // FULL-DAG: %[[B:.*]] = nn.constant dense<[1.000000e+01, 2.000000e+01]> : tensor<2xf32>
  // FULL: nn.conv2d %arg0, %[[W]] bias(%[[B]]) groups 2 clamp_min 0.000000e+00
  // BIAS: nn.add
  %0 = nn.add %x, %c clamp_min 0.0 : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// One value for each column of the image is not one for each channel.
// CHECK-LABEL: @spread
func.func @spread(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %c = nn.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // FULL: %[[C:.*]] = nn.constant dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00], [1.000000e+00, 2.000000e+00]], {{\[\[}}1.000000e+00, 2.000000e+00], [1.000000e+00, 2.000000e+00]]]]> : tensor<1x2x2x2xf32>
  // FULL: nn.add %arg0, %[[C]] :
  // BIAS: nn.add {{.*}}tensor<2xf32>
  %0 = nn.add %x, %c : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// CHECK-LABEL: @two_variables
func.func @two_variables(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  // CHECK: nn.add %arg0, %arg0
  %0 = nn.add %x, %x : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}
