// A tensor of one value throughout.

import { sizeOf } from '../../shape.js';
import type { DType } from '../../tensor.js';
import { listLength, ofRank } from '../lowering/partialShapes.js';
import { numbersOf, requireElement } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';
import { movement } from './movement.js';

export interface ConstantOfShapeAttributes extends Attributes {
  readonly shape?: readonly number[];
  readonly value?: number;
  readonly dtype?: DType;
}

export const constantOfShape: Operator<ConstantOfShapeAttributes> = {
  name: 'constantOfShape',
  gradient: 'depends on shapes alone',
  outputType: ({ dtype }) => dtype,
  partialShapes: ([shapeInput]) => [ofRank(listLength(undefined, shapeInput))],
  shapeInputs: [0],

  bake: (attributes, [shape]) => ({ ...attributes, shape: numbersOf(shape!) }),

  infer(_, { shape = [], dtype = 'float32', value = 0 }) {
    sizeOf(shape);
    requireElement(dtype, value);
    return [{ dtype, shape }];
  },

  ...movement<ConstantOfShapeAttributes>((mover, _, output, { value = 0 }) => mover.fill(output(0)!, value)),
};
