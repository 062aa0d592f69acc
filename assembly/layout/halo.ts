// Clears the halo around an activation that is kept inside its consumers' padding.
import { firstUnit } from "../runtime/share";
import { fillBytes } from "../primitives/tail";


@unmanaged
class HaloArgs {
  /** First byte of the interior: image 0, plane 0, row 0. */
  interior: usize;
  images: i32;
  planes: i32;
  rows: i32;
  /** Bytes of one interior row: columns x channels x element size. */
  rowBytes: i32;
  imageStride: i32;
  planeStride: i32;
  rowStride: i32;
  /** Planes before and behind, rows above and below, bytes left and right of the interior. */
  front: i32;
  back: i32;
  top: i32;
  bottom: i32;
  left: i32;
  right: i32;
}

/** Zeroes all of the halo, nothing of the interior. The halo of each image is its own: images don't share rows. */
export function clear_halo(args: HaloArgs, thread: i32, threads: i32): void {
  assert(args.rowBytes >= 0 && args.left >= 0 && args.right >= 0 && args.top >= 0 && args.bottom >= 0);
  const rowsAround = args.top + args.rows + args.bottom;
  const planesAround = args.front + args.planes + args.back;
  const last = firstUnit(args.images * planesAround * rowsAround, thread + 1, threads);
  const zero = i32x4.splat(0);
  for (let unit = firstUnit(args.images * planesAround * rowsAround, thread, threads); unit < last; unit++) {
    const planeUnit = unit / rowsAround;
    const image = planeUnit / planesAround;
    const row = unit - planeUnit * rowsAround - args.top;
    const plane = planeUnit - image * planesAround - args.front;
    const start =
      args.interior + <isize>image * args.imageStride + <isize>plane * args.planeStride + <isize>row * args.rowStride;
    // As unsigned numbers, those before the interior are behind it too.
    if (<u32>row < <u32>args.rows && <u32>plane < <u32>args.planes) {
      fillBytes(start - args.left, zero, args.left);
      fillBytes(start + args.rowBytes, zero, args.right);
    } else {
      fillBytes(start - args.left, zero, args.left + args.rowBytes + args.right);
    }
  }
}
