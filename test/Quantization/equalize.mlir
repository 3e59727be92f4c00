// RUN: nncc-opt --nn-equalize --split-input-file --verify-diagnostics %s \
// RUN:   | FileCheck %s --check-prefixes=CHECK,KEEP
// RUN: nncc-opt --nn-equalize=drop-upper-bounds=true --split-input-file --verify-diagnostics %s \
// RUN:   | FileCheck %s --check-prefixes=CHECK,DROP

// Channel magnitudes of 4 and 1 before, 1 and 4 behind: all are 2 afterwards. The
// bias is divided like the weights that make the channel.
// CHECK-LABEL: func.func @pair
func.func @pair(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK-DAG: %[[W:.*]] = nn.constant dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}-2.000000e+00]]]]>
  // CHECK-DAG: %[[B:.*]] = nn.constant dense<[5.000000e-01, 2.000000e+00]>
  // CHECK: %[[Y:.*]] = nn.conv2d %{{.*}}, %[[W]] bias(%[[B]]) clamp_min 0.0
  // CHECK: %[[V:.*]] = nn.constant dense<{{\[\[\[\[}}-2.000000e+00]], {{\[\[}}2.000000e+00]]]]>
  // CHECK: nn.conv2d %[[Y]], %[[V]]
  %w = nn.constant dense<[[[[4.0]]], [[[-1.0]]]]> : tensor<2x1x1x1xf32>
  %b = nn.constant dense<1.0> : tensor<2xf32>
  %v = nn.constant dense<[[[[-1.0]], [[4.0]]]]> : tensor<1x2x1x1xf32>
  %y = nn.conv2d %x, %w bias(%b) clamp_min 0.0
      : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>)
        -> tensor<1x2x4x4xf32>
  %z = nn.conv2d %y, %v
      : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32>
  return %z : tensor<1x1x4x4xf32>
}

// -----

// ReLU6 is not homogeneous. As ReLU it would be.
// CHECK-LABEL: func.func @relu6
func.func @relu6(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  // KEEP: nn.conv2d {{.*}} clamp_min 0.000000e+00 clamp_max 6.000000e+00 :
  // DROP: nn.conv2d {{.*}} clamp_min 0.000000e+00 :
  %w = nn.constant dense<[[[[4.0]]], [[[-4.0]]]]> : tensor<2x1x1x1xf32>
  %v = nn.constant dense<[[[[-4.0]], [[4.0]]]]> : tensor<1x2x1x1xf32>
  %y = nn.conv2d %x, %w clamp_min 0.0 clamp_max 6.0
      : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %z = nn.conv2d %y, %v
      : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32>
  return %z : tensor<1x1x4x4xf32>
}

// -----

// No pairs: a second reader, a result of the network, another lower bound, a
// sigmoid, padding with a number, a residual behind which the channel would have to
// be scaled too, a layer that reads the channel as its residual.
// CHECK-LABEL: func.func @none
// CHECK-COUNT-1: dense<4.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-COUNT-1: dense<1.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-NOT: nn.constant
func.func @none(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x4x4xf32>,
    tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>,
    tensor<1x1x6x6xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  %w = nn.constant dense<4.0> : tensor<1x1x1x1xf32>
  %v = nn.constant dense<1.0> : tensor<1x1x1x1xf32>
  %two = nn.conv2d %x, %w
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %a = nn.conv2d %two, %v
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %b = nn.conv2d %two, %v clamp_min -1.0
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %c = nn.conv2d %b, %v
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %d = nn.activation sigmoid %c : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %e = nn.conv2d %d, %v
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %f = nn.pad %e pads [0, 0, 1, 1, 0, 0, 1, 1] value 1.0
      : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %g = nn.conv2d %f, %v
      : (tensor<1x1x6x6xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x6x6xf32>
  %h = nn.conv2d %x, %w residual(%x)
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>, tensor<1x1x4x4xf32>)
        -> tensor<1x1x4x4xf32>
  %i = nn.conv2d %h, %v
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %j = nn.conv2d %x, %w
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %k = nn.conv2d %x, %v residual(%j)
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>, tensor<1x1x4x4xf32>)
        -> tensor<1x1x4x4xf32>
  return %a, %b, %c, %e, %g, %i, %k : tensor<1x1x4x4xf32>,
      tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>,
      tensor<1x1x6x6xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}

// -----

func.func @calibrated(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  %w = nn.constant dense<4.0> : tensor<1x1x1x1xf32>
  // expected-error @below {{has a range already, which equalization would make wrong; equalize before calibrating}}
  %y = nn.conv2d %x, %w {nn.range = [0.0, 1.0]}
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}
