import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { randomFloats } from '../../kernels/numbers.js';
import { einsum } from '../../reference/matmul/einsum.js';
import { checkGradients, sample } from '../../train/gradients.js';
import { checkOperator } from '../check.js';

/**
 * Checks an equation on random operands.
 * @param letters the equation that the reference takes, where the tested one has an ellipsis or no arrow
 */
function checkEinsum(equation: string, shapes: readonly (readonly number[])[], letters = equation): void {
  const random = randomFloats(sizeOf(shapes.flat()) + equation.length);
  const inputs = shapes.map((shape) => tensor(random(sizeOf(shape)), shape));
  const [terms, result] = letters.split('->');
  const operands = terms.split(',').map((own, index) => ({ ...inputs[index], letters: own }));
  const roundings = 2 * shapes.length + sizeOf(shapes.flat().map((extent) => Math.max(1, extent))) ** 0.5;
  checkOperator({
    op: 'einsum',
    attributes: { equation },
    inputs,
    expected: { ...einsum(operands, result), roundings },
  });
}

const types = (...shapes: number[][]) => shapes.map((shape) => ({ dtype: 'float32' as const, shape }));

describe('einsum: each element within the rounding of its sum', () => {
  it.each<[string, number[][], string?]>([
    [
      'ij,jk->ik',
      [
        [5, 7],
        [7, 9],
      ],
    ],
    [
      'ij,jk',
      [
        [5, 7],
        [7, 9],
      ],
      'ij,jk->ik',
    ],
    [
      'bij,bjk->bik',
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
    [
      'bhid,bhjd->bhij',
      [
        [2, 3, 4, 8],
        [2, 3, 5, 8],
      ],
    ],
    ['ij->ji', [[3, 8]]],
    ['ba', [[3, 8]], 'ba->ab'],
    ['ij->', [[4, 5]]],
    ['i,i->', [[13], [13]]],
    ['i,j->ij', [[3], [5]]],
    [
      'ij,ij->ij',
      [
        [3, 4],
        [3, 4],
      ],
    ],
    ['ii->i', [[5, 5]]],
    ['ii->', [[5, 5]]],
    ['iji->j', [[3, 4, 3]]],
    ['iii->i', [[3, 3, 3]]],
    [
      'ij,kl->',
      [
        [2, 3],
        [4, 5],
      ],
    ],
    [
      'ij,jk,kl->il',
      [
        [2, 3],
        [3, 4],
        [4, 5],
      ],
    ],
    ['ab,b,bc->ca', [[3, 4], [4], [4, 2]]],
    [
      '...ij,...jk->...ik',
      [
        [2, 3, 4],
        [4, 5],
      ],
      'xij,jk->xik',
    ],
    [
      '...ij,...jk->...ik',
      [
        [2, 1, 3, 4],
        [3, 4, 5],
      ],
      'xyij,yjk->xyik',
    ],
    ['i...->...', [[3, 4, 5]], 'ixy->xy'],
    ['...->...', [[3, 4]], 'xy->xy'],
    ['...i,i', [[2, 3, 4], [4]], 'xyi,i->xy'],
    [
      ' a b , b c -> a c ',
      [
        [2, 3],
        [3, 4],
      ],
      'ab,bc->ac',
    ],
    [
      'ij,jk->ik',
      [
        [5, 1],
        [7, 9],
      ],
      'ij,jk->ik',
    ],
    [
      'ij,kj->ik',
      [
        [0, 3],
        [4, 3],
      ],
    ],
  ])('%s of %j', (equation, shapes, letters) => checkEinsum(equation, shapes, letters));

  it('random equations of two and three operands', () => {
    const letters = ['a', 'b', 'c', 'd'];
    const extents: Readonly<Record<string, number>> = { a: 2, b: 3, c: 4, d: 5 };
    const term = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(term, { minLength: 2, maxLength: 3 }),
        fc.shuffledSubarray(letters, { maxLength: 3 }),
        (terms, wanted) => {
          const result = wanted.filter((letter) => terms.some((own) => own.includes(letter)));
          const equation = `${terms.map((own) => own.join('')).join()}->${result.join('')}`;
          const shapes = terms.map((own) => own.map((letter) => extents[letter]));
          checkEinsum(equation, shapes);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('sums of products of integers', () => {
    const a = tensor(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const b = tensor(Int32Array.of(1, -1, 2), [3]);
    const expected = { shape: [2], values: [5, 11], roundings: 0 };
    checkOperator({ op: 'einsum', attributes: { equation: 'ij,j->i' }, inputs: [a, b], expected });
  });

  it('has the gradients of its parts', () => {
    checkGradients({
      op: 'einsum',
      inputs: [sample([2, 3, 4]), sample([2, 4, 2], 2)],
      attributes: { equation: 'bij,bjk->bik' },
    });
    checkGradients({ op: 'einsum', inputs: [sample([3, 3, 2])], attributes: { equation: 'iij->j' } });
  });

  it.each<[string, number[][], RegExp]>([
    ['ij,jk->ik', [[2, 3]], /2 operands, not 1/],
    [
      'ij,jk->ik',
      [
        [2, 3],
        [4, 5],
      ],
      /axes of 3 and of 4 elements named j/,
    ],
    ['ij->i', [[2, 3, 4]], /operand 0, which has 3 axes/],
    ['ij->k', [[2, 3]], /k in its result/],
    ['ij->ii', [[2, 3]], /twice/],
    ['i->j->k', [[2]], /two arrows/],
    ['i1->i', [[2, 3]], /"1", where letters/],
    ['...i...->i', [[2]], /two ellipses/],
  ])('%s of %j is refused', (equation, shapes, message) => {
    expect(() => everything.operators.einsum.infer(types(...shapes), { equation })).toThrow(message);
  });
});
