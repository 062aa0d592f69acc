import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/graph/dialect.js';
import type { Node, TypedGraph } from '../../src/graph/graph.js';
import { updateEarly } from '../../src/train/earlyUpdates.js';

const node = (name: string, op: string, inputs: string[]): Node => ({
  name,
  op,
  inputs,
  outputs: [name],
  attributes: {},
});

function orderOf(nodes: readonly Node[], replaced: Record<string, string>, before: readonly string[]): string[] {
  const inputs = ['x', 'p', 'q'].map((name) => ({ name, dtype: 'float32' as const, shape: [4] }));
  const graph: TypedGraph = {
    dialect: dialectOf({}),
    inputs,
    outputs: [],
    nodes,
    constants: new Map(),
    types: new Map(),
  };
  return updateEarly(graph, new Map(Object.entries(replaced)), before).nodes.map(({ name }) => name);
}

describe('a variable changes', () => {
  const forward = [node('y', 'binary', ['x', 'p']), node('loss', 'binary', ['y', 'q'])];
  const update = [node('new p', 'binary', ['p', 'gp']), node('new q', 'binary', ['q', 'gq'])];

  it('as soon as its gradient is there', () => {
    const nodes = [...forward, node('gq', 'unary', ['y']), node('gp', 'unary', ['gq']), ...update];
    expect(orderOf(nodes, { 'new p': 'p', 'new q': 'q' }, ['loss'])).toEqual([
      'y',
      'loss',
      'gq',
      'new q',
      'gp',
      'new p',
    ]);
  });

  it('after everything that reads it', () => {
    const nodes = [...forward, node('gq', 'unary', ['y']), node('gp', 'binary', ['gq', 'q']), ...update];
    expect(orderOf(nodes, { 'new p': 'p', 'new q': 'q' }, ['loss'])).toEqual([
      'y',
      'loss',
      'gq',
      'gp',
      'new p',
      'new q',
    ]);
  });

  it('after what reads it in another shape, which lies in its place', () => {
    const nodes = [
      ...forward,
      node('turned', 'reshape', ['q']),
      node('gq', 'unary', ['y']),
      node('gp', 'binary', ['gq', 'turned']),
      ...update,
    ];
    const order = orderOf(nodes, { 'new p': 'p', 'new q': 'q' }, ['loss']);
    expect(order.indexOf('new q')).toBeGreaterThan(order.indexOf('gp'));
  });

  it('after the values that must be there before', () => {
    const nodes = [node('gp', 'unary', ['x']), ...forward, ...update.slice(0, 1)];
    expect(orderOf(nodes, { 'new p': 'p' }, ['loss'])).toEqual(['gp', 'y', 'loss', 'new p']);
  });
});
