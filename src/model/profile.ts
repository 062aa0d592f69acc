// Where a run's time goes: every step of a plan timed by itself, as data, as a table and as a Chrome trace.

import { QuadlaneError } from '../errors.js';
import { PEAK_OPERATIONS } from '../layouts.generated.js';
import type { KernelName } from '../ops/kernels.generated.js';
import { arrange, Slot } from '../plan/arena.js';
import type { Plan, PlannedNode } from '../plan/plan.js';
import { WeightStore } from '../plan/weights.js';
import type { Core } from '../runtime/core.js';
import { formatShape } from '../shape.js';
import { Session } from './session.js';
import { table } from './table.js';

export interface ProfileOptions {
  /** Runs that are timed. Default: as many as a second holds, at least 3 and at most 100. */
  rounds?: number;
}

/** One step of the program. */
export interface ProfiledStep {
  /** The node it belongs to. */
  readonly node: string;
  /** The operator with what is fused into it: `conv + residual + clip`. */
  readonly operator: string;
  readonly kernel: string;
  /** How the kernel computes: `Winograd F(4x4, 3x3)`, `matrix product`, ...; `layout` for steps that only move data. */
  readonly algorithm: string;
  /** Shapes of the node's inputs, channels last; undefined for an input that is absent. */
  readonly inputs: readonly (readonly number[] | undefined)[];
  readonly outputs: readonly (readonly number[])[];
  /** Time of one execution: the mean without the slowest tenth. */
  readonly milliseconds: number;
  /** Part of the whole run's time, from 0 to 1. */
  readonly share: number;
  /** 10^9 operations a second, two for each multiply-add of a direct computation; undefined where there are none. */
  readonly gflops: number | undefined;
  /** `gflops` as a part of the engine's multiply-add peak; Winograd's algorithm can exceed 1. */
  readonly ofPeak: number | undefined;
}

/** Algorithms by kernel, the first that fits. */
const algorithms: readonly (readonly [RegExp, string])[] = [
  [/^(?:f32|integer)_winograd_(\d)x.*/, 'Winograd F($1x$1, 3x3)'],
  [/^f32_gemv.*/, 'matrix-vector product'],
  [/^f32_depthwise_.*/, 'sliding depthwise'],
  [/^(clear_halo|copy_|fill_).*/, 'layout'],
  [/^.*_(pack|winograd_weights)_.*/, 'packing of weights'],
];

/** Warm-up takes this long, in milliseconds: engines compile hot kernels again meanwhile. */
const WARM_UP_MS = 300;
const MEASURED_MS = 1000;
/** Multiply-adds that no engine does between two ticks of its clock, and what a run counts for at least. */
const MOST_COST_AT_ONCE = 1e11;
const LEAST_COST = 1e6;
const MIN_ROUNDS = 3;
const MAX_ROUNDS = 100;

/** What a profile found. Print it (`String(profile)`), or write `profile.trace()` to a file. */
export class Profile {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'Profile';

  constructor(
    /** In the order of execution. */
    readonly steps: readonly ProfiledStep[],
    /** Runs that were timed. */
    readonly rounds: number,
    /** The engine's multiply-add peak on all threads in use, in GFLOP/s, measured in the same call. */
    readonly peak: number,
  ) {}

  /** Time of one run: all steps together. */
  get milliseconds(): number {
    return this.steps.reduce((sum, step) => sum + step.milliseconds, 0);
  }

  /** A table for terminals: one row a step, and the whole below. */
  toString(): string {
    const rows = this.steps.map((step) => [
      step.node,
      step.operator,
      step.algorithm === step.kernel ? step.kernel : `${step.kernel} (${step.algorithm})`,
      step.outputs.map(formatShape).join(' '),
      milliseconds(step.milliseconds),
      percent(step.share),
      step.gflops?.toFixed(1) ?? '',
      step.ofPeak === undefined ? '' : percent(step.ofPeak),
    ]);
    const head = ['node', 'operator', 'kernel', 'output', 'ms', 'share', 'GFLOP/s', 'of peak'];
    const moved = this.steps.reduce((sum, { algorithm, share }) => sum + (algorithm === 'layout' ? share : 0), 0);
    const total = ['total', '', '', '', milliseconds(this.milliseconds), '100.0 %', '', ''];
    const notes = [
      `mean of ${this.rounds} runs; multiply-add peak of this engine: ${this.peak.toFixed(1)} GFLOP/s`,
      `moving data without computing: ${percent(moved)}`,
    ];
    return [...table(head, rows, 4, total), ...notes].join('\n');
  }

  /** One run as a trace that chrome://tracing and ui.perfetto.dev open: JSON. */
  trace(): string {
    let at = 0;
    const events = this.steps.map(({ node, operator, kernel, algorithm, inputs, outputs, ...measured }) => {
      const event = {
        name: node,
        cat: operator,
        ph: 'X',
        pid: 1,
        tid: 1,
        ts: at,
        dur: measured.milliseconds * 1000,
        args: { operator, kernel, algorithm, inputs, outputs, gflops: measured.gflops, ofPeak: measured.ofPeak },
      };
      at += event.dur;
      return event;
    });
    const names = [{ name: 'process_name', ph: 'M', pid: 1, tid: 1, args: { name: 'quadlane' } }];
    return JSON.stringify({ traceEvents: [...names, ...events], displayTimeUnit: 'ms' });
  }
}

/**
 * Times the active plan of `session` step by step, on the inputs that lie in its memory.
 * @throws QuadlaneError `HOST` where the clock stands still
 * @internal
 */
export function profilePlan(session: Session, plan: Plan, { rounds }: ProfileOptions): Profile {
  const { runs, elapsed } = warmUp(session, plan);
  const fitting = Math.floor((MEASURED_MS * runs) / elapsed);
  const wanted = rounds ?? Math.min(MAX_ROUNDS, Math.max(MIN_ROUNDS, fitting));
  const times = plan.steps.map(() => new Float64Array(wanted));
  for (let round = 0; round < wanted; round++) {
    let before = performance.now();
    for (let step = 0; step < plan.steps.length; step++) {
      session.runStep(step);
      const after = performance.now();
      times[step][round] = after - before;
      before = after;
    }
  }
  const means = times.map(meanWithoutSlowest);
  const whole = means.reduce((a, b) => a + b, 0);
  const { pool } = session.core;
  const peak = measurePeak(session.core) * (pool?.callerWorks ? pool.count : 1);
  const computing = computingSteps(plan, means);
  const steps = plan.steps.map(({ kernel, node }, index): ProfiledStep => {
    const { name, label, inputs, outputs, cost } = plan.nodes[node];
    const seconds = means[index] / 1000;
    const gflops = computing.has(index) && cost > 0 && seconds > 0 ? (2e-9 * cost) / seconds : undefined;
    return {
      node: name,
      operator: label,
      kernel,
      algorithm: algorithmOf(kernel, plan.nodes[node]),
      inputs,
      outputs,
      milliseconds: means[index],
      share: whole > 0 ? means[index] / whole : 0,
      gflops,
      ofPeak: gflops && gflops / peak,
    };
  });
  return new Profile(steps, wanted, peak);
}

/** Runs until the engine has compiled what it will. */
function warmUp(session: Session, plan: Plan): { runs: number; elapsed: number } {
  const cost = plan.nodes.reduce((sum, node) => sum + node.cost, LEAST_COST);
  const start = performance.now();
  for (let runs = 1; ; runs++) {
    session.run();
    const elapsed = performance.now() - start;
    if (elapsed >= WARM_UP_MS && runs > 1) return { runs, elapsed };
    if (elapsed === 0 && runs * cost > MOST_COST_AT_ONCE) {
      throw new QuadlaneError(
        'HOST',
        "profile() needs a clock, but this host's stands still while a program computes, as that of Cloudflare Workers and fake timers of test runners do: profile on another host",
      );
    }
  }
}

function algorithmOf(kernel: KernelName, { op, inputs: [, filters] }: PlannedNode): string {
  if (kernel === 'f32_conv') {
    const isProduct = op === 'matmul' || filters!.slice(2).every((extent) => extent === 1);
    return isProduct ? 'matrix product' : 'direct convolution';
  }
  const [pattern, algorithm] = algorithms.find(([one]) => one.test(kernel)) ?? [kernel, kernel];
  return kernel.replace(pattern, algorithm);
}

/** The step of each node that does its multiply-adds: the one that takes longest. */
function computingSteps(plan: Plan, times: readonly number[]): Set<number> {
  const longest = new Map<number, number>();
  plan.steps.forEach(({ node }, index) => {
    const other = longest.get(node);
    if (other === undefined || times[index] > times[other]) longest.set(node, index);
  });
  return new Set(longest.values());
}

function meanWithoutSlowest(times: Float64Array): number {
  const kept = times
    .slice()
    .sort()
    .subarray(0, Math.ceil(times.length * 0.9));
  return kept.reduce((a, b) => a + b, 0) / kept.length;
}

/** Rounds of f32_multiply_add_peak in one call, and calls of which the fastest counts. */
const PEAK_ROUNDS = 200_000;
const PEAK_CALLS = 40;

/** The engine's multiply-adds in GFLOP/s on one thread where nothing else holds it up. */
function measurePeak(core: Core): number {
  const slot = new Slot(512);
  slot.use(0);
  const [input, output] = [0, 256].map((offset) => ({ region: slot, offset }));
  const steps = [{ kernel: 'f32_multiply_add_peak' as const, args: { input, output, count: PEAK_ROUNDS }, node: 0 }];
  const plan = { nodes: [], steps, tables: [], slots: [slot], arenaBytes: arrange([slot]), inputs: [], outputs: [] };
  const session = new Session(core.sibling(), new WeightStore());
  session.activate(plan);
  let fastest = Number.POSITIVE_INFINITY;
  for (let call = 0; call < PEAK_CALLS; call++) {
    const start = performance.now();
    session.run();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return (1e-6 * PEAK_ROUNDS * PEAK_OPERATIONS) / fastest;
}

function milliseconds(value: number): string {
  return value >= 10 ? value.toFixed(2) : value.toFixed(4);
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
