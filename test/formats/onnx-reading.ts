// Files made for a test, and what reading them gives.
import { QuadlaneError } from '../../src/errors.js';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { bytesOf, type ModelSpec, type NodeSpec, onnxFile, type TensorSpec } from './onnx-file.js';

export function failure(read: () => unknown): QuadlaneError {
  try {
    read();
  } catch (error) {
    if (error instanceof QuadlaneError) return error;
    throw error;
  }
  throw new Error('no error');
}

export const image = { name: 'x', shape: [1, 3, 8, 8] };

/** A file of nodes from x to y. */
export function network(nodes: NodeSpec[], more: ModelSpec = {}): Uint8Array {
  return onnxFile({ inputs: [image], outputs: ['y'], nodes, ...more });
}

export const int64 = (name: string, ...values: bigint[]): TensorSpec => ({
  name,
  dims: [values.length],
  dataType: 7,
  raw: bytesOf(BigInt64Array.from(values)),
});

export function constant(tensor: TensorSpec) {
  const graph = readOnnx(
    onnxFile({
      initializers: [{ name: 'w', ...tensor }],
      outputs: ['y'],
      nodes: [{ op: 'Neg', inputs: ['w'], outputs: ['y'] }],
    }),
  );
  return graph.constants.get('w')!;
}
