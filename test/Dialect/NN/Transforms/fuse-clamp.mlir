// RUN: nncc-opt %s --nn-fuse-clamp | FileCheck %s
// RUN: nncc-opt %s --nn-fuse-clamp --mlir-print-debuginfo | FileCheck %s --check-prefix=LOC

// CHECK-LABEL: @into_conv
func.func @into_conv(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: %[[Y:.*]] = nn.conv2d %arg0, %arg1 clamp_min 0.000000e+00 clamp_max 6.000000e+00
  // CHECK-NEXT: return %[[Y]]
  // LOC: nn.conv2d {{.*}} loc(#[[F:.*]])
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> loc("conv1")
  %1 = nn.clamp %0 min 0.0 max 6.0 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> loc("relu1")
  return %1 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @into_add
func.func @into_add(%x: tensor<1x2x4x4xf32>, %y: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  // The add is bounded by 1 first.
  // CHECK: nn.add %arg0, %arg1 clamp_min 0.000000e+00 clamp_max 1.000000e+00
  %0 = nn.add %x, %y clamp_max 1.0 : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.clamp %0 min 0.0 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @two_readers
func.func @two_readers(%x: tensor<1x2x4x4xf32>, %y: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  // CHECK: nn.clamp
  %0 = nn.add %x, %y : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.clamp %0 min 0.0 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %0, %1 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @behind_max_pool
func.func @behind_max_pool(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32> {
  // CHECK: %[[C:.*]] = nn.conv2d %arg0, %arg1 clamp_min 0.000000e+00
  // CHECK: %[[P:.*]] = nn.max_pool2d %[[C]]
  // CHECK-NEXT: return %[[P]]
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.max_pool2d %0 kernel [2, 2] strides [2, 2] : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %2 = nn.clamp %1 min 0.0 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %2 : tensor<1x2x2x2xf32>
}

// CHECK-LABEL: @behind_reshape
func.func @behind_reshape(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x4x4xf32>) -> tensor<1x2xf32> {
  // CHECK: %[[C:.*]] = nn.conv2d %arg0, %arg1 clamp_min 0.000000e+00
  // CHECK: nn.reshape %[[C]]
  // CHECK-NOT: nn.clamp
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4xf32>, tensor<2x1x4x4xf32>) -> tensor<1x2x1x1xf32>
  %1 = nn.reshape %0 : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
  %2 = nn.clamp %1 min 0.0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Nothing to fuse into: the clamp stays where it is.
// CHECK-LABEL: @of_argument
func.func @of_argument(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32> {
  // CHECK: %[[P:.*]] = nn.max_pool2d
  // CHECK: nn.clamp %[[P]]
  %0 = nn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  %1 = nn.clamp %0 min 0.0 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// LOC-DAG: #[[R:.*]] = loc("relu1")
// LOC-DAG: #[[C:.*]] = loc("conv1")
// LOC-DAG: #[[F]] = loc(fused[#[[R]], #[[C]]])
