// The binary's exports: `run`, which walks a program, and every kernel a program may name.
export { run, heap_base, is_relaxed } from "./run";
export * from "./fill";
export * from "./convolution";
export * from "./pack";
export * from "./peak";
export * from "./depthwise";
export * from "./depthwise-3x3";
export * from "./gemv";
