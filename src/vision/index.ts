// quadlane/vision: from pictures to what networks take, and from what they put out to answers.

export { ready } from '../eager/ready.js';
export type { ReadyOptions } from '../model/load.js';
export type { SidePadding, Sides } from '../windowOptions.js';
export type { ResizeMethod } from './coefficients.js';
export type { ColorMap } from './colorMaps.js';
export { preprocessingFrom } from './configuration.js';
export { type Drawable, type FromPixelsOptions, fromPixels, type RawPixels } from './fromPixels.js';
export {
  centerCrop,
  type Letterboxed,
  type LetterboxOptions,
  letterbox,
  type PaddingMode,
  type PadOptions,
  pad,
} from './geometry.js';
export {
  type Classification,
  type ClassifyOptions,
  type ImageClassifier,
  type ImageClassifierOptions,
  imageClassifier,
} from './imageClassifier.js';
export { type ImageEmbedder, type ImageEmbedderOptions, imageEmbedder } from './imageEmbedder.js';
export { type Labels, parseLabels } from './labels.js';
export type { Channels, Picture, PictureSize } from './picture.js';
export { type Fit, type Preprocessing, type PresetName, presets } from './preprocessing.js';
export { type PictureBox, type ResizePictureOptions, resize } from './resize.js';
export { type RgbaPixels, type ToPixelsOptions, toPixels } from './toPixels.js';
