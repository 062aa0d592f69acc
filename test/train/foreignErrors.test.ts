// What goes wrong while a step is planned: a damaged network is a QuadlaneError, and what a caller's own functions throw
// passes as it is.
import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import type { Node } from '../../src/graph/graph.js';
import { batchNorm, dense, input, sequential } from '../../src/layers/index.js';
import {
  createTrainer,
  losses,
  optimizers,
  penalties,
  type Trainer,
  type TrainerOptions,
} from '../../src/train/index.js';
import type { Trainable } from '../../src/train/parameters.js';
import { sample } from './gradients.js';

const network = () => sequential([input([4]), dense({ units: 3, name: 'head' }), batchNorm({ name: 'norm' })]);
const options = { loss: losses.meanSquaredError(), optimizer: optimizers.sgd() };
const batch = { inputs: sample([2, 4]), targets: sample([2, 3]) };

/** The network with each node as `change` leaves it. */
function damaged(change: (node: Node) => Node): Trainable {
  const { graph, parameters } = network();
  return { graph: { ...graph, nodes: graph.nodes.map(change) }, parameters };
}

describe('a damaged network', () => {
  const changes: [string, (node: Node) => Node][] = [
    ['attributes that are no object', (node) => ({ ...node, attributes: null as never })],
    ['attributes of other kinds', (node) => ({ ...node, attributes: { epsilon: 'x', transposeB: 'x' } as never })],
    ['no inputs', (node) => ({ ...node, inputs: [] })],
    ['an input less', (node) => ({ ...node, inputs: node.inputs.slice(0, -1) })],
    ['inputs the other way round', (node) => ({ ...node, inputs: [...node.inputs].reverse() })],
    [
      'statistics that are no constants',
      (node) => ({ ...node, inputs: node.inputs.map((name, at) => (at > 2 ? 'input' : name)) }),
    ],
    ['no outputs', (node) => ({ ...node, outputs: [] })],
  ];

  it.each(changes)('with %s', async (_, change) => {
    const uses: ((trainer: Trainer) => unknown)[] = [
      (trainer) => trainer.step(batch),
      (trainer) => trainer.test(batch),
      (trainer) => trainer.predict(batch.inputs),
    ];
    let failures = 0;
    for (const use of uses) {
      const failure = await createTrainer(damaged(change), options)
        .then(use)
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (failure === undefined) continue;
      failures++;
      expect(failure).toBeInstanceOf(QuadlaneError);
    }
    expect(failures).toBeGreaterThan(0);
  });
});

describe("a caller's own error passes from", () => {
  const mine = new TypeError('mine');
  const fail = () => {
    throw mine;
  };
  const { loss, optimizer } = options;
  it.each<[string, Partial<TrainerOptions>]>([
    ["a loss's targets", { loss: { ...loss, targets: fail } }],
    ["a loss's terms", { loss: { ...loss, terms: fail } }],
    ["an optimiser's scalars", { optimizer: { ...optimizer, scalars: fail } }],
    ["an optimiser's update", { optimizer: { ...optimizer, update: fail } }],
    ['a penalty', { penalty: [penalties.l2(0.1), { name: 'mine', terms: fail }] }],
    ['a constraint', { constraint: { name: 'mine', apply: fail } }],
    ['a constraint that chooses', { constraint: { name: 'mine', of: fail, apply: (_, weight) => weight } }],
    ['frozen', { frozen: fail }],
  ])('%s', async (_, own) => {
    const stepped = createTrainer(network(), { ...options, ...own }).then((trainer) => trainer.step(batch));
    await expect(stepped).rejects.toBe(mine);
  });
});
