// .npy files: random ones, damaged; and command lines.

import type { Dice } from '../dice.js';
import { damagedBytes, damagedText, fewTimes, joined } from './damage.js';

const types = [
  '<f4',
  '<f8',
  '<f2',
  '|i1',
  '<i2',
  '<i4',
  '<i8',
  '|u1',
  '<u2',
  '<u4',
  '<u8',
  '|b1',
  '>f4',
  '|O',
  '<c8',
  '|S3',
  '__proto__',
  '',
];
const shapes = [
  '()',
  '(1,)',
  '(1, 3)',
  '(2, 2)',
  '(0,)',
  '(3,)',
  '(99999999999,)',
  '(-1,)',
  '(1.5,)',
  '(1',
  '',
  '(,)',
  '(1, 1, 28, 28)',
];

/** A .npy file, often sound but for one thing. */
export function drawArray(dice: Dice): Uint8Array {
  const type = dice.once(2) ? dice.any(types.slice(0, 12)) : dice.any(types);
  const order = dice.once(8) ? dice.any(['True', 'None', '']) : 'False';
  let header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${dice.any(shapes)}, }`;
  if (dice.once(6)) header = header.slice(0, dice.integer(header.length));
  if (dice.once(12)) header += damagedText(dice, []);
  const text = new TextEncoder().encode(`${header.padEnd(64)}\n`);
  const version = dice.once(8) ? dice.any([0, 2, 3, 255]) : 1;
  const length = dice.once(8) ? dice.any([0, 65_535, 10, text.length + 1]) : text.length;
  const lengths = version === 1 ? [length & 255, length >> 8] : [length & 255, length >> 8, 0, dice.once(4) ? 255 : 0];
  const start = Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...lengths]);
  const data = Uint8Array.from(
    dice.list(dice.any([0, 1, 4, 8, 12, 16, 24, 32, 100]), () => dice.any([0, 0, 0, 63, 128, 255])),
  );
  let file = joined(start, text, data);
  if (dice.once(3)) for (let times = fewTimes(dice); times > 0; times--) file = damagedBytes(dice, file);
  return file;
}

/** JSON that an input may be read from. */
export function drawJson(dice: Dice): Uint8Array {
  const pieces = [
    '[1, 2, 3]',
    '{"shape": [3], "data": [1, 2, 3]}',
    '[[1], [2, 3]]',
    '{"shape": [1e9], "data": []}',
    '{',
    'null',
    '[',
    '1',
  ];
  const more = [
    '["a"]',
    '[[[]]]',
    '{"shape": [-1], "data": [1]}',
    '{"shape": "x", "data": {}}',
    '[null]',
    '[1e999]',
    '[true]',
    '[{}]',
  ];
  const text = dice.any([...pieces, ...more, `${'['.repeat(dice.any([10, 5000]))}`]);
  const bytes = new TextEncoder().encode(text);
  return dice.once(3) ? damagedBytes(dice, bytes) : bytes;
}

/**
 * A command line.
 * @param paths files that are there
 * @param folder where a file may be written
 */
export function drawCommand(dice: Dice, paths: readonly string[], folder: string): string[] {
  const word = () =>
    dice.any([
      ...paths,
      ...[
        '--dim',
        '--input',
        '--output',
        '--threads',
        '--trace',
        '--help',
        '--version',
        '-h',
        '-v',
        '--',
        '-',
        '--dim=batch=2',
      ],
      ...[
        'batch=2',
        'batch=0',
        'batch=-1',
        'batch=1e9',
        'batch=99999999999',
        'x=1',
        '=',
        'toString=1',
        '__proto__=1',
        '1',
        '0',
        '99',
      ],
      ...[
        `image=${dice.any(paths)}`,
        `x=${dice.any(paths)}`,
        `${folder}/out.${dice.any(['onnx', 'safetensors', 'json', 'x'])}`,
        folder,
      ],
      damagedText(dice, []),
    ]);
  const command = dice.any(['convert', 'summary', 'run', 'run', 'run', 'profile', 'help', '__proto__']);
  const line = [command, dice.any(paths)];
  if (command === 'convert') line.push(`${folder}/out.${dice.any(['onnx', 'safetensors', 'x'])}`);
  for (let count = dice.integer(4); count > 0; count--) {
    const option = dice.any(['--dim', '--input', '--output']);
    const value = {
      '--dim': `batch=${dice.any(['1', '2', '0', 'x'])}`,
      '--input': `image=${dice.any(paths)}`,
      '--output': `${folder}/out.json`,
    };
    line.push(option, value[option as '--dim']);
  }
  for (let times = dice.integer(3); times > 0; times--) {
    const at = dice.integer(line.length + 1);
    if (dice.once(3)) line.splice(at, 1);
    else line.splice(at, dice.integer(2), word());
  }
  // Threads of these few models cost more than all else; they have a soak test of their own.
  return line.filter((each) => each !== '2');
}
