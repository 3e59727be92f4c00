// RUN: nncc-opt %s --nn-fold-pad --canonicalize | FileCheck %s

// CHECK-LABEL: @into_conv
func.func @into_conv(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) -> tensor<1x1x3x4xf32> {
  // The pad adds one row below and two columns right; the convolution had one
  // column left.
  // CHECK-NEXT: nn.conv2d %arg0, %arg1 pads [0, 1, 1, 1]
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.conv2d %0, %w pads [0, 1, 0, 0] : (tensor<1x1x5x5xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x3x4xf32>
  return %1 : tensor<1x1x3x4xf32>
}

// CHECK-LABEL: @other_value
func.func @other_value(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32> {
  // CHECK: nn.pad
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] value 1.0 : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.conv2d %0, %w : (tensor<1x1x5x5xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32>
  return %1 : tensor<1x1x3x3xf32>
}

// CHECK-LABEL: @channels
func.func @channels(%x: tensor<1x1x4x4xf32>, %w: tensor<1x2x3x3xf32>) -> tensor<1x1x2x2xf32> {
  // CHECK: nn.pad
  %0 = nn.pad %x pads [0, 1, 0, 0, 0, 0, 0, 0] : (tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.conv2d %0, %w : (tensor<1x2x4x4xf32>, tensor<1x2x3x3xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// CHECK-LABEL: @other_reader
func.func @other_reader(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x5x5xf32>) {
  // CHECK-DAG: %[[P:.*]] = nn.pad
  // CHECK-DAG: %[[C:.*]] = nn.conv2d %arg0, %arg1 pads [0, 0, 1, 1]
  // CHECK: return %[[C]], %[[P]]
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.conv2d %0, %w : (tensor<1x1x5x5xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32>
  return %1, %0 : tensor<1x1x3x3xf32>, tensor<1x1x5x5xf32>
}

// The explicit zeros are counted.
// CHECK-LABEL: @into_avg_pool
func.func @into_avg_pool(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  // CHECK-NEXT: nn.avg_pool2d %arg0 kernel [3, 3] strides [2, 2] pads [0, 0, 1, 1] count_include_pad
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.avg_pool2d %0 kernel [3, 3] strides [2, 2] : (tensor<1x1x5x5xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// Those of the pool are not.
// CHECK-LABEL: @avg_pool_with_pads
func.func @avg_pool_with_pads(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32> {
  // CHECK: nn.pad
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.avg_pool2d %0 kernel [3, 3] pads [1, 1, 1, 1] : (tensor<1x1x5x5xf32>) -> tensor<1x1x5x5xf32>
  return %1 : tensor<1x1x5x5xf32>
}

// CHECK-LABEL: @avg_pool_in_padding
func.func @avg_pool_in_padding(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32> {
  // CHECK: nn.pad
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 2, 2] : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %1 = nn.avg_pool2d %0 kernel [2, 2] strides [2, 2] : (tensor<1x1x6x6xf32>) -> tensor<1x1x3x3xf32>
  return %1 : tensor<1x1x3x3xf32>
}

// Where x is negative, the explicit zero wins and the pool's padding does not.
// CHECK-LABEL: @zero_before_max_pool
func.func @zero_before_max_pool(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  // CHECK: nn.pad
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.max_pool2d %0 kernel [3, 3] strides [2, 2] : (tensor<1x1x5x5xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// CHECK-LABEL: @infinity_before_max_pool
func.func @infinity_before_max_pool(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  // CHECK-NEXT: nn.max_pool2d %arg0 kernel [3, 3] strides [2, 2] pads [0, 0, 1, 1]
  %0 = nn.pad %x pads [0, 0, 0, 0, 0, 0, 1, 1] value 0xFF800000 : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.max_pool2d %0 kernel [3, 3] strides [2, 2] : (tensor<1x1x5x5xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// CHECK-LABEL: @zero_before_max_pool_of_relu
func.func @zero_before_max_pool_of_relu(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  // CHECK: %[[R:.*]] = nn.clamp
  // CHECK: nn.max_pool2d %[[R]] kernel [3, 3] strides [2, 2] pads [0, 0, 1, 1]
  %r = nn.clamp %x min 0.0 : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %0 = nn.pad %r pads [0, 0, 0, 0, 0, 0, 1, 1] : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = nn.max_pool2d %0 kernel [3, 3] strides [2, 2] : (tensor<1x1x5x5xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}
