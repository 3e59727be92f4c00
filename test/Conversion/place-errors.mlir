// RUN: nncc-opt --nn-place=arch=tiny --split-input-file --verify-diagnostics %s

!q = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// All of what cannot be run is reported, each with what was expected.
func.func @limits(%arg: tensor<1x8x300x300xf32>) {
  %x = quant.qcast %arg : tensor<1x8x300x300xf32> to tensor<1x8x300x300x!q>
  %big = nn.constant dense<1> : tensor<8x8x129x1xi8> -> tensor<8x8x129x1x!w>
  %deep = nn.constant dense<1> : tensor<8x1x130x11xi8> -> tensor<8x1x130x11x!w>
  %two = nn.constant dense<1> : tensor<8x1x2x1xi8> -> tensor<8x1x2x1x!w>
  // expected-error@+1 {{a window of 129x1, dilated by 1x1, spans more than the 128 pixels that a tap can reach}}
  %0 = nn.conv2d %x, %big : (tensor<1x8x300x300x!q>, tensor<8x8x129x1x!w>) -> tensor<1x8x172x300x!q>
  // On the array, unlike kernels of up to 120 weights.
  // expected-error@+1 {{a window of 130x11, dilated by 1x1, spans more than the 128 pixels that a tap can reach}}
  %1 = nn.conv2d %x, %deep groups 8 : (tensor<1x8x300x300x!q>, tensor<8x1x130x11x!w>) -> tensor<1x8x171x290x!q>
  // expected-error@+1 {{a dilation of 256x1: expected at most 255x255}}
  %2 = nn.conv2d %x, %two dilations [256, 1] groups 8 : (tensor<1x8x300x300x!q>, tensor<8x1x2x1x!w>) -> tensor<1x8x44x300x!q>
  // expected-error@+1 {{a padding of 3000x0 at the bottom and right: expected at most 2047}}
  %3 = nn.avg_pool2d %x kernel [300, 300] pads [0, 0, 3000, 0] count_include_pad : (tensor<1x8x300x300x!q>) -> tensor<1x8x3001x1x!q>
  // expected-error@+1 {{a window of 300x1: expected at most 255x255}}
  %8 = nn.max_pool2d %x kernel [300, 1] : (tensor<1x8x300x300x!q>) -> tensor<1x8x1x300x!q>
  // expected-error@+1 {{a padding of 0x2049 at the top and left: expected at most 2048}}
  %4 = nn.pad %x pads [0, 0, 0, 2049, 0, 0, 0, 0] value 0.0 : (tensor<1x8x300x300x!q>) -> tensor<1x8x300x2349x!q>
  // expected-error@+1 {{a reshape between layers of the accelerator must keep channels, rows and columns, got 1x8x300x300 to 1x4x600x300}}
  %5 = nn.reshape %x : (tensor<1x8x300x300x!q>) -> tensor<1x4x600x300x!q>
  %6 = nn.max_pool2d %5 kernel [2, 2] : (tensor<1x4x600x300x!q>) -> tensor<1x4x599x299x!q>
  // expected-error@+1 {{no engine and no host operation runs this}}
  %7 = nn.activation sigmoid %arg : (tensor<1x8x300x300xf32>) -> tensor<1x8x300x300xf32>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>

func.func @rank(%arg: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  // expected-error@+1 {{the accelerator takes feature maps of batch 1 ([1, C, H, W] or [1, C]), got 1x8x4}}
  %x = quant.qcast %arg : tensor<1x8x4xf32> to tensor<1x8x4x!q>
  %y = quant.dcast %x : tensor<1x8x4x!q> to tensor<1x8x4xf32>
  return %y : tensor<1x8x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

func.func @broadcast_channel(%arg0: tensor<1x8x4x4x!q>, %arg1: tensor<1x1x4x4x!q>) -> tensor<1x8x4x4x!q> {
  // expected-error @+1 {{the accelerator repeats only rows and columns, and only of the second operand, got 1x8x4x4 and 1x1x4x4}}
  %0 = nn.mul %arg0, %arg1 : (tensor<1x8x4x4x!q>, tensor<1x1x4x4x!q>) -> tensor<1x8x4x4x!q>
  return %0 : tensor<1x8x4x4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>

func.func @many_channels(%arg0: tensor<1x20000x1x1x!q>) -> tensor<1x10000x1x1x!q> {
  // expected-error @+1 {{a slice of 10000 of 20000 channels: expected a product of at most 67108864}}
  %0 = nn.slice %arg0 starts [0, 0, 0, 0] sizes [1, 10000, 1, 1] steps [1, 1, 1, 1] : (tensor<1x20000x1x1x!q>) -> tensor<1x10000x1x1x!q>
  return %0 : tensor<1x10000x1x1x!q>
}
