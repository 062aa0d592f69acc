// Reads what a network is from words: "conv 3x3 3->8 pad 1 (c0), relu, max pool 2 -> a; relu(a + b), linear (fc)" and
// "a = relu(bn(n0, conv3x3(x, w0, pad 1))); a * s per channel; linear(fw, fb)", or from a list of layers as objects.
//
//   text    = [title ":"] clause { (";" | ".") clause }
//   clause  = [name "="] term { [","] term } ["->" name]
//   term    = factor { ("+" | "*") factor } ["per channel"]
//   factor  = layer { setting } ["(" part { "," part } ")"] { setting } | name | "(" term ")"
//   part    = setting { setting } | term
//
// A layer without anything to name its parameters, of a kind that has some, speaks of all layers of that kind: "bn eps 1e-5",
// "Batch norm in training mode, eps 1e-5".

import { Cannot, plain } from './given.js';

export type Settings = Map<string, unknown>;

export interface Call {
  readonly kind: 'call';
  /** A key of `vocabulary`. */
  readonly layer: string;
  readonly parts: readonly Term[];
  readonly settings: Settings;
}

export type Term =
  | Call
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'binary';
      readonly operation: 'add' | 'mul';
      readonly left: Term;
      readonly right: Term;
      readonly perChannel: boolean;
    };

export interface Clause {
  readonly terms: readonly Term[];
  /** What the result is called. */
  readonly name: string | undefined;
}

export interface Description {
  readonly clauses: readonly Clause[];
  /** What is said of all layers of a kind. */
  readonly defaults: ReadonlyMap<string, Settings>;
}

/** Spellings of each kind of layer, of words that may be joined, spaced or underscored. PyTorch's and Keras's among them. */
const vocabulary: Readonly<Record<string, readonly string[]>> = {
  conv: ['conv', 'convolution'],
  depthwise: ['depthwise', 'depthwise conv', 'depthwise convolution'],
  convTranspose: ['conv transpose', 'convolution transpose', 'transposed conv', 'transposed convolution'],
  linear: ['linear', 'dense', 'fully connected'],
  batchNorm: ['bn', 'batch norm', 'batch normalization', 'batch normalisation'],
  layerNorm: ['ln', 'layer norm', 'layer normalization', 'layer normalisation'],
  groupNorm: ['gn', 'group norm', 'group normalization', 'group normalisation'],
  instanceNorm: ['instance norm', 'instance normalization', 'instance normalisation'],
  responseNorm: ['lrn', 'local response norm', 'local response normalization'],
  maxPool: ['max pool', 'max pooling'],
  averagePool: ['average pool', 'avg pool', 'average pooling', 'mean pool'],
  globalAverage: ['global average', 'global average pool', 'global average pooling', 'global avg pool', 'mean'],
  globalMax: ['global max', 'global maximum', 'global max pool', 'global max pooling'],
  flatten: ['flatten'],
  reshape: ['reshape'],
  concat: ['concat', 'concatenate', 'cat'],
  add: ['add', 'sum'],
  multiply: ['multiply', 'mul'],
  dropout: ['dropout', 'spatial dropout'],
  softmax: ['softmax'],
  logSoftmax: ['log softmax'],
  upsample: ['upsample', 'upsampling', 'resize', 'interpolate'],
  pixelShuffle: ['pixel shuffle', 'depth to space'],
  pad: ['zero pad', 'zero padding', 'zero pad layer'],
  prelu: ['prelu'],
  relu: ['relu'],
  relu6: ['relu6'],
  leakyRelu: ['leaky relu'],
  elu: ['elu'],
  selu: ['selu'],
  celu: ['celu'],
  gelu: ['gelu'],
  geluTanh: ['gelu tanh'],
  sigmoid: ['sigmoid', 'logistic'],
  tanh: ['tanh'],
  softplus: ['softplus'],
  softsign: ['softsign'],
  hardSigmoid: ['hard sigmoid'],
  hardSwish: ['hard swish'],
  hardTanh: ['hard tanh'],
  silu: ['silu', 'swish'],
  mish: ['mish'],
  logSigmoid: ['log sigmoid'],
  identity: ['identity'],
  crossEntropy: ['cross entropy', 'cross entropy loss'],
};

/** Kinds that have parameters. */
const withParameters = new Set(
  'conv depthwise convTranspose linear batchNorm layerNorm groupNorm instanceNorm prelu'.split(' '),
);

const spellings = Object.entries(vocabulary)
  .flatMap(([layer, names]) => names.map((name) => ({ layer, name })))
  .sort((a, b) => b.name.length - a.name.length)
  .map(({ layer, name }) => ({
    layer,
    // "conv3x3" and "maxpool2" have a size at once behind them, "Conv2D" its axes.
    pattern: new RegExp(`^${name.replace(/ /g, '[ _-]?')}(?:_?[123]d(?![a-z0-9]))?(?![a-z_])`, 'i'),
  }));

const NUMBER = '-?\\d+(?:\\.\\d+)?(?:e[-+]?\\d+)?';
const SIZE = '\\d+(?:\\s*x\\s*\\d+)*';
const size = (text: string) => {
  const all = text.split('x').map(Number);
  return all.length === 1 ? all[0] : all;
};

/** How settings are written: what a pattern's groups say of the layer. */
const phrases: readonly (readonly [RegExp, (...groups: string[]) => Readonly<Record<string, unknown>>])[] = (
  [
    [`(\\d+)\\s*->\\s*(\\d+)`, (a, b) => ({ inputs: Number(a), outputs: Number(b) })],
    [`(?:pad|padding)\\s+(same|valid)`, (a) => ({ padding: a })],
    [`(?:pad|padding)\\s+(${SIZE})`, (a) => ({ padding: size(a) })],
    [`strides?\\s+(${SIZE})`, (a) => ({ stride: size(a) })],
    [`dilations?\\s+(${SIZE})`, (a) => ({ dilation: size(a) })],
    [`(?:kernel|kernel size|window)\\s+(${SIZE})`, (a) => ({ kernel: size(a) })],
    [`output[ _]?padding\\s+(${SIZE})`, (a) => ({ outputPadding: size(a) })],
    [`groups?\\s+(\\d+)`, (a) => ({ groups: Number(a) })],
    [`(\\d+)\\s+groups?`, (a) => ({ groups: Number(a) })],
    [`(?:no|without) bias`, () => ({ bias: false })],
    [`with bias`, () => ({ bias: true })],
    [`(?:no|without) affine(?: parameters)?`, () => ({ affine: false })],
    [`(?:eps|epsilon)\\s+(${NUMBER})`, (a) => ({ eps: Number(a) })],
    [`momentum\\s+(${NUMBER})`, (a) => ({ momentum: Number(a) })],
    [`in training mode`, () => ({ training: true })],
    [`in (?:inference|evaluation|eval) mode`, () => ({ training: false })],
    [
      `running statistics start at (${NUMBER}) and (${NUMBER})`,
      (a, b) => ({ firstMean: Number(a), firstVariance: Number(b) }),
    ],
    [`(unbiased|biased) running variance`, (a) => ({ unbiased: a === 'unbiased' })],
    [`(?:negative )?slope\\s+(${NUMBER})`, (a) => ({ alpha: Number(a) })],
    [`alpha\\s+(${NUMBER})`, (a) => ({ alpha: Number(a) })],
    [`beta\\s+(${NUMBER})`, (a) => ({ beta: Number(a) })],
    [`k\\s+(${NUMBER})`, (a) => ({ k: Number(a) })],
    [`size\\s+(\\d+)`, (a) => ({ size: Number(a) })],
    [`min\\s+(${NUMBER})`, (a) => ({ min: Number(a) })],
    [`max\\s+(${NUMBER})`, (a) => ({ max: Number(a) })],
    [`axis\\s+(-?\\d+)`, (a) => ({ axis: Number(a) })],
    [`over (?:the )?last (\\d+) axes`, (a) => ({ last: Number(a) })],
    [`over (?:all|the whole) (?:of an? )?(?:image|example|sample)s?`, () => ({ last: 'all' })],
    [`over \\[?(\\d+(?:(?:\\s*x\\s*|,\\s*)\\d+)*)\\]?`, (a) => ({ shape: a.split(/[x,]/).map(Number) })],
    [`(?:p|rate)\\s+(${NUMBER})`, (a) => ({ rate: Number(a) })],
    [`ceil(?: mode)?`, () => ({ ceil: true })],
    [`(?:count_include_pad|including (?:the )?padding)`, () => ({ includePadding: true })],
    [`excluding (?:the )?padding`, () => ({ includePadding: false })],
    [`(?:scale|factor)\\s+(\\d+)`, (a) => ({ factor: Number(a) })],
    [`(nearest|bilinear)`, (a) => ({ mode: a })],
    [`label smoothing\\s+(${NUMBER})`, (a) => ({ labelSmoothing: Number(a) })],
    [`(mean|sum)(?: over (?:the )?(?:batch|pixels|elements))?`, (a) => ({ reduction: a })],
    [`(\\d+(?:\\s*x\\s*\\d+)+)`, (a) => ({ kernel: size(a) })],
    [`(${NUMBER})`, (a) => ({ number: Number(a) })],
  ] as const satisfies readonly (readonly [string, (...groups: string[]) => Record<string, unknown>])[]
).map(([pattern, read]) => [new RegExp(`^(?:${pattern})(?![a-z0-9_])`, 'i'), read] as const);

const NAME = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*/i;

class Reader {
  private at = 0;
  readonly defaults = new Map<string, Settings>();

  constructor(private readonly text: string) {}

  private get rest(): string {
    return this.text.slice(this.at);
  }

  private skip(pattern: RegExp = /^\s+/): boolean {
    const found = pattern.exec(this.rest);
    this.at += found?.[0].length ?? 0;
    return found !== null;
  }

  private cannot(): Cannot {
    return new Cannot(`the description can't be read from "${this.rest.slice(0, 60)}" on, of "${this.text}"`);
  }

  clauses(): Clause[] {
    this.skip(/^[^:;,()=]*:\s+/);
    const found: Clause[] = [];
    while (true) {
      this.skip();
      if (this.at >= this.text.length) return found;
      const clause = this.clause();
      if (clause.terms.length > 0) found.push(clause);
      this.skip();
      if (this.at < this.text.length && !this.skip(/^(?:;|\.(?=\s|$))/)) throw this.cannot();
    }
  }

  private clause(): Clause {
    const assigned = /^([a-z][a-z0-9_]*)\s*=\s*/i.exec(this.rest);
    if (assigned) this.at += assigned[0].length;
    const terms: Term[] = [];
    let general: Settings | undefined;
    while (true) {
      this.skip(/^[\s,]+/);
      if (this.at >= this.text.length || /^(?:;|\.(?=\s|$))/.test(this.rest)) break;
      const named = /^->\s*([a-z][a-z0-9_]*)/i.exec(this.rest);
      if (named) {
        this.at += named[0].length;
        return { terms, name: named[1] };
      }
      const more = general && this.settings('');
      if (more && more.size > 0) {
        for (const [name, value] of more) general!.set(name, value);
        continue;
      }
      const term = this.term();
      general = this.generalOf(term);
      if (!general) terms.push(term);
    }
    return { terms, name: assigned?.[1] };
  }

  /** What a term says of all layers of a kind, where it does. */
  private generalOf(term: Term): Settings | undefined {
    if (term.kind !== 'call' || !withParameters.has(term.layer) || term.parts.length > 0) return undefined;
    const known = this.defaults.get(term.layer) ?? new Map();
    this.defaults.set(term.layer, new Map([...known, ...term.settings]));
    return this.defaults.get(term.layer);
  }

  private term(): Term {
    let left = this.factor();
    while (true) {
      const sign = /^\s*([+*])\s*/.exec(this.rest);
      if (!sign) return left;
      this.at += sign[0].length;
      const right = this.factor();
      const perChannel = this.skip(/^\s+per channel(?![a-z])/);
      left = { kind: 'binary', operation: sign[1] === '+' ? 'add' : 'mul', left, right, perChannel };
    }
  }

  private factor(): Term {
    if (this.skip(/^\(\s*/)) {
      const inner = this.term();
      if (!this.skip(/^\s*\)/)) throw this.cannot();
      return inner;
    }
    const found = spellings.find(({ pattern }) => pattern.test(this.rest));
    if (found) {
      this.skip(found.pattern);
      return this.call(found.layer);
    }
    const [name] = NAME.exec(this.rest) ?? [];
    if (name === undefined) throw this.cannot();
    this.at += name.length;
    return { kind: 'name', name };
  }

  private call(layer: string): Call {
    const settings = this.settings(layer);
    const parts: Term[] = [];
    if (this.skip(/^\s*\(\s*/)) {
      do {
        this.skip();
        const more = this.settings(layer);
        for (const [name, value] of more) settings.set(name, value);
        if (more.size === 0) parts.push(this.part());
        this.skip();
      } while (this.skip(/^,/));
      if (!this.skip(/^\)/)) throw this.cannot();
      for (const [name, value] of this.settings(layer)) settings.set(name, value);
    }
    return { kind: 'call', layer, parts, settings };
  }

  /** A word alone is a name, whatever layers are called: "layer norm (ln)". */
  private part(): Term {
    const [name] = /^[a-z][a-z0-9_.]*(?=\s*[,)])/i.exec(this.rest) ?? [];
    if (name === undefined) return this.term();
    this.at += name.length;
    return { kind: 'name', name };
  }

  private settings(layer: string): Settings {
    const found: Settings = new Map();
    while (true) {
      const start = this.at;
      this.skip(found.size > 0 ? /^\s*(?:,\s*)?/ : /^\s+/);
      const phrase = phrases.find(([pattern]) => pattern.test(this.rest));
      // "mean" is a layer, too, but a setting of the loss.
      if (!phrase || (layer !== 'crossEntropy' && /^(?:mean|sum)(?![a-z])/i.test(this.rest))) {
        this.at = start;
        return found;
      }
      const [whole, ...groups] = phrase[0].exec(this.rest)!;
      this.at += whole.length;
      for (const [name, value] of Object.entries(phrase[1](...groups))) found.set(name, value);
    }
  }
}

/** Settings by the keys that frameworks have for them. */
const keys: Readonly<Record<string, string>> = {
  kernel: 'kernel',
  kernelsize: 'kernel',
  poolsize: 'kernel',
  stride: 'stride',
  strides: 'stride',
  padding: 'padding',
  pad: 'padding',
  dilation: 'dilation',
  dilations: 'dilation',
  dilationrate: 'dilation',
  outputpadding: 'outputPadding',
  groups: 'groups',
  numgroups: 'groups',
  inchannels: 'inputs',
  infeatures: 'inputs',
  outchannels: 'outputs',
  outfeatures: 'outputs',
  filters: 'outputs',
  units: 'outputs',
  bias: 'bias',
  usebias: 'bias',
  affine: 'affine',
  eps: 'eps',
  epsilon: 'eps',
  momentum: 'momentum',
  training: 'training',
  negativeslope: 'alpha',
  slope: 'alpha',
  alpha: 'alpha',
  beta: 'beta',
  k: 'k',
  size: 'size',
  min: 'min',
  minval: 'min',
  max: 'max',
  maxval: 'max',
  axis: 'axis',
  dim: 'axis',
  normalizedshape: 'shape',
  shape: 'shape',
  p: 'rate',
  rate: 'rate',
  ceil: 'ceil',
  ceilmode: 'ceil',
  countincludepad: 'includePadding',
  factor: 'factor',
  scalefactor: 'factor',
  mode: 'mode',
};

/** Keys whose values name what a layer takes or is called. */
const references = ['inputs', 'input', 'from', 'name', 'label', 'parameters', 'weight', 'bias'];

/** A layer as an object: `{ kind: 'conv2d', name: 'c0', padding: 1, output: 'a' }`. */
function clauseOf(entry: Readonly<Record<string, unknown>>): Clause {
  const kind = entry.kind ?? entry.type ?? entry.layer;
  const found = typeof kind === 'string' && spellings.find(({ pattern }) => pattern.exec(kind)?.[0] === kind);
  if (!found) throw new Cannot(`no layer of kind ${JSON.stringify(kind)} is known, of ${JSON.stringify(entry)}`);
  const settings: Settings = new Map();
  const parts: Term[] = [];
  for (const [key, value] of Object.entries(entry)) {
    if (['kind', 'type', 'layer', 'output', 'as', 'note'].includes(key)) continue;
    const named = [value].flat();
    if (references.includes(key) && named.every((one) => typeof one === 'string')) {
      parts.push(...named.map((name) => ({ kind: 'name', name }) as const));
    } else if (plain(key) in keys) {
      settings.set(keys[plain(key)], value);
    } else {
      throw new Cannot(`no meaning is known for ${key} = ${JSON.stringify(value)}, of ${JSON.stringify(entry)}`);
    }
  }
  const name = (entry.output ?? entry.as) as string | undefined;
  return { terms: [{ kind: 'call', layer: found.layer, parts, settings }], name };
}

/**
 * What `given` describes.
 * @throws Cannot with the words that aren't understood
 */
export function describe(given: unknown): Description {
  if (typeof given === 'string') {
    const reader = new Reader(given);
    return { clauses: reader.clauses(), defaults: reader.defaults };
  }
  if (!Array.isArray(given)) throw new Cannot(`a network is described by a text or a list, not by ${typeof given}`);
  const parts = given.map((entry) => (typeof entry === 'string' ? describe(entry) : { clauses: [clauseOf(entry)] }));
  const defaults = parts.flatMap((part) => ('defaults' in part ? [...part.defaults] : []));
  return { clauses: parts.flatMap(({ clauses }) => clauses), defaults: new Map(defaults) };
}
