// What the package consists of: its entries, and the hosts that each is bundled for.

/** Source of every entry of the package, by its name in dist/<host>/. */
export const entries = {
  index: 'src/index.ts',
  ops: 'src/eager/index.ts',
  layers: 'src/layers/index.ts',
  zoo: 'src/zoo/index.ts',
  train: 'src/train/index.ts',
  onnx: 'src/onnx.ts',
  quantize: 'src/quantize/index.ts',
  vision: 'src/vision/index.ts',
  decode: 'src/decode/index.ts',
  safetensors: 'src/formats/safetensors/index.ts',
};

/**
 * What `train` exports as namespaces, by the names of their modules: files of their own in dist/<host>/, so that bundlers see
 * what a program uses of them.
 */
export const namespaces = {
  losses: 'src/train/losses.ts',
  optimizers: 'src/train/optimizers.ts',
  penalties: 'src/train/penalties.ts',
  constraints: 'src/train/constraints.ts',
  schedules: 'src/train/schedules.ts',
};

/** What the main entry imports lazily for every model that is no saved one: chunks are cut for it. */
export const reader = 'src/formats/onnx/opener.ts';

/** What programs use without running a network, with all that these import. */
export const basics = ['src/errors.ts', 'src/options.ts', 'src/tensor.ts'];

/** What any operator needs to run, with all that this imports. */
export const needed = ['src/eager/apply.ts'];

/** Folders of bundles; each takes `#platform` from src/platform/<host>.ts. */
export const hosts = ['node', 'browser', 'workerd', 'edge-light', 'inline'];

/** The entries that a host has: decoders are packages of their own, which no script that stands alone can load. */
export function entriesOf(host) {
  const { decode, ...others } = entries;
  return host === 'inline' ? others : { ...others, decode };
}
