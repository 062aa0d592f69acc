// A network -> the bytes of an ONNX file with channels first, as other programs expect them.

import { QuadlaneError } from '../../errors.js';
import { operatorOf } from '../../graph/dialect.js';
import type { Graph, Node } from '../../graph/graph.js';
import type { Attributes, PartialShape } from '../../ops/operator.js';
import { invertPermutation, permuteShape } from '../../shape.js';
import { Tensor } from '../../tensor.js';
import { encodeModel, type OnnxType } from './encode.js';
import { ExportContext, NoEquivalent } from './export-context.js';
import { ExportGraph } from './export-graph.js';
import { exporters } from './exporters.js';
import { channelsLast } from './layout.js';
import { withCasts } from './with-casts.js';

const OPERATOR_SET = 18;
const MOST_LISTED = 30;

/**
 * Writes an ONNX file (operator set 18, or a later one where a node needs it).
 * @param outputs type of each graph output, in order, as far as they are known
 * @throws QuadlaneError `UNSUPPORTED` listing everything that ONNX has no equivalent for, `LIMIT` for weights beyond 2 GB
 */
export function writeOnnx(graph: Graph, outputs: readonly (OnnxType | undefined)[]): Uint8Array {
  const { nodes: explicit, types } = withCasts(graph);
  const target = new ExportGraph(graph, explicit, types, OPERATOR_SET);
  const complaints: string[] = [];
  for (const node of explicit) {
    try {
      exportNode(node, target);
    } catch (error) {
      if (error instanceof QuadlaneError) {
        throw error.at(
          node.name,
          node.op,
          node.inputs.map((name) => knownShape(target.shapeOf(name))),
        );
      }
      if (!(error instanceof NoEquivalent)) throw error;
      complaints.push(`  ${node.op} "${node.name}": ${error.message}`);
    }
  }
  if (complaints.length > 0) {
    const more = complaints.length - MOST_LISTED;
    if (more > 0) complaints.splice(MOST_LISTED, more, `  and ${more} more`);
    throw new QuadlaneError(
      'UNSUPPORTED',
      `ONNX has no equivalent for these nodes; save the model with model.save() instead:`,
      { lines: complaints },
    );
  }
  const { nodes, initializers } = target.finish(graph.outputs);
  return encodeModel({
    opset: target.operatorSet,
    nodes,
    initializers,
    metadata: graph.metadata,
    inputs: graph.inputs.map(({ name, dtype, shape }) => ({ name, type: { dtype, shape } })),
    outputs: graph.outputs.map((name, index) => {
      const type = outputs[index];
      return type && target.shapeOf(name)?.length === type.shape.length ? { name, type } : { name };
    }),
  });
}

function exportNode(node: Node, target: ExportGraph): void {
  const exporter = exporters[node.op];
  const onlyPlaces = node.op === 'identity' || node.op === 'transpose';
  if (!exporter && !onlyPlaces) throw new NoEquivalent('there is no such operator');
  target.infer(node);
  if (node.op === 'identity') {
    const { source, permutation } = target.placeOf(node.inputs[0]);
    target.put(node.outputs[0], source, permutation);
  } else if (node.op === 'transpose') {
    transpose(node, target);
  } else if (!channelsFirstThroughout(node, target, exporter)) {
    exporter(new ExportContext(node, target));
  }
}

/** Moves no elements: says where the result is, so that opposite changes of layout cancel. */
function transpose(node: Node, target: ExportGraph): void {
  const [input, output] = [node.inputs[0], node.outputs[0]];
  const { source, permutation } = target.placeOf(input);
  const rank = permutation?.length ?? target.shapeOf(input)?.length;
  const own =
    (node.attributes.permutation as readonly number[] | undefined) ?? (rank === undefined ? undefined : reversed(rank));
  if (own && !isPermutation(own, rank)) {
    throw new ExportContext(node, target).wrong('permutation', `each of its input's axes once`, own);
  }
  if (own) target.put(output, source, permutation ? permuteShape(permutation, own) : own);
  else target.put(output, target.node('Transpose', [source], {}, node.name)[0]);
}

function isPermutation(axes: readonly number[], rank = axes.length): boolean {
  return axes.length === rank && axes.every((_, axis) => axes.includes(axis));
}

/** The shape where all of it is known. */
function knownShape(shape: PartialShape | undefined): number[] | undefined {
  return shape?.every((extent) => extent !== undefined) ? (shape as number[]) : undefined;
}

function reversed(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

/**
 * Where the inputs come from channels-last operators and the node can work on another order of axes, it works on what
 * those operators give in ONNX: channels first.
 * @returns false where that isn't so
 */
function channelsFirstThroughout(node: Node, target: ExportGraph, exporter: (context: ExportContext) => void): boolean {
  const { permute, shapeInputs } = operatorOf(target, node);
  if (!permute || shapeInputs?.some((index) => node.inputs[index])) return false;
  const values = node.inputs.filter((name) => name && !target.constants.has(name));
  const permutation = values.map((name) => target.placeOf(name).permutation).find((other) => other);
  if (!permutation || permutation.join() !== channelsLast(permutation.length).join()) return false;
  const inverse = invertPermutation(permutation);
  const ranks = node.inputs.map((name) => target.constants.get(name)?.shape.length ?? 0);
  const fits =
    values.every((name) => target.shapeOf(name)?.length === permutation.length) &&
    Math.max(...ranks) <= permutation.length;
  const moved = values.filter((name) => target.placeOf(name).permutation?.join() === permutation.join()).length;
  const attributes: Attributes | undefined =
    fits && 2 * moved >= values.length ? permute(node.attributes, inverse) : undefined;
  if (!attributes) return false;
  const inputs = node.inputs.map((name) => (name ? arranged(name, inverse, target) : ''));
  const outputs = node.outputs.map((name) => (name ? target.freshName(`${name}/channelsFirst`) : ''));
  exporter(new ExportContext({ ...node, inputs, outputs, attributes }, target, node));
  node.outputs.forEach((name, index) => {
    if (name) target.put(name, target.place(outputs[index]), permutation);
  });
  return true;
}

/** A value of the network that is the transpose of `name`; constants of lower rank get leading axes first. */
function arranged(name: string, permutation: readonly number[], target: ExportGraph): string {
  const constant = target.constants.get(name);
  if (!constant) return target.place(name, permutation);
  if (constant.shape.every((extent) => extent === 1) && constant.shape.length < permutation.length) return name;
  const missing = permutation.length - constant.shape.length;
  const wide = [...new Array<number>(missing).fill(1), ...constant.shape];
  if (missing === 0) return target.place(name, permutation);
  return target.place(target.constant(new Tensor(constant.dtype, wide, constant.data), `${name}/wide`), permutation);
}
