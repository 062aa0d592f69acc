// Preprocessing as files say it: in the properties of ONNX, and in the preprocessor_config.json that stands beside models of
// Hugging Face's hub.

import { QuadlaneError } from '../errors.js';
import { shown } from '../printable.js';
import type { ResizeMethod } from './coefficients.js';
import { type Preprocessing, preprocessingOf } from './preprocessing.js';

/** Pillow's numbers of filters. */
const pillowFilters: readonly (ResizeMethod | undefined)[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'area'];

interface Extents {
  readonly height?: number;
  readonly width?: number;
  readonly shortest_edge?: number;
}

/** What is read of a preprocessor_config.json. */
interface Configuration {
  readonly do_resize?: boolean;
  readonly size?: number | Extents;
  readonly resample?: number;
  readonly do_center_crop?: boolean;
  readonly crop_size?: number | Extents;
  readonly crop_pct?: number | null;
  readonly do_rescale?: boolean;
  readonly rescale_factor?: number;
  readonly do_normalize?: boolean;
  readonly image_mean?: number | readonly number[];
  readonly image_std?: number | readonly number[];
  readonly do_flip_channel_order?: boolean;
}

/**
 * The preprocessing that the content of a preprocessor_config.json says.
 * @param configuration the file, as JSON.parse gives it
 * @throws QuadlaneError `FORMAT` for anything that can't be one
 */
export function preprocessingFrom(configuration: unknown): Preprocessing {
  if (typeof configuration !== 'object' || configuration === null || Array.isArray(configuration)) {
    throw new QuadlaneError('FORMAT', `preprocessor_config.json holds an object; got ${shown(configuration)}`);
  }
  const given = configuration as Configuration;
  const isCropped = given.do_center_crop === true;
  const size = extentsOf(isCropped ? (given.crop_size ?? given.size) : given.size);
  const shortest = shortestOf(given.size, isCropped);
  const filter = given.resample === undefined ? undefined : pillowFilters[given.resample];
  const share = given.crop_pct ?? (isCropped && size && shortest ? Math.min(...size) / shortest : 1);
  // Files write the factor out, rounded: it means 1/255.
  const factor = given.rescale_factor ?? 1 / 255;
  const scale = given.do_rescale === false ? 1 : Math.abs(factor - 1 / 255) < 1e-6 ? 1 / 255 : factor;
  try {
    return preprocessingOf({
      ...(size && { size }),
      fit: isCropped || given.crop_pct || shortest ? 'crop' : 'stretch',
      crop: Math.min(1, share),
      ...(filter && { method: filter }),
      scale,
      ...(given.do_normalize !== false && {
        ...(given.image_mean !== undefined && { mean: given.image_mean }),
        ...(given.image_std !== undefined && { std: given.image_std }),
      }),
      ...(given.do_flip_channel_order && { channels: 'bgr' as const }),
    });
  } catch (cause) {
    throw new QuadlaneError('FORMAT', `preprocessor_config.json can't be followed: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function extentsOf(size: number | Extents | undefined): [number, number] | undefined {
  if (typeof size === 'number') return [size, size];
  if (size?.height !== undefined && size.width !== undefined) return [size.height, size.width];
  return size?.shortest_edge === undefined ? undefined : [size.shortest_edge, size.shortest_edge];
}

/** The length that the shorter side is resized to, which a number means where a part is taken afterwards. */
function shortestOf(size: number | Extents | undefined, isCropped: boolean): number | undefined {
  if (typeof size === 'number') return isCropped ? size : undefined;
  return size?.shortest_edge;
}

/** What ONNX's properties of images call the range of pixels. */
const ranges: Readonly<Record<string, Preprocessing | undefined>> = {
  nominalrange_0_255: {},
  normalized_0_1: { scale: 1 / 255 },
  normalized_1_1: { scale: 1 / 127.5, mean: 1 },
  nominalrange_16_235: { scale: 219 / 255, mean: -16 },
};

const formats: Readonly<Record<string, Preprocessing['channels']>> = { gray8: 'grey', rgb8: 'rgb', bgr8: 'bgr' };

/**
 * The preprocessing that a file's own properties say: ONNX's `Image.NominalPixelRange` and `Image.BitmapPixelFormat`, or a whole
 * one as JSON under `preprocessing`. Undefined where they say none.
 * @throws QuadlaneError `FORMAT` for a `preprocessing` that can't be one
 */
export function preprocessingOfProperties(said: Readonly<Record<string, string>>): Preprocessing | undefined {
  const own = Object.hasOwn(said, 'preprocessing') ? said.preprocessing : undefined;
  if (own !== undefined) {
    try {
      return preprocessingOf(/^\s*\{/.test(own) ? JSON.parse(own) : own);
    } catch (cause) {
      throw new QuadlaneError('FORMAT', `the file's property "preprocessing" is none: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
  const range = ranges[property(said, 'Image.NominalPixelRange')];
  if (!range) return undefined;
  const channels = formats[property(said, 'Image.BitmapPixelFormat')];
  return { ...range, ...(channels && { channels }) };
}

/** A property, in lower case; files give it for one input under its name, or for all. */
function property(said: Readonly<Record<string, string>>, name: string): string {
  const found = Object.entries(said).find(([key]) => key === name || key.endsWith(`.${name}`));
  return found?.[1].toLowerCase() ?? '';
}
