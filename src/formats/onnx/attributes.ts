// Attributes of ONNX nodes by their kinds, and those that an option of an operator becomes.

import type { Tensor } from '../../tensor.js';

/** One attribute, by its kind. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly texts: readonly string[] }
  | { readonly tensor: Tensor };

/** Attributes by their names; those that are undefined are left out. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute | undefined>>;

/** 1 where `value` holds; ONNX's flags are 0 where they are left out. */
export function flag(value: unknown): OnnxAttribute | undefined {
  return value ? { int: 1 } : undefined;
}

/** An option that names a way to do it. */
export function text(value: unknown): OnnxAttribute | undefined {
  return value === undefined ? undefined : { text: String(value) };
}

/** An option that is a float. */
export function float(value: unknown): OnnxAttribute | undefined {
  return value === undefined ? undefined : { float: value as number };
}
