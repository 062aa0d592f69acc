// Layers as functions of symbolic values. Calling one records the operators it stands for; shapes are inferred at once,
// so that what doesn't fit throws on the line that builds it.

import { QuadlaneError } from '../errors.js';
import type { Pass } from '../graph/graph.js';
import type { Attributes, Operator } from '../ops/operator.js';
import { type AllNames, checkNames, checkOptions, flag, oneOf } from '../options.js';
import { shown } from '../printable.js';
import { formatShape, sameShape, sizeOf } from '../shape.js';
import { type DType, dtypes, Tensor, type TensorType } from '../tensor.js';
import { checkInitializer, type Initializer } from './initializers.js';

/** A layer: maps values to a value. One layer called twice uses the same parameters both times. */
export type Layer = (inputs: Value | readonly Value[]) => Value;

/** What every layer's options may say. */
export interface LayerOptions {
  /** Names the layer, and with it its parameters (`conv1.weight`). Default: its kind and a number, `conv2d_1`. */
  name?: string;
}

/** A weight, bias or statistic of a layer. */
export interface Parameter {
  readonly layer: LayerIdentity;
  /** The last part of its name: `weight`, `bias`, `running_mean`. */
  readonly role: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** False for statistics. */
  readonly trainable: boolean;
}

/** What a layer is, over all its calls. */
export interface LayerIdentity {
  readonly kind: string;
  readonly name: string | undefined;
  readonly parameters: Parameter[];
}

/** One call of a layer. */
export interface Call {
  readonly layer: LayerIdentity;
}

/** One operator that a call recorded. */
export interface Step {
  /** Place in the order in which all steps were recorded. */
  readonly order: number;
  readonly call: Call;
  readonly operator: Operator;
  readonly operands: readonly (Operand | undefined)[];
  readonly attributes: Attributes;
  /** Passes that are made for graphs with such a step. */
  readonly passes: readonly Pass[];
}

export type Operand = Value | Parameter | Tensor;

/** A tensor of a network that is being built: known in type, not in content. The batch axis is left out of `shape`. */
export class Value {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'Value';

  /** Use `input` and layers. */
  constructor(
    /** Type for a batch of one. */
    readonly type: TensorType,
    /** What computes it; undefined for inputs. */
    readonly step: Step | undefined,
    /** Name of an input. */
    readonly name?: string,
  ) {}

  /** Sizes without the batch: `[H, W, C]` for images. */
  get shape(): readonly number[] {
    return this.type.shape.slice(1);
  }
}

/** What a layer can ask for while one of its calls is recorded. */
export interface LayerBuilder {
  /**
   * A parameter of the layer; made by the first call, shared by the later ones.
   * @throws QuadlaneError `SHAPE` when an earlier call made it in another shape
   */
  parameter(role: string, shape: readonly number[], initializer: Initializer, trainable?: boolean): Parameter;
  /**
   * Records an operator. Undefined stands for an absent operand.
   * @param passes those that are made for graphs with such a step
   */
  apply(
    operator: Operator,
    operands: readonly (Operand | undefined)[],
    attributes?: Attributes,
    passes?: readonly Pass[],
  ): Value;
}

let recorded = 0;

/** The options that a layer has beside `name`. */
type OwnOptions<Options> = Omit<Options, keyof LayerOptions>;
type OptionName<Options> = keyof OwnOptions<Options> & string;

/**
 * Makes a layer.
 * @param kind what it is called where it has no name
 * @param known names of its options: others are refused
 * @param build records what one call does, and returns its result
 * @throws QuadlaneError `ARGUMENT` for options that are no object, or that the layer hasn't
 */
export function layer<Options extends LayerOptions, const Listed extends OptionName<Options>>(
  kind: string,
  options: Options,
  known: AllNames<OwnOptions<Options>, Listed>,
  build: (builder: LayerBuilder, inputs: readonly Value[]) => Value,
): Layer {
  checkLayerOptions(kind, options, known);
  const identity: LayerIdentity = { kind, name: options.name, parameters: [] };
  return (given) => {
    const inputs = given instanceof Value ? [given] : given;
    if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every((value) => value instanceof Value)) {
      throw new QuadlaneError(
        'ARGUMENT',
        `${describe(identity)} takes the result of input() or of another layer, or a list of them`,
      );
    }
    const call: Call = { layer: identity };
    try {
      return build({ parameter: parametersOf(identity), apply: recorderOf(call) }, inputs);
    } catch (error) {
      if (!(error instanceof QuadlaneError)) throw error;
      const shapes = inputs.map((value) => value.shape);
      throw new QuadlaneError(
        error.code,
        `${describe(identity)} on ${shapes.map(formatShape).join(', ')}: ${error.message}`,
        {
          operator: kind,
          shapes,
          cause: error,
          ...(identity.name !== undefined && { node: identity.name }),
        },
      );
    }
  };
}

/** A layer of one input. */
export function unaryLayer<Options extends LayerOptions, const Listed extends OptionName<Options>>(
  kind: string,
  options: Options,
  known: AllNames<OwnOptions<Options>, Listed>,
  build: (builder: LayerBuilder, input: Value) => Value,
): Layer {
  return layer(kind, options, known, (builder, inputs) => {
    if (inputs.length !== 1) throw new QuadlaneError('ARGUMENT', `it takes one input, not ${inputs.length}`);
    return build(builder, inputs[0]);
  });
}

/** Options that are true or false, whatever layer has them. */
const flags = [
  'useBias',
  'ceil',
  'includePadding',
  'keepDims',
  'channelsFirst',
  'returnSequences',
  'bidirectional',
  'resetAfter',
];

function checkLayerOptions(kind: string, options: LayerOptions, known: readonly string[]): void {
  if ((options as unknown) instanceof Value) {
    throw new QuadlaneError(
      'ARGUMENT',
      `${kind} takes its options first, and then what it is applied to, as in ${kind}(...)(x)`,
    );
  }
  checkNames(kind, options, [...known, 'name']);
  for (const [option, value] of Object.entries(options)) {
    if (flags.includes(option) && value !== undefined) flag(`${kind}: ${option}`, value);
  }
  checkName(kind, options.name);
}

function checkName(kind: string, name: unknown): void {
  if (name === undefined || typeof name === 'string') return;
  throw new QuadlaneError('ARGUMENT', `${kind}: name must be a string; got ${shown(name)}`);
}

export interface InputOptions {
  /** Default: `input`. */
  name?: string;
  /** Default: float32. */
  dtype?: DType;
}

/**
 * An input of a network.
 * @param shape sizes without the batch, channels last: `[224, 224, 3]`
 * @throws QuadlaneError `SHAPE` for sizes that aren't whole numbers from 1 on, `ARGUMENT` for options that it hasn't
 */
export function input(shape: readonly number[], options: InputOptions = {}): Value {
  if (!Array.isArray(shape) || shape.includes(0)) {
    throw new QuadlaneError('SHAPE', `input() takes sizes without the batch, as [224, 224, 3]; got ${shown(shape)}`);
  }
  sizeOf(shape);
  checkOptions('input', options, ['name', 'dtype']);
  checkName('input', options.name);
  const dtype = oneOf('input: dtype', options.dtype ?? 'float32', dtypes);
  return new Value({ dtype, shape: [1, ...shape] }, undefined, options.name ?? 'input');
}

/** `conv2d "conv1"`, or `conv2d` for a layer without a name. */
export function describe({ kind, name }: LayerIdentity): string {
  return name === undefined ? kind : `${kind} "${name}"`;
}

function parametersOf(identity: LayerIdentity): LayerBuilder['parameter'] {
  return (role, shape, initializer, trainable = true) => {
    sizeOf(shape);
    checkInitializer(initializer);
    const known = identity.parameters.find((parameter) => parameter.role === role);
    if (known && !sameShape(known.shape, shape)) {
      throw new QuadlaneError(
        'SHAPE',
        `an earlier call gave this layer a ${role} of ${formatShape(known.shape)}, this one needs ${formatShape(shape)}; make two layers`,
      );
    }
    if (known) return known;
    const parameter = { layer: identity, role, shape, initializer, trainable };
    identity.parameters.push(parameter);
    return parameter;
  };
}

function recorderOf(call: Call): LayerBuilder['apply'] {
  return (operator, operands, attributes = {}, passes = []) => {
    const types = operands.map((operand) => operand && typeOf(operand));
    const [type] = operator.infer(types, attributes);
    sizeOf(type.shape);
    return new Value(type, { order: recorded++, call, operator, operands, attributes, passes });
  };
}

/** Type of an operand, for a batch of one. */
export function typeOf(operand: Operand): TensorType {
  if (operand instanceof Value) return operand.type;
  return operand instanceof Tensor ? operand : { dtype: 'float32', shape: operand.shape };
}
