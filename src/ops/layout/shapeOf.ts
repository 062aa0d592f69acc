// What a tensor's type tells: its shape and its number of elements. Types are known when a plan is made, so these are
// always evaluated and never lowered.

import { sizeOf } from '../../shape.js';
import { tensorOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface ShapeAttributes extends Attributes {
  /** First axis, and the one behind the last; negative ones count from the end. */
  readonly start?: number;
  readonly end?: number;
}

export const shape: Operator<ShapeAttributes> = {
  name: 'shape',
  outputType: () => 'int64',
  gradient: 'depends on shapes alone',
  partialShapes: ([input], { start, end }) => [
    [input && start === undefined && end === undefined ? input.length : undefined],
  ],

  infer: ([input], { start, end }) => [{ dtype: 'int64', shape: [input!.shape.slice(start, end).length] }],

  evaluate: (_, { start, end }, [output], [input]) => [tensorOf('int64', output.shape, input!.shape.slice(start, end))],
};

export const size: Operator = {
  name: 'size',
  outputType: () => 'int64',
  gradient: 'depends on shapes alone',
  partialShapes: () => [[]],

  infer: () => [{ dtype: 'int64', shape: [] }],

  evaluate: (_values, _attributes, _outputs, [input]) => [tensorOf('int64', [], [sizeOf(input!.shape)])],
};
