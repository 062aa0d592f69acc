// A network whose values and weights are rounded to what 8 bits stand for, in floats still: what is calibrated, trained and
// measured, before integers take the floats' place.

import { dialectOf, extendDialect } from '../graph/dialect.js';
import type { Graph, Node, TypedGraph } from '../graph/graph.js';
import { unary } from '../ops/elementwise/unary.js';
import { fakeQuantize } from '../ops/quantized/fakeQuantize.js';
import { tensor } from '../tensor.js';
import { correctedBias } from './correction.js';
import { dataInputs, type Placement } from './placement.js';
import { type Affine, weightScales } from './scales.js';

const dialect = /* @__PURE__ */ dialectOf({ fakeQuantize, unary });

export interface AnnotateOptions {
  /** How values are rounded, by their names. */
  readonly affines: ReadonlyMap<string, Affine>;
  readonly perChannel: boolean;
  /** Means of what layers read, where biases make up for the rounding of weights. */
  readonly means?: ReadonlyMap<string, Float64Array>;
  /**
   * Whether scales are to be trained: the parameters are their logarithms then. Steps of an optimizer are shares of a scale so,
   * whatever its size, and none leads below 0 (Jain et al., Trained Quantization Thresholds, 2020, section 3.2).
   */
  readonly trainable?: boolean;
}

/** The outputs keep their names; so do values that a node of `placement` writes, of which readers see the rounded ones. */
export function annotate(
  graph: TypedGraph,
  placement: Placement,
  { affines, perChannel, means, trainable }: AnnotateOptions,
): Graph {
  const { classes, layers } = placement;
  const constants = new Map(graph.constants);
  const nodes: Node[] = [];
  const taken = new Set([...graph.types.keys(), ...constants.keys()]);
  const fresh = (wish: string): string => {
    let name = wish;
    for (let i = 2; taken.has(name); i++) name = `${wish}_${i}`;
    taken.add(name);
    return name;
  };
  /** The name of the scale of `name`. */
  const scaled = (name: string, scales: Float32Array, shape: readonly number[]): string => {
    const factor = fresh(`${name}/scale`);
    if (!trainable) {
      constants.set(factor, tensor(scales, shape));
      return factor;
    }
    const logarithm = fresh(`${factor}/logarithm`);
    constants.set(logarithm, tensor(scales.map(Math.log), shape));
    nodes.push({ name: factor, op: 'unary', inputs: [logarithm], outputs: [factor], attributes: { operation: 'exp' } });
    return factor;
  };
  /** Rounded values, by what they are rounded from, where that has readers that see it as it is. */
  const rounded = new Map<string, string>();
  const round = (name: string, from: string, to: string): void => {
    const { scale, zero, dtype } = affines.get(name)!;
    const factor = scaled(name, Float32Array.of(scale), []);
    nodes.push({
      name: fresh(`${name}/rounded`),
      op: 'fakeQuantize',
      inputs: [from, factor],
      outputs: [to],
      attributes: { dtype, zero },
    });
  };
  const written = new Set([...placement.nodes].flatMap(({ outputs }) => outputs));
  const layerOf = new Map(layers.map((layer) => [layer.node, layer]));
  for (const node of graph.nodes) {
    const isInside = placement.nodes.has(node);
    const inputs = [...node.inputs];
    for (const index of isInside ? dataInputs(graph, node) : []) {
      const name = inputs[index];
      if (!classes.has(name) || written.has(name)) continue;
      let result = rounded.get(name);
      if (result === undefined) {
        result = fresh(`${name}/rounded`);
        round(name, name, result);
        rounded.set(name, result);
      }
      inputs[index] = result;
    }
    const layer = layerOf.get(node);
    if (layer) {
      const [input, weights, bias = ''] = node.inputs;
      const [values, offsets] = [constants.get(weights)!, constants.get(bias)];
      const { scale } = affines.get(input)!;
      const scales = weightScales(values, layer.axis, perChannel, offsets, scale);
      const factor = scaled(weights, scales, scales.length === 1 ? [] : [scales.length]);
      inputs[1] = fresh(`${weights}/rounded`);
      const attributes = { dtype: 'int8', zero: 0, ...(scales.length > 1 && { axis: layer.axis }) };
      nodes.push({ name: inputs[1], op: 'fakeQuantize', inputs: [weights, factor], outputs: [inputs[1]], attributes });
      const mean = means?.get(input);
      if (mean) {
        inputs[2] = fresh(bias || `${node.name}/bias`);
        constants.set(inputs[2], correctedBias(values, layer, scales, offsets, mean));
      }
    }
    const renamed = isInside
      ? node.outputs.map((name) => (classes.has(name) ? fresh(`${name}/exact`) : name))
      : node.outputs;
    nodes.push({ ...node, inputs, outputs: renamed });
    renamed.forEach((from, index) => {
      if (from !== node.outputs[index]) round(node.outputs[index], from, node.outputs[index]);
    });
  }
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs]);
  return {
    dialect: extendDialect(graph.dialect, dialect),
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes,
    constants: new Map([...constants].filter(([name]) => read.has(name))),
  };
}

/** Whether a graph has been annotated before, and perhaps trained since. */
export function isAnnotated({ nodes }: Pick<Graph, 'nodes'>): boolean {
  return nodes.some(({ op }) => op === 'fakeQuantize');
}
