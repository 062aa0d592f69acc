// Whatever network: every pass, alone left out or all together, leaves what is computed as it is, and the steps of the
// program touch nothing but their own memory.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyPasses, optionalPasses } from '../../src/graph/passes/index.js';
import { tensor } from '../../src/tensor.js';
import { expectClose, foldingFor, runWatched, specialized } from '../ops/check.js';
import { Network, TO_FIRST, TO_LAST } from './network.js';

/** What the next node is, and from which earlier values it is made. */
interface Choice {
  readonly kind: number;
  readonly first: number;
  readonly second: number;
  readonly parameter: number;
}

interface Value {
  readonly name: string;
  /** `[N, H, W, C]`, or `[N, C, H, W]`. */
  readonly shape: readonly number[];
  readonly first: boolean;
}

/** Appends the node that `choice` stands for; undefined where the values chosen don't go together. */
function append(
  net: Network,
  values: readonly Value[],
  { kind, first, second, parameter }: Choice,
  name: string,
): Value | undefined {
  const a = values[first % values.length];
  const b = values[second % values.length];
  const [n, h, w, c] = a.first ? a.shape.map((_, axis) => a.shape[TO_LAST[axis]]) : a.shape;
  const filters = 1 + (parameter % 9);
  const keeps = { ...a, name };
  const channelConstant = (of: number) => net.constant(`${name}.c`, a.first ? [of, 1, 1] : [of]);
  switch (kind) {
    case 0: {
      net.transpose(name, a.name, a.first ? TO_LAST : TO_FIRST);
      return { name, first: !a.first, shape: a.first ? [n, h, w, c] : [n, c, h, w] };
    }
    case 1:
    case 2: {
      if (a.first) return undefined;
      const size = kind === 1 ? 3 : 1;
      net.conv(name, a.name, [filters, c, size, size], { padding: new Array<number>(4).fill((size - 1) / 2) });
      return { ...keeps, shape: [n, h, w, filters] };
    }
    case 3: {
      if (a.first) return undefined;
      net.conv(name, a.name, [c, 1, 3, 3], { groups: c, padding: [1, 1, 1, 1] });
      return keeps;
    }
    case 4: {
      if (a.first) return undefined;
      net.node(name, 'maxPool', [a.name], { kernelShape: [3, 3], padding: [1, 1, 1, 1] });
      return keeps;
    }
    case 5: {
      if (parameter % 2) net.relu(name, a.name);
      else net.node(name, 'activation', [a.name], { activation: 'tanh' });
      return keeps;
    }
    case 6: {
      net.binary(name, ['add', 'mul', 'sub'][parameter % 3], a.name, channelConstant(c));
      return keeps;
    }
    case 7: {
      if (a.shape.join() !== b.shape.join() || a.first !== b.first) return undefined;
      net.binary(name, 'add', a.name, b.name);
      return keeps;
    }
    case 8: {
      const axis = a.first ? 1 : 3;
      if (a.first !== b.first || a.shape.with(axis, 0).join() !== b.shape.with(axis, 0).join()) return undefined;
      net.node(name, 'concat', [a.name, b.name], { axis });
      return { ...keeps, shape: a.shape.with(axis, a.shape[axis] + b.shape[axis]) };
    }
    case 9: {
      if (a.first) return undefined;
      const vectors = ['scale', 'shift', 'mean'].map((kind) => net.constant(`${name}.${kind}`, [c]));
      vectors.push(net.constant(`${name}.variance`, tensor(new Float32Array(c).fill(0.5 + parameter))));
      net.node(name, 'batchNorm', [a.name, ...vectors]);
      return keeps;
    }
    case 10: {
      if (h > 8) return undefined;
      const spatial = a.first ? 2 : 1;
      const before = [0, 0, 0, 0].with(spatial, 1);
      const after = [0, 0, 0, 0].with(spatial + 1, parameter % 3);
      net.node(name, 'pad', [a.name], { mode: 'constant', padding: [...before, ...after] });
      const shape = a.shape.map((extent, axis) => extent + before[axis] + after[axis]);
      return { ...keeps, shape };
    }
    default: {
      const axis = a.first ? 1 : 3;
      if (c < 2) return undefined;
      net.node(name, 'slice', [a.name], { starts: [1], ends: [c], axes: [axis] });
      return { ...keeps, shape: a.shape.with(axis, c - 1) };
    }
  }
}

const natural = (max: number) => fc.integer({ min: 0, max });
const choice = fc.record({ kind: natural(11), first: natural(20), second: natural(20), parameter: natural(8) });

it('any network computes the same with any passes, error within 2^-12 of max(1, |y|)', () => {
  fc.assert(
    fc.property(
      fc.array(choice, { minLength: 2, maxLength: 14 }),
      natural(20),
      fc.integer(),
      (choices, output, seed) => {
        const net = new Network(seed);
        const shape = [1 + (seed & 1), 4, 5, 3];
        net.input('x', shape);
        const values: Value[] = [{ name: 'x', shape, first: false }];
        for (const [index, each] of choices.entries()) {
          const value = append(net, values, each, `v${index}`);
          if (value) values.push(value);
        }
        // The last value, and any other one.
        const graph = net.graph(values.at(-1)!.name, values[output % values.length].name);
        const inputs = { x: net.floats(shape) };
        const typed = specialized(graph, inputs);
        const run = (without: ReadonlySet<string>) =>
          runWatched(applyPasses(typed, foldingFor(graph), without), inputs, 'debug');
        const plain = run(optionalPasses);
        for (const without of [[], ...[...optionalPasses].map((name) => [name])]) {
          run(new Set(without)).forEach((result, index) => {
            const expected = Array.from<number | bigint>(plain[index].data).map(Number);
            const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
            const magnitude = expected.map(() => largest);
            expectClose(result, { shape: plain[index].shape, values: expected, magnitude, roundings: 2 ** 12 });
          });
        }
        expect(plain.length).toBe(2);
      },
    ),
    { numRuns: 60 },
  );
});
