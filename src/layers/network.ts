// A built network: the graph as plain data, and its parameters by name. Compiled, it becomes a Model.

import { QuadlaneError } from '../errors.js';
import type { Graph, GraphInput } from '../graph/graph.js';
import { present } from '../inspection.js';
import { checkOptions, flag } from '../options.js';
import { shown } from '../printable.js';
import { formatShape, product, sameShape } from '../shape.js';
import { kindOf, type Tensor } from '../tensor.js';
import type { NetworkDescription, NetworkLayer, NetworkParameter } from './description.js';
import { initialize } from './initializers.js';
import { summarizeNetwork } from './summary.js';

/** Tensors by name, as checkpoints hold them. */
export type Weights = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

export interface LoadWeightsOptions {
  /** `false`: parameters that `weights` lacks keep their values, and others in it are passed over. Default: true. */
  strict?: boolean;
  /** Layers (`fc`) or parameters (`fc.weight`) that keep their first values, whatever `weights` has for them: a new head. */
  except?: readonly string[];
}

/** What didn't match when weights were loaded. */
export interface WeightsReport {
  /** Parameters that weren't given. */
  readonly missing: readonly string[];
  /** Names given that are no parameters. */
  readonly unexpected: readonly string[];
}

/** Most names in an error, of each kind. */
const MOST_LISTED = 20;

/** A network: inputs, layers and parameters, and outputs of known names. Values are made when they are first asked for. */
export class Network<Output extends string = string> {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'Network';

  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly Output[];
  readonly layers: readonly NetworkLayer[];
  readonly parameters: readonly NetworkParameter[];
  private readonly values = new Map<string, Tensor>();

  /** Use `model` or `sequential`. */
  constructor(private readonly description: NetworkDescription<Output>) {
    present(this);
    this.inputs = description.inputs;
    this.outputs = description.outputs;
    this.layers = description.layers;
    this.parameters = description.parameters;
  }

  /** Number of trainable parameters: what papers and model tables count. */
  get parameterCount(): number {
    return this.parameters.reduce((sum, { shape, trainable }) => sum + (trainable ? product(shape) : 0), 0);
  }

  /** The parameters' values by name, in order: loaded ones, and first values for the rest. */
  get weights(): ReadonlyMap<string, Tensor> {
    const { seed } = this.description;
    for (const { name, shape, initializer } of this.parameters) {
      if (!this.values.has(name)) this.values.set(name, initialize(initializer, shape, name, seed));
    }
    return new Map(this.parameters.map(({ name }) => [name, this.values.get(name)!]));
  }

  /** The network as plain data, its weights among the constants. */
  get graph(): Graph<Output> {
    const { dialect, inputs, outputs, nodes, constants } = this.description;
    return { dialect, inputs, outputs, nodes, constants: new Map([...constants, ...this.weights]) };
  }

  /**
   * Takes parameters from a checkpoint, by name; the tensors are used as they are, not copied. PyTorch's
   * `num_batches_tracked` counters are passed over.
   * @returns what was missing and what was unexpected
   * @throws QuadlaneError `ARGUMENT` listing all names that are missing, unexpected (unless `strict` is false) or of
   * another shape or type, or that `except` names in vain; nothing is loaded then
   */
  load(weights: Weights, options: LoadWeightsOptions = {}): WeightsReport {
    const { strict = true, except = [] } = checkOptions('load()', options, ['strict', 'except']);
    flag('strict', strict);
    if (!Array.isArray(except) || !except.every((one) => typeof one === 'string')) {
      throw new QuadlaneError('ARGUMENT', `except must be a list of names, as ['fc']; got ${shown(except)}`);
    }
    if (typeof weights !== 'object' || weights === null) {
      throw new QuadlaneError('ARGUMENT', `load() takes a map or a record of tensors by name; got ${shown(weights)}`);
    }
    const isLoaded = (name: string) => !except.some((one) => name === one || name.startsWith(`${one}.`));
    const unknown = except.find((one) =>
      this.parameters.every(({ name }) => name !== one && !name.startsWith(`${one}.`)),
    );
    if (unknown !== undefined) {
      throw new QuadlaneError('ARGUMENT', `except: the network has no layer or parameter "${unknown}"`);
    }
    const all =
      kindOf(weights) === 'Map'
        ? [...(weights as ReadonlyMap<string, Tensor>)]
        : Object.entries(weights as Record<string, Tensor>);
    const given = new Map(all.filter(([name]) => isLoaded(name)));
    const wanted = this.parameters.filter(({ name }) => isLoaded(name));
    const expected = new Map(wanted.map((parameter) => [parameter.name, parameter]));
    const missing = [...expected.keys()].filter((name) => !given.has(name));
    const unexpected = [...given.keys()].filter((name) => !expected.has(name) && !name.endsWith('num_batches_tracked'));
    const misfits = [...given].flatMap(([name, tensor]) => {
      const parameter = expected.get(name);
      if (parameter && !Array.isArray(tensor?.shape)) return [`${name} is no tensor, but ${shown(tensor)}`];
      if (!parameter || (sameShape(parameter.shape, tensor.shape) && tensor.dtype === 'float32')) return [];
      return [
        `${name} is ${tensor.dtype} ${formatShape(tensor.shape)} instead of float32 ${formatShape(parameter.shape)}`,
      ];
    });
    const complaints = [
      ...listed('of another type', misfits),
      ...(strict ? [...listed('missing', missing), ...listed('unexpected', unexpected)] : []),
    ];
    if (complaints.length > 0) {
      const advice = strict && misfits.length === 0 ? ', or pass { strict: false } to load what fits' : '';
      throw new QuadlaneError(
        'ARGUMENT',
        `the weights aren't this network's: take those of the same architecture${advice}`,
        { lines: complaints },
      );
    }
    for (const [name, tensor] of given) if (expected.has(name)) this.values.set(name, tensor);
    return { missing, unexpected };
  }

  /** What consoles and `JSON.stringify` show: inputs, outputs, layers and the number of parameters, not their values. */
  toJSON(): object {
    const { inputs, outputs, layers, parameterCount } = this;
    return { inputs, outputs, layers, parameterCount };
  }

  /** A table of the layers: output shapes, parameters, multiply-adds, bytes of the outputs, receptive fields. */
  summary(): string {
    return summarizeNetwork(this.description);
  }
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '';
  return [`  ${what}: ${names.slice(0, MOST_LISTED).join(', ')}${more}`];
}
