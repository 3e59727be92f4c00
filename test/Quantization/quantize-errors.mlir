// RUN: nncc-opt --nn-quantize --split-input-file --verify-diagnostics %s

func.func @no_range(%x: tensor<1x2xf32> {nn.range = [0.0, 1.0]}) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.add' has no range ('nn.range = [lo, hi]'): calibrate the network with sample inputs first}}
  %y = nn.add %x, %x : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// expected-error @+1 {{'image' has no range}}
func.func @no_argument_range(%x: tensor<1x2xf32> {nn.name = "image"}) -> tensor<1x2xf32> {
  %y = nn.add %x, %x {nn.range = [0.0, 1.0]} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// A range that is none: not two numbers, or the wrong way round.
// expected-error @+1 {{'arg0' has no range}}
func.func @bad_range(%x: tensor<1x2xf32> {nn.range = [1.0, 0.0]}) -> tensor<1x2xf32> {
  %y = nn.add %x, %x {nn.range = [0.0, 1.0]} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

func.func @layer_behind_host(%x: tensor<1x2xf32> {nn.range = [0.0, 1.0]}) -> tensor<1x2xf32> {
  // expected-note @+1 {{the host's node is defined here}}
  %s = nn.softmax %x axis 1 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  // expected-error @+1 {{node 'nn.add' (nn.add) reads the result of node 'nn.softmax' (nn.softmax), which the host computes}}
  %y = nn.add %s, %s {nn.range = [0.0, 1.0]} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

func.func @batch_norm(%x: tensor<1x1x1x1xf32> {nn.range = [0.0, 1.0]}) -> tensor<1x1x1x1xf32> {
  %k = nn.constant dense<1.0> : tensor<1xf32>
  // expected-error @+1 {{cannot quantize 'nn.batch_norm'; run nn-fold-batch-norm first}}
  %y = nn.batch_norm %x, %k, %k, %k, %k epsilon 1.0e-5
      : (tensor<1x1x1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// -----

func.func @run_time_weights(%x: tensor<1x1x1x1xf32> {nn.range = [0.0, 1.0]}) -> tensor<1x1x1x1xf32> {
  // expected-error @+1 {{expected constant weights; weights computed at run time cannot be quantized}}
  %y = nn.conv2d %x, %x {nn.range = [0.0, 1.0]}
      : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// -----

func.func @weight_is_nan(%x: tensor<1x1x1x1xf32> {nn.range = [0.0, 1.0]}) -> tensor<1x1x1x1xf32> {
  %w = nn.constant dense<0x7FC00000> : tensor<1x1x1x1xf32>
  // expected-error @+1 {{a weight or bias is infinite or not a number}}
  %y = nn.conv2d %x, %w {nn.range = [0.0, 1.0]}
      : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// -----

// Results 10^8 times smaller than what the weights say.
func.func @unrepresentable(%x: tensor<1x1x1x1xf32> {nn.range = [0.0, 255.0]}) -> tensor<1x1x1x1xf32> {
  %w = nn.constant dense<127.0> : tensor<1x1x1x1xf32>
  // expected-error @+1 {{node 'nn.conv2d': output channel 0: the factor 1.000000e+08 from sums to results (input scale 1.000000e+00, weight scale 1.000000e+00, result scale 1.000000e-08) is outside the multiplier's range of 2^-41 to 65535; check the calibration data}}
  %y = nn.conv2d %x, %w {nn.range = [0.0, 255.0e-8]}
      : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// -----

func.func @distant_sum(%x: tensor<1x2xf32> {nn.range = [0.0, 1.0e6]}) -> tensor<1x2xf32> {
  // expected-error @+1 {{node 'nn.add': the operands' scales}}
  %y = nn.add %x, %x {nn.range = [0.0, 1.0]} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

func.func @twice(%x: tensor<1x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2xf32> {
  // expected-error @+1 {{the function is quantized already}}
  %y = quant.dcast %x : tensor<1x2x!quant.uniform<i8:f32, 0.1>> to tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
