// RUN: nncc-opt --nn-place=arch=z7020 --nn-to-aristotle=arch=z7020 --split-input-file %s | FileCheck %s

// V = 16, O = 32, 16384 feature words.

!q = !quant.uniform<i8:f32, 0.5:-3>
!w = !quant.uniform<i8<-127:127>:f32, 0.25>

// ResNet's first layer. A row of the window is 7 pixels of 3 bytes: 21 bytes, 2 words
// of 16. 7 rows by 2 words are 14 taps of 512 weights instead of 49. The 64 outputs
// are two blocks of O = 32, each two groups of 16. 112x112 pixels of 4 groups are
// more than the feature memory of 16384 words: the result is streamed.
// CHECK: tensor @t0 "rows" {{.*}} region <input> bytes 150528 row_pitch 672
// CHECK: tensor {{.*}} region <workspace> bytes 802816
// CHECK: load_window @t0[0] {{.*}} groups = 2, dram_pitch_y = 42, {{.*}} step = 6, start = -9, row_bytes = 672, fill = -3>
// CHECK: conv {{.*}} window <origin_y = -3, origin_x = 0, stride_y = 2, stride_x = 1, pad = -3> taps %{{.*}} [(0, 0, 0), ([[#P:]], 0, 0),
// CHECK-SAME: (0, 1, 0), ([[#P]], 1, 0), {{.*}}, (0, 6, 0), ([[#P]], 6, 0)] {{.*}} groups = 2,
// CHECK: layer "nn.conv2d" "conv2d" on "conv" because "convolution" macs 118013952 tile "{{.*}}, 14 taps, weights stay"
func.func @z7020(%arg0: tensor<1x3x224x224xf32>) -> (tensor<1x8x112x112xf32>) {
  %x = quant.qcast %arg0 : tensor<1x3x224x224xf32> to tensor<1x3x224x224x!q>
  %w1 = nn.constant dense<1> : tensor<64x3x7x7xi8> -> tensor<64x3x7x7x!w>
  %a = nn.conv2d %x, %w1 strides [2, 2] pads [3, 3, 3, 3] : (tensor<1x3x224x224x!q>, tensor<64x3x7x7x!w>) -> tensor<1x64x112x112x!q>
  %w2 = nn.constant dense<1> : tensor<8x64x1x1xi8> -> tensor<8x64x1x1x!w>
  %y = nn.conv2d %a, %w2 : (tensor<1x64x112x112x!q>, tensor<8x64x1x1x!w>) -> tensor<1x8x112x112x!q>
  %y_f = quant.dcast %y : tensor<1x8x112x112x!q> to tensor<1x8x112x112xf32>
  return %y_f : tensor<1x8x112x112xf32>
}
