// A network as a program of tfjs calls. It starts from what a few of the passes of quadlane's compiler make of it: batch
// norm is folded into the filters before it, activations stand with the operator before them.

import { operatorOf } from '../../src/graph/dialect.js';
import type { Graph, Node, TypedGraph } from '../../src/graph/graph.js';
import { applyPasses, optionalPasses } from '../../src/graph/passes/index.js';
import { ConstantFolder, specialize } from '../../src/graph/specialize.js';
import { computeWith } from '../../src/model/constantFolding.js';
import { Core } from '../../src/runtime/core.js';
import { windowCounts } from '../../src/shape.js';
import { Tensor, type TensorType } from '../../src/tensor.js';
import { swapAxes } from './layout.js';
import type { Activation, Call, Operation, Pad, TfjsProgram, Windows } from './tfjs-program.js';

/** The passes that leave what tfjs has operators for; what they fold is what converters to its formats fold. */
const PASSES: ReadonlySet<string> = new Set([
  'identities',
  'flatten',
  'transposes',
  'constants',
  'scales',
  'activations',
  'folded constants',
  'leftover identities',
]);

/**
 * The program of a network with one input and one output, for batch 1.
 * @param module a binary to fold constants with
 * @throws Error naming an operator that has no counterpart here
 */
export function toTfjs(graph: Graph, module: WebAssembly.Module): TfjsProgram {
  const compiled = compileForTfjs(graph, module);
  const weights = new Map<string, Tensor>();
  const calls = compiled.nodes.map((node): Call => {
    const types = node.inputs.map((name) => compiled.types.get(name));
    const operation = operationOf(compiled, node, types);
    const names = node.inputs.filter((name) => name !== '');
    const inputs = names.map((name, index) => {
      const constant = compiled.constants.get(name);
      if (!constant) return name;
      const reorder = index === 1 ? reorderings[node.op] : undefined;
      const key = reorder ? `${name}/${operation.op}` : name;
      if (!weights.has(key)) weights.set(key, reorder?.(constant, node) ?? constant);
      return key;
    });
    return { ...operation, inputs, output: node.outputs[0], activation: activationOf(node) };
  });
  return { input: compiled.inputs[0].name, output: compiled.outputs[0], calls, weights };
}

function compileForTfjs(graph: Graph, module: WebAssembly.Module): TypedGraph {
  const folding = new ConstantFolder(graph, computeWith(new Core(module, Number.POSITIVE_INFINITY)));
  const types = graph.inputs.map(({ name, dtype, shape }) => {
    return [name, { dtype, shape: shape.map((extent) => (typeof extent === 'string' ? 1 : extent)) }] as const;
  });
  const without = new Set([...optionalPasses].filter((name) => !PASSES.has(name)));
  return applyPasses(specialize(graph, new Map(types), new Map(), folding), folding, without);
}

function operationOf(graph: Graph, node: Node, types: readonly (TensorType | undefined)[]): Operation {
  const { op, attributes } = node;
  const [input, other] = types;
  switch (op) {
    case 'conv': {
      const groups = Number(attributes.groups ?? 1);
      const isDepthwise = groups > 1 && groups === input!.shape.at(-1) && groups === other!.shape[0];
      if (groups > 1 && !isDepthwise) throw new Error(`"${node.name}": tfjs has no grouped convolution`);
      return { op: isDepthwise ? 'depthwiseConv2d' : 'conv2d', windows: windowsOf(graph, node, types) };
    }
    case 'maxPool':
    case 'averagePool':
      return { op: op === 'maxPool' ? 'maxPool' : 'avgPool', windows: windowsOf(graph, node, types) };
    case 'globalAveragePool': {
      const kernelShape = input!.shape.slice(1, -1);
      return { op: 'avgPool', windows: { kernelShape, strides: [1, 1], dilations: [1, 1], pad: 'valid' } };
    }
    case 'matmul':
      return { op: 'matMul' };
    case 'concat':
      return { op, axis: Number(attributes.axis) };
    case 'reshape':
      return { op, shape: operatorOf(graph, node).infer(types, attributes)[0].shape };
    case 'binary':
      if (attributes.operation === 'add' || attributes.operation === 'mul') return { op: attributes.operation };
      break;
    case 'activation':
      return { op };
  }
  throw new Error(`"${node.name}": the exporter to tfjs doesn't know ${op} ${attributes.operation ?? ''}`);
}

function activationOf({ name: node, attributes }: Node): Activation | undefined {
  const { activation, alpha = 0, beta = 0 } = attributes as { activation?: string; alpha?: number; beta?: number };
  switch (activation) {
    case undefined:
    case 'none':
      return undefined;
    case 'clip': {
      const name =
        alpha === 0 && beta === Number.POSITIVE_INFINITY ? 'relu' : alpha === 0 && beta === 6 ? 'relu6' : 'clip';
      return { name, alpha, beta };
    }
    case 'sigmoid':
    case 'tanh':
    case 'silu':
    case 'hardSwish':
    case 'hardSigmoid':
      return { name: activation, alpha, beta };
    default:
      throw new Error(`"${node}": the exporter to tfjs doesn't know the activation ${activation}`);
  }
}

function windowsOf(graph: Graph, node: Node, types: readonly (TensorType | undefined)[]): Windows {
  const windows = operatorOf(graph, node).windows!(types, node.attributes);
  const { kernelShape, strides, dilations, padding } = windows;
  if (kernelShape.length !== 2) throw new Error(`"${node.name}": only windows over two axes are exported to tfjs`);
  const extents = types[0]!.shape.slice(1, -1);
  const counts = windowCounts(extents, windows, node.attributes.ceil === true);
  const pads = extents.map((extent, axis): readonly [number, number] => {
    const reach = (counts[axis] - 1) * strides[axis] + (kernelShape[axis] - 1) * dilations[axis] + 1;
    return [padding[axis], Math.max(padding[axis + 2], reach - extent - padding[axis])];
  });
  return { kernelShape, strides, dilations, pad: padOf(pads) };
}

function padOf([rows, columns]: readonly (readonly [number, number])[]): Pad {
  const all = [...rows, ...columns];
  if (all.every((pad) => pad === 0)) return 'valid';
  return all.every((pad) => pad === all[0]) ? all[0] : [[0, 0], rows, columns, [0, 0]];
}

/** Weights in the order that tfjs computes with, by the operator that has them as its second input. */
const reorderings: Readonly<Partial<Record<string, (weights: Tensor, node: Node) => Tensor>>> = {
  // [filters, channels, height, width] becomes [height, width, channels, filters]; depthwise: [height, width, filters, 1].
  conv({ shape: [filters, channels, height, width], data }, { attributes }) {
    const area = height * width;
    const swapped = swapAxes(data as Float32Array, filters * channels, area);
    if (Number(attributes.groups ?? 1) > 1) return new Tensor('float32', [height, width, filters, 1], swapped);
    const ordered = new Float32Array(data.length);
    const size = filters * channels;
    for (let tap = 0; tap < area; tap++) {
      ordered.set(swapAxes(swapped.subarray(tap * size, (tap + 1) * size), filters, channels), tap * size);
    }
    return new Tensor('float32', [height, width, channels, filters], ordered);
  },

  // [columns, depth] becomes [depth, columns].
  matmul(weights, { attributes }) {
    if (!attributes.transposeB) return weights;
    const [columns, depth] = weights.shape;
    return new Tensor('float32', [depth, columns], swapAxes(weights.data as Float32Array, columns, depth));
  },
};
