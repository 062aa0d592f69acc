// Activations that run behind the products of a batch of matrices, each share of the work activating what is its own.
import { describe, expect, it } from 'vitest';
import { bitsOf, compiled, runWatched } from '../ops/watched.js';
import { Network } from './network.js';

describe('a batch of products with an activation behind it, the same bits on any number of threads', () => {
  it.each([
    ['softplus', 2, 2, 3],
    ['sigmoid', 3, 1, 8],
    ['mish', 2, 5, 11],
    ['hardSwish', 4, 3, 17],
  ] as const)('%s of %i matrices, %i rows and %i columns', (activation, batch, rows, columns) => {
    const net = new Network();
    net.input('x', [batch, rows, 4]);
    net.node('y', 'matmul', ['x', net.constant('w', [batch, 4, columns])]);
    net.node('z', 'activation', ['y'], { activation });
    const x = net.floats([batch, rows, 4]);
    const apart = runWatched(compiled(net.graph('y', 'z'), { x }), { x }, 'strict', [1])[1];
    const fused = compiled(net.graph('z'), { x });
    expect(fused.nodes.map(({ op }) => op)).toEqual(['matmul']);
    const [result] = runWatched(fused, { x }, 'strict', [1, 2, 3, 4]);
    expect(bitsOf(result)).toBe(bitsOf(apart));
  });
});
