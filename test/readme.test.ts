// What the README shows works: its code on the built package, and the npm scripts it names.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { examples, readme } from './readme-examples.js';

const root = new URL('../', import.meta.url);
const scripts: Record<string, string> = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).scripts;

/** Runs a module from the root of the repository, where `quadlane` is the package itself. */
function run(code: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
  });
}

describe('the examples of the README', () => {
  // A worker runs in workerd only, where test/runtimes/ covers the same calls.
  const runnable = examples().filter(({ code }) => !code.includes('export default'));
  const printed: Record<string, RegExp> = {
    'Node, Bun, Deno': /\[ 1, 10 \] looks like a 7\n$/,
    'Single operators': /^\[ 1, 16, 16, 8 \]\n$/,
    'Networks in code': /dense_1 +dense +\[batch, 10\][\s\S]*\n\[ 2, 10 \]\n$/,
    'Published architectures': /^2230277 \[ 1, 5 \]\n$/,
    'Saving and converting': /^13 tensors\n\[ 'logits' \] true\n$/,
    Training: /^epoch 1: loss \d[\s\S]*epoch 5: loss 0\.[\s\S]*\ntrue (strict|relaxed)\n$/,
    Pictures: /^\[ \{ label: '7', score: 0\.78\d+, index: 7 \} \]\n$/,
    'Where the time goes': /^node +operator[\s\S]*conv \+ tanh +f32_conv \(direct convolution\)[\s\S]*\ntotal /,
    Errors: /^INPUT input "image" takes float32 \[batch, 1, 28, 28\], but \[28, 28\] was given\n$/,
    Threads: /^2 as many as asked for\n\[ 64, 10 \]\n$/,
    'Without copies': /^Float32Array\(10\) \[/,
    'Watching and stopping a run': /^1 (\d+) \w+\n(\d+ \1 \w+\n)+\[ 1, 10 \]\n$/,
  };

  it('are those with an expected output', () => {
    expect(runnable.map(({ title }) => title)).toEqual(Object.keys(printed));
  });

  it.each(runnable)('$title', ({ title, code }) => {
    expect(run(code)).toMatch(printed[title]);
  });
});

describe('the commands of the README', () => {
  const named = [
    ...new Set(
      [...readme.matchAll(/npm (?:run )?(test\S*|build|check|bench|demo|example:\S+?)\b/g)].map(([, name]) => name),
    ),
  ];

  it('are there at all', () => expect(named.length).toBeGreaterThan(5));

  it.each(named)('npm run %s exists', (name) => expect(scripts).toHaveProperty([name]));
});

it('names only operators that the ONNX reader has', async () => {
  const { importers } = await import('../src/formats/onnx/importers.js');
  const section = readme.slice(readme.indexOf('## What runs today'), readme.indexOf('Layers compute in float32'));
  for (const [, name] of section.matchAll(/`([A-Z]\w+)`/g)) expect([...importers.keys()]).toContain(name);
});
