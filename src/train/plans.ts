// Plans that share a trainer's variables, kept by the types of the batches they are for, and how batches get into them.

import { QuadlaneError } from '../errors.js';
import type { Session } from '../model/session.js';
import type { View } from '../ops/operator.js';
import type { Plan } from '../plan/plan.js';
import { newArray, Tensor, type TensorType, tensor } from '../tensor.js';
import type { Batch } from './data.js';

export interface StepPlan {
  readonly plan: Plan;
  readonly prediction: TensorType;
  readonly targets: TensorType;
  /** The first of the plan's steps that change variables. */
  readonly firstUpdate: number;
  readonly loss: View;
  readonly predicted: View;
  readonly gradientNorm: View | undefined;
  /** Where each input that isn't a variable is written, by name. */
  readonly inputs: ReadonlyMap<string, View | undefined>;
}

export interface TestPlan {
  readonly plan: Plan;
  readonly prediction: TensorType;
  readonly targets: TensorType;
  readonly inputs: ReadonlyMap<string, View | undefined>;
}

export interface PredictionPlan {
  readonly plan: Plan;
  readonly inputs: ReadonlyMap<string, View | undefined>;
}

/** Plans kept for shapes seen before, of each kind. */
const MAX_PLANS = 8;

/** Writes `values` where the plan reads them. */
export function write(
  session: Session,
  views: ReadonlyMap<string, View | undefined>,
  values: ReadonlyMap<string, Tensor>,
): void {
  for (const [name, view] of views) if (view) session.live(view).set(values.get(name)!.data as never);
}

/** Names the types of a batch. */
export function keyOf(inputs: ReadonlyMap<string, Tensor>, targets: Tensor): string {
  return [...inputs.values(), targets].map(({ dtype, shape }) => `${dtype}[${shape}]`).join(' ');
}

/**
 * The targets as a tensor; plain numbers are labels.
 * @throws QuadlaneError `ARGUMENT` naming the first of those that is no label
 */
export function targetsOf({ targets }: Batch): Tensor {
  if (targets instanceof Tensor) return targets;
  const labels = Int32Array.from(targets);
  const wrong = labels.findIndex((label, sample) => label !== targets[sample]);
  if (wrong < 0) return tensor(labels);
  throw new QuadlaneError(
    'ARGUMENT',
    `sample ${wrong} has the label ${targets[wrong]}, but labels are whole numbers: give other targets as tensor(data, shape)`,
  );
}

/** Labels as int32, anything else as it is. */
export function converted(given: Tensor, dtype: TensorType['dtype']): Tensor {
  if (given.dtype === dtype) return given;
  const data = newArray(dtype, given.size);
  for (let i = 0; i < given.size; i++) data[i] = Number(given.data[i]);
  return new Tensor(dtype, given.shape, data);
}

/** The entry of `key`, made where there is none; the least recently used goes when there are many. */
export function kept<T>(plans: Map<string, T>, key: string, make: () => T): T {
  const plan = plans.get(key) ?? make();
  plans.delete(key);
  plans.set(key, plan);
  for (const oldest of plans.keys()) {
    if (plans.size <= MAX_PLANS) break;
    plans.delete(oldest);
  }
  return plan;
}
