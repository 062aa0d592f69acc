// Calls that a beginner gets wrong: each throws on its line, and says what was meant.
import { describe, expect, test } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import * as L from '../../src/layers/index.js';

const x = L.input([8, 8, 3]);
// What JavaScript can be given, whatever the types say.
const any = L as unknown as Record<string, (...values: unknown[]) => (...values: unknown[]) => L.Value>;

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(QuadlaneError);
    expect((error as QuadlaneError).code).toBe('ARGUMENT');
    return (error as QuadlaneError).message;
  }
  return 'nothing was thrown';
}

const whole = 'must be a positive whole number';

describe('sizes and counts', () => {
  test.each<[() => unknown, string]>([
    [() => any.conv2d!({ filters: 3 })(x), `conv2d on [8, 8, 3]: kernelSize ${whole}, or a list of 2; got undefined`],
    [() => any.conv2d!({ kernelSize: 3 })(x), `conv2d on [8, 8, 3]: filters ${whole}; got undefined`],
    [() => any.dense!({})(x), `dense on [8, 8, 3]: units ${whole}; got undefined`],
    [() => any.dense!({ units: '10' })(x), `units ${whole}; got "10"`],
    [() => any.dense!({ units: Number.NaN })(x), `units ${whole}; got NaN`],
    [() => any.dense!({ units: 3n })(x), `units ${whole}; got 3`],
    [() => any.maxPool2d!({ poolSize: {} })(x), `poolSize ${whole}, or a list of 2; got {}`],
    [() => any.maxPool2d!({ strides: true })(x), `strides ${whole}, or a list of 2; got true`],
    [() => any.maxPool2d!({ dilation: () => 2 })(x), `dilation ${whole}, or a list of 2; got a function`],
    [() => any.conv2d!({ filters: 3, kernelSize: 3, groups: {} })(x), `groups ${whole}; got {}`],
    [
      () => any.conv2d!({ filters: 3, kernelSize: 3, padding: { top: 1 } })(x),
      'or [top, right, bottom, left]; got { top }',
    ],
    [() => any.resizing2d!()(x), `resizing2d on [8, 8, 3]: size ${whole}, or a list of 2; got undefined`],
    [() => any.adaptiveAveragePool2d!()(x), `size ${whole}, or a list of 2; got undefined`],
    [() => any.channelShuffle!()(x), `groups ${whole}; got undefined`],
    [() => any.localResponseNorm!({ size: 0 })(x), `size ${whole}; got 0`],
    [() => any.dropout!({ rate: 0.5 }), 'dropout takes a rate from 0 to below 1, not { rate }'],
    [() => any.dropout!('0.5'), 'not "0.5"'],
  ])('%s', (run, message) => {
    expect(refusal(run)).toContain(message);
  });
});

describe('options', () => {
  const dense = '{ units, activation, useBias, kernelInitializer, biasInitializer, name }';
  test.each<[() => unknown, string]>([
    [() => any.dense!(), `dense takes an object of options, of ${dense}; got undefined`],
    [() => any.dense!(10), `dense takes an object of options, of ${dense}; got 10`],
    [() => any.dense!({ unit: 3 }), `dense has no option "unit"; choose from ${dense}`],
    [() => any.conv2d!(10, 3), 'conv2d takes an object of options, of { filters, kernelSize, strides, '],
    [() => any.conv2d!({ filters: 3, kernel_size: 3 }), 'conv2d has no option "kernel_size"; choose from { filters, '],
    [() => any.conv2d!({ filters: 3, kernelSize: 3, stride: 2 }), 'conv2d has no option "stride"'],
    [() => any.maxPool2d!(3), 'maxPool2d takes an object of options, of { poolSize, '],
    [() => any.maxPool2d!({ includePadding: true }), 'maxPool2d has no option "includePadding"'],
    [() => any.leakyRelu!(0.3), 'leakyRelu takes an object of options, of { alpha, name }; got 0.3'],
    [() => any.flatten!([]), 'flatten takes an object of options, of { channelsFirst, name }; got []'],
    [() => any.relu!('a'), 'relu takes an object of options, of { name }; got "a"'],
    [() => any.relu!(x), 'relu takes its options first, and then what it is applied to, as in relu(...)(x)'],
    [() => any.dense!({ units: 3, name: 5 }), 'dense: name must be a string; got 5'],
    [() => any.input!([2], { name: 5 }), 'input: name must be a string; got 5'],
    [() => any.input!([2], 'image'), 'input takes an object of options, of { name, dtype }; got "image"'],
  ])('%s', (run, message) => {
    expect(refusal(run)).toContain(message);
  });

  const first: Record<string, unknown[]> = {
    activation: ['relu'],
    adaptiveAveragePool2d: [2],
    resizing2d: [2],
    reshape: [[-1]],
    permute: [[1, 2, 3]],
    sliceChannels: [0, 1],
    channelShuffle: [1],
    pixelShuffle: [1],
    dropout: [0.5],
    input: [[2]],
  };
  const kinds = Object.keys(L).filter(
    (name) => !['Value', 'Network', 'model', 'sequential', 'compile', 'compileSync'].includes(name),
  );
  test.each(kinds)('%s refuses null, and options it does not have', (kind) => {
    expect(refusal(() => any[kind]!(...(first[kind] ?? []), null))).toContain('takes an object of options');
    expect(refusal(() => any[kind]!(...(first[kind] ?? []), { foo: 1 }))).toContain('has no option "foo"');
  });
});

describe('networks', () => {
  const dense = L.dense({ units: 2 });
  test.each<[() => unknown, string]>([
    [() => any.model!(), 'model() takes an object of options, of { inputs, outputs, seed }; got undefined'],
    [() => any.model!(x, dense(x)), 'model() has no option "type"; choose from { inputs, outputs, seed }'],
    [() => any.model!({ input: x, output: dense(x) }), 'model() has no option "input"'],
    [() => any.model!({ inputs: x }), 'outputs must be a value, or a list or record of values; got undefined'],
    [() => any.model!({ inputs: x, outputs: dense }), 'got a function: call the layer on a value, as in dense('],
    [() => any.model!({ inputs: x, outputs: [] }), 'outputs must be a value, or a list or record of values; got []'],
    [
      () => any.model!({ inputs: x, outputs: { a: dense } }),
      'outputs must be results of layers, as of dense({ units: 10 })(x); "a" is a function',
    ],
    [() => any.model!({ inputs: x, outputs: [undefined] }), '"output" is undefined'],
    [() => any.model!({ outputs: x }), 'inputs must be a value, or a list or record of values; got undefined'],
    [() => any.model!({ inputs: [undefined], outputs: x }), 'inputs must be results of input(); "input_0" isn\'t'],
    [() => any.model!({ inputs: [], outputs: x }), 'inputs must be a value, or a list or record of values; got []'],
    [() => any.sequential!(), 'sequential() begins with the input'],
    [() => any.sequential!(x, dense), 'sequential() begins with the input'],
    [() => any.sequential!([dense]), 'sequential() begins with the input'],
    [
      () => any.sequential!([x, x]),
      'sequential() takes layers behind the input, as dense({ units: 10 }); entry 1 is { type, ',
    ],
    [() => any.sequential!([x, dense, undefined]), 'entry 2 is undefined'],
    [() => any.sequential!([x, L.relu]), 'relu takes its options first, and then what it is applied to'],
    [() => any.sequential!([x, () => dense]), 'entry 1 is a function that gives no value: call it with its options'],
    [() => any.sequential!([x, dense], 5), 'sequential() takes an object of options, of { seed }; got 5'],
    [
      () => any.compileSync!(),
      'compile() and compileSync() take a network, the result of model() or sequential(); got undefined',
    ],
    [() => any.compileSync!(dense), 'got a function'],
    [() => any.reshape!('3')(x), 'shape must list sizes without the batch, one of them perhaps -1; got "3"'],
    [() => any.reshape!()(x), 'one of them perhaps -1; got undefined'],
    [
      () => any.permute!()(x),
      'permute on [8, 8, 3]: order must list the axes 1, 2, 3, each once, the batch left out; got undefined',
    ],
    [() => any.permute!([0, 1, 2])(x), 'got [0, 1, 2]'],
    [() => any.permute!([1, 1, 2])(x), 'got [1, 1, 2]'],
    [() => any.permute!([1, 2])(x), 'got [1, 2]'],
  ])('%s', (run, message) => {
    expect(refusal(run)).toContain(message);
  });

  test('compile() rejects what is no network', async () => {
    await expect(L.compile(undefined as never)).rejects.toThrow('take a network');
  });
});
