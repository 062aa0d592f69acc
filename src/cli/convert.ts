// quadlane convert: one model file from another.

import type { Model, SaveOptions } from '../index.js';
import { exportOnnx } from '../onnx.js';
import { printable } from '../printable.js';
import { modelAt, refuseToOverwrite, writeAt } from './files.js';
import { UsageError } from './usage.js';

type Writer = (model: Model, options: SaveOptions) => Uint8Array | Promise<Uint8Array>;

const writers: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ['onnx', exportOnnx],
  ['safetensors', (model, options) => model.save(options)],
]);

/** Reads the model at `from`, writes it to `to` and tells so. */
export async function convert(from: string, to: string, { weights }: { readonly weights?: string }): Promise<string> {
  if (weights !== undefined && weights !== 'int8' && weights !== 'float16') {
    throw new UsageError(`--weights takes int8 or float16, not "${weights}"`);
  }
  const write = writers.get(to.slice(to.lastIndexOf('.') + 1).toLowerCase());
  if (!write) throw new UsageError(`${to} must end in .${[...writers.keys()].join(' or .')}`);
  refuseToOverwrite(to, [from]);
  using model = await modelAt(from);
  const bytes = await write(model, weights ? { weights } : {});
  writeAt(to, bytes);
  return `${printable(to)}: ${bytes.byteLength.toLocaleString('en-US')} bytes\n`;
}
