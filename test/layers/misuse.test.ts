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
    [() => any.maxPool2d!({ kernelSize: {} })(x), `kernelSize ${whole}, or a list of 2; got {}`],
    [() => any.maxPool2d!({ strides: true })(x), `strides ${whole}, or a list of 2; got true`],
    [() => any.maxPool2d!({ dilations: () => 2 })(x), `dilations ${whole}, or a list of 2; got a function`],
    [() => any.conv2d!({ filters: 3, kernelSize: 3, groups: {} })(x), `groups ${whole}; got {}`],
    [
      () => any.conv2d!({ filters: 3, kernelSize: 3, padding: { top: -1 } })(x),
      'or [top, left, bottom, right] or { top, left, bottom, right }; got { top }',
    ],
    [() => any.resizing2d!()(x), `resizing2d on [8, 8, 3]: size ${whole}, or a list of 2; got undefined`],
    [() => any.adaptiveAveragePool2d!()(x), `size ${whole}, or a list of 2; got undefined`],
    [() => any.channelShuffle!()(x), `groups ${whole}; got undefined`],
    [() => any.localResponseNorm!({ size: 0 })(x), `size ${whole}; got 0`],
    [() => any.groupNorm!({ groups: 0 })(x), `groups ${whole}; got 0`],
    [() => any.layerNorm!({ axis: 0 })(x), 'axis 0 is the batch'],
    [() => any.layerNorm!({ axis: 1.5 })(x), 'axis must be a whole number; got 1.5'],
    [() => any.layerNorm!({ epsilon: -1 })(x), 'epsilon must be a number from 0 on; got -1'],
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
    [() => any.maxPool2d!(3), 'maxPool2d takes an object of options, of { kernelSize, '],
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

describe('choices and numbers', () => {
  const conv = (options: object) => any.conv2d!({ filters: 3, kernelSize: 3, ...options })(x);
  const naming = "activation must be a name, as 'relu', or { activation: 'leakyRelu', alpha: 0.1 }; got ";
  const names = 'choose heUniform, heNormal, glorotUniform, glorotNormal, zeros, ones or { normal: deviation }';
  test.each<[() => unknown, string]>([
    [() => conv({ activation: 5 }), `conv2d on [8, 8, 3]: ${naming}5`],
    [() => conv({ activation: {} }), `${naming}{}`],
    [() => conv({ activation: ['relu'] }), `${naming}["relu"]`],
    [() => conv({ activation: null }), `${naming}null`],
    [() => conv({ activation: L.relu }), `${naming}a function`],
    [() => conv({ activation: { activation: 'elu', alhpa: 1 } }), 'activation has no option "alhpa"'],
    [() => any.activation!(), `${naming}undefined`],
    [() => any.activation!('rely')(x), 'there is no activation "rely"'],
    [() => any.activation!('toString')(x), 'there is no activation "toString"'],
    [() => any.leakyRelu!({ alpha: 'foo' })(x), 'leakyRelu on [8, 8, 3]: alpha must be a number; got "foo"'],
    [() => any.elu!({ alpha: Number.NaN })(x), 'elu on [8, 8, 3]: alpha must be a number; got NaN'],
    [() => any.add!({ activation: 5 })([x, x]), `${naming}5`],
    [() => any.upsampling2d!({ interpolation: 'foo' })(x), 'interpolation must be one of nearest, linear; got "foo"'],
    [() => any.resizing2d!(2, { interpolation: 'toString' })(x), 'interpolation must be one of nearest, linear'],
    [() => conv({ kernelInitializer: 'foo' }), `conv2d on [8, 8, 3]: there is no initializer "foo"; ${names}`],
    [() => conv({ kernelInitializer: null }), 'there is no initializer null'],
    [() => conv({ biasInitializer: 0 }), 'there is no initializer 0'],
    [
      () => conv({ kernelInitializer: { stddev: 0.1 } }),
      'an initializer has no option "stddev"; choose from { normal }',
    ],
    [() => conv({ kernelInitializer: {} }), 'normal must be a number from 0 on; got undefined'],
    [
      () => any.dense!({ units: 2, kernelInitializer: { normal: Number.NaN } })(x),
      'normal must be a number from 0 on; got NaN',
    ],
    [() => any.batchNorm!({ epsilon: -2 })(x), 'batchNorm on [8, 8, 3]: epsilon must be a number from 0 on; got -2'],
    [() => any.batchNorm!({ epsilon: '1e-3' })(x), 'epsilon must be a number from 0 on; got "1e-3"'],
    [() => any.batchNorm!({ momentum: 2 })(x), 'momentum must be a number from 0 to 1; got 2'],
    [() => any.localResponseNorm!({ beta: 'foo' })(x), 'beta must be a number; got "foo"'],
    [() => any.model!({ inputs: x, outputs: x, seed: 'abc' }), 'seed must be a whole number; got "abc"'],
    [() => any.sequential!([x], { seed: Number.NaN }), 'seed must be a whole number; got NaN'],
    [
      () => any.input!([2], { dtype: 'foo' }),
      'input: dtype must be one of float32, int32, int64, int8, uint8, bool, float64, float16; got "foo"',
    ],
    [
      () => any.convTranspose2d!({ filters: 3, kernelSize: 3, outputPadding: 'same' })(x),
      'outputPadding must be a whole number or [rows, columns]; got "same"',
    ],
    [() => any.convTranspose2d!({ filters: 3, kernelSize: 3, outputPadding: [1] })(x), 'or [rows, columns]; got [1]'],
  ])('%s', (run, message) => {
    expect(refusal(run)).toContain(message);
  });

  test('a result that no memory holds', () => {
    expect(() => L.zeroPadding2d({ padding: 1e12 })(x)).toThrow(
      expect.objectContaining({ code: 'SHAPE', message: expect.stringContaining('zeroPadding2d on [8, 8, 3]: ') }),
    );
    expect(() => L.upsampling2d({ size: 1e6 })(x)).toThrow(expect.objectContaining({ code: 'SHAPE' }));
  });
});

describe('flags, axes and weights', () => {
  const network = () =>
    any.sequential!([x, L.dense({ units: 2, name: 'fc' })]) as unknown as { load: (...values: unknown[]) => unknown };
  const one = { 'fc.weight': [1, 2], 'fc.bias': null };
  test.each<[() => unknown, string]>([
    [() => any.dense!({ units: 2, useBias: 'false' }), 'dense: useBias must be true or false; got "false"'],
    [() => any.maxPool2d!({ ceil: 1 }), 'maxPool2d: ceil must be true or false; got 1'],
    [() => any.averagePool2d!({ includePadding: null }), 'includePadding must be true or false; got null'],
    [() => any.globalMaxPool1d!({ keepDims: {} }), 'keepDims must be true or false; got {}'],
    [() => any.flatten!({ channelsFirst: 'first' }), 'channelsFirst must be true or false; got "first"'],
    [() => any.concat!({ axis: 'channels' })([x, x]), 'axis must be a whole number; got "channels"'],
    [() => any.softmax!({ axis: 1.5 })(x), 'softmax on [8, 8, 3]: axis must be a whole number; got 1.5'],
    [() => any.sliceChannels!(Symbol('a'), {})(x), "channels Symbol(a) to {} aren't a part of its 3"],
    [() => network().load(undefined), 'load() takes a map or a record of tensors by name; got undefined'],
    [() => network().load('weights.safetensors'), 'got "weights.safetensors"'],
    [() => network().load({}, null), 'load() takes an object of options, of { strict, except }; got null'],
    [() => network().load({}, { exept: ['fc'] }), 'load() has no option "exept"'],
    [() => network().load({}, { except: 'fc' }), 'except must be a list of names, as [\'fc\']; got "fc"'],
    [() => network().load(one), 'of another type: fc.weight is no tensor, but [1, 2], fc.bias is no tensor, but null'],
  ])('%s', (run, message) => {
    expect(refusal(run)).toContain(message);
  });

  test('a mean over more windows than memory holds', () => {
    expect(() => L.adaptiveAveragePool2d(1e12)(x)).toThrow(expect.objectContaining({ code: 'SHAPE' }));
  });
});
