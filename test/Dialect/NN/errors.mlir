// RUN: nncc-opt %s --split-input-file --verify-diagnostics

func.func @constant_type() {
  // expected-error @+1 {{'nn.constant' op expected values of type 'tensor<2xi8>', got 'tensor<2xi16>'}}
  %0 = nn.constant dense<[1, 2]> : tensor<2xi16> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @fake_quantize_grid(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{'nn.fake_quantize' op expected a grid of all of i8 for f32, such as '!quant.uniform<i8:f32, 0.25:-3>', got '!quant.uniform<u8:f32, 5.000000e-01>'}}
  %0 = nn.fake_quantize %x to !quant.uniform<u8:f32, 0.5> : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @fake_quantize_shape(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected a result of shape 1x4, got 4x1}}
  %0 = nn.fake_quantize %x to !quant.uniform<i8:f32, 0.5> : (tensor<1x4xf32>) -> tensor<4x1xf32>
  return
}

// -----

func.func @conv_rank(%x: tensor<4x4xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error @+1 {{'nn.conv2d' op expected input of rank 4 [N, C, H, W], got shape 4x4}}
  %0 = nn.conv2d %x, %w : (tensor<4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @conv_weight_rank(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1xf32>) {
  // expected-error @+1 {{expected weight of rank 4 [O, C/groups, KH, KW], got shape 1x1}}
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4xf32>, tensor<1x1xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @conv_groups(%x: tensor<1x4x4x4xf32>, %w: tensor<6x1x1x1xf32>) {
  // expected-error @+1 {{expected 'groups' to divide 4 input and 6 output channels, got 4}}
  %0 = nn.conv2d %x, %w groups 4 : (tensor<1x4x4x4xf32>, tensor<6x1x1x1xf32>) -> tensor<1x6x4x4xf32>
  return
}

// -----

func.func @conv_channels(%x: tensor<1x4x4x4xf32>) {
  // expected-note @+1 {{weight of type 'tensor<2x3x1x1xf32>' is defined here}}
  %w = nn.constant dense<1.0> : tensor<2x3x1x1xf32>
  // expected-error @+1 {{expected weight with 4 input channels per group (4 channels, 1 groups), got shape 2x3x1x1}}
  %0 = nn.conv2d %x, %w : (tensor<1x4x4x4xf32>, tensor<2x3x1x1xf32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @conv_stride_count(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error @+1 {{expected 2 values of 'strides', got 1}}
  %0 = nn.conv2d %x, %w strides [1] : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @conv_stride_range(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error @+1 {{expected values of 'strides' from 1 to 2147483647, got 0}}
  %0 = nn.conv2d %x, %w strides [0, 1] : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @conv_negative_pad(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>) {
  // expected-error @+1 {{expected values of 'pads' from 0 to 2147483647, got -1}}
  %0 = nn.conv2d %x, %w pads [-1, 0, 0, 0] : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x3x4xf32>
  return
}

// -----

func.func @conv_window_too_large(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) {
  // expected-error @+1 {{expected a window no larger than the padded image, got a window of 5 and a padded extent of 4}}
  %0 = nn.conv2d %x, %w dilations [2, 1] : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x1x2xf32>
  return
}

// -----

func.func @conv_result_shape(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) {
  // expected-error @+1 {{expected a result of shape 1x1x2x2, got 1x1x4x4}}
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @conv_bias_shape(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) {
  // expected-note @+1 {{bias of type 'tensor<3xf32>' is defined here}}
  %b = nn.constant dense<1.0> : tensor<3xf32>
  // expected-error @+1 {{expected a bias of shape 2, got 3}}
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<3xf32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @conv_bias_type(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>, %b: tensor<2xi32>) {
  // expected-error @+1 {{expected a bias of f32 for a float input, got 'i32'}}
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xi32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
func.func @conv_mixed(%x: tensor<1x1x4x4x!q>) {
  // expected-note @+1 {{weight of type 'tensor<2x1x1x1xf32>' is defined here}}
  %w = nn.constant dense<1.0> : tensor<2x1x1x1xf32>
  // expected-error @+1 {{expected input and weight to be both float or both quantized, got 'tensor<1x1x4x4x!quant.uniform<i8:f32, 5.000000e-01>>' and 'tensor<2x1x1x1xf32>'}}
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4x!q>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
func.func @conv_quantized_bias(%x: tensor<1x1x4x4x!q>, %w: tensor<2x1x1x1x!q>, %b: tensor<2xf32>) {
  // expected-error @+1 {{expected a bias of i32 for a quantized input, got 'f32'}}
  %0 = nn.conv2d %x, %w bias(%b) : (tensor<1x1x4x4x!q>, tensor<2x1x1x1x!q>, tensor<2xf32>) -> tensor<1x2x4x4x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:1, {0.5}>
func.func @conv_weight_axis(%x: tensor<1x1x4x4x!q>, %w: tensor<2x1x1x1x!w>) {
  // expected-error @+1 {{expected a weight scale for each of the 2 outputs along axis 0, got 1 scales along axis 1}}
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4x!q>, tensor<2x1x1x1x!w>) -> tensor<1x2x4x4x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32:0, {0.5:0, 0.5:3}>
func.func @conv_weight_zero_points(%x: tensor<1x1x4x4x!q>, %w: tensor<2x1x1x1x!w>) {
  // expected-error @+1 {{expected a weight with zero point 0, got}}
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4x!q>, tensor<2x1x1x1x!w>) -> tensor<1x2x4x4x!q>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.5:3>
func.func @conv_weight_zero_point(%x: tensor<1x1x4x4x!q>, %w: tensor<2x1x1x1x!w>) {
  // expected-error @+1 {{expected a weight with zero point 0, got}}
  %0 = nn.conv2d %x, %w : (tensor<1x1x4x4x!q>, tensor<2x1x1x1x!w>) -> tensor<1x2x4x4x!q>
  return
}

// -----

func.func @conv_residual_shape(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) {
  // expected-note @+1 {{residual of type 'tensor<1x2x1x1xf32>' is defined here}}
  %r = nn.constant dense<1.0> : tensor<1x2x1x1xf32>
  // expected-error @+1 {{expected a residual of shape 1x2x4x4, got 1x2x1x1}}
  %0 = nn.conv2d %x, %w residual(%r) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
func.func @conv_residual_kind(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>, %r: tensor<1x2x4x4x!q>) {
  // expected-error @+1 {{expected result and residual to be both float or both quantized}}
  %0 = nn.conv2d %x, %w residual(%r) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<1x2x4x4x!q>) -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @conv_clamp(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) {
  // expected-error @+1 {{expected a lower clamp bound no greater than the upper one, got 1.000000e+00 and 0.000000e+00}}
  %0 = nn.conv2d %x, %w clamp_min 1.0 clamp_max 0.0 : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @linear_rank(%x: tensor<3xf32>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{'nn.linear' op expected input of rank 2 [N, K], got shape 3}}
  %0 = nn.linear %x, %w : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @linear_columns(%x: tensor<1x3xf32>) {
  // expected-note @+1 {{weight of type 'tensor<2x4xf32>' is defined here}}
  %w = nn.constant dense<1.0> : tensor<2x4xf32>
  // expected-error @+1 {{expected weight with rows of 3 values, got shape 2x4}}
  %0 = nn.linear %x, %w : (tensor<1x3xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @batch_norm_rank(%x: tensor<2xf32>, %p: tensor<2xf32>) {
  // expected-error @+1 {{expected an input with a channel axis 1, got shape 2}}
  %0 = nn.batch_norm %x, %p, %p, %p, %p epsilon 1.0e-5 : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @batch_norm_parameter(%x: tensor<1x2xf32>, %p: tensor<2xf32>) {
  // expected-note @+1 {{mean of type 'tensor<3xf32>' is defined here}}
  %m = nn.constant dense<1.0> : tensor<3xf32>
  // expected-error @+1 {{expected mean of shape 2, got 3}}
  %0 = nn.batch_norm %x, %p, %p, %m, %p epsilon 1.0e-5 : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @batch_norm_epsilon(%x: tensor<1x2xf32>, %p: tensor<2xf32>) {
  // expected-error @+1 {{expected an epsilon of zero or more, got -1.000000e+00}}
  %0 = nn.batch_norm %x, %p, %p, %p, %p epsilon -1.0 : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @pool_shape(%x: tensor<1x1x7x7xf32>) {
  // expected-error @+1 {{expected a result of shape 1x1x3x3 or, rounded up, 1x1x4x4, got 1x1x5x5}}
  %0 = nn.max_pool2d %x kernel [2, 2] strides [2, 2] : (tensor<1x1x7x7xf32>) -> tensor<1x1x5x5xf32>
  return
}

// -----

func.func @pool_kernel(%x: tensor<1x1x7x7xf32>) {
  // expected-error @+1 {{expected 2 values of 'kernel', got 1}}
  %0 = nn.avg_pool2d %x kernel [2] : (tensor<1x1x7x7xf32>) -> tensor<1x1x6x6xf32>
  return
}

// -----

func.func @pool_rank(%x: tensor<7x7xf32>) {
  // expected-error @+1 {{expected input of rank 4 [N, C, H, W], got shape 7x7}}
  %0 = nn.avg_pool2d %x kernel [2, 2] : (tensor<7x7xf32>) -> tensor<6x6xf32>
  return
}

// -----

// The first window of the first axis is the two rows of padding.
func.func @pool_window_in_padding(%x: tensor<1x1x4x4xf32>) {
  // expected-error @+1 {{expected every window to hold a position of the image, got a window that lies in the padding}}
  %0 = nn.max_pool2d %x kernel [2, 2] pads [2, 0, 0, 0] : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x3xf32>
  return
}

// -----

!a = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i8:f32, 0.25>
func.func @max_pool_type(%x: tensor<1x1x4x4x!a>) {
  // expected-error @+1 {{expected a result with the input's element type '!quant.uniform<i8:f32, 5.000000e-01>', got '!quant.uniform<i8:f32, 2.500000e-01>'}}
  %0 = nn.max_pool2d %x kernel [2, 2] : (tensor<1x1x4x4x!a>) -> tensor<1x1x3x3x!b>
  return
}

// -----

!a = !quant.uniform<i8:f32, 0.5>
func.func @avg_pool_kind(%x: tensor<1x1x4x4x!a>) {
  // expected-error @+1 {{expected input and result to be both float or both quantized}}
  %0 = nn.avg_pool2d %x kernel [2, 2] : (tensor<1x1x4x4x!a>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @add_shapes(%x: tensor<1x2x4x4xf32>, %y: tensor<3x1x1xf32>) {
  // expected-error @+1 {{expected shapes that broadcast, got 1x2x4x4 and 3x1x1}}
  %0 = nn.add %x, %y : (tensor<1x2x4x4xf32>, tensor<3x1x1xf32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
func.func @add_kind(%x: tensor<4xf32>, %y: tensor<4x!q>) {
  // expected-error @+1 {{expected lhs and rhs to be both float or both quantized}}
  %0 = nn.add %x, %y : (tensor<4xf32>, tensor<4x!q>) -> tensor<4xf32>
  return
}

// -----

func.func @clamp_nan(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected clamp bounds that are numbers, got NaN}}
  %0 = nn.clamp %x min 0x7FC00000 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @clamp_shape(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a result of shape 4, got 2x2}}
  %0 = nn.clamp %x min 0.0 : (tensor<4xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @activation_parameter(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected no 'alpha' for sigmoid, got 1.000000e+00}}
  %0 = nn.activation sigmoid %x alpha 1.0 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @activation_infinite(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a finite 'beta'}}
  %0 = nn.activation hard_sigmoid %x alpha 1.0 beta 0x7F800000 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_axis(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected 'axis' below the rank 1, got 1}}
  %0 = nn.concat %x axis 1 : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_extents(%y: tensor<1x3xf32>) {
  // expected-note @+1 {{input 0 of type 'tensor<2x4xf32>' is defined here}}
  %x = nn.constant dense<1.0> : tensor<2x4xf32>
  // expected-error @+1 {{expected input 1 like 2x4 but for axis 1, got shape 1x3}}
  %0 = nn.concat %x, %y axis 1 : (tensor<2x4xf32>, tensor<1x3xf32>) -> tensor<2x7xf32>
  return
}

// -----

func.func @concat_none() {
  // expected-error @+1 {{expected at least one input, got none}}
  %0 = "nn.concat"() <{axis = 0 : i64}> : () -> tensor<4xf32>
  return
}

// -----

func.func @pad_count(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected 2 values of 'pads', got 1}}
  %0 = nn.pad %x pads [1] : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_value(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a fill value that is a number, got NaN}}
  %0 = nn.pad %x pads [0, 1] value 0x7FC00000 : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @reshape_size(%x: tensor<4xf32>) {
  // expected-error @+1 {{'nn.reshape' op expected a result of 4 elements, got 6 (2x3)}}
  %0 = nn.reshape %x : (tensor<4xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @softmax_axis(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected 'axis' below the rank 2, got -1}}
  %0 = nn.softmax %x axis -1 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @argmax_keepdims(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected a result of shape 1x1, got 1}}
  %0 = nn.argmax %x axis 1 keepdims : (tensor<1x4xf32>) -> tensor<1xi64>
  return
}

// -----

func.func @dynamic_shape(%x: tensor<?xf32>) {
  // expected-error @+1 {{operand #0 must be statically shaped tensor of f32 or quantized values}}
  %0 = nn.clamp %x min 0.0 : (tensor<?xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @mul_shapes(%x: tensor<1x4x3x3xf32>, %y: tensor<1x2x1x1xf32>) {
  // expected-error @+1 {{expected shapes that broadcast, got 1x4x3x3 and 1x2x1x1}}
  %0 = nn.mul %x, %y : (tensor<1x4x3x3xf32>, tensor<1x2x1x1xf32>) -> tensor<1x4x3x3xf32>
  return
}

// -----

func.func @celu_alpha(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected an 'alpha' other than zero for celu}}
  %0 = nn.activation celu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @power_pole(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected a 'beta' that is not negative for power, and above zero with a negative 'alpha'}}
  %0 = nn.activation power %x alpha -0.5 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @power_offset(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected a 'beta' that is not negative for power}}
  %0 = nn.activation power %x alpha 0.5 beta -1.0 : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @slice_end(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected a part within the 4 elements of axis 1, got 2 from 1 in steps of 3}}
  %0 = nn.slice %x starts [0, 1] sizes [1, 2] steps [1, 3] : (tensor<1x4xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @slice_rank(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected 2 values of 'starts', got 1}}
  %0 = nn.slice %x starts [0] sizes [1, 2] steps [1, 1] : (tensor<1x4xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @slice_step(%x: tensor<1x4xf32>) {
  // expected-error @+1 {{expected values of 'steps' from 1 to 2147483647, got 0}}
  %0 = nn.slice %x starts [0, 0] sizes [1, 2] steps [1, 0] : (tensor<1x4xf32>) -> tensor<1x2xf32>
  return
}

// -----

func.func @interleave_count(%x: tensor<1x4x3x3xf32>) {
  // expected-error @+1 {{expected 4 inputs, got 1}}
  %0 = nn.interleave %x factors [2, 2] : (tensor<1x4x3x3xf32>) -> tensor<1x4x6x6xf32>
  return
}

// -----

func.func @interleave_shapes(%x: tensor<1x4x3x3xf32>, %y: tensor<1x4x3x2xf32>) {
  // expected-error @+1 {{expected inputs of one shape, got 1x4x3x3 and 1x4x3x2}}
  %0 = nn.interleave %x, %y factors [1, 2] : (tensor<1x4x3x3xf32>, tensor<1x4x3x2xf32>) -> tensor<1x4x3x6xf32>
  return
}

// -----

func.func @interleave_types(%x: tensor<1x4x3x3x!quant.uniform<i8:f32, 0.5>>, %y: tensor<1x4x3x3x!quant.uniform<i8:f32, 0.25>>) {
  // expected-error @+1 {{expected}}
  %0 = nn.interleave %x, %y factors [1, 2] : (tensor<1x4x3x3x!quant.uniform<i8:f32, 0.5>>, tensor<1x4x3x3x!quant.uniform<i8:f32, 0.25>>) -> tensor<1x4x3x6x!quant.uniform<i8:f32, 0.5>>
  return
}
