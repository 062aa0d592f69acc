import { ready } from '../../src/model/load.js';
import { Dice } from './dice.js';
import { kinds } from './files/kinds.js';
import { writeFileSync, readFileSync } from 'node:fs';
await ready();
const shares: Record<string, number> = { onnx: 12, safetensors: 4, checkpoint: 1, array: 2, command: 1 };
const turns = Object.entries(shares).flatMap(([name, share]) => new Array<string>(share).fill(name));
const all = kinds();
for (const word of process.argv.slice(2)) {
  const seed = Number(word.split(':')[0]);
  const name = new Dice(seed ^ 0xca5e).any(turns);
  const path = word.split(':')[1];
  const file = path ? new Uint8Array(readFileSync(path)) : await all[name].draw(new Dice(seed));
  writeFileSync(`/tmp/drv/${seed}.${name === 'onnx' ? 'onnx' : 'safetensors'}`, file);
  const t = performance.now();
  try { console.log(seed, name, await all[name].examine(new Dice(seed ^ 0xf11e), file)); } catch (e) { console.log(seed, String((e as Error).stack).slice(0, 3000)); }
  console.log('ms', performance.now() - t);
}
