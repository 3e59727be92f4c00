// RUN: nncc-opt --nn-quantize --split-input-file %s | FileCheck %s

// The input's scale is 127.5/255 = 1/2, the result's 510/255 = 2. Weight scales are
// 63.5/127 = 1/2 and 254/127 = 2; biases are divided by the scales of input and
// weight: 2.6/(1/4) and -2.5/1, halves away from zero.
// CHECK-LABEL: func.func @conv(
// CHECK-SAME: %[[X:.*]]: tensor<1x1x4x4xf32> {nn.name = "image"}) -> tensor<1x2x4x4xf32>
func.func @conv(%x: tensor<1x1x4x4xf32> {nn.name = "image", nn.range = [0.0, 127.5]})
    -> tensor<1x2x4x4xf32> {
  // CHECK: %[[Q:.*]] = quant.qcast %[[X]] : {{.*}} to tensor<1x1x4x4x!quant.uniform<i8:f32, 5.000000e-01:-128>>
  // CHECK: %[[W:.*]] = nn.constant dense<{{\[\[\[\[}}127]]], {{\[\[\[}}-127]]]]> : tensor<2x1x1x1xi8>
  // CHECK-SAME: !quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.000000e+00}>
  // CHECK: %[[B:.*]] = nn.constant dense<[10, -3]> : tensor<2xi32>
  // CHECK: %[[Y:.*]] = nn.conv2d %[[Q]], %[[W]] bias(%[[B]]) clamp_min 0.0
  // CHECK-NOT: nn.range
  // CHECK-SAME: -> tensor<1x2x4x4x!quant.uniform<i8:f32, 2.000000e+00:-128>>
  // CHECK: %[[R:.*]] = quant.dcast %[[Y]]
  // CHECK: return %[[R]]
  %w = nn.constant dense<[[[[63.5]]], [[[-254.0]]]]> : tensor<2x1x1x1xf32>
  %b = nn.constant dense<[2.6, -2.5]> : tensor<2xf32>
  %y = nn.conv2d %x, %w bias(%b) clamp_min 0.0 {nn.range = [0.0, 510.0]}
      : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>)
        -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// A fused clamp bounds the range; max pool and pad have their input's type.
// CHECK-LABEL: func.func @shared
func.func @shared(%x: tensor<1x4x4x4xf32> {nn.range = [-63.75, 63.75]})
    -> tensor<1x4x3x3xf32> {
  // The zero point of [-63.75, 63.75] is -0.5, rounded away from zero.
  // CHECK: quant.qcast {{.*}} to tensor<1x4x4x4x!quant.uniform<i8:f32, 5.000000e-01:-1>>
  // CHECK: nn.add {{.*}} -> tensor<1x4x4x4x!quant.uniform<i8:f32, 1.000000e+00:-128>>
  // CHECK: nn.max_pool2d {{.*}} -> tensor<1x4x2x2x!quant.uniform<i8:f32, 1.000000e+00:-128>>
  // CHECK: nn.pad {{.*}} -> tensor<1x4x3x3x!quant.uniform<i8:f32, 1.000000e+00:-128>>
  %a = nn.add %x, %x clamp_min 0.0 clamp_max 255.0 {nn.range = [-3.0, 300.0]}
      : (tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %m = nn.max_pool2d %a kernel [2, 2] strides [2, 2]
      : (tensor<1x4x4x4xf32>) -> tensor<1x4x2x2xf32>
  %p = nn.pad %m pads [0, 0, 1, 1, 0, 0, 0, 0] value 0.0
      : (tensor<1x4x2x2xf32>) -> tensor<1x4x3x3xf32>
  return %p : tensor<1x4x3x3xf32>
}

// -----

// Concat chains: the argument, the pool of it and the sum all get the union of
// the ranges, [-127, 128].
// CHECK-LABEL: func.func @concat
func.func @concat(%x: tensor<1x2x2x2xf32> {nn.range = [-127.0, 0.5]})
    -> tensor<1x8x2x2xf32> {
  // CHECK: quant.qcast {{.*}} 1.000000e+00:-1>>
  // CHECK: nn.max_pool2d {{.*}} -> {{.*}} 1.000000e+00:-1>>
  // CHECK: nn.concat {{.*}} -> {{.*}} 1.000000e+00:-1>>
  // CHECK: nn.add {{.*}} -> {{.*}} 1.000000e+00:-1>>
  // CHECK: nn.concat {{.*}} -> {{.*}} 1.000000e+00:-1>>
  %m = nn.max_pool2d %x kernel [1, 1]
      : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %c = nn.concat %x, %m axis 1
      : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x4x2x2xf32>
  %a = nn.add %c, %c {nn.range = [0.0, 128.0]}
      : (tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  %d = nn.concat %c, %a axis 1
      : (tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>) -> tensor<1x8x2x2xf32>
  return %d : tensor<1x8x2x2xf32>
}

// -----

// A clamp behind a concat: what lies beyond its bounds needs no integers, in any
// of the tensors that have the type.
// CHECK-LABEL: func.func @needed
func.func @needed(%x: tensor<1x2x2x2xf32> {nn.range = [-1000.0, 1000.0]})
    -> tensor<1x4x2x2xf32> {
  // CHECK: nn.concat {{.*}} 1.000000e+00:-128>>
  // CHECK: nn.clamp {{.*}} -> tensor<1x4x2x2x!quant.uniform<i8:f32, 1.000000e+00:-128>>
  %c = nn.concat %x, %x axis 1
      : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x4x2x2xf32>
  %r = nn.clamp %c min 0.0 max 255.0 : (tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  return %r : tensor<1x4x2x2xf32>
}

// -----

// A pad's value is part of the range; infinity is the end of any range.
// CHECK-LABEL: func.func @pads
func.func @pads(%x: tensor<1x1x2x2xf32> {nn.range = [0.0, 1.0]})
    -> (tensor<1x1x2x3xf32>, tensor<1x1x2x4xf32>) {
  // CHECK: nn.pad {{.*}} -> {{.*}} 1.000000e+00:126>>
  // CHECK: nn.pad {{.*}} -> {{.*}} 1.000000e+00:126>>
  %p = nn.pad %x pads [0, 0, 0, 1, 0, 0, 0, 0] value -254.0
      : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x3xf32>
  %i = nn.pad %p pads [0, 0, 0, 1, 0, 0, 0, 0] value 0xFF800000
      : (tensor<1x1x2x3xf32>) -> tensor<1x1x2x4xf32>
  return %p, %i : tensor<1x1x2x3xf32>, tensor<1x1x2x4xf32>
}

// -----

// Activations have a type of their own, fixed where the function alone bounds it.
// CHECK-LABEL: func.func @activations
func.func @activations(%x: tensor<1x2x2x2xf32> {nn.range = [-255.0, 0.0]})
    -> tensor<1x2x2x2xf32> {
  // CHECK: nn.activation sigmoid {{.*}} -> {{.*}} 0.0039215686274509803:-128>>
  // CHECK: nn.activation tanh {{.*}} -> {{.*}} 0.0078431372549019607:-1>>
  // CHECK: nn.activation leaky_relu {{.*}} -> {{.*}} 1.000000e+00:-128>>
  %s = nn.activation sigmoid %x {nn.range = [0.2, 0.3]}
      : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %t = nn.activation tanh %s : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %l = nn.activation leaky_relu %t alpha 0.1 {nn.range = [0.0, 255.0]}
      : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %l : tensor<1x2x2x2xf32>
}

// -----

// The host's parts stay float: softmax, the reshape that only it reads, and the
// reshape of an input.
// CHECK-LABEL: func.func @host
func.func @host(%x: tensor<1x2x2x2xf32> {nn.range = [-1.0, 1.0]})
    -> (tensor<1x8xf32>, tensor<1xi64>) {
  // CHECK: %[[I:.*]] = nn.reshape %arg0 : (tensor<1x2x2x2xf32>) -> tensor<1x4x2xf32>
  // CHECK: %[[R:.*]] = quant.qcast %[[I]]
  // CHECK: %[[A:.*]] = nn.add %[[R]], %[[R]]
  // CHECK: %[[D:.*]] = quant.dcast %[[A]]
  // CHECK-NOT: quant.dcast
  // CHECK: %[[F:.*]] = nn.reshape %[[D]] : (tensor<1x4x2xf32>) -> tensor<1x8xf32>
  // CHECK: nn.softmax %[[F]]
  // CHECK: nn.argmax %[[F]]
  %r = nn.reshape %x : (tensor<1x2x2x2xf32>) -> tensor<1x4x2xf32>
  %a = nn.add %r, %r {nn.range = [-2.0, 2.0]}
      : (tensor<1x4x2xf32>, tensor<1x4x2xf32>) -> tensor<1x4x2xf32>
  %f = nn.reshape %a : (tensor<1x4x2xf32>) -> tensor<1x8xf32>
  %s = nn.softmax %f axis 1 : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %i = nn.argmax %f axis 1 : (tensor<1x8xf32>) -> tensor<1xi64>
  return %s, %i : tensor<1x8xf32>, tensor<1xi64>
}

// -----

// A constant operand is quantized like any other tensor.
// CHECK-LABEL: func.func @constant
func.func @constant(%x: tensor<1x2xf32> {nn.range = [0.0, 1.0]}) -> tensor<1x2xf32> {
  // CHECK: nn.constant dense<{{\[\[}}-128, 127]]> : tensor<1x2xi8> -> tensor<1x2x!quant.uniform<i8:f32, 1.000000e+00:-128>>
  %k = nn.constant dense<[[0.0, 255.0]]> : tensor<1x2xf32>
  %y = nn.add %x, %k {nn.range = [0.0, 3.0]}
      : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// A bias far above what the weights add raises their scale: 8388608 units. The
// channel of zeros gets a scale that keeps its multiplier in range.
// CHECK-LABEL: func.func @widened
func.func @widened(%x: tensor<1x1x1x1xf32> {nn.range = [0.0, 255.0]})
    -> tensor<1x2x1x1xf32> {
  // CHECK: nn.constant dense<{{.*}}> : tensor<2x1x1x1xi8>
  // CHECK-SAME: {7.62939453125E-6,7.62939453125E-6}
  // CHECK: nn.constant dense<[8388608, 0]> : tensor<2xi32>
  %w = nn.constant dense<[[[[1.0e-6]]], [[[0.0]]]]> : tensor<2x1x1x1xf32>
  %b = nn.constant dense<[64.0, 0.0]> : tensor<2xf32>
  %y = nn.conv2d %x, %w bias(%b) {nn.range = [0.0, 127.5]}
      : (tensor<1x1x1x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>)
        -> tensor<1x2x1x1xf32>
  return %y : tensor<1x2x1x1xf32>
}

// -----

// Nothing but zeros: the range of the widest tensor stands in.
// CHECK-LABEL: func.func @zeros
func.func @zeros(%x: tensor<1x2xf32> {nn.range = [0.0, 255.0]}) -> tensor<1x2xf32> {
  // CHECK: nn.add {{.*}} -> tensor<1x2x!quant.uniform<i8:f32, 1.000000e+00:-128>>
  %y = nn.add %x, %x clamp_max 0.0 {nn.range = [0.0, 0.0]}
      : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// The weight 0.4 is rounded to 0; its input is 10 in the mean, so the sum would be
// 4 too small. The bias makes up for it, and is made where there was none.
// CHECK-LABEL: func.func @bias_correction
func.func @bias_correction(%x: tensor<1x2x1x2xf32> {nn.range = [0.0, 255.0]})
    -> tensor<1x2x1x1xf32> {
  // CHECK: nn.constant dense<{{\[\[\[\[}}127, 0]]], {{\[\[\[}}127, 0]]]]> : tensor<2x1x1x2xi8>
  // CHECK: %[[B:.*]] = nn.constant dense<[4, -3]> : tensor<2xi32>
  // CHECK: nn.conv2d {{.*}} bias(%[[B]])
  // CHECK-NOT: nn.input_mean
  %w = nn.constant dense<[[[[127.0, 0.4]]], [[[127.0, -0.3]]]]> : tensor<2x1x1x2xf32>
  %y = nn.conv2d %x, %w groups 2 {nn.range = [0.0, 510.0],
      nn.input_mean = dense<[[[7.0, 10.0]], [[7.0, 10.0]]]> : tensor<2x1x2xf32>}
      : (tensor<1x2x1x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x2x1x1xf32>
  return %y : tensor<1x2x1x1xf32>
}

// -----

// No layers, nothing to do.
// CHECK-LABEL: func.func @none
func.func @none(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.softmax
  // CHECK-NOT: quant
  %y = nn.softmax %x axis 1 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
