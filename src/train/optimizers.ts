// Optimisers by name: what `quadlane/train` exports as `optimizers`.

export { type AdamOptions, adam, adamW } from './optimizers/adam.js';
export {
  adamax,
  lion,
  type MomentOptions,
  type NadamOptions,
  nadam,
  type RadamOptions,
  radam,
} from './optimizers/adamFamily.js';
export {
  type AdadeltaOptions,
  type AdagradOptions,
  adadelta,
  adagrad,
  type RmspropOptions,
  rmsprop,
} from './optimizers/meanSquares.js';
export { type SgdOptions, sgd } from './optimizers/sgd.js';
