// What the build changes in a compiled binary: its kernels move from the exports to the table, and it carries the layouts
// of their arguments.

import { readFileSync, writeFileSync } from 'node:fs';

/** Magic number and version of a binary. */
const HEADER_BYTES = 8;
const [CUSTOM, TABLE, EXPORT, ELEMENT] = [0, 4, 7, 9];
/** How an export of a function, and an `i32.const` and its end, are written. */
const [FUNCTION, I32_CONST, END] = [0x00, 0x41, 0x0b];

/**
 * Makes the kernels of a binary the last functions in its table, in the order of `kernels`, and exports them no longer: an
 * engine makes an object of every export, and programs name kernels by their place in the table. A custom section named
 * `kernels` has their layouts: a line a kernel, its name and its fields; `*` marks an address, `~` a float, anything else
 * is an integer; four bytes each.
 */
export function finishBinary(file, kernels) {
  const binary = readFileSync(file);
  const sections = sectionsOf(binary);
  const indices = takeExports(sections, new Set(kernels.keys()));
  const first = growTable(sections, kernels.size);
  const elements = [...kernels.keys()].flatMap((name) => leb128(indices.get(name)));
  const segment = [0, I32_CONST, ...signedLeb128(first), END, ...leb128(kernels.size), ...elements];
  rewrite(sections, ELEMENT, ({ number, rest }) => [...leb128(number() + 1), ...rest(), ...segment]);
  const lines = [...kernels].map(([name, fields]) => [name, ...fields.map((f) => f.letter + f.name)].join(' '));
  const name = Buffer.from('kernels');
  const layouts = Buffer.concat([Buffer.from(leb128(name.length)), name, Buffer.from(lines.join('\n'))]);
  const written = [{ id: CUSTOM, content: layouts }, ...sections].map(({ id, content }) =>
    Buffer.concat([Buffer.from([id, ...leb128(content.length)]), content]),
  );
  writeFileSync(file, Buffer.concat([binary.subarray(0, HEADER_BYTES), ...written]));
}

function sectionsOf(binary) {
  const { isAtEnd, number, bytes } = reader(binary.subarray(HEADER_BYTES));
  const sections = [];
  while (!isAtEnd()) sections.push({ id: number(), content: bytes(number()) });
  return sections;
}

/** Removes the functions that are exported as `names`; returns their indices by name. */
function takeExports(sections, names) {
  const indices = new Map();
  rewrite(sections, EXPORT, ({ number, bytes }) => {
    const kept = [];
    for (let left = number(); left > 0; left--) {
      const name = bytes(number());
      const [kind, index] = [number(), number()];
      if (kind === FUNCTION && names.has(name.toString())) indices.set(name.toString(), index);
      else kept.push([...leb128(name.length), ...name, kind, ...leb128(index)]);
    }
    return [...leb128(kept.length), ...kept.flat()];
  });
  for (const name of names) if (!indices.has(name)) throw new Error(`the binary exports no kernel ${name}`);
  return indices;
}

/** Makes room for `count` more functions in the only table; returns where it begins. */
function growTable(sections, count) {
  let first;
  rewrite(sections, TABLE, ({ number, rest }) => {
    const [tables, type, hasMaximum] = [number(), number(), number()];
    if (tables !== 1 || hasMaximum) throw new Error('the binary should have one table without a maximum');
    first = number();
    return [tables, type, hasMaximum, ...leb128(first + count), ...rest()];
  });
  return first;
}

/** Replaces the content of the section `id` by the bytes that `write` returns. */
function rewrite(sections, id, write) {
  const section = sections.find((one) => one.id === id);
  section.content = Buffer.from(write(reader(section.content)));
}

/** Reads `bytes` from the beginning on. */
function reader(content) {
  let at = 0;
  const bytes = (length) => {
    at += length;
    return content.subarray(at - length, at);
  };
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = content[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  return { isAtEnd: () => at >= content.length, number, bytes, rest: () => bytes(content.length - at) };
}

/** An unsigned integer as WebAssembly writes it. */
function leb128(value) {
  const bytes = [];
  for (; value > 127; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** A signed integer, not negative: its last byte has no sign bit. */
function signedLeb128(value) {
  const bytes = [];
  for (; value > 63; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
