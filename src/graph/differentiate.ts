// Reverse-mode differentiation as a transformation of graphs: behind the nodes that compute a scalar come those that
// compute its gradients, ordinary operators all of them, for the passes and the planner to treat as any others.

import { QuadlaneError } from '../errors.js';
import type { Differentiation } from '../ops/operator.js';
import { tensor } from '../tensor.js';
import { apart } from './apart.js';
import { GraphBuilder, locate } from './builder.js';
import { operatorOf } from './dialect.js';
import type { Folding, Node, PassName, TypedGraph } from './graph.js';
import { composition, expandNodes } from './passes/composites.js';
import { applyPasses, optionalPasses } from './passes/index.js';

/** Passes that take apart and simplify. Those that fold and fuse come after differentiation: few of their results have rules. */
const simplifying: readonly PassName[] = ['identities', 'constants', 'transposes', 'trivial transposes'];

/** `graph` as `differentiate` takes it: without composites, constants folded. */
export function simplify(graph: TypedGraph, folding: Folding): TypedGraph {
  const others = new Set(optionalPasses);
  for (const name of simplifying) others.delete(name);
  return applyPasses(graph, folding, others);
}

/**
 * `graph` with further outputs: the gradients of `loss` (a float32 value of one element) with respect to the values
 * `wanted`, in that order and of their shapes; zeros where the loss doesn't depend on one.
 * @param simplified what `simplify` gives
 * @throws QuadlaneError `UNSUPPORTED` naming every node through which no gradient can be taken
 */
export function differentiate(simplified: TypedGraph, loss: string, wanted: readonly string[]): TypedGraph {
  const graph = unroll(simplified, wanted);
  const outputs = [...graph.outputs];
  const builder = new GraphBuilder({ ...graph, outputs });
  for (const node of graph.nodes) for (const part of apart(builder, node)) builder.push(part);
  const forward = [...builder.nodes];
  const gradients = new Gradients(builder);
  const moving = dependents(forward, wanted);
  gradients.add(loss, builder.constant(tensor(Float32Array.of(1), graph.types.get(loss)!.shape), `${loss}/gradient`));
  const missing: Node[] = [];
  for (const node of forward.reverse()) {
    if (!node.inputs.some((name) => moving.has(name)) || !node.outputs.some((name) => gradients.has(name))) continue;
    const rule = operatorOf(builder, node).gradient;
    if (typeof rule !== 'function') {
      missing.push(node);
      continue;
    }
    const types = node.inputs.map((name) => builder.types.get(name));
    const found = locate(node, types, () => rule(gradients.context(node, moving)));
    node.inputs.forEach((name, index) => {
      const gradient = found[index];
      if (gradient !== undefined && moving.has(name)) gradients.add(name, gradient);
    });
  }
  if (missing.length > 0) throw noRule(missing, builder);
  for (const name of wanted) outputs.push(gradients.of(name));
  return builder.finish();
}

/** Writes operators out that have gradients only then, where a gradient comes through them. */
function unroll(graph: TypedGraph, wanted: readonly string[]): TypedGraph {
  const rules = graph.nodes.map((node) => operatorOf(graph, node).unroll);
  if (!rules.some((rule) => rule)) return graph;
  const moving = dependents(graph.nodes, wanted);
  return expandNodes(graph, (node) =>
    node.inputs.some((name) => moving.has(name)) ? operatorOf(graph, node).unroll : undefined,
  );
}

function noRule(nodes: readonly Node[], builder: GraphBuilder): QuadlaneError {
  const [first] = nodes;
  const list = nodes.map((node) => {
    const { gradient: reason } = operatorOf(builder, node);
    return `${node.op} "${node.name}"${reason ? ` (its result ${reason})` : ''}`;
  });
  return new QuadlaneError(
    'UNSUPPORTED',
    `no gradient can be taken through ${list.join(', ')}: freeze the layers before, or use other operators`,
    { node: first.name, operator: first.op, shapes: first.inputs.map((name) => builder.types.get(name)?.shape) },
  );
}

/** The float32 values that depend on one of `values`, and these. */
function dependents(nodes: readonly Node[], values: readonly string[]): Set<string> {
  const found = new Set(values);
  for (const node of nodes) {
    if (node.inputs.some((name) => found.has(name))) for (const name of node.outputs) if (name !== '') found.add(name);
  }
  return found;
}

/** Gradients of values, by name: added up as they come. */
class Gradients {
  private readonly known = new Map<string, string>();

  constructor(private readonly builder: GraphBuilder) {}

  has(name: string): boolean {
    return this.known.has(name);
  }

  /** The gradient of `name`: zeros where nothing flowed to it. */
  of(name: string): string {
    const { shape } = this.builder.typeOf(name);
    return this.known.get(name) ?? this.builder.apply('constantOfShape', [], { shape, value: 0 }, `${name}/gradient`);
  }

  add(name: string, gradient: string): void {
    const before = this.known.get(name);
    const operands = before === undefined ? [] : [before, gradient];
    const sum =
      before === undefined
        ? gradient
        : this.builder.apply('binary', operands, { operation: 'add' }, `${name}/gradient`);
    this.known.set(name, sum);
  }

  /** What a rule for `node` works with. */
  context(node: Node, moving: ReadonlySet<string>): Differentiation {
    const { builder } = this;
    let placed = node;
    const build = composition(builder, `${node.name}/gradient`);
    const output = (index = 0): string => {
      const known = placed.outputs[index];
      if (known) return known;
      const length = Math.max(placed.outputs.length, index + 1);
      const outputs = Array.from({ length }, (_, at) => placed.outputs[at] ?? '');
      outputs[index] = builder.fresh(`${node.name}/output ${index}`);
      placed = exchange(builder, placed, { ...placed, outputs });
      return outputs[index];
    };
    return {
      ...build,
      inputs: node.inputs,
      outputs: node.outputs,
      attributes: node.attributes,
      output,
      gradient: (index = 0) => this.of(output(index)),
      wants: (index) => moving.has(node.inputs[index] ?? ''),
    };
  }
}

/** Puts `other`, which has the same inputs, in the place of `node`. */
function exchange(builder: GraphBuilder, node: Node, other: Node): Node {
  const [, ...after] = builder.nodes.splice(builder.nodes.lastIndexOf(node));
  const placed = builder.push(other);
  builder.nodes.push(...after);
  return placed;
}
