// Dropout's mask: each element is kept or not by a random number that follows from the seed, a counter and its place
// alone. The generator is Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
// (2011): no state, same bits on every engine and for any number of threads.
import { storeLanes } from "../primitives/lanes";
import { firstUnit } from "../runtime/share";


@unmanaged
class RandomMaskArgs {
  input: usize;
  output: usize;
  /** i32: the second word of the generator's counter; the first is the number of the element, by four. */
  counter: usize;
  count: i32;
  /** The generator's key. */
  seedLow: i32;
  seedHigh: i32;
  /** An element is kept where its random u32 is below this u32. */
  threshold: i32;
  /** What kept elements are multiplied by. */
  scale: f32;
}

const ROUNDS: i32 = 10;
const MULTIPLIER_0: i32 = 0xd2511f53;
const MULTIPLIER_1: i32 = 0xcd9e8d57;
const WEYL_0: i32 = 0x9e3779b9;
const WEYL_1: i32 = 0xbb67ae85;
// Elements that are drawn together: four words of each of four blocks.
const DRAWN: i32 = 16;

/**
 * output = input * scale where kept, 0 elsewhere, NaN included; in place or not. Reads up to 60 bytes behind the input.
 */
export function f32_random_mask(args: RandomMaskArgs, thread: i32, threads: i32): void {
  assert(args.count >= 0);
  const draws = (args.count + DRAWN - 1) / DRAWN;
  const last = firstUnit(draws, thread + 1, threads);
  const m0 = i32x4.splat(MULTIPLIER_0);
  const m1 = i32x4.splat(MULTIPLIER_1);
  const threshold = i32x4.splat(args.threshold);
  const scale = f32x4.splat(args.scale);
  const counter = load<i32>(args.counter);
  for (let draw = firstUnit(draws, thread, threads); draw < last; draw++) {
    let c0 = i32x4.add(i32x4.splat(draw * 4), i32x4(0, 1, 2, 3));
    let c1 = i32x4.splat(counter);
    let c2 = i32x4.splat(0);
    let c3 = c2;
    let k0 = args.seedLow;
    let k1 = args.seedHigh;
    for (let round = 0; round < ROUNDS; round++) {
      const a = i64x2.extmul_low_i32x4_u(c0, m0);
      const b = i64x2.extmul_high_i32x4_u(c0, m0);
      const c = i64x2.extmul_low_i32x4_u(c2, m1);
      const d = i64x2.extmul_high_i32x4_u(c2, m1);
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(c, d, 1, 3, 5, 7), c1), i32x4.splat(k0));
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(a, b, 1, 3, 5, 7), c3), i32x4.splat(k1));
      c1 = v128.shuffle<i32>(c, d, 0, 2, 4, 6);
      c3 = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    // The four words of a block side by side.
    const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
    const first = draw * DRAWN;
    const offset = (<usize>first) << 2;
    const left = args.count - first;
    keep(args, offset, v128.shuffle<i32>(low01, low23, 0, 1, 4, 5), threshold, scale, left);
    keep(args, offset + 16, v128.shuffle<i32>(low01, low23, 2, 3, 6, 7), threshold, scale, left - 4);
    keep(args, offset + 32, v128.shuffle<i32>(high01, high23, 0, 1, 4, 5), threshold, scale, left - 8);
    keep(args, offset + 48, v128.shuffle<i32>(high01, high23, 2, 3, 6, 7), threshold, scale, left - 12);
  }
}

// @ts-ignore: decorator
@inline
function keep(args: RandomMaskArgs, offset: usize, random: v128, threshold: v128, scale: v128, left: i32): void {
  if (left <= 0) return;
  const kept = f32x4.mul(v128.load(args.input + offset), scale);
  storeLanes(args.output + offset, v128.and(kept, i32x4.lt_u(random, threshold)), left);
}
