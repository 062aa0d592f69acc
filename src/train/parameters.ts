// Which of a network's constants are trained, which are statistics, and which stay as they are.

import { QuadlaneError, theirs } from '../errors.js';
import { operatorOf } from '../graph/dialect.js';
import type { Graph, Node } from '../graph/graph.js';
import { shown } from '../printable.js';
import { isFloat, Tensor } from '../tensor.js';

/** What can be trained: a network of quadlane/layers or quadlane/zoo, or a loaded model. */
export interface Trainable<Output extends string = string> {
  readonly graph: Graph<Output>;
  /** What a network says of its parameters; a model's follow from the operators that read them. */
  readonly parameters?: readonly { readonly name: string; readonly trainable: boolean }[];
}

/** Names of parameters or of layers (`conv1` for `conv1.weight`), or a function of a parameter's name. */
export type Frozen = readonly string[] | ((name: string) => boolean);

export interface Roles {
  /** Trained by gradients. */
  readonly trained: ReadonlyMap<string, Tensor>;
  /** Running means and variances of batch norms that are trained. */
  readonly statistics: ReadonlyMap<string, Tensor>;
}

/**
 * Copies of the constants that training changes, by name; float16 and float64 become float32.
 * @throws QuadlaneError `ARGUMENT` when nothing is left to train, or `frozen` names what isn't there; `UNSUPPORTED` for
 * statistics that are no constants; what a function `frozen` throws, in the wrapping of `theirs`
 */
export function rolesOf({ graph, parameters }: Trainable, frozen: Frozen = []): Roles {
  const named = parameters?.filter(({ trainable }) => trainable).map(({ name }) => name) ?? parametersIn(graph);
  const isFrozen = namesIn('frozen', frozen, parameters?.map(({ name }) => name) ?? named);
  const copyOf = (name: string) => {
    const value = graph.constants.get(name);
    if (!value) {
      throw new QuadlaneError(
        'UNSUPPORTED',
        `"${name}" is the mean or variance that a norm with trained parameters has, but no constant: freeze the scale and shift of that norm`,
      );
    }
    return [name, new Tensor('float32', [...value.shape], value.toFloat32().slice())] as const;
  };
  const trained = new Map(
    named.filter((name) => graph.constants.has(name) && !theirs(() => isFrozen(name))).map(copyOf),
  );
  if (trained.size === 0) {
    throw new QuadlaneError('ARGUMENT', 'nothing is left to train: the network has no parameters that are not frozen');
  }
  const statistics = new Map(graph.nodes.flatMap((node) => trainedStatistics(graph, node, trained).map(copyOf)));
  return { trained, statistics };
}

/**
 * Names of the mean and the variance that a node normalises by, where training moves them; else none. Norms with frozen
 * parameters keep theirs.
 */
export function trainedStatistics(
  graph: Pick<Graph, 'dialect'>,
  node: Node,
  trained: ReadonlyMap<string, unknown>,
): readonly string[] {
  const { statisticsInputs = [], parameterInputs = [] } = operatorOf(graph, node);
  const isTrained = parameterInputs.some((index) => trained.has(node.inputs[index]));
  return isTrained && !node.attributes.training ? statisticsInputs.map((index) => node.inputs[index]) : [];
}

/**
 * Whether a parameter is among `chosen`.
 * @param option what the names were given as
 * @throws QuadlaneError `ARGUMENT` for a name that is none of `known`, nor a layer of theirs
 */
export function namesIn(option: string, chosen: Frozen, known: readonly string[]): (name: string) => boolean {
  if (typeof chosen === 'function') return chosen;
  if (!Array.isArray(chosen)) {
    throw new QuadlaneError(
      'ARGUMENT',
      `${option} must be a list of names, or a function of a name; got ${shown(chosen)}`,
    );
  }
  const covers = (one: string, name: string) => name === one || name.startsWith(`${one}.`);
  for (const one of chosen) {
    if (typeof one === 'string' && known.some((name) => covers(one, name))) continue;
    throw new QuadlaneError(
      'ARGUMENT',
      `${option}: there is no parameter or layer ${shown(one)}; the parameters are ${known.map((name) => `"${name}"`).join(', ')}`,
    );
  }
  return (name) => chosen.some((one) => covers(one, name));
}

/** The constants of floats that operators read as parameters: directly, cast, moved, reshaped or as logarithms, or as a bias that is added. */
function parametersIn(graph: Graph): string[] {
  const writers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const found = new Set<string>();
  const take = (name: string): void => {
    const constant = graph.constants.get(name);
    if (constant && isFloat(constant.dtype)) found.add(name);
    const writer = writers.get(name);
    if (!writer) return;
    const { reshapes, reorders, outputType } = operatorOf(graph, writer);
    const isCast = outputType?.(writer.attributes, []) === 'float32' && writer.inputs.length > 0;
    const isPower = writer.op === 'unary' && writer.attributes.operation === 'exp';
    if (reshapes || reorders || isCast || isPower) take(writer.inputs[0]);
  };
  for (const node of graph.nodes) {
    for (const place of operatorOf(graph, node).parameterInputs ?? []) if (node.inputs[place]) take(node.inputs[place]);
    const sums = node.op === 'binary' && node.attributes.operation === 'add';
    const fromLayer = node.inputs.some((name) => {
      const writer = writers.get(name);
      return writer && operatorOf(graph, writer).outputScaling;
    });
    // A single number is arithmetic of an activation rather than a bias.
    if (sums && fromLayer) for (const name of node.inputs) if ((graph.constants.get(name)?.size ?? 0) > 1) take(name);
  }
  return [...found];
}
