// RUN: nncc-opt %s --nn-fuse-residual | FileCheck %s
// RUN: nncc-opt %s --nn-fuse-residual=depthwise | FileCheck %s --check-prefix=DEPTHWISE

!t = tensor<1x2x4x4xf32>
!w = tensor<2x2x1x1xf32>

// CHECK-LABEL: @block
func.func @block(%x: !t, %w: !w) -> !t {
  // CHECK-NEXT: %[[Y:.*]] = nn.conv2d %arg0, %arg1 residual(%arg0) clamp_min 0.000000e+00
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.conv2d %x, %w : (!t, !w) -> !t
  %1 = nn.add %0, %x clamp_min 0.0 : (!t, !t) -> !t
  return %1 : !t
}

// The later convolution takes the earlier one's result, wherever it stands in
// the add.
// CHECK-LABEL: @two_convolutions
func.func @two_convolutions(%x: !t, %w0: !w, %w1: !w) -> (!t, !t) {
  // CHECK: %[[A:.*]] = nn.conv2d %arg0, %arg1 :
  // CHECK: %[[R:.*]] = nn.conv2d %arg0, %arg2 residual(%[[A]])
  %0 = nn.conv2d %x, %w0 : (!t, !w) -> !t
  %1 = nn.conv2d %x, %w1 : (!t, !w) -> !t
  %2 = nn.add %0, %1 : (!t, !t) -> !t
  // CHECK: %[[B:.*]] = nn.conv2d %[[R]], %arg1 :
  // CHECK: nn.conv2d %[[R]], %arg2 residual(%[[B]])
  %3 = nn.conv2d %2, %w0 : (!t, !w) -> !t
  %4 = nn.conv2d %2, %w1 : (!t, !w) -> !t
  %5 = nn.add %4, %3 : (!t, !t) -> !t
  return %2, %5 : !t, !t
}

// CHECK-LABEL: @bounded_convolution
func.func @bounded_convolution(%x: !t, %w: !w) -> !t {
  // CHECK: nn.add
  %0 = nn.conv2d %x, %w clamp_min 0.0 : (!t, !w) -> !t
  %1 = nn.add %0, %x : (!t, !t) -> !t
  return %1 : !t
}

// CHECK-LABEL: @two_readers
func.func @two_readers(%x: !t, %w: !w) -> (!t, !t) {
  // CHECK: nn.add
  %0 = nn.conv2d %x, %w : (!t, !w) -> !t
  %1 = nn.add %0, %x : (!t, !t) -> !t
  return %0, %1 : !t, !t
}

// CHECK-LABEL: @twice_itself
func.func @twice_itself(%x: !t, %w: !w) -> !t {
  // CHECK: nn.add
  %0 = nn.conv2d %x, %w : (!t, !w) -> !t
  %1 = nn.add %0, %0 : (!t, !t) -> !t
  return %1 : !t
}

// CHECK-LABEL: @third_addend
func.func @third_addend(%x: !t, %w: !w) -> !t {
  // CHECK: %[[Y:.*]] = nn.conv2d %arg0, %arg1 residual(%arg0)
  // CHECK: nn.add %[[Y]], %arg0
  %0 = nn.conv2d %x, %w : (!t, !w) -> !t
  %1 = nn.add %0, %x : (!t, !t) -> !t
  %2 = nn.add %1, %x : (!t, !t) -> !t
  return %2 : !t
}

// CHECK-LABEL: @broadcast
func.func @broadcast(%x: !t, %w: !w, %c: tensor<1x2x1x1xf32>) -> !t {
  // CHECK: nn.add
  %0 = nn.conv2d %x, %w : (!t, !w) -> !t
  %1 = nn.add %0, %c : (!t, tensor<1x2x1x1xf32>) -> !t
  return %1 : !t
}

// CHECK-LABEL: @constant
func.func @constant(%x: !t, %w: !w) -> !t {
  // CHECK: nn.add
  %c = nn.constant dense<1.0> : !t
  %0 = nn.conv2d %x, %w : (!t, !w) -> !t
  %1 = nn.add %0, %c : (!t, !t) -> !t
  return %1 : !t
}

// CHECK-LABEL: @depthwise
// DEPTHWISE-LABEL: @depthwise
func.func @depthwise(%x: !t, %w: tensor<2x1x1x1xf32>) -> !t {
  // CHECK: nn.add
  // DEPTHWISE: residual(
  %0 = nn.conv2d %x, %w groups 2 : (!t, tensor<2x1x1x1xf32>) -> !t
  %1 = nn.add %0, %x : (!t, !t) -> !t
  return %1 : !t
}
