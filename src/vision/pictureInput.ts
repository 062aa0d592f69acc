// A network's input for pictures: which it is, its size, layout and channels, and pictures as it takes them.

import { QuadlaneError } from '../errors.js';
import type { Dimension } from '../graph/graph.js';
import { printable, shown } from '../printable.js';
import { formatShape } from '../shape.js';
import { type DType, elementOf, newArray, Tensor } from '../tensor.js';
import { letterboxedBy } from './geometry.js';
import { type PictureSize, type Pixels, sizesOf, withChannels } from './picture.js';
import type { Preprocessing } from './preprocessing.js';
import { type PictureBox, resizedBy, wholeOf } from './resize.js';

/** What is asked of a model: its inputs. */
export interface HasInputs {
  readonly inputs: Readonly<Record<string, { readonly dtype: DType; readonly shape: readonly Dimension[] }>>;
}

/** Where a place of the network's input lies in the picture: (x * scaleX + left, y * scaleY + top). */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Size of the input where neither the file nor the preprocessing says one: what most networks are trained with. */
const USUAL_SIZE = 224;

export class PictureInput {
  readonly name: string;
  readonly dtype: DType;
  readonly height: number;
  readonly width: number;
  readonly layout: 'nchw' | 'nhwc';
  readonly channels: 'rgb' | 'bgr' | 'grey';
  /** For each channel the elements that bytes 0 to 255 become. */
  private readonly tables: readonly (readonly (number | bigint)[])[];

  /** @throws QuadlaneError `ARGUMENT` where the model takes no pictures, or not as `preprocessing` says */
  constructor(
    model: HasInputs,
    readonly preprocessing: Preprocessing,
  ) {
    const inputs = Object.entries(model.inputs);
    const [input] = inputs;
    if (inputs.length !== 1) {
      throw refusal(`it has ${inputs.length} inputs: ${inputs.map(([name]) => `"${printable(name)}"`).join(', ')}`);
    }
    const [name, { dtype, shape }] = input;
    if (shape.length !== 4)
      throw refusal(`its input "${printable(name)}" is ${formatted(shape)}, no batch of pictures`);
    this.name = name;
    this.dtype = dtype;
    this.layout = preprocessing.layout ?? layoutOf(shape);
    const [rows, columns, count] =
      this.layout === 'nchw' ? [shape[2], shape[3], shape[1]] : [shape[1], shape[2], shape[3]];
    const channels = typeof count === 'number' ? count : preprocessing.channels === 'grey' ? 1 : 3;
    this.channels = preprocessing.channels ?? (channels === 1 ? 'grey' : 'rgb');
    if (channels !== (this.channels === 'grey' ? 1 : 3)) {
      throw refusal(
        `its input "${printable(name)}" is ${formatted(shape)}, and pictures are ${this.channels}, ${this.layout}`,
      );
    }
    [this.height, this.width] = sizeFor(name, [rows, columns], preprocessing.size);
    this.tables = tablesOf(preprocessing, channels, dtype);
  }

  /** The shape of `count` pictures. */
  shape(count: number): number[] {
    const { height, width } = this;
    const channels = this.tables.length;
    return this.layout === 'nchw' ? [count, channels, height, width] : [count, height, width, channels];
  }

  /** A picture as the network takes it, [1, C, H, W] or [1, H, W, C], resampled by `module`; and where it lies in the picture. */
  take(module: WebAssembly.Module, picture: Pixels): { tensor: Tensor; placement: Placement } {
    const pixels = picture.channels === 4 ? withChannels(picture, 3) : picture;
    const { pixels: fitted, placement } = this.fitted(module, pixels);
    const { data, channels: given } = this.channels === 'grey' ? withChannels(fitted, 1) : fitted;
    const { tables, height, width } = this;
    const count = height * width;
    const elements = newArray(this.dtype, count * tables.length);
    const [step, pixel] = this.layout === 'nchw' ? [count, 1] : [1, tables.length];
    tables.forEach((table, channel) => {
      const source = given === 1 ? 0 : this.channels === 'bgr' ? 2 - channel : channel;
      for (let at = 0; at < count; at++) elements[channel * step + at * pixel] = table[data[at * given + source]];
    });
    return { tensor: new Tensor(this.dtype, this.shape(1), elements as never), placement };
  }

  private fitted(module: WebAssembly.Module, pixels: Pixels): { pixels: Pixels; placement: Placement } {
    const { fit = 'crop', crop = 0.875, method = 'bilinear', antialias = true, fill = 114 } = this.preprocessing;
    const { height, width } = this;
    if (fit === 'letterbox') {
      const { pixels: boxed, scale, left, top } = letterboxedBy(module, pixels, [height, width], method, fill);
      return {
        pixels: boxed,
        placement: { scaleX: 1 / scale, scaleY: 1 / scale, left: -left / scale, top: -top / scale },
      };
    }
    const box = fit === 'stretch' ? wholeOf(pixels) : middle(pixels, height, width, crop);
    return {
      pixels: resizedBy(module, pixels, box, [height, width], method, antialias),
      placement: { left: box.left, top: box.top, scaleX: box.width / width, scaleY: box.height / height },
    };
  }
}

function refusal(reason: string): QuadlaneError {
  return new QuadlaneError('ARGUMENT', `this model takes no single picture of one or three channels: ${reason}`);
}

function formatted(shape: readonly Dimension[]): string {
  return `[${shape.map((extent) => (typeof extent === 'string' ? printable(extent) : extent)).join(', ')}]`;
}

/** Where the channels stand: the axis that counts one or three. */
function layoutOf(shape: readonly Dimension[]): 'nchw' | 'nhwc' {
  const isCount = (extent: Dimension) => extent === 1 || extent === 3;
  return isCount(shape[3]) && !isCount(shape[1]) ? 'nhwc' : 'nchw';
}

function sizeFor(
  name: string,
  declared: readonly Dimension[],
  size: PictureSize | undefined,
): readonly [number, number] {
  const wanted = size === undefined ? undefined : sizesOf('preprocessing.size', size);
  const found = declared.map((extent, axis) => (typeof extent === 'number' ? extent : (wanted?.[axis] ?? USUAL_SIZE)));
  if (wanted && !found.every((extent, axis) => extent === wanted[axis])) {
    throw new QuadlaneError(
      'ARGUMENT',
      `preprocessing.size is ${formatShape(wanted)}, but the input "${printable(name)}" takes ${formatShape(found)}`,
    );
  }
  return found as [number, number];
}

/** The middle of a picture in the proportions of the result: `share` of the most that fits. */
function middle(pixels: Pixels, height: number, width: number, share: number): PictureBox {
  const scale = Math.min(pixels.height / height, pixels.width / width) * share;
  const [rows, columns] = [height * scale, width * scale];
  return { left: (pixels.width - columns) / 2, top: (pixels.height - rows) / 2, width: columns, height: rows };
}

/**
 * What each byte becomes, channel by channel: one rounding from float64. Whole types take rounded numbers, int8 what uint8 has
 * less 128 where nothing else is said.
 */
function tablesOf({ scale = 1, mean = 0, std = 1 }: Preprocessing, channels: number, dtype: DType) {
  const isPlain = scale === 1 && mean === 0 && std === 1;
  const shift = dtype === 'int8' && isPlain ? 128 : 0;
  const isWhole = !dtype.startsWith('float');
  return Array.from({ length: channels }, (_, channel) => {
    const [own, deviation] = [entry('mean', mean, channel, channels), entry('std', std, channel, channels)];
    return Array.from({ length: 256 }, (_, byte) => {
      const value = (byte * scale - own) / deviation - shift;
      return elementOf(dtype, isWhole ? Math.round(value) : value);
    });
  });
}

function entry(name: string, value: number | readonly number[], channel: number, channels: number): number {
  if (typeof value === 'number') return value;
  if (value.length === channels) return value[channel];
  throw new QuadlaneError(
    'ARGUMENT',
    `preprocessing.${name} must be a number or a list of ${channels}, one for each channel of the input; got ${shown(value)}`,
  );
}
