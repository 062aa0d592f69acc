// quadlane/ops: operators called on tensors, one at a time. Channels last: [images, ...spatial axes, channels].
// Tensors, and what an operator can't do without, go by position; what has a default goes by name.

export type { ReadyOptions } from '../model/load.js';
export type { ActivationOptions } from '../ops/elementwise/activationOptions.js';
export type { Padding, PerAxis, SidePadding, Sides, WindowOptions } from '../windowOptions.js';
export * from './convolution.js';
export * from './elementwise.js';
export * from './indexing.js';
export * from './layout.js';
export * from './matmul.js';
export * from './normalization.js';
export * from './pooling.js';
export * from './quantized.js';
export { ready } from './ready.js';
export * from './reduction.js';
export * from './vision.js';
