// A network as the quantizer works on it: batch norms and arithmetic on channels folded into filters, nothing fused, weights
// at hand. It computes the same, for all sizes that the network leaves open.

import { apart } from '../graph/apart.js';
import { GraphBuilder } from '../graph/builder.js';
import { operatorOf } from '../graph/dialect.js';
import type { Folding, Graph, Node, TypedGraph } from '../graph/graph.js';
import { composition } from '../graph/passes/composites.js';
import { foldPadding } from '../graph/passes/padding.js';
import { foldScales } from '../graph/passes/scales.js';
import { sinkTransposes } from '../graph/passes/transposes.js';
import { bake, specialize } from '../graph/specialize.js';
import { sameShape } from '../shape.js';
import type { Tensor, TensorType } from '../tensor.js';

/**
 * @param types of the network's inputs, those of a run; what comes back isn't bound to them, its types are those of that run
 * @param values of the inputs that decide shapes
 * @throws QuadlaneError as planning for such inputs
 */
export function prepare(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
  folding: Folding,
  values: ReadonlyMap<string, Tensor>,
): TypedGraph {
  const known = following(graph);
  const made = [...known].flatMap(({ outputs }) => outputs).filter((name) => name !== '');
  const { types: all, constants } = specialize(
    { ...graph, outputs: [...graph.outputs, ...made] },
    types,
    values,
    folding,
  );
  const nodes = graph.nodes.filter((node) => !known.has(node));
  const fixed = made.map((name) => [name, constants.get(name)!] as const);
  const parts = unfused({ ...graph, nodes, constants: new Map([...graph.constants, ...fixed]), types: all });
  const plain = sinkTransposes(normsApart(parts), (node) => decidesShapes(parts, node));
  return constantsFolded(foldScales(constantsFolded(foldPadding(plain), folding)), folding);
}

/** Whether the node's result has a shape that is written down for the run at hand. */
function decidesShapes(graph: TypedGraph, node: Node): boolean {
  const { reshapes, shapeInputs = [] } = operatorOf(graph, node);
  return reshapes === true || shapeInputs.some((index) => node.inputs[index]);
}

/** Nodes that follow from the network's constants alone. */
function following(graph: Graph): Set<Node> {
  const constants = new Set(graph.constants.keys());
  return new Set(
    graph.nodes.filter(({ inputs, outputs }) => {
      const follows = inputs.length > 0 && inputs.every((name) => name === '' || constants.has(name));
      if (follows) for (const name of outputs) constants.add(name);
      return follows;
    }),
  );
}

/** Activations and residuals as nodes of their own, and no nodes that pass on what they are given. */
function unfused(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const given of graph.nodes) {
    const node = withKnownShapes(given, builder);
    const { isIdentity } = operatorOf(graph, node);
    const [from, to] = [builder.types.get(builder.resolve(node.inputs[0] ?? '')), graph.types.get(node.outputs[0])];
    const keepsShape = from && to && from.dtype === to.dtype && sameShape(from.shape, to.shape);
    if (keepsShape && !decidesShapes(graph, node) && isIdentity?.(node.attributes, node.inputs.length)) {
      builder.replace(node.outputs[0], node.inputs[0]);
      continue;
    }
    for (const part of apart(graph, node)) {
      // A part has the type of the whole.
      builder.push(part, part === node ? typesOf(graph, node) : [typesOf(graph, node)[0]]);
    }
  }
  return builder.finish();
}

/** The node with the constants that decide shapes as attributes, but for a reshape's, which hold for one run. */
function withKnownShapes(node: Node, builder: GraphBuilder): Node {
  const { shapeInputs = [], typeInputs, reshapes } = operatorOf(builder, node);
  const given = shapeInputs.filter((index) => node.inputs[index]);
  const isKnown =
    given.length > 0 && given.every((index) => builder.constants.has(builder.resolve(node.inputs[index])));
  return isKnown && !typeInputs && !reshapes ? bake(node, builder) : node;
}

function typesOf(graph: TypedGraph, { outputs }: Node): TensorType[] {
  return outputs.map((name) => graph.types.get(name)!);
}

/** Batch norms as arithmetic on channels. */
function normsApart(graph: TypedGraph): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const { statisticsInputs, compose } = operatorOf(graph, node);
    if (!statisticsInputs || !compose || node.attributes.training) {
      builder.push(node, typesOf(graph, node));
      continue;
    }
    const inputs = node.inputs.map((name) => builder.resolve(name));
    builder.replace(node.outputs[0], compose(composition(builder, node.name), inputs, node.attributes)[0]);
  }
  return builder.finish();
}

function constantsFolded(graph: TypedGraph, folding: Folding): TypedGraph {
  const builder = new GraphBuilder(graph);
  for (const node of graph.nodes) {
    const values = node.inputs.map((name) => builder.constants.get(builder.resolve(name)));
    const isKnown = node.inputs.length > 0 && node.inputs.every((name, index) => name === '' || values[index]);
    const outputs = typesOf(graph, node);
    const folded = isKnown ? folding.fold(node, values, values, outputs) : undefined;
    if (folded) {
      node.outputs.forEach((name, index) => {
        builder.define(name, folded[index]);
      });
    } else builder.push(node, outputs);
  }
  return builder.finish();
}
