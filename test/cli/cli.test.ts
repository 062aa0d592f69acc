// The command line as users start it: a process of its own, from the built package.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel, tensor } from '../../src/index.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const lenet = here('../../examples/models/lenet5-mnist.onnx');
const folder = mkdtempSync(join(tmpdir(), 'quadlane-cli-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

function quadlane(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [here('../../dist/node/cli/main.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** What the command says when it refuses. */
function refusal(...args: string[]): string {
  const { status, stdout, stderr } = quadlane(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^quadlane: /);
  expect(stderr).not.toMatch(/\n {4}at /);
  return stderr;
}

const digit = Float32Array.from({ length: 784 }, (_, i) => Math.fround(Math.sin(i) / 2 + 0.5));

function npy(type: string, shape: string, data: ArrayBufferView): Uint8Array {
  const header = `${`{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117)}\n`;
  const start = new Uint8Array([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([start, Buffer.from(header), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

describe('convert', () => {
  it('goes from ONNX to .safetensors and back without changing a result', async () => {
    expect(quadlane('convert', lenet, at('lenet.safetensors'))).toMatchObject({ status: 0, stderr: '' });
    expect(quadlane('convert', at('lenet.safetensors'), at('lenet.onnx')).stdout).toMatch(/lenet\.onnx: [\d,]+ bytes/);
    const image = tensor(digit, [1, 1, 28, 28]);
    const [original, native, back] = await Promise.all(
      [lenet, at('lenet.safetensors'), at('lenet.onnx')].map((path) => loadModel(path)),
    );
    const expected = original.runSync({ image });
    expect(native.runSync({ image })).toEqual(expected);
    expect(back.runSync({ image })).toEqual(expected);
  });

  it('refuses other endings, missing files and damaged ones', () => {
    expect(refusal('convert', lenet, at('lenet.tflite'))).toContain('must end in .onnx or .safetensors');
    expect(refusal('convert', at('nothing.onnx'), at('a.onnx'))).toContain("can't be read");
    writeFileSync(at('cut.onnx'), readFileSync(lenet).subarray(0, 1000));
    expect(refusal('convert', at('cut.onnx'), at('a.onnx'))).toContain('damaged');
    expect(refusal('convert', lenet, join(folder, 'none', 'a.onnx'))).toContain("can't be written");
  });
});

describe('summary', () => {
  it('prints inputs, outputs and layers', () => {
    const { status, stdout } = quadlane('summary', lenet);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^input image: float32 \[batch, 1, 28, 28\]\noutput logits: float32 \[batch, 10\]\n\nlayer +/,
    );
    expect(stdout).toMatch(/61,706/);
  });

  it('takes open sizes', () => {
    expect(quadlane('summary', lenet, '--dim', 'batch=3').stdout).toContain('[3, 10]');
    expect(refusal('summary', lenet, '--dim', 'size=3')).toContain('those it has are "batch"');
    expect(refusal('summary', lenet, '--dim', 'batch')).toContain('--dim takes name=value');
    expect(refusal('summary', lenet, '--dim', 'batch=x')).toContain('whole number');
  });
});

describe('profile', () => {
  it('prints the steps and writes a trace', () => {
    const { status, stdout } = quadlane('profile', lenet, '--trace', at('trace.json'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^node +operator +kernel/);
    expect(stdout).toMatch(/conv \+ tanh +f32_conv \(direct convolution\) +\[1, 28, 28, 6\]/);
    const { traceEvents } = JSON.parse(readFileSync(at('trace.json'), 'utf8')) as { traceEvents: object[] };
    expect(traceEvents.length).toBeGreaterThan(6);
  });
});

describe('run', () => {
  it('takes .npy and JSON, prints and writes what comes out', async () => {
    const { logits } = (await loadModel(lenet)).runSync({ image: tensor(digit, [1, 1, 28, 28]) });
    writeFileSync(at('digit.npy'), npy('<f4', '1, 1, 28, 28', digit));
    writeFileSync(at('double.npy'), npy('<f8', '1, 1, 28, 28', Float64Array.from(digit)));
    writeFileSync(at('digit.json'), JSON.stringify({ shape: [1, 1, 28, 28], data: [...digit] }));
    for (const name of ['digit.npy', 'double.npy', 'digit.json']) {
      const { status, stdout } = quadlane('run', lenet, '--input', `image=${at(name)}`, '--output', at('out.json'));
      expect(status).toBe(0);
      expect(stdout).toMatch(/^logits: float32 \[1, 10\]\n {2}greatest: \[\d\] /);
      expect(JSON.parse(readFileSync(at('out.json'), 'utf8'))).toEqual({
        logits: { dtype: 'float32', shape: [1, 10], data: [...logits.data] },
      });
    }
  });

  it('takes threads, which change no bit, and ends with them', () => {
    const [alone, together] = ['1', '2'].map((threads) =>
      quadlane('run', lenet, '--dim', 'batch=50', '--threads', threads),
    );
    expect(together).toEqual(alone);
    expect(together.status).toBe(0);
    const profiled = quadlane('profile', lenet, '--dim', 'batch=50', '--threads', '2');
    expect(profiled).toMatchObject({ status: 0, stdout: expect.stringContaining('f32_conv') });
    for (const threads of ['0', 'two', '1.5']) {
      expect(refusal('run', lenet, '--threads', threads)).toContain('threads must be a whole number');
    }
  });

  it('runs on zeros where nothing is given', () => {
    expect(quadlane('run', lenet, '--dim', 'batch=2').stdout).toMatch(/^logits: float32 \[2, 10\]\n/);
  });

  it('refuses inputs that are not there or not readable', () => {
    expect(refusal('run', lenet, '--input', `picture=${at('digit.npy')}`)).toContain('its inputs are "image"');
    expect(refusal('run', lenet, '--input', `image=${at('none.npy')}`)).toContain("can't be read");
    writeFileSync(at('odd.npy'), 'odd');
    expect(refusal('run', lenet, '--input', `image=${at('odd.npy')}`)).toContain('no .npy file');
    writeFileSync(at('short.npy'), npy('<f4', '2, 2', digit.subarray(0, 2)));
    expect(refusal('run', lenet, '--input', `image=${at('short.npy')}`)).toContain('2 were given');
    writeFileSync(at('complex.npy'), npy('<c8', '1', digit.subarray(0, 2)));
    expect(refusal('run', lenet, '--input', `image=${at('complex.npy')}`)).toContain('<c8');
    writeFileSync(at('odd.json'), '{"shape": 1}');
    expect(refusal('run', lenet, '--input', `image=${at('odd.json')}`)).toContain('shape and data');
  });
});

describe('the command itself', () => {
  it('explains itself', () => {
    for (const args of [[], ['--help'], ['-h']]) expect(quadlane(...args).stdout).toContain('quadlane convert <model>');
    const { version } = JSON.parse(readFileSync(here('../../package.json'), 'utf8')) as { version: string };
    expect(quadlane('--version').stdout).toBe(`${version}\n`);
  });

  it('refuses what it does not know', () => {
    expect(refusal('train')).toContain('no command "train"');
    expect(refusal('summary')).toContain('summary takes 1 file, not 0');
    expect(refusal('summary', lenet, '--fast')).toContain('--fast');
    expect(refusal('toString', lenet)).toContain('no command "toString"');
  });
});
