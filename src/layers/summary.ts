// A network that isn't compiled yet as a table, for a batch of one.

import { inferNode } from '../graph/builder.js';
import { operatorOf } from '../graph/dialect.js';
import { receptiveFields } from '../graph/receptiveField.js';
import { formatBytes, summaryTable } from '../model/summary.js';
import { product } from '../shape.js';
import { bytesPerElement, type TensorType } from '../tensor.js';
import type { NetworkDescription } from './description.js';

/** One row a layer; costs and bytes for one sample. */
export function summarizeNetwork(network: NetworkDescription): string {
  const types = new Map<string, TensorType>(network.constants);
  for (const { name, shape } of network.parameters) types.set(name, { dtype: 'float32', shape });
  for (const { name, dtype, shape } of network.inputs) {
    types.set(name, { dtype, shape: shape.map((extent) => (typeof extent === 'string' ? 1 : extent)) });
  }
  const costs = new Map<string, number>();
  for (const node of network.nodes) {
    const inputs = node.inputs.map((name) => types.get(name));
    const outputs = inferNode(network, node, inputs);
    node.outputs.forEach((name, index) => {
      types.set(name, outputs[index]);
    });
    costs.set(node.name, operatorOf(network, node).cost?.(inputs, outputs, node.attributes) ?? 0);
  }
  const fields = receptiveFields({ ...network, types });
  const bytesOf = ({ dtype, shape }: TensorType) => product(shape) * bytesPerElement(dtype);
  const rows = [
    ...network.inputs.map(({ name }) => ({ name, kind: 'input', output: name, nodes: [], parameters: 0 })),
    ...network.layers,
  ].map(({ name, kind, output, nodes, parameters }) => ({
    name,
    kind,
    shapes: [['batch', ...types.get(output)!.shape.slice(1)]],
    parameters,
    cost: nodes.reduce((sum, node) => sum + (costs.get(node) ?? 0), 0),
    bytes: bytesOf(types.get(output)!),
    receptiveField: fields.get(output),
  }));
  const size = (trainable: boolean) =>
    network.parameters.reduce(
      (sum, parameter) => sum + (parameter.trainable === trainable ? product(parameter.shape) : 0),
      0,
    );
  const parameters = `parameters: ${size(true).toLocaleString('en-US')} trainable, ${size(false).toLocaleString('en-US')} statistics, ${formatBytes(4 * (size(true) + size(false)))}`;
  return summaryTable(rows, [parameters]);
}
