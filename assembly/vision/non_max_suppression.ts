// Non-maximum suppression: of boxes that overlap, those with lower scores go.
import { ElementType } from "../primitives/element_type";
import { keyAt, keyOf, placeOf, setEntry, sink } from "../primitives/heap";


@unmanaged
class NonMaxSuppressionArgs {
  /** f32[batches, boxes, 4] */
  boxes: usize;
  /** f32[batches, classes, boxes] */
  scores: usize;
  /** f32: boxes whose intersection over union with a chosen one is greater go; 0: the threshold is 0. */
  overlap: usize;
  /** f32: only boxes with greater scores are chosen; 0: all may be. */
  least: usize;
  /** i64[batches * classes * mostPerClass, 3]: batch, class, box */
  output: usize;
  /** i32: how many rows of the output are there; those behind are 0. */
  rows: usize;
  batches: i32;
  classes: i32;
  count: i32;
  mostPerClass: i32;
  /** 1: a box is [x, y, width, height] of its centre; 0: two opposite corners [y, x, y, x]. */
  isCentred: i32;
  /** `heapBytes` of the boxes. */
  scratch: usize;
}

const ROW_BYTES: i32 = 24;

/**
 * Chooses by score, class by class; of equal scores the box in front comes first. Boxes with a NaN score are left out.
 */
export function non_max_suppression(args: NonMaxSuppressionArgs, thread: i32, threads: i32): void {
  // Where a class's rows begin depends on all classes before it.
  if (thread > 0) return;
  let rows = 0;
  for (let batch = 0; batch < args.batches; batch++) {
    const boxes = args.boxes + <usize>batch * args.count * 16;
    for (let kind = 0; kind < args.classes; kind++) rows = chooseClass(args, boxes, batch, kind, rows);
  }
  store<i32>(args.rows, rows);
  const most = args.batches * args.classes * args.mostPerClass;
  memory.fill(args.output + <usize>rows * ROW_BYTES, 0, (most - rows) * ROW_BYTES);
}

/** Returns the number of rows there are with those of this class. */
function chooseClass(args: NonMaxSuppressionArgs, boxes: usize, batch: i32, kind: i32, first: i32): i32 {
  const keys = args.scratch;
  const places = keys + ((<usize>args.count) << 3);
  const scores = args.scores + ((<usize>(batch * args.classes + kind) * args.count) << 2);
  const threshold = args.overlap ? load<f32>(args.overlap) : 0;
  let left = 0;
  for (let box = 0; box < args.count; box++) {
    const at = scores + ((<usize>box) << 2);
    const score = load<f32>(at);
    // The best lies on top of the heap: keys and places are turned around.
    if (args.least ? score > load<f32>(args.least) : score == score) {
      setEntry(keys, places, left++, ~keyAt(ElementType.float32, at), -box);
    }
  }
  for (let i = (left >> 1) - 1; i >= 0; i--) sink(keys, places, left, i, keyOf(keys, i), placeOf(places, i));
  let row = first;
  while (left > 0 && row - first < args.mostPerClass) {
    const box = -placeOf(places, 0);
    left--;
    sink(keys, places, left, 0, keyOf(keys, left), placeOf(places, left));
    if (overlapsChosen(args, boxes, box, first, row, threshold)) continue;
    const output = args.output + <usize>row * ROW_BYTES;
    store<i64>(output, batch);
    store<i64>(output, kind, 8);
    store<i64>(output, box, 16);
    row++;
  }
  return row;
}

function overlapsChosen(
  args: NonMaxSuppressionArgs,
  boxes: usize,
  box: i32,
  first: i32,
  last: i32,
  threshold: f32,
): bool {
  for (let row = first; row < last; row++) {
    const chosen = <i32>load<i64>(args.output + <usize>row * ROW_BYTES, 16);
    if (overlap(boxes + ((<usize>box) << 4), boxes + ((<usize>chosen) << 4), args.isCentred) > threshold) return true;
  }
  return false;
}

/** Intersection over union; 0 where a box or the intersection is empty. */
function overlap(a: usize, b: usize, isCentred: i32): f32 {
  const height = shared(a, b, 0, isCentred);
  const width = shared(a, b, 4, isCentred);
  const areaA = extent(a, 0, isCentred) * extent(a, 4, isCentred);
  const areaB = extent(b, 0, isCentred) * extent(b, 4, isCentred);
  if (!(width > 0 && height > 0 && areaA > 0 && areaB > 0)) return 0;
  const intersection = width * height;
  return intersection / (areaA + areaB - intersection);
}

/** The lower coordinate of a box on an axis. */
function low(box: usize, axis: usize, isCentred: i32): f32 {
  const first = load<f32>(box + axis);
  const second = load<f32>(box + axis, 8);
  return isCentred ? first - second / 2 : min(first, second);
}

function high(box: usize, axis: usize, isCentred: i32): f32 {
  const first = load<f32>(box + axis);
  const second = load<f32>(box + axis, 8);
  return isCentred ? first + second / 2 : max(first, second);
}

function extent(box: usize, axis: usize, isCentred: i32): f32 {
  return high(box, axis, isCentred) - low(box, axis, isCentred);
}

/** Length that two boxes have in common on the axis whose coordinates are `axis` bytes into a box. */
function shared(a: usize, b: usize, axis: usize, isCentred: i32): f32 {
  return (
    min(high(a, axis, isCentred), high(b, axis, isCentred)) - max(low(a, axis, isCentred), low(b, axis, isCentred))
  );
}
