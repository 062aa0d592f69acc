// From a description and the names of parameters to operators.

import type { Call, Description, Settings, Term } from './description.js';
import { Cannot } from './given.js';
import type { Builder } from './graph.js';
import { type LayerCall, layers, type Role } from './layers.js';

/** Endings of parameters' names behind that of their layer, by role. */
const endings: Readonly<Record<Role, RegExp>> = {
  weight: /^(?:[._]?(?:weight|w|gamma|g|scale|kernel|slope|alpha))$/,
  bias: /^(?:[._]?(?:bias|b|beta|shift))$/,
};

const joining = new Set(['add', 'multiply', 'concat']);

export interface Source {
  readonly build: Builder;
  /** What the network is of. */
  readonly input: string;
  /** Names of the values that are parameters. */
  readonly parameters: readonly string[];
  /** Makes a running statistic of a batch norm by the name of its layer; absent where norms keep none. */
  statistic?(layer: string, role: 'mean' | 'variance', channels: number, value: number): string;
  /** What a cross entropy within the network comes to. */
  loss?(logits: string, settings: Record<string, unknown>): string;
}

/**
 * Builds what is described; the result is what its last clause gives.
 * @throws Cannot naming what isn't known or isn't used
 */
export function buildNetwork({ clauses, defaults }: Description, source: Source): string {
  const { build, input, parameters } = source;
  const values = new Map([
    ['x', input],
    [input, input],
  ]);
  const used = new Set<string>();
  const paddings = new Map<string, unknown>();
  let current = input;

  const evaluate = (term: Term): string => {
    if (term.kind === 'call') return call(term);
    if (term.kind === 'name') {
      const value = values.get(term.name);
      if (value === undefined) throw new Cannot(`nothing is called "${term.name}"`);
      return value;
    }
    const [left, right] = [evaluate(term.left), evaluate(term.right)];
    return build.binary(term.operation, left, term.perChannel ? perChannel(build, right, left) : right);
  };

  const call = ({ layer, parts, settings }: Call): string => {
    const inputs: string[] = [];
    const direct: string[] = [];
    const labels: string[] = [];
    for (const part of parts) {
      if (part.kind !== 'name') inputs.push(evaluate(part));
      else if (values.has(part.name)) inputs.push(values.get(part.name)!);
      else if (parameters.includes(part.name)) direct.push(part.name);
      else labels.push(part.name);
    }
    // What joins values joins one alone with the value so far.
    if (inputs.length === 0 || (inputs.length === 1 && joining.has(layer))) inputs.unshift(current);
    const parametersOf = (label: string, role: Role) =>
      parameters.filter((name) => name.startsWith(label) && endings[role].test(name.slice(label.length)));
    const parameter = (role: Role): string | undefined => {
      const own = direct[role === 'weight' ? 0 : 1];
      const found = own ?? labels.flatMap((label) => parametersOf(label, role))[0];
      if (found !== undefined) used.add(found);
      return found;
    };
    const all: Settings = new Map([...(defaults.get(layer) ?? []), ...settings]);
    // Texts say how a kernel is padded where they first have it: "conv3x3 3->8 pad 1 (c0), relu, conv3x3 (c1)".
    const kernel = `${layer} ${all.get('kernel')}`;
    if (all.has('padding')) paddings.set(kernel, all.get('padding'));
    else if (all.has('kernel') && paddings.has(kernel)) all.set('padding', paddings.get(kernel));
    const read = new Set<string>();
    const setting: LayerCall['setting'] = (name, otherwise) => {
      read.add(name);
      return (all.get(name) as typeof otherwise) ?? otherwise;
    };
    const statistic: LayerCall['statistic'] = (role, channels, value) =>
      source.statistic?.(labels[0] ?? direct[0], role, channels, value);
    let result: string;
    if (layer === 'crossEntropy') {
      if (!source.loss) throw new Cannot('the loss stands in the network');
      for (const name of all.keys()) read.add(name);
      result = source.loss(inputs[0], Object.fromEntries(all));
    } else {
      result = layers[layer]({ build, inputs, parameter, statistic, setting });
    }
    const unread = [...settings.keys()].filter((name) => !read.has(name));
    if (unread.length > 0) throw new Cannot(`${layer} has no setting ${unread.join(', ')}`);
    const unknown = labels.filter(
      (label) => [...parametersOf(label, 'weight'), ...parametersOf(label, 'bias')].length === 0,
    );
    if (unknown.length > 0 && all.get('affine') !== false) {
      throw new Cannot(`${layer}: there is neither a value nor a parameter "${unknown[0]}"`);
    }
    return result;
  };

  for (const { terms, name } of clauses) {
    for (const term of terms) current = evaluate(term);
    if (name !== undefined) values.set(name, current);
  }
  const unused = parameters.filter((name) => !used.has(name));
  if (unused.length > 0) throw new Cannot(`the description doesn't use the parameters ${unused.join(', ')}`);
  return current;
}

/** `[N, C]` where the channels of `[N, C, ...spatial]` are. */
function perChannel(build: Builder, value: string, like: string): string {
  const { shape } = build.type(value);
  const spatial = build.type(like).shape.slice(shape.length);
  return build.reshape(value, [...shape, ...spatial.map(() => 1)]);
}
