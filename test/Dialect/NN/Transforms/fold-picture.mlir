// RUN: nncc-opt --nn-fold-picture --split-input-file --verify-diagnostics %s | FileCheck %s

// Without padding, mean and deviation are in weights and bias: 2 * (u - 3) / 4 + 1
// is 0.5 * u - 0.5.
// CHECK-LABEL: func.func @no_padding
// CHECK-SAME: tensor<1x1x4x4xf32> {{.*}}nn.picture = {{.*}}zero = 0 : i64
func.func @no_padding(%x: tensor<1x1x4x4xf32> {nn.name = "x", nn.picture = {pixels = "gray8",
    mean = [3.0], std = [4.0]}}) -> tensor<1x1x4x4xf32> {
  // CHECK: %[[Q:.*]] = nn.fake_quantize %arg0 to !quant.uniform<i8:f32, 1.000000e+00:-128>
  // CHECK-DAG: %[[W:.*]] = nn.constant dense<5.000000e-01> : tensor<1x1x1x1xf32>
  // CHECK-DAG: %[[B:.*]] = nn.constant dense<-5.000000e-01> : tensor<1xf32>
  // CHECK: nn.conv2d %[[Q]], %[[W]] bias(%[[B]]) {{.*}}: (tensor<1x1x4x4xf32>
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %b = nn.constant dense<1.0> : tensor<1xf32>
  %y = nn.conv2d %x, %w bias(%b) clamp_min 0.0
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

// Padding stands for the byte 100 in all channels.
// CHECK-LABEL: func.func @one_byte_for_zero
// CHECK-SAME: tensor<1x3x4x4xf32> {{.*}}nn.picture = {{.*}}zero = 100 : i64
func.func @one_byte_for_zero(%x: tensor<1x3x4x4xf32> {nn.picture = {pixels = "rgb8",
    mean = [100.0, 100.0, 100.0], std = [1.0, 2.0, 4.0], resize = 8 : i64}})
    -> tensor<1x1x4x4xf32> {
  // CHECK: nn.fake_quantize %arg0 to !quant.uniform<i8:f32, 1.000000e+00:-28>
  // CHECK-DAG: nn.constant dense<{{\[\[}}{{\[\[}}8.000000e+00{{.*}}4.000000e+00{{.*}}2.000000e+00{{.*}}> : tensor<1x3x3x3xf32>
  // CHECK-DAG: nn.constant dense<0.000000e+00> : tensor<1xf32>
  // CHECK: nn.conv2d {{.*}} pads [1, 1, 1, 1]
  %w = nn.constant dense<8.0> : tensor<1x3x3x3xf32>
  %y = nn.conv2d %x, %w pads [1, 1, 1, 1]
      : (tensor<1x3x4x4xf32>, tensor<1x3x3x3xf32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

// With means 90, 100, 110 the byte is 100, and the fourth channel adds
// 5 * (10 + 0 - 10) / F = 0 for the first output, whose weights are the same for all
// channels, and (1*10 + 2*0 - 4*10) / F = -30 / F for the second, where F = 8 is the
// least integer for which that is no more than the greatest weight, 4.
// CHECK-LABEL: func.func @one_channel_more
// CHECK-SAME: tensor<1x4x4x4xf32> {nn.picture = {fill = 8 : i64, {{.*}}zero = 100 : i64
func.func @one_channel_more(%x: tensor<1x3x4x4xf32> {nn.picture = {pixels = "bgr8",
    mean = [90.0, 100.0, 110.0], std = [1.0, 1.0, 1.0]}}) -> tensor<1x2x4x4xf32> {
  // CHECK: nn.constant dense<{{.*}}5.000000e+00{{.*}}5.000000e+00{{.*}}5.000000e+00{{.*}}0.000000e+00{{.*}}1.000000e+00{{.*}}2.000000e+00{{.*}}4.000000e+00{{.*}}-3.750000e+00{{.*}}> : tensor<2x4x1x1xf32>
  // CHECK: nn.conv2d {{.*}} pads [1, 0, 3, 0]
  %w = nn.constant dense<[[[[5.0]], [[5.0]], [[5.0]]], [[[1.0]], [[2.0]], [[4.0]]]]>
      : tensor<2x3x1x1xf32>
  %y = nn.conv2d %x, %w strides [2, 1] pads [1, 0, 3, 0]
      : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// Without padding, groups do not matter: output c has the deviation of channel c.
// CHECK-LABEL: func.func @groups
// CHECK-SAME: tensor<1x3x4x4xf32> {{.*}}zero = 0 : i64
func.func @groups(%x: tensor<1x3x4x4xf32> {nn.picture = {pixels = "rgb8",
    mean = [1.0, 2.0, 3.0], std = [1.0, 2.0, 4.0]}}) -> tensor<1x3x3x4xf32> {
  // CHECK-DAG: nn.constant dense<{{.*}}4.000000e+00{{.*}}4.000000e+00{{.*}}2.000000e+00{{.*}}2.000000e+00{{.*}}1.000000e+00{{.*}}1.000000e+00{{.*}}> : tensor<3x1x2x1xf32>
  // CHECK-DAG: nn.constant dense<[-8.000000e+00, -8.000000e+00, -6.000000e+00]> : tensor<3xf32>
  // CHECK: nn.conv2d {{.*}} groups 3
  %w = nn.constant dense<4.0> : tensor<3x1x2x1xf32>
  %y = nn.conv2d %x, %w groups 3
      : (tensor<1x3x4x4xf32>, tensor<3x1x2x1xf32>) -> tensor<1x3x3x4xf32>
  return %y : tensor<1x3x3x4xf32>
}

// -----

// With padding they do, unless one byte stands for zero: a layer of its own.
// CHECK-LABEL: func.func @padded_groups
// CHECK-SAME: tensor<1x3x4x4xf32> {{.*}}zero = 0 : i64
func.func @padded_groups(%x: tensor<1x3x4x4xf32> {nn.picture = {pixels = "rgb8",
    mean = [1.0, 2.0, 3.0], std = [1.0, 2.0, 4.0]}}) -> tensor<1x3x4x4xf32> {
  // CHECK: %[[Q:.*]] = nn.fake_quantize
  // CHECK: %[[N:.*]] = nn.conv2d %[[Q]], {{.*}} groups 3 : {{.*}}tensor<3x1x1x1xf32>
  // CHECK: nn.conv2d %[[N]], {{.*}} pads [1, 1, 1, 1] groups 3
  %w = nn.constant dense<4.0> : tensor<3x1x3x3xf32>
  %y = nn.conv2d %x, %w pads [1, 1, 1, 1] groups 3
      : (tensor<1x3x4x4xf32>, tensor<3x1x3x3xf32>) -> tensor<1x3x4x4xf32>
  return %y : tensor<1x3x4x4xf32>
}

// -----

// What the model does to each channel first is part of the preprocessing:
// (u * 0.5 - 50) is zero for 100.
// CHECK-LABEL: func.func @in_the_model
// CHECK-SAME: zero = 100 : i64
func.func @in_the_model(%x: tensor<1x1x4x4xf32> {nn.picture = {pixels = "gray8", mean = [0.0],
    std = [1.0]}}) -> tensor<1x1x4x4xf32> {
  // CHECK-COUNT-1: nn.conv2d
  // CHECK-NOT: nn.conv2d
  %s = nn.constant dense<0.5> : tensor<1x1x1x1xf32>
  %o = nn.constant dense<-50.0> : tensor<1xf32>
  %n = nn.conv2d %x, %s bias(%o)
      : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %w = nn.constant dense<1.0> : tensor<1x1x3x3xf32>
  %y = nn.conv2d %n, %w pads [1, 1, 1, 1]
      : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

// A pool reads the pixels, too: a layer of its own normalizes them.
// CHECK-LABEL: func.func @pool
func.func @pool(%x: tensor<1x1x4x4xf32> {nn.picture = {pixels = "gray8", mean = [8.0],
    std = [2.0]}}) -> tensor<1x1x2x2xf32> {
  // CHECK: %[[Q:.*]] = nn.fake_quantize %arg0 to !quant.uniform<i8:f32, 1.000000e+00:-128>
  // CHECK-DAG: %[[W:.*]] = nn.constant dense<5.000000e-01> : tensor<1x1x1x1xf32>
  // CHECK-DAG: %[[B:.*]] = nn.constant dense<-4.000000e+00> : tensor<1xf32>
  // CHECK: %[[N:.*]] = nn.conv2d %[[Q]], %[[W]] bias(%[[B]])
  // CHECK: nn.max_pool2d %[[N]]
  %y = nn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// -----

// expected-error @below {{nn.picture: std: expected numbers above zero, got 0.000000}}
func.func @zero_deviation(%x: tensor<1x1x4x4xf32> {nn.picture = {pixels = "gray8", mean = [8.0],
    std = [0.0]}}) -> tensor<1x1x4x4xf32> {
  return %x : tensor<1x1x4x4xf32>
}

// -----

// expected-error @below {{nn.picture: mean: expected 3 numbers for rgb8, got 1}}
func.func @few_means(%x: tensor<1x3x4x4xf32> {nn.picture = {pixels = "rgb8", mean = [8.0],
    std = [1.0, 1.0, 1.0]}}) -> tensor<1x3x4x4xf32> {
  return %x : tensor<1x3x4x4xf32>
}

// -----

// expected-error @below {{a picture of format gray8 needs an input of shape 1x1xHxW; the network's is 'tensor<1x3x4x4xf32>'}}
func.func @channels(%x: tensor<1x3x4x4xf32> {nn.picture = {pixels = "gray8", mean = [8.0],
    std = [1.0]}}) -> tensor<1x3x4x4xf32> {
  return %x : tensor<1x3x4x4xf32>
}

// -----

// expected-error @below {{nn.picture: the picture is folded already}}
func.func @twice(%x: tensor<1x1x4x4xf32> {nn.picture = {pixels = "gray8", mean = [8.0],
    std = [1.0], zero = 8 : i64}}) -> tensor<1x1x4x4xf32> {
  return %x : tensor<1x1x4x4xf32>
}
