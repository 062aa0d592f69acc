// From recorded layers to a network: finds what the outputs need, names it, writes the graph.

import { QuadlaneError } from '../errors.js';
import { dialectOf } from '../graph/dialect.js';
import type { GraphInput, Node } from '../graph/graph.js';
import { identity } from '../ops/elementwise/identity.js';
import type { Operators } from '../ops/operator.js';
import { checkOptions, numberIn } from '../options.js';
import { shown } from '../printable.js';
import { product } from '../shape.js';
import { Tensor } from '../tensor.js';
import type { NetworkLayer, NetworkParameter } from './description.js';
import { type Layer, type LayerIdentity, type Operand, type Parameter, type Step, Value } from './layer.js';
import { nameLayers, UniqueNames } from './naming.js';
import { Network } from './network.js';

/** Name of the open first axis. */
const BATCH = 'batch';

export type Values = Value | readonly Value[] | Readonly<Record<string, Value>>;

/** Names of the outputs that are given as `Given`: `output`, `output_0` and so on, or the keys of a record. */
export type OutputNames<Given extends Values> = Given extends Value | readonly [Value]
  ? 'output'
  : Given extends readonly [Value, ...Value[]]
    ? `output_${Extract<keyof Given, `${number}`>}`
    : Given extends readonly Value[]
      ? string
      : keyof Given & string;

export interface BuildOptions {
  /** Decides the first values of the parameters. Default: 0. */
  seed?: number;
}

/** Where a network begins and ends. */
export interface ModelEnds<Outputs extends Values = Values> extends BuildOptions {
  inputs: Values;
  outputs: Outputs;
}

/**
 * A network from values that layers were called on.
 * @param ends `inputs`: results of `input()`; `outputs`: what to compute. A record names them; one output alone is named
 * `output`, several in a list `output_0`, `output_1`, ...
 * @throws QuadlaneError `ARGUMENT` for names given twice, for ends that are no values, and for outputs that need an input
 * which isn't listed
 */
export function model<const Outputs extends Values>(ends: ModelEnds<Outputs>): Network<OutputNames<Outputs>> {
  checkOptions('model()', ends, ['inputs', 'outputs', 'seed']);
  const seed = numberIn('model(): seed', ends.seed ?? 0, { whole: true });
  const inputs = namedInputs(ends.inputs);
  const outputs = namedOutputs(ends.outputs);
  const steps = reachableSteps(outputs, inputs);
  const layers = nameLayers(new Set(steps.map((step) => step.call.layer)));
  const unique = new UniqueNames();
  for (const name of [...inputs.keys(), ...outputs.keys()]) {
    if (!unique.claim(name))
      throw new QuadlaneError('ARGUMENT', `two inputs or outputs are named "${name}": rename one`);
  }
  const parameters = new Map(
    [...layers].flatMap(([layer, name]) => layer.parameters.map((p) => [p, parameterOf(p, name)])),
  );
  for (const { name } of parameters.values()) {
    if (!unique.claim(name))
      throw new QuadlaneError('ARGUMENT', `two parameters would be named "${name}": rename a layer`);
  }
  const written = writeNodes(steps, layers, inputs, outputs, parameters, unique);
  const operators: Operators = Object.fromEntries(steps.map(({ operator }) => [operator.name, operator]));
  return new Network({
    dialect: dialectOf(
      { ...operators, identity },
      steps.flatMap(({ passes }) => passes),
    ),
    inputs: [...inputs].map(
      ([name, { type }]): GraphInput => ({ name, dtype: type.dtype, shape: [BATCH, ...type.shape.slice(1)] }),
    ),
    outputs: [...outputs.keys()] as OutputNames<Outputs>[],
    parameters: [...parameters.values()],
    seed,
    ...written,
  });
}

/**
 * A network of layers one behind the other.
 * @param layers the input, then layers
 */
export function sequential(layers: readonly [Value, ...Layer[]], options: BuildOptions = {}): Network<'output'> {
  const [first, ...rest] = Array.isArray(layers) ? (layers as typeof layers) : [];
  if (!(first instanceof Value)) {
    throw new QuadlaneError(
      'ARGUMENT',
      'sequential() begins with the input: sequential([input([28, 28, 1]), conv2d(...), ...])',
    );
  }
  checkOptions('sequential()', options, ['seed']);
  const outputs = rest.reduce<Value>((value, layer, index) => {
    const result = typeof layer === 'function' && layer(value);
    if (result instanceof Value) return result;
    throw new QuadlaneError(
      'ARGUMENT',
      `sequential() takes layers behind the input, as dense({ units: 10 }); entry ${index + 1} is ${
        result ? 'a function that gives no value: call it with its options' : shown(layer)
      }`,
    );
  }, first);
  return model({ inputs: first, outputs, ...options });
}

/** What `values` lists, by name; `nameOf` names those that no record does. */
function entriesOf(
  end: 'inputs' | 'outputs',
  values: Values,
  nameOf: (value: Value, index: number, count: number) => string,
): [name: string, value: Value][] {
  const list = values instanceof Value ? [values] : values;
  if (typeof list !== 'object' || list === null || Object.keys(list).length === 0) {
    const advice = typeof list === 'function' ? ': call the layer on a value, as in dense({ units: 10 })(x)' : '';
    throw new QuadlaneError(
      'ARGUMENT',
      `model(): ${end} must be a value, or a list or record of values; got ${shown(list)}${advice}`,
    );
  }
  if (!Array.isArray(list)) return Object.entries(list);
  return (list as readonly Value[]).map((value, index) => [nameOf(value, index, list.length), value]);
}

function namedOutputs(values: Values): Map<string, Value> {
  const outputs = entriesOf('outputs', values, (_, index, count) => (count === 1 ? 'output' : `output_${index}`));
  for (const [name, value] of outputs) {
    if (value instanceof Value) continue;
    throw new QuadlaneError(
      'ARGUMENT',
      `model(): outputs must be results of layers, as of dense({ units: 10 })(x); "${name}" is ${shown(value)}`,
    );
  }
  return new Map(outputs);
}

/** Inputs carry their own names; a record gives them others. */
function namedInputs(values: Values): Map<string, Value> {
  const entries = entriesOf('inputs', values, (value, index) => value?.name ?? `input_${index}`);
  const inputs = new Map<string, Value>();
  for (const [name, value] of entries) {
    if (!(value instanceof Value) || value.step || value.name === undefined) {
      throw new QuadlaneError('ARGUMENT', `model(): inputs must be results of input(); "${name}" isn't`);
    }
    if (inputs.has(name)) {
      throw new QuadlaneError(
        'ARGUMENT',
        `two inputs are named "${name}": name them, as in input([28, 28, 1], { name: 'image' })`,
      );
    }
    inputs.set(name, value);
  }
  return inputs;
}

/** All steps that `outputs` need, in the order in which they were recorded. */
function reachableSteps(outputs: ReadonlyMap<string, Value>, inputs: ReadonlyMap<string, Value>): Step[] {
  const given = new Set(inputs.values());
  const found = new Set<Step>();
  const pending: (Operand | undefined)[] = [...outputs.values()];
  for (let operand = pending.pop(); operand || pending.length > 0; operand = pending.pop()) {
    if (!(operand instanceof Value)) continue;
    if (!operand.step && !given.has(operand)) {
      throw new QuadlaneError(
        'ARGUMENT',
        `the outputs need the input "${operand.name}", which isn't among the model's inputs: list it`,
      );
    }
    if (!operand.step || found.has(operand.step)) continue;
    found.add(operand.step);
    pending.push(...operand.step.operands);
  }
  return [...found].sort((a, b) => a.order - b.order);
}

function parameterOf(parameter: Parameter, layer: string): NetworkParameter {
  const { role, shape, initializer, trainable } = parameter;
  return { name: `${layer}.${role}`, layer, shape, initializer, trainable };
}

/** The graph's nodes and constants, and what each layer's calls come to. */
function writeNodes(
  steps: readonly Step[],
  layers: ReadonlyMap<LayerIdentity, string>,
  inputs: ReadonlyMap<string, Value>,
  outputs: ReadonlyMap<string, Value>,
  parameters: ReadonlyMap<Parameter, NetworkParameter>,
  unique: UniqueNames,
): { nodes: Node[]; constants: Map<string, Tensor>; layers: NetworkLayer[] } {
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  const calls = new Map<
    Step['call'],
    { name: string; kind: string; nodes: string[]; parameters: number; output: string }
  >();
  const names = new Map<Step | Value, string>();
  for (const [name, value] of inputs) names.set(value, name);
  const aliases: [name: string, value: Value][] = [];
  for (const [name, value] of outputs) {
    if (!value.step || names.has(value.step)) aliases.push([name, value]);
    else names.set(value.step, name);
  }
  const nameOf = (operand: Operand, layer: string): string => {
    if (operand instanceof Value) return names.get(operand.step ?? operand)!;
    if (!(operand instanceof Tensor)) return parameters.get(operand)!.name;
    const name = unique.fresh(`${layer}/constant`);
    constants.set(name, operand);
    return name;
  };
  const last = new Map(steps.map((step) => [step.call, step]));
  const counted = new Set<Parameter>();
  for (const step of steps) {
    const { call } = step;
    const layer = layers.get(call.layer)!;
    const name = unique.fresh(last.get(call) === step ? layer : `${layer}/${step.operator.name}`);
    const output = names.get(step) ?? name;
    names.set(step, output);
    nodes.push({
      name,
      op: step.operator.name,
      inputs: step.operands.map((operand) => (operand ? nameOf(operand, layer) : '')),
      outputs: [output],
      attributes: step.attributes,
    });
    const entry = calls.get(call) ?? { name: layer, kind: call.layer.kind, nodes: [], parameters: 0, output };
    for (const parameter of call.layer.parameters) {
      if (!counted.has(parameter)) entry.parameters += product(parameter.shape);
      counted.add(parameter);
    }
    entry.nodes.push(name);
    entry.output = output;
    calls.set(call, entry);
  }
  for (const [name, value] of aliases) {
    nodes.push({ name, op: identity.name, inputs: [nameOf(value, name)], outputs: [name], attributes: {} });
  }
  return { nodes, constants, layers: [...calls.values()] };
}
