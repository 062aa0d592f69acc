// quadlane convert: one model file from another.

import type { Model } from '../index.js';
import { exportOnnx } from '../onnx.js';
import { printable } from '../printable.js';
import { modelAt, writeAt } from './files.js';
import { UsageError } from './usage.js';

const writers: Readonly<Record<string, (model: Model) => Uint8Array | Promise<Uint8Array>>> = {
  onnx: exportOnnx,
  safetensors: (model) => model.save(),
};

/** Reads the model at `from`, writes it to `to` and tells so. */
export async function convert(from: string, to: string): Promise<string> {
  const write = writers[to.slice(to.lastIndexOf('.') + 1).toLowerCase()];
  if (!write) throw new UsageError(`${to} must end in .${Object.keys(writers).join(' or .')}`);
  using model = await modelAt(from);
  const bytes = await write(model);
  writeAt(to, bytes);
  return `${printable(to)}: ${bytes.byteLength.toLocaleString('en-US')} bytes\n`;
}
