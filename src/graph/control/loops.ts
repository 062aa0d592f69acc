// Graphs that are repeated: as copies one behind the other where the count is known and small, else step by step.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis } from '../../shape.js';
import { newArray, Tensor } from '../../tensor.js';
import type { Running } from '../../work.js';
import type { CallSubgraph, Control, Node, Subgraph } from '../graph.js';
import { Inlining, prefixOf } from './inlining.js';
import { entryOf, stacked } from './stacking.js';

/** Most nodes of all copies of a body. */
const MOST_UNROLLED = 1024;
/** Most steps of a loop: hours of work. */
const MOST_STEPS = 2 ** 31;

const count = (value: number) => new Tensor('int64', [], BigInt64Array.of(BigInt(value)));
const truth = (value: boolean) => new Tensor('bool', [], Uint8Array.of(value ? 1 : 0));
const numbers = (value: unknown) => value as readonly number[];

/** Whether the body gives the condition back as it got it. */
function keepsCondition(body: Subgraph): boolean {
  let name = body.outputs[0];
  for (const node of [...body.nodes].reverse()) {
    if (node.op === 'identity' && node.outputs[0] === name) name = node.inputs[0];
  }
  return name === body.inputs[1] || body.constants.get(name)?.data[0] === 1;
}

/** What no step gave anything for: nothing, of the shape that the file declares. */
function nothing(body: Subgraph, output: number, axis: number): Tensor {
  const { dtype = 'float32', shape = [] } = body.declared?.[output] ?? {};
  const sizes = shape.map((size) => size ?? 0);
  return new Tensor(dtype, sizes.toSpliced(normalizeAxis(axis, sizes.length + 1), 0, 0), newArray(dtype, 0));
}

/**
 * ONNX's Loop. Inputs: the greatest count and the first condition, either may be absent, what is carried from step to step, and what
 * comes from outside. Attribute `carried`: how many are carried.
 */
export const loop: Control = {
  expand(node, [most, condition], _, fresh) {
    const [body] = node.graphs!;
    const carried = node.attributes.carried as number;
    const isCounted = most && (condition || node.inputs[1] === '') && keepsCondition(body);
    if (!isCounted) return undefined;
    const steps = condition && !condition.data[0] ? 0 : Math.max(0, Number(most.data[0]));
    const stacks = node.outputs.slice(carried);
    if (steps * body.nodes.length > MOST_UNROLLED || (steps === 0 && stacks.some((name) => name))) return undefined;
    const inlining = new Inlining(fresh);
    const prefix = prefixOf(node);
    let state = node.inputs.slice(2, 2 + carried);
    const outside = node.inputs.slice(2 + carried);
    const entries: (readonly string[])[] = [];
    const holds = inlining.constant(truth(true), `${prefix}/condition`);
    for (let step = 0; step < steps; step++) {
      const own = [inlining.constant(count(step), `${prefix}/step`), holds];
      const [, ...results] = inlining.copy(body, `${prefix}/${step}`, [...own, ...state, ...outside]);
      state = results.slice(0, carried);
      entries.push(results.slice(carried));
    }
    give(inlining, node, state, entries, { axes: stacks.map(() => 0), reversed: [] });
    return inlining;
  },

  *run(node, [most, condition, ...others], call) {
    const [body] = node.graphs!;
    const carried = node.attributes.carried as number;
    const limit = Math.min(MOST_STEPS, most ? Number(most.data[0]) : MOST_STEPS);
    let state = others.slice(0, carried) as Tensor[];
    const outside = others.slice(carried) as Tensor[];
    const entries: (readonly Tensor[])[] = [];
    let goesOn = !condition || Boolean(condition.data[0]);
    for (let step = 0; goesOn; step++) {
      if (step >= limit) {
        if (step < MOST_STEPS) break;
        throw new QuadlaneError('LIMIT', `the loop goes on after ${MOST_STEPS} steps: give it a greatest count`);
      }
      const [next, ...results] = yield* call(body, [count(step), truth(true), ...state, ...outside]);
      goesOn = Boolean(next.data[0]);
      state = results.slice(0, carried);
      entries.push(results.slice(carried));
      yield;
    }
    const stacks = body.outputs.slice(1 + carried).map((_, index) => {
      return entries.length > 0
        ? stacked(
            entries.map((entry) => entry[index]),
            0,
          )
        : nothing(body, 1 + carried + index, 0);
    });
    return [...state, ...stacks];
  },
};

interface Stacking {
  readonly axes: readonly number[];
  /** Which are stacked from the last step to the first. */
  readonly reversed: readonly number[];
}

/** Appends what gives the node's outputs: the last state, then the entries of all steps along an axis each. */
function give(
  inlining: Inlining,
  { outputs }: Node,
  state: readonly string[],
  entries: readonly (readonly string[])[],
  { axes, reversed }: Stacking,
): void {
  state.forEach((name, index) => {
    if (outputs[index]) inlining.give('identity', [name], {}, outputs[index]);
  });
  outputs.slice(state.length).forEach((output, index) => {
    if (!output) return;
    const axis = axes[index];
    const parts = entries.map((entry) =>
      inlining.apply('unsqueeze', [entry[index]], { axes: [axis] }, `${output}/entry`),
    );
    inlining.give('concat', reversed[index] ? parts.reverse() : parts, { axis }, output);
  });
}

interface ScanParts extends Stacking {
  readonly states: number;
  readonly scanned: number;
  readonly inputAxes: readonly number[];
  readonly inputReversed: readonly number[];
}

function partsOf({ attributes }: Node): ScanParts {
  return {
    states: attributes.states as number,
    scanned: attributes.scanned as number,
    inputAxes: numbers(attributes.inputAxes),
    inputReversed: numbers(attributes.inputReversed),
    axes: numbers(attributes.axes),
    reversed: numbers(attributes.reversed),
  };
}

/** @throws QuadlaneError `SHAPE` where the scanned inputs differ in length */
function stepsOf(parts: ScanParts, types: readonly ({ readonly shape: readonly number[] } | undefined)[]): number {
  const lengths = types
    .slice(parts.states, parts.states + parts.scanned)
    .map((type, index) => type!.shape[normalizeAxis(parts.inputAxes[index], type!.shape.length)]);
  if (lengths.some((length) => length !== lengths[0])) {
    throw new QuadlaneError('SHAPE', `its scanned inputs have ${lengths.join(', ')} entries: they must have as many`);
  }
  return lengths[0];
}

/**
 * ONNX's Scan from operator set 9 on. Inputs: what is carried (attribute `states`), what is scanned entry by entry (`scanned`), and
 * what comes from outside.
 */
export const scan: Control = {
  expand(node, _, types, fresh) {
    const [body] = node.graphs!;
    const parts = partsOf(node);
    const { states, scanned, inputAxes, inputReversed } = parts;
    const steps = stepsOf(parts, types);
    if (steps === 0 || steps * body.nodes.length > MOST_UNROLLED) return undefined;
    const inlining = new Inlining(fresh);
    const prefix = prefixOf(node);
    let state = node.inputs.slice(0, states);
    const sources = node.inputs.slice(states, states + scanned);
    const outside = node.inputs.slice(states + scanned);
    const entries: (readonly string[])[] = [];
    for (let step = 0; step < steps; step++) {
      const own = sources.map((source, index) => {
        const at = inlining.constant(count(inputReversed[index] ? steps - 1 - step : step), `${prefix}/step`);
        return inlining.apply('gather', [source, at], { axis: inputAxes[index] }, `${prefix}/scanned`);
      });
      const results = inlining.copy(body, `${prefix}/${step}`, [...state, ...own, ...outside]);
      state = results.slice(0, states);
      entries.push(results.slice(states));
    }
    give(inlining, node, state, entries, parts);
    return inlining;
  },

  run: runScan,
};

function* runScan(node: Node, inputs: readonly (Tensor | undefined)[], call: CallSubgraph): Running<readonly Tensor[]> {
  const [body] = node.graphs!;
  const parts = partsOf(node);
  const { states, scanned, inputAxes, inputReversed, axes, reversed } = parts;
  const steps = stepsOf(parts, inputs);
  let state = inputs.slice(0, states) as readonly Tensor[];
  const sources = inputs.slice(states, states + scanned) as Tensor[];
  const outside = inputs.slice(states + scanned) as Tensor[];
  const entries: (readonly Tensor[])[] = [];
  for (let step = 0; step < steps; step++) {
    const own = sources.map((source, index) =>
      entryOf(source, inputAxes[index], inputReversed[index] ? steps - 1 - step : step),
    );
    const results = yield* call(body, [...state, ...own, ...outside]);
    state = results.slice(0, states);
    entries.push(results.slice(states));
    yield;
  }
  const stacks = axes.map((axis, index) => {
    const all = entries.map((entry) => entry[index]);
    if (all.length === 0) return nothing(body, states + index, axis);
    return stacked(reversed[index] ? all.reverse() : all, axis);
  });
  return [...state, ...stacks];
}
