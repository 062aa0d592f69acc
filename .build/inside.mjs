// What makes a bundle that consists of scripts alone: the binaries are text in it, and nothing is imported lazily.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';

/**
 * Bytes of a piece. The binaries are much alike: with their pieces in turns deflate, which looks back 32 KB, stores the second
 * one as copies from the first.
 */
const PIECE = 8192;

const lazy = resolve('src/model/formats.ts');

/** Gives `#binaries`, takes the readers that are there from the beginning, and turns lazy imports into static ones. */
export const allInside = {
  name: 'all inside',
  resolveId(source, importer) {
    if (source === '#binaries') return source;
    const isFormats = /\/formats\.js$/.test(source) && resolve(importer, '..', source.replace(/js$/, 'ts')) === lazy;
    return isFormats ? resolve('src/model/formats-inside.ts') : null;
  },
  load: (id) => (id === '#binaries' ? binaries() : null),
  transform(code, id) {
    if (!/\/src\/.*\.ts$/.test(id)) return null;
    const imports = [];
    const changed = code.replaceAll(/\bimport\((['"][^'"]+['"])\)/g, (_, source) => {
      imports.push(`import * as lazy${imports.length} from ${source};`);
      return `Promise.resolve(lazy${imports.length - 1})`;
    });
    return imports.length > 0 ? `${imports.join('')}\n${changed}` : null;
  },
};

function binaries() {
  const [strict, relaxed] = ['strict', 'relaxed'].map((variant) => readFileSync(`dist/quadlane.${variant}.wasm`));
  const pieces = [];
  for (let at = 0; at < Math.max(strict.length, relaxed.length); at += PIECE) {
    pieces.push(strict.subarray(at, at + PIECE), relaxed.subarray(at, at + PIECE));
  }
  const text = deflateRawSync(Buffer.concat(pieces), { level: 9, memLevel: 9 }).toString('base64');
  const sizes = { strict: strict.length, relaxed: relaxed.length };
  return Object.entries({ text, piece: PIECE, sizes })
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
    .join('\n');
}
