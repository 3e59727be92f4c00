// RUN: nncc-opt %s --nn-float-pipeline --mlir-elide-elementsattrs-if-larger=1 | FileCheck %s

// The passes in concert: convolution, constant and batch norm become one layer,
// its clamp makes the explicit zeros before the pool harmless, and the head is a
// convolution.
// CHECK-LABEL: @main
// CHECK-NOT: nn.{{(batch_norm|add|clamp|pad|linear)}}
// CHECK: %[[C:.*]] = nn.conv2d %arg0, %{{.*}} bias(%{{.*}}) pads [1, 1, 1, 1] clamp_min 0.000000e+00
// CHECK: %[[P:.*]] = nn.max_pool2d %[[C]] kernel [3, 3] strides [2, 2] pads [0, 0, 1, 1]
// CHECK: %[[D:.*]] = nn.conv2d %[[P]], %{{.*}} residual(%[[P]])
// CHECK: %[[H:.*]] = nn.conv2d %[[D]], %{{.*}} : (tensor<1x2x2x2xf32>, tensor<3x2x2x2xf32>) -> tensor<1x3x1x1xf32>
// CHECK: %[[R:.*]] = nn.reshape %[[H]] : (tensor<1x3x1x1xf32>) -> tensor<1x3xf32>
// CHECK: %[[S:.*]] = nn.softmax %[[R]] axis 1
// CHECK: return %[[S]]
func.func @main(%x: tensor<1x1x4x4xf32>) -> tensor<1x3xf32> {
  %w = nn.constant dense<0.5> : tensor<2x1x3x3xf32>
  %k = nn.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %p = nn.constant dense<1.0> : tensor<2xf32>
  %v = nn.constant dense<2.0> : tensor<2x2x1x1xf32>
  %l = nn.constant dense<0.25> : tensor<3x8xf32>
  %0 = nn.conv2d %x, %w pads [1, 1, 1, 1] : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32>
  %1 = nn.add %0, %k : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %2 = nn.batch_norm %1, %p, %p, %p, %p epsilon 1.0 : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %3 = nn.clamp %2 min 0.0 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %4 = nn.pad %3 pads [0, 0, 0, 0, 0, 0, 1, 1] : (tensor<1x2x4x4xf32>) -> tensor<1x2x5x5xf32>
  %5 = nn.max_pool2d %4 kernel [3, 3] strides [2, 2] : (tensor<1x2x5x5xf32>) -> tensor<1x2x2x2xf32>
  %6 = nn.conv2d %5, %v : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
  %7 = nn.add %5, %6 : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %8 = nn.reshape %7 : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
  %9 = nn.linear %8, %l : (tensor<1x8xf32>, tensor<3x8xf32>) -> tensor<1x3xf32>
  %10 = nn.softmax %9 axis 1 : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %10 : tensor<1x3xf32>
}
