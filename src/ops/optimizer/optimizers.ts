// Optimiser steps as operators: from a parameter, its gradient and what the optimiser keeps to what replaces them. A plan
// may put each output in the place of the input that it replaces.
// Inputs: parameter, gradient (of its shape), scalars (what changes from step to step), then the state, each of the
// parameter's shape. Outputs: the parameter, then the state.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape, sizeOf } from '../../shape.js';
import type { Attributes, Lowering, Operator } from '../operator.js';
import type { Pointer } from '../pointer.js';

interface Places {
  readonly count: number;
  readonly parameter: Pointer;
  readonly gradient: Pointer;
  readonly scalars: Pointer;
  readonly output: Pointer;
  /** Where the state is and goes; 0 where the optimiser keeps none. */
  readonly state: readonly Pointer[];
  readonly outputState: readonly Pointer[];
}

/** @param lower emits the step; it isn't called for parameters without elements */
function optimizer<A extends Attributes>(
  name: string,
  lower: (step: Lowering['step'], places: Places, attributes: A) => void,
): Operator<A> {
  return {
    name,
    needs: 'all',
    float32: true,

    infer([parameter, gradient, , ...state]) {
      const { shape } = parameter!;
      for (const operand of [gradient, ...state]) {
        if (operand && !sameShape(operand.shape, shape)) {
          throw new QuadlaneError(
            'SHAPE',
            `${name} of a parameter of ${formatShape(shape)} takes a gradient and state of that shape, not ${formatShape(operand.shape)}`,
          );
        }
      }
      return [parameter!, ...state.map(() => parameter!)];
    },

    lower(lowering, attributes) {
      const count = sizeOf(lowering.type(0).shape);
      if (count === 0) return;
      const states: number[] = [];
      while (lowering.has(FIRST_STATE + states.length)) states.push(states.length);
      const places: Places = {
        count,
        parameter: lowering.dense(0).pointer,
        gradient: lowering.dense(1).pointer,
        scalars: lowering.dense(2).pointer,
        output: lowering.denseOutput().pointer,
        state: states.map((index) => lowering.dense(FIRST_STATE + index).pointer),
        outputState: states.map((index) => lowering.denseOutput(1 + index).pointer),
      };
      lower(lowering.step, places, attributes);
    },
  };
}

const FIRST_STATE = 3;

export interface SgdAttributes extends Attributes {
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/** Scalars: [rate, momentum, share of the gradient in the velocity]. State: the velocity, where there is momentum. */
export const sgdStep = /* @__PURE__ */ optimizer<SgdAttributes>(
  'sgdStep',
  (step, { state, outputState, ...places }, attributes) =>
    step('f32_sgd', {
      ...places,
      velocity: state[0] ?? 0,
      outputVelocity: outputState[0] ?? 0,
      weightDecay: attributes.weightDecay,
      nesterov: attributes.nesterov ? 1 : 0,
    }),
);

export interface RmspropAttributes extends Attributes {
  readonly alpha: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** The spread of gradients around their mean in the place of their mean square. */
  readonly centered: boolean;
}

/** Scalars: [rate, momentum]. State: the mean square, the mean where it is centred, the velocity where there is momentum. */
export const rmspropStep = /* @__PURE__ */ optimizer<RmspropAttributes>(
  'rmspropStep',
  (step, { state, outputState, ...places }, { alpha, epsilon, weightDecay, centered }) => {
    const velocity = centered ? 2 : 1;
    step('f32_rmsprop', {
      ...places,
      square: state[0],
      outputSquare: outputState[0],
      mean: centered ? state[1] : 0,
      outputMean: centered ? outputState[1] : 0,
      velocity: state[velocity] ?? 0,
      outputVelocity: outputState[velocity] ?? 0,
      alpha,
      rest: 1 - alpha,
      epsilon,
      weightDecay,
    });
  },
);

export interface AdamAttributes extends Attributes {
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** AdamW: the decay shrinks the parameter instead of joining the gradient. */
  readonly decoupled: boolean;
}

/**
 * Scalars: [rate, rate / (1 - beta1^t), 1 / sqrt(1 - beta2^t), beta1, 1 - beta1]. State: the means of gradients and of
 * their squares and, for AMSGrad, the largest of the latter.
 */
export const adamStep = /* @__PURE__ */ optimizer<AdamAttributes>(
  'adamStep',
  (step, { state, outputState, ...places }, attributes) =>
    step('f32_adam', {
      ...places,
      mean: state[0],
      square: state[1],
      outputMean: outputState[0],
      outputSquare: outputState[1],
      largest: state[2] ?? 0,
      outputLargest: outputState[2] ?? 0,
      beta2: attributes.beta2,
      rest2: 1 - attributes.beta2,
      epsilon: attributes.epsilon,
      weightDecay: attributes.weightDecay,
      decoupled: attributes.decoupled ? 1 : 0,
    }),
);
