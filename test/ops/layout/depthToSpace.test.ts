import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { elementAt, fromIndices } from '../../reference/elements.js';
import { codeOfTypes } from '../applied.js';
import { checkOperator } from '../check.js';
import { floatType, random } from '../values.js';

describe('blocks of channels and of space, exact', () => {
  it.each([
    [1, 4],
    [2, 1],
    [2, 5],
    [3, 4],
  ])('blocks of %i pixels, %i channels', (b, channels) => {
    const deepShape = [2, 3, 2, b * b * channels];
    const wideShape = [2, 3 * b, 2 * b, channels];
    for (const blocksInside of [false, true]) {
      const deep = random(deepShape);
      const elements = { shape: deepShape, values: [...deep.data] };
      const wide = fromIndices(wideShape, ([n, h, w, c]) => {
        const block = (h % b) * b + (w % b);
        const channel = blocksInside ? c * b * b + block : block * channels + c;
        return elementAt(elements, [n, Math.floor(h / b), Math.floor(w / b), channel]);
      });
      const attributes = { blockSize: b, blocksInside };
      checkOperator({ op: 'depthToSpace', inputs: [deep], attributes, expected: { ...wide, roundings: 0 } });
      const back = { shape: deepShape, values: deep.data, roundings: 0 };
      checkOperator({ op: 'spaceToDepth', inputs: [tensor(wide.values, wideShape)], attributes, expected: back });
    }
  });

  it('refuses what has no blocks', () => {
    expect(codeOfTypes('depthToSpace', [floatType(1, 2, 2, 6)], { blockSize: 2 })).toBe('SHAPE');
    expect(codeOfTypes('spaceToDepth', [floatType(1, 3, 2, 6)], { blockSize: 2 })).toBe('SHAPE');
    expect(codeOfTypes('spaceToDepth', [floatType(1, 3, 2)], { blockSize: 1 })).toBe('SHAPE');
    expect(codeOfTypes('depthToSpace', [floatType(1, 2, 2, 4)], { blockSize: 0 })).toBe('SHAPE');
  });
});
