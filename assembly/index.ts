// The binary's exports: what walks a program, alone or as one of a thread pool, and every kernel a program may name.
export { run, run_together, await_run, heap_base, is_relaxed, byte_dots } from "./runtime/run";
export * from "./runtime/peak";

export * from "./convolution/convolution";
export { f32_filter_gradient } from "./convolution/filter_gradient";
export * from "./convolution/depthwise/depthwise";
export * from "./convolution/depthwise/depthwise_rows";
export { f32_filter_gradient_depthwise } from "./convolution/depthwise/filter_gradient_depthwise";
export { f32_filter_gradient_winograd } from "./convolution/winograd/filter_gradient_winograd";
export * from "./convolution/winograd/winograd";
export * from "./convolution/winograd/winograd_weights";

export * from "./matmul/gemv";
export * from "./matmul/pack";

export * from "./pooling/global_pool";
export * from "./pooling/pool";
export * from "./pooling/pool_gradient";
export * from "./pooling/pool_indices";

export { f32_activation_gradient } from "./elementwise/activation_gradient";
export * from "./elementwise/binary";
export * from "./elementwise/cast";
export * from "./elementwise/compare";
export * from "./elementwise/compare_integers";
export * from "./elementwise/integer_binary";
export * from "./elementwise/logical";
export { f32_random_mask } from "./elementwise/random_mask";
export * from "./elementwise/scale_shift";
export * from "./elementwise/unary";

export * from "./normalization/batch_norm";
export * from "./normalization/channel_sums";
export * from "./normalization/cross_entropy";
export { f32_layer_norm, f32_response_norm } from "./normalization/normalize";
export { f32_response_norm_gradient } from "./normalization/response_norm_gradient";
export * from "./normalization/softmax";
export * from "./normalization/softmax_gradient";

export * from "./reduction/cumulative_sum";
export * from "./reduction/integer_reduce";
export * from "./reduction/order";
export * from "./reduction/reduce";

export * from "./layout/halo";
export * from "./layout/copy";
export * from "./layout/fill";

export * from "./indexing/indexed";
export * from "./indexing/take";

export { f32_grid_sample } from "./vision/grid_sample";
export * from "./vision/non_max_suppression";
export { f32_resample } from "./vision/resample";
export { u8_resample } from "./vision/resample_pixels";
export { f32_roi_align } from "./vision/roi_align";

export { f32_recurrent } from "./recurrent/recurrent";

export * from "./quantized/dynamic_affine";
export { integer_average_pool } from "./quantized/integer_average_pool";
export { integer_conv } from "./quantized/integer_conv";
export { integer_depthwise } from "./quantized/integer_depthwise";
export * from "./quantized/integer_depthwise_rows";
export { pack_integer_panels } from "./quantized/pack_integers";
export * from "./quantized/integer_winograd";
export { pack_integer_winograd } from "./quantized/pack_integer_winograd";
export { dequantize, quantize } from "./quantized/quantize";
export * from "./quantized/quantized_elements";
export { scale_sums } from "./quantized/scale_sums";

export * from "./optimizer/optimizer";
