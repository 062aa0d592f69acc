// What the quantizer is asked for, and what is refused of it.

import { QuadlaneError } from '../errors.js';
import type { Graph, Node, TypedGraph } from '../graph/graph.js';
import { type CompileOptions, compileOptions } from '../model/load.js';
import type { Model } from '../model/model.js';
import { checkOptions, flag, numberIn, oneOf } from '../options.js';
import { shown } from '../printable.js';
import type { Calibration } from './calibration.js';
import { type CalibrationMethod, calibrationMethods } from './range.js';

/** What can be quantized: a network of quadlane/layers or quadlane/zoo, or a model, loaded, built or trained. */
export interface Quantizable<Output extends string = string> {
  readonly graph: Graph<Output>;
}

/** Layers stay in float, those that lose most first, until the outputs are this close to those of the network in float. */
export interface SignalToNoiseBound {
  /** Least ratio of every output's power to that of its error, in dB. */
  readonly signalToNoise: number;
}

/** The same by a measure of one's own. */
export interface LossBound<Output extends string = string> {
  /** Most that `evaluate` may give less for the result than for the network in float. */
  readonly maxLoss: number;
  /** What is to be kept, as accuracy on a validation set: the larger the better. */
  readonly evaluate: (model: Model<Output>) => number | Promise<number>;
}

/** How scales and weights are made. */
export interface CalibrationOptions {
  /** Sample inputs, some hundred of those that the network is for. */
  readonly calibration: Calibration;
  /**
   * How ranges of activations follow from the samples: all of it, all but the outermost shares, the range of the closest
   * distribution (Kullback-Leibler), or that of the least mean squared error. Default: 'meanSquaredError'.
   */
  readonly method?: CalibrationMethod;
  /** Of the method 'percentile': the share of values inside the range, in percent. Default: 99.99. */
  readonly percentile?: number;
  /** Weights have a scale for each filter, not one for all of a layer. Default: true. */
  readonly perChannel?: boolean;
  /** Activations are int8 with their zero at 0, not uint8 with a zero where it is best. Default: false. */
  readonly symmetric?: boolean;
  /** Layers, or other nodes, that stay in float: their names, or the beginnings of them up to a dot or slash. */
  readonly exclude?: readonly string[];
  /**
   * Cross-layer equalisation: ranges of filters are made alike, layer to layer, and ReLU6 between them becomes ReLU. Default:
   * where `perChannel` is false.
   */
  readonly equalize?: boolean;
  /** Biases make up for the mean error that the rounding of weights makes. Default: true. */
  readonly biasCorrection?: boolean;
}

/** What `quantize` takes. */
export interface QuantizeOptions<Output extends string = string>
  extends Omit<CalibrationOptions, 'calibration'>,
    CompileOptions {
  /** As of `CalibrationOptions`. What was trained with rounding keeps its scales and needs none; with it there is a report. */
  readonly calibration?: Calibration;
  /** A bound of what 8 bits may cost: layers are left in float where it is exceeded. Default: none are. */
  readonly mixedPrecision?: SignalToNoiseBound | LossBound<Output>;
}

const ownOptions = [
  ...(['calibration', 'method', 'percentile', 'perChannel', 'symmetric'] as const),
  ...(['exclude', 'equalize', 'biasCorrection'] as const),
] as const;

/** The options of calibration, none left out. */
export type Settings = Required<Omit<CalibrationOptions, 'calibration'>>;

/** @throws QuadlaneError `ARGUMENT` */
export function settingsOf(options: Omit<CalibrationOptions, 'calibration'>): Settings {
  const { method = 'meanSquaredError', percentile = 99.99, perChannel = true, symmetric = false } = options;
  const { exclude = [], equalize = !perChannel, biasCorrection = true } = options;
  oneOf('method', method, calibrationMethods);
  numberIn('percentile', percentile, { above: 50, to: 100 });
  for (const [name, value] of Object.entries({ perChannel, symmetric, equalize, biasCorrection })) flag(name, value);
  if (!Array.isArray(exclude) || !exclude.every((one) => typeof one === 'string')) {
    throw new QuadlaneError('ARGUMENT', `exclude must be a list of names, as ['conv1']; got ${shown(exclude)}`);
  }
  return { method, percentile, perChannel, symmetric, exclude, equalize, biasCorrection };
}

/** @throws QuadlaneError `ARGUMENT` for what is no network, or has no such options */
export function checkQuantize<Output extends string>(
  source: Quantizable<Output>,
  options: QuantizeOptions<Output>,
): Settings {
  requireNetwork('quantize()', source);
  checkOptions('quantize()', options, [...ownOptions, 'mixedPrecision', ...compileOptions]);
  const { mixedPrecision: bound } = options;
  if (bound !== undefined) {
    const { signalToNoise, maxLoss, evaluate } = checkOptions(
      'mixedPrecision',
      bound as SignalToNoiseBound & LossBound,
      ['signalToNoise', 'maxLoss', 'evaluate'],
    );
    if (signalToNoise !== undefined) numberIn('mixedPrecision.signalToNoise', signalToNoise, {});
    else if (typeof evaluate !== 'function' || maxLoss === undefined) {
      throw new QuadlaneError(
        'ARGUMENT',
        `mixedPrecision takes { signalToNoise } in dB, or { maxLoss, evaluate }; got ${shown(bound)}`,
      );
    } else numberIn('mixedPrecision.maxLoss', maxLoss, { from: 0 });
  }
  return settingsOf(options);
}

/** @throws QuadlaneError `ARGUMENT` */
export function checkCalibration(call: string, source: Quantizable, options: CalibrationOptions): Settings {
  requireNetwork(call, source);
  return settingsOf(checkOptions(call, options, ownOptions));
}

function requireNetwork(call: string, source: Quantizable): void {
  const nodes = source?.graph?.nodes;
  if (!Array.isArray(nodes)) {
    throw new QuadlaneError('ARGUMENT', `${call} takes a network of layers, or a model; got ${shown(source)}`);
  }
  if (nodes.some(({ op }: Node) => op === 'quantize' || op === 'convInteger' || op === 'matmulInteger')) {
    throw new QuadlaneError('ARGUMENT', `${call}: the network is quantized already; take the one in float`);
  }
}

/** Whether a node stays in float. */
export function exclusion({ nodes }: TypedGraph, exclude: readonly string[]): (node: Node) => boolean {
  const covers = (one: string, name: string) =>
    name === one || name.startsWith(`${one}.`) || name.startsWith(`${one}/`);
  const unknown = exclude.find((one) => !nodes.some(({ name }) => covers(one, name)));
  if (unknown !== undefined) {
    throw new QuadlaneError(
      'ARGUMENT',
      `exclude: there is no layer ${shown(unknown)}; those that 8 bits are for are ${nodes
        .filter(({ op }) => op === 'conv' || op === 'matmul')
        .map(({ name }) => `"${name}"`)
        .join(', ')}`,
    );
  }
  return ({ name }) => exclude.some((one) => covers(one, name));
}
