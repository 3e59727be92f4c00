// RUN: nncc-opt --nn-to-aristotle=arch=tiny --split-input-file --verify-diagnostics %s

// What fits no way of tiling, and graphs that nn-place has not seen.

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A global maximum of 40x40 pixels, which nn-place would have split.
func.func @too_wide(%arg0: tensor<1x8x40x40xf32>) -> (tensor<1x8x1x1xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x40x40xf32> to tensor<1x8x40x40x!q>
  // expected-error@+1 {{does not fit the feature memory of 'tiny': no tile fits: one output word needs 1601 feature words}}
  %y = nn.max_pool2d %x kernel [40, 40] : (tensor<1x8x40x40x!q>) -> tensor<1x8x1x1x!q>
  %y_f = quant.dcast %y : tensor<1x8x1x1x!q> to tensor<1x8x1x1xf32>
  return %y_f : tensor<1x8x1x1xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// nn-place would have put a convolution between them.
func.func @layouts(%arg0: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>) {
  %x = quant.qcast %arg0 : tensor<1x8x4x4xf32> to tensor<1x8x4x4x!q>
  %w1 = nn.constant dense<1> : tensor<3x8x1x1xi8> -> tensor<3x8x1x1x!w>
  %a = nn.conv2d %x, %w1 : (tensor<1x8x4x4x!q>, tensor<3x8x1x1x!w>) -> tensor<1x3x4x4x!q>
  %w2 = nn.constant dense<1> : tensor<5x8x1x1xi8> -> tensor<5x8x1x1x!w>
  %b = nn.conv2d %x, %w2 : (tensor<1x8x4x4x!q>, tensor<5x8x1x1x!w>) -> tensor<1x5x4x4x!q>
  %c = nn.concat %a, %b axis 1 : (tensor<1x3x4x4x!q>, tensor<1x5x4x4x!q>) -> tensor<1x8x4x4x!q>
  // expected-error@+1 {{channel layouts of two concatenations meet; placement must come first}}
  %d = nn.concat %b, %a axis 1 : (tensor<1x5x4x4x!q>, tensor<1x3x4x4x!q>) -> tensor<1x8x4x4x!q>
  %y = nn.add %c, %d : (tensor<1x8x4x4x!q>, tensor<1x8x4x4x!q>) -> tensor<1x8x4x4x!q>
  %y_f = quant.dcast %y : tensor<1x8x4x4x!q> to tensor<1x8x4x4xf32>
  return %y_f : tensor<1x8x4x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// A float layer: the graph was not quantized.
func.func @float(%arg: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  // expected-error@+1 {{is neither a layer of the accelerator nor an operation that the host knows}}
  %y = nn.activation sigmoid %arg : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}
