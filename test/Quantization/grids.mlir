// RUN: nncc-opt --nn-quantize --split-input-file %s | FileCheck %s

// What a model rounds to is the type; ranges do not count then.
// CHECK-LABEL: func.func @given
func.func @given(%x: tensor<1x1x4x4xf32> {nn.range = [0.0, 127.5]}) -> tensor<1x1x4x4xf32> {
  // CHECK: quant.qcast %{{.*}} to tensor<1x1x4x4x!quant.uniform<i8:f32, 2.500000e-01:5>>
  // CHECK-NOT: nn.fake_quantize
  // CHECK: nn.conv2d {{.*}} -> tensor<1x1x4x4x!quant.uniform<i8:f32, 1.250000e-01:-128>>
  // CHECK-NEXT: quant.dcast
  %q = nn.fake_quantize %x to !quant.uniform<i8:f32, 0.25:5>
      : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %y = nn.conv2d %q, %w : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %r = nn.fake_quantize %y to !quant.uniform<i8:f32, 0.125:-128>
      : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  return %r : tensor<1x1x4x4xf32>
}

// -----

// A value that is rounded to two grids has a layer for the second.
// CHECK-LABEL: func.func @two_grids
func.func @two_grids(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK: %[[Q:.*]] = quant.qcast %{{.*}} to tensor<1x1x4x4x!quant.uniform<i8:f32, 2.500000e-01>>
  // CHECK: %[[I:.*]] = nn.activation identity %[[Q]] : {{.*}} -> tensor<1x1x4x4x!quant.uniform<i8:f32, 5.000000e-01>>
  // CHECK: nn.add %[[Q]], %[[I]] : {{.*}} -> tensor<1x1x4x4x!quant.uniform<i8:f32, 1.000000e+00>>
  %a = nn.fake_quantize %x to !quant.uniform<i8:f32, 0.25>
      : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %b = nn.fake_quantize %x to !quant.uniform<i8:f32, 0.5>
      : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %s = nn.add %a, %b : (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %r = nn.fake_quantize %s to !quant.uniform<i8:f32, 1.0>
      : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  return %r : tensor<1x1x4x4xf32>
}

// -----

// Ops that repeat elements have one type. Where the model gives them two, a layer
// stands before the op; what has none takes the other's.
// CHECK-LABEL: func.func @joined
func.func @joined(%x: tensor<1x1x4x4xf32>, %z: tensor<1x1x4x4xf32> {nn.range = [0.0, 1.0]})
    -> tensor<1x3x4x4xf32> {
  // CHECK: %[[X:.*]] = quant.qcast %arg0 : {{.*}} to tensor<1x1x4x4x!quant.uniform<i8:f32, 2.500000e-01>>
  // CHECK: %[[Z:.*]] = quant.qcast %arg1 : {{.*}} to tensor<1x1x4x4x!quant.uniform<i8:f32, 5.000000e-01:1>>
  // CHECK: %[[I:.*]] = nn.activation identity %[[X]] : {{.*}} -> tensor<1x1x4x4x!quant.uniform<i8:f32, 5.000000e-01:1>>
  // CHECK: %[[J:.*]] = nn.activation identity %[[X]]
  // CHECK: nn.concat %[[I]], %[[Z]], %[[J]]
  %a = nn.fake_quantize %x to !quant.uniform<i8:f32, 0.25>
      : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %c = nn.concat %a, %z, %a axis 1
      : (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) -> tensor<1x3x4x4xf32>
  %r = nn.fake_quantize %c to !quant.uniform<i8:f32, 0.5:1>
      : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return %r : tensor<1x3x4x4xf32>
}
