// npm run draw: draws pictures/*.jpg, one of each shape, as the network never saw them: larger, and as JPEG files.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import encode, { init } from '@jsquash/jpeg/encode.js';
import { drawShape, names, randomFrom } from './shapes.mjs';

const SIZE = 240;
const random = randomFrom(7);

const encoder = fileURLToPath(import.meta.resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'));
await init(await WebAssembly.compile(readFileSync(encoder)));
mkdirSync(new URL('./pictures/', import.meta.url), { recursive: true });
for (const name of names) {
  const colours = drawShape(name, SIZE, random);
  const data = Uint8ClampedArray.from({ length: SIZE * SIZE * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : 255 * colours[3 * Math.floor(index / 4) + (index % 4)],
  );
  const file = await encode({ data, width: SIZE, height: SIZE }, { quality: 75 });
  writeFileSync(new URL(`./pictures/${name}.jpg`, import.meta.url), new Uint8Array(file));
}
