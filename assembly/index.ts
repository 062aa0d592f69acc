// The binary's exports: `run`, which walks a program, and every kernel a program may name.
export { run, heap_base, is_relaxed } from "./run";
export * from "./binary";
export * from "./border";
export * from "./compare";
export * from "./convolution";
export * from "./copy";
export * from "./depthwise";
export * from "./fill";
export * from "./gemv";
export * from "./global_pool";
export * from "./pack";
export * from "./peak";
export * from "./pool";
export * from "./pool_indices";
export * from "./reduce";
export * from "./softmax";
export * from "./unary";
