// Moves changes of layout toward the outputs until they meet their opposites: a model whose interface is channels
// first computes channels last throughout, and what is left of the transposes stands at its edges.

import { transpose } from '../../ops/layout/transpose.js';
import { invertPermutation, permuteShape, product } from '../../shape.js';
import { GraphBuilder, inferNode } from '../builder.js';
import { operatorOf } from '../dialect.js';
import type { Node, Pass, TypedGraph } from '../graph.js';
import { reshapeBefore } from './reshapes.js';

/** For front ends whose graphs have channels first, or change layouts for other reasons. */
export const transposes: readonly Pass[] = [
  { name: 'transposes', apply: (graph) => sinkTransposes(graph), writes: { transpose } },
  { name: 'trivial transposes', apply: reshapeTrivialTransposes },
];

/** @param stays nodes that no transpose moves past */
export function sinkTransposes(graph: TypedGraph, stays: (node: Node) => boolean = () => false): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    if (node.op === 'transpose') mergeTranspose(builder, node);
    else if (stays(node) || !(sink(builder, node) || sinkIntoReshape(builder, node))) builder.push(node);
  }
  return builder.finish();
}

/** The transpose that writes `name`, if one does. */
function transposeBefore(
  builder: GraphBuilder,
  name: string,
): { input: string; permutation: readonly number[] } | undefined {
  const producer = builder.producer(builder.resolve(name));
  if (producer?.op !== 'transpose') return undefined;
  return { input: producer.inputs[0], permutation: producer.attributes.permutation as readonly number[] };
}

/** Two transposes in a row are one, or none. */
function mergeTranspose(builder: GraphBuilder, node: Node): void {
  const before = transposeBefore(builder, node.inputs[0]);
  const own = node.attributes.permutation as readonly number[];
  if (!before) {
    builder.push(node);
    return;
  }
  const permutation = permuteShape(before.permutation, own);
  if (isIdentity(permutation)) builder.replace(node.outputs[0], before.input);
  else builder.push({ ...node, inputs: [before.input], attributes: { permutation } });
}

/** Reshapes what the input of `node` is a transpose of, and transposes the result; false where that can't be. */
function sinkIntoReshape(builder: GraphBuilder, node: Node): boolean {
  if (node.op !== 'reshape') return false;
  const name = builder.resolve(node.inputs[0]);
  const before = transposeBefore(builder, name);
  const from = builder.typeOf(name).shape;
  const [{ shape: to }] = inferNode(builder, { ...node, inputs: [name] }, [builder.typeOf(name)]);
  const moved = before && reshapeBefore(from, to, before.permutation);
  if (!moved) return false;
  const { within, shape, permutation } = moved;
  const source = within
    ? builder.apply('transpose', [before.input], { permutation: within }, `${node.name}/within`)
    : before.input;
  const result = builder.apply('reshape', [source], { shape, allowZero: true }, `${node.name}/reshape`);
  if (isIdentity(permutation)) builder.replace(node.outputs[0], result);
  else builder.push({ ...node, op: 'transpose', inputs: [result], attributes: { permutation } });
  return true;
}

function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, position) => axis === position);
}

/** Applies `node` to what its inputs are transposes of, and transposes the result; false where that doesn't pay. */
function sink(builder: GraphBuilder, node: Node): boolean {
  const { permute, residualInput } = operatorOf(builder, node);
  if (!permute || residualInput !== undefined || node.outputs.length !== 1) return false;
  const names = node.inputs.map((name) => builder.resolve(name));
  const sources = names.map((name) => transposeBefore(builder, name));
  const permutation = sources.find((source) => source)?.permutation;
  if (!permutation) return false;

  const matches = (index: number) => sources[index]?.permutation.join() === permutation.join();
  let moved = 0;
  for (const [index, name] of names.entries()) {
    const type = builder.types.get(name);
    if (!type) continue;
    if (type.shape.length > permutation.length) return false;
    const size = builder.constants.has(name) ? 0 : product(type.shape);
    moved += matches(index) ? -size : size;
  }
  if (moved >= 0) return false;

  const inverse = invertPermutation(permutation);
  const attributes = permute(node.attributes, inverse);
  if (!attributes) return false;
  const inputs = names.map((name, index) => {
    if (name === '') return '';
    return matches(index) ? sources[index]!.input : transposed(builder, name, inverse);
  });
  const result = builder.apply(node.op, inputs, attributes, `${node.name}/${node.op}`);
  builder.push({ ...node, op: 'transpose', inputs: [result], attributes: { permutation } });
  return true;
}

/** `name` with the axes of `permutation`; one of lower rank, which broadcasts, gets leading axes first. */
function transposed(builder: GraphBuilder, name: string, permutation: readonly number[]): string {
  const { shape } = builder.typeOf(name);
  const missing = permutation.length - shape.length;
  if (shape.every((extent) => extent === 1) && missing > 0) return name;
  const full = [...new Array<number>(missing).fill(1), ...shape];
  const wide = missing === 0 ? name : builder.apply('reshape', [name], { shape: full }, `${name}/wide`);
  return builder.apply('transpose', [wide], { permutation }, `${name}/moved`);
}

/** Transposes that only move axes of one element are reshapes. */
export function reshapeTrivialTransposes(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const shape = graph.types.get(node.inputs[0])?.shape ?? [];
    const permutation = (node.attributes.permutation ?? []) as readonly number[];
    const moved = permutation.filter((axis) => shape[axis] !== 1);
    const trivial = node.op === 'transpose' && moved.every((axis, i) => i === 0 || moved[i - 1] < axis);
    const attributes = { shape: permuteShape(shape, permutation), allowZero: true };
    builder.push(trivial ? { ...node, op: 'reshape', attributes } : node);
  }
  return builder.finish();
}
