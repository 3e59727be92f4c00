// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/Inputs/make_inputs.py %t
// RUN: nncc-opt %s --nn-calibrate="data=%t/x.npy observer=minmax" | FileCheck %s
// RUN: nncc-opt %s --nn-calibrate="data=%t observer=mse" | FileCheck %s --check-prefix=MSE
// RUN: nncc-opt %s --nn-calibrate="data=%t observer=percentile percentile=99" \
// RUN:   | FileCheck %s --check-prefix=PERCENTILE
// RUN: not nncc-opt %s --nn-calibrate="data=%t/nan.npy" 2>&1 | FileCheck %s --check-prefix=NAN
// RUN: not nncc-opt %s --nn-calibrate="data=%t/shape.npy" 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not nncc-opt %s --nn-calibrate="data=%t/none.npy" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not nncc-opt %s --nn-calibrate 2>&1 | FileCheck %s --check-prefix=NODATA
// RUN: not nncc-opt %s --nn-calibrate="data=%t/x.npy percentile=20" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=BADPERCENTILE
// REQUIRES: python

// The inputs are two pictures, of values between -1 and 3, and nearly all between
// 0 and 1.
// CHECK: func.func @f(%{{.*}}: tensor<1x1x20x20xf32> {nn.name = "x", nn.range = [-1.000000e+00, 3.000000e+00]})
// MSE: nn.range = [-0.98{{[0-9]*}}, 3.000000e+00]
// PERCENTILE: nn.range = [{{.*}}, 0.99{{[0-9]*}}]
// NAN: 'x' is infinite or not a number for some calibration input
// SHAPE: shape.npy': expected a batch of inputs of shape 1x1x20x20 for 'x', got an array of 2x3
// NONE: none.npy': No such file or directory
// NODATA: no calibration data: give sample inputs as a .npy file or a folder of them
// BADPERCENTILE: expected a percentile above 50 and up to 100, got 2.000000e+01
func.func @f(%x: tensor<1x1x20x20xf32> {nn.name = "x"})
    -> (tensor<1x2x10x10xf32>, tensor<1x1x1x1xf32>) {
  %w = nn.constant dense<[[[[2.0]]], [[[-1.0]]]]> : tensor<2x1x1x1xf32>
  // The mean of the input is 401.5/800, in 12 bits a little more.
  // CHECK: nn.conv2d {{.*}} {nn.input_mean = dense<0.501{{[0-9]*}}> : tensor<1x1x1xf32>, nn.range = [0.000000e+00, 6.000000e+00]}
  %y = nn.conv2d %x, %w clamp_min 0.0
      : (tensor<1x1x20x20xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x20x20xf32>
  // A pool has the elements of its input, and needs no range.
  // CHECK: nn.max_pool2d
  // CHECK-NOT: nn.range
  %p = nn.max_pool2d %y kernel [2, 2] strides [2, 2]
      : (tensor<1x2x20x20xf32>) -> tensor<1x2x10x10xf32>
  // One window, whose positions are one of padding and the corner: -1 and 3.
  // CHECK: nn.conv2d {{.*}} {nn.input_mean = dense<{{\[\[\[}}0.000000e+00, 1.000000e+00]]]> : tensor<1x1x2xf32>,
  %v = nn.constant dense<1.0> : tensor<1x1x1x2xf32>
  %c = nn.conv2d %x, %v strides [20, 20] pads [0, 1, 0, 0]
      : (tensor<1x1x20x20xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32>
  return %p, %c : tensor<1x2x10x10xf32>, tensor<1x1x1x1xf32>
}
