// RUN: nncc-opt --nn-quantize=scales=pow2 %s | FileCheck %s

// Values of both signs have zero point 0, others -128. 1.0 needs 1/128 with a
// sign, since 127/128 would not reach it: 1/64; without a sign 1/128, since
// 255/256 would not reach it.
// The greatest weights are 100/64 and 0.3: scales 1/64 (127/64 suffices, 127/128
// does not) and 1/256. Biases are in units of the product.
// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x1x2x2xf32> {nn.range = [-1.0, 1.0]})
    -> tensor<1x2x2x2xf32> {
  // CHECK: quant.qcast {{.*}}!quant.uniform<i8:f32, 1.562500e-02>>
  // CHECK: nn.constant dense<{{\[\[\[\[}}100]]], {{\[\[\[}}77]]]]> : tensor<2x1x1x1xi8>
  // CHECK-SAME: {1.562500e-02,3.906250e-03}
  // CHECK: nn.constant dense<[4096, -8192]> : tensor<2xi32>
  // CHECK: nn.conv2d {{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:f32, 7.812500e-03:-128>>
  %w = nn.constant dense<[[[[1.5625]]], [[[0.3]]]]> : tensor<2x1x1x1xf32>
  %b = nn.constant dense<[1.0, -0.5]> : tensor<2xf32>
  %y = nn.conv2d %x, %w bias(%b) clamp_min 0.0 {nn.range = [0.0, 1.0]}
      : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>)
        -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}
