// Functions that a model brings along, in the places of their calls.

import { QuadlaneError } from '../../errors.js';
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto } from './proto.js';

/** Functions within functions. */
const MOST_NESTED = 64;
/** Nodes that calls come to: as many as can be planned. */
const MOST_NODES = 2 ** 16;

/**
 * `model` without calls of its own functions: their nodes stand there instead, in the operator sets that the functions name.
 * @throws QuadlaneError `FORMAT` for functions that call themselves, `LIMIT` for too many nodes
 */
export function inlineFunctions(model: ModelProto): ModelProto {
  const { graph, functions } = model;
  if (!graph || functions.length === 0) return model;
  const known = new Map(functions.map((own) => [keyOf(own.domain, own.name, own.overload), own]));
  const inliner = new Inliner(known);
  return { ...model, graph: { ...graph, nodes: inliner.expand(graph.nodes, 0) } };
}

function keyOf(...parts: string[]): string {
  return parts.join('\n');
}

class Inliner {
  private calls = 0;
  private nodes = 0;

  constructor(private readonly functions: ReadonlyMap<string, FunctionProto>) {}

  expand(nodes: readonly NodeProto[], depth: number): NodeProto[] {
    return nodes.flatMap((node) => {
      const own = this.functions.get(keyOf(node.domain, node.opType, node.overload));
      if (own) return this.call(node, own, depth);
      if (++this.nodes > MOST_NODES)
        throw new QuadlaneError('LIMIT', `the model's functions come to more than ${MOST_NODES} nodes`);
      const attributes = [...node.attributes].map(([name, attribute]): [string, AttributeProto] => [
        name,
        {
          ...attribute,
          graphs: attribute.graphs.map((graph) => ({ ...graph, nodes: this.expand(graph.nodes, depth) })),
        },
      ]);
      return [{ ...node, attributes: new Map(attributes) }];
    });
  }

  private call(node: NodeProto, own: FunctionProto, depth: number): NodeProto[] {
    if (depth === MOST_NESTED) {
      throw new QuadlaneError(
        'FORMAT',
        `the ONNX file's function "${own.name}" calls itself, or others do ${MOST_NESTED} deep; export it again`,
      );
    }
    const prefix = `${node.name || `${own.name}_call`}_${this.calls++}`;
    const values = new Map<string, string>([['', '']]);
    own.inputs.forEach((name, index) => {
      values.set(name, node.inputs[index] ?? '');
    });
    own.outputs.forEach((name, index) => {
      const wanted = node.outputs[index];
      if (!wanted) return;
      // An input that is given back has a name already.
      if (!values.has(name)) values.set(name, wanted);
    });
    const scope: Scope = {
      prefix,
      opset: own.opsets.get(''),
      value: (name) => values.get(name) ?? `${prefix}/${name}`,
      attribute: (name) => node.attributes.get(name) ?? own.defaults.get(name),
    };
    const given = own.outputs.flatMap((name, index): NodeProto[] => {
      const wanted = node.outputs[index];
      const from = scope.value(name);
      return wanted && from !== wanted ? [{ ...identity, inputs: [from], outputs: [wanted] }] : [];
    });
    return [
      ...this.expand(
        own.nodes.map((inner) => placed(inner, scope)),
        depth + 1,
      ),
      ...given,
    ];
  }
}

const identity: NodeProto = {
  name: '',
  opType: 'Identity',
  domain: '',
  overload: '',
  inputs: [],
  outputs: [],
  attributes: new Map(),
};

/** What names inside a function mean where it is called. */
interface Scope {
  readonly prefix: string;
  readonly opset: number | undefined;
  value(name: string): string;
  attribute(name: string): AttributeProto | undefined;
}

function placed(node: NodeProto, scope: Scope): NodeProto {
  const attributes = new Map<string, AttributeProto>();
  for (const [name, stored] of node.attributes) {
    const attribute = stored.reference === undefined ? stored : scope.attribute(stored.reference);
    // What neither the call nor the function says is left out.
    if (!attribute) continue;
    const graphs =
      stored.reference === undefined ? attribute.graphs.map((graph) => placedGraph(graph, scope)) : attribute.graphs;
    attributes.set(name, { ...attribute, name, graphs });
  }
  return {
    ...node,
    name: `${scope.prefix}/${node.name || node.opType}`,
    opset: scope.opset ?? node.opset,
    inputs: node.inputs.map(scope.value),
    outputs: node.outputs.map(scope.value),
    attributes,
  };
}

function placedGraph(graph: GraphProto, scope: Scope): GraphProto {
  const named = <T extends { name: string }>(list: readonly T[]) =>
    list.map((one) => ({ ...one, name: scope.value(one.name) }));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => placed(node, scope)),
    initializers: named(graph.initializers),
    inputs: named(graph.inputs),
    outputs: named(graph.outputs),
    valueInfo: named(graph.valueInfo),
  };
}
