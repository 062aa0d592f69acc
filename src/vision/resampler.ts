// Where pictures are resampled: an instance of a binary whose memory serves one picture after the other.

import { SLACK_BYTES } from '../layouts.generated.js';
import { align } from '../plan/arena.js';
import type { Step, Table } from '../plan/plan.js';
import { encodeProgram, programBytes } from '../plan/program.js';
import { Core } from '../runtime/core.js';
import { newArray } from '../tensor.js';
import type { PixelTaps } from './coefficients.js';
import type { Pixels } from './picture.js';

/** A memory beyond this many bytes is given back after its picture. */
const MOST_KEPT = 2 ** 26;

/** The instance that the last picture was resampled in, which holds nothing that a later one could see. */
let kept: Core | undefined;

/**
 * A picture with each axis resampled, the columns first, as Pillow does; an axis without taps stays as it is.
 * @throws QuadlaneError `MEMORY` where the engine has no room for both pictures
 */
export function resample(
  module: WebAssembly.Module,
  pixels: Pixels,
  rows: PixelTaps | undefined,
  columns: PixelTaps | undefined,
): Pixels {
  const { data, height, width, channels } = pixels;
  const core = kept?.module === module ? kept : new Core(module, Number.POSITIVE_INFINITY);
  kept = core;
  // Of the rows only those that are asked for.
  const top = rows ? least(rows.first) : 0;
  const bottom = rows ? greatest(rows.first) + rows.taps : height;
  const newWidth = columns ? columns.first.length : width;
  const newHeight = rows ? rows.first.length : height;
  const rowBytes = width * channels;
  const newRowBytes = newWidth * channels;
  const steps: Step[] = [];
  const tables: Table[] = [];
  const table = (values: ArrayLike<number>) => {
    const made: Table = { base: 0, values };
    tables.push(made);
    return { region: made, offset: 0 };
  };
  const input = { base: 0 };
  const between = { base: 0 };
  const output = { base: 0 };
  const sizes = [rowBytes, newRowBytes].map((bytes) => align((bottom - top) * bytes + SLACK_BYTES));
  const outputBytes = newHeight * newRowBytes;
  const pass = (taps: PixelTaps, from: typeof input, to: typeof input, runs: number, bytes: number, stride: number) =>
    steps.push({
      kernel: 'u8_resample',
      node: 0,
      args: {
        input: { region: from, offset: 0 },
        output: { region: to, offset: 0 },
        outers: runs,
        count: taps.first.length,
        bytes,
        outerStride: stride,
        taps: taps.taps,
        offsets: table(taps.first.map((first) => first * bytes)),
        weights: table(taps.weights),
      },
    });
  const source = columns ? between : input;
  if (columns) pass(columns, input, rows ? between : output, bottom - top, channels, rowBytes);
  if (rows) {
    pass({ ...rows, first: rows.first.map((first) => first - top) }, source, output, 1, newRowBytes, 0);
  }
  const base = align(core.heapBase);
  input.base = base + align(programBytes(steps, tables, core.kernels));
  between.base = input.base + sizes[0];
  output.base = between.base + sizes[1];
  core.ensure(output.base + align(outputBytes + SLACK_BYTES));
  core.write(base, encodeProgram(steps, tables, base, core.kernels));
  core.write(input.base, data.subarray(top * rowBytes, bottom * rowBytes));
  core.run(base, steps.length);
  const result = newArray('uint8', outputBytes);
  result.set(core.view('uint8', output.base, outputBytes));
  if (core.bytes > MOST_KEPT) {
    kept = undefined;
    core.dispose();
  }
  return { data: result, height: newHeight, width: newWidth, channels };
}

function least(values: Int32Array): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function greatest(values: Int32Array): number {
  return values.reduce((a, b) => Math.max(a, b));
}
