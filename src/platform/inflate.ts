// Raw deflate (RFC 1951), read at once: what browsers have of it answers later.

/** Lengths and distances beyond those that their symbols stand for themselves: bases and extra bits (section 3.2.5). */
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBits = Array.from({ length: 30 }, (_, symbol) => Math.max(0, (symbol >> 1) - 1));
/** The order in which lengths of codes for lengths of codes are listed (section 3.2.7). */
const orderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Codes of at most `bits` bits: for each sequence of so many, symbol and length of the code that it begins with. */
interface Codes {
  readonly bits: number;
  readonly table: Uint16Array;
}

/** Bits of a length in an entry of a table. */
const LENGTH_BITS = 4;

/** The numbers that symbols stand for, the first one `first`. */
function basesOf(bits: readonly number[], first: number): number[] {
  const bases: number[] = [];
  let base = first;
  for (const count of bits) {
    bases.push(base);
    base += 2 ** count;
  }
  return bases;
}

/** Canonical Huffman codes with these lengths, the first bit lowest (section 3.2.2). */
function codesOf(lengths: readonly number[]): Codes {
  const bits = Math.max(1, ...lengths);
  const table = new Uint16Array(2 ** bits);
  let code = 0;
  for (let length = 1; length <= bits; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let at = reversed; at < table.length; at += 2 ** length) table[at] = (symbol << LENGTH_BITS) | length;
      code++;
    }
    code <<= 1;
  }
  return { bits, table };
}

/**
 * What `deflated` stands for: `length` bytes.
 * @throws RangeError where it stands for more, or ends before
 */
export function inflate(deflated: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  const lengthBases = basesOf(lengthBits, 3);
  // The longest length has a symbol of its own.
  lengthBases[28] = 258;
  const distanceBases = basesOf(distanceBits, 1);
  let [from, to, held, count] = [0, 0, 0, 0];

  /** Has at least `wanted` bits at hand; beyond the end they are zeros. */
  const fill = (wanted: number): void => {
    while (count < wanted) {
      if (from > deflated.length + 4) throw new RangeError('the data end before their last block does');
      held |= deflated[from++] << count;
      count += 8;
    }
  };
  const take = (wanted: number): number => {
    fill(wanted);
    const value = held & (2 ** wanted - 1);
    held >>>= wanted;
    count -= wanted;
    return value;
  };
  const symbol = ({ bits, table }: Codes): number => {
    fill(bits);
    const entry = table[held & (2 ** bits - 1)];
    const used = entry & (2 ** LENGTH_BITS - 1);
    if (used === 0) throw new RangeError('a code that there is none of');
    held >>>= used;
    count -= used;
    return entry >> LENGTH_BITS;
  };
  const room = (wanted: number): void => {
    if (to + wanted > length) throw new RangeError(`there are more than ${length} bytes`);
  };

  for (let last = 0; last === 0; ) {
    last = take(1);
    const kind = take(2);
    if (kind === 0) {
      take(count & 7);
      const size = take(16);
      take(16);
      room(size);
      for (let left = size; left > 0; left--) output[to++] = take(8);
      continue;
    }
    if (kind === 3) throw new RangeError('a block of a kind that there is none of');
    const [literals, distances] = kind === 1 ? fixedCodes() : codesAhead(take, symbol);
    for (let next = symbol(literals); next !== 256; next = symbol(literals)) {
      if (next < 256) {
        room(1);
        output[to++] = next;
        continue;
      }
      if (next > 285) throw new RangeError('a length that there is none of');
      const size = lengthBases[next - 257] + take(lengthBits[next - 257]);
      const far = symbol(distances);
      if (far > 29) throw new RangeError('a distance that there is none of');
      const distance = distanceBases[far] + take(distanceBits[far]);
      room(size);
      if (distance > to) throw new RangeError('a copy from before the beginning');
      for (const end = to + size; to < end; to++) output[to] = output[to - distance];
    }
  }
  if (to < length) throw new RangeError(`there are ${to} bytes instead of ${length}`);
  return output;
}

/** Codes of blocks that don't bring their own (section 3.2.6). */
function fixedCodes(): [literals: Codes, distances: Codes] {
  const literals = Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8));
  return [codesOf(literals), codesOf(Array(30).fill(5))];
}

/** The codes that a block begins with (section 3.2.7). */
function codesAhead(
  take: (bits: number) => number,
  symbol: (codes: Codes) => number,
): [literals: Codes, distances: Codes] {
  const [literals, distances, given] = [take(5) + 257, take(5) + 1, take(4) + 4];
  const ofLengths: number[] = Array(19).fill(0);
  for (const at of orderOfLengths.slice(0, given)) ofLengths[at] = take(3);
  const codes = codesOf(ofLengths);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const next = symbol(codes);
    if (next < 16) lengths.push(next);
    else if (next === 16) lengths.push(...Array(3 + take(2)).fill(lengths.at(-1)));
    else lengths.push(...Array(next === 17 ? 3 + take(3) : 11 + take(7)).fill(0));
  }
  return [codesOf(lengths.slice(0, literals)), codesOf(lengths.slice(literals))];
}
