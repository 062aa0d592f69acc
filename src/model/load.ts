// From wherever a model is to a Model: finds the bytes, tells the format, picks the binary.

import { platform } from '#platform';
import { arrived, guarded, QuadlaneError } from '../errors.js';
import { isSafetensors } from '../formats/safetensors/signature.js';
import type { Graph } from '../graph/graph.js';
import type { Address, ByteSource, CancelSignal, WasmModule } from '../hostTypes.js';
import { checkOptions } from '../options.js';
import type { ReadOptions } from '../platform/platform.js';
import { messageOf, shown } from '../printable.js';
import { hasRelaxedSimd } from '../runtime/features.js';
import { checkSignal, inTurns, Turns } from '../runtime/turns.js';
import { bytesIn, kindOf } from '../tensor.js';
import { atOnce, guardedWork, type Work } from '../work.js';
import type { Engine } from './engine.js';
import { type Format, importOpener, importReaders, type ReaderOptions, readers } from './formats.js';
import { Model } from './model.js';
import { type ModelOptions, modelOptions } from './modelOptions.js';
import { giving } from './values.js';

/**
 * Anything that holds the bytes of a model (a `Response` or `Blob`, an ArrayBuffer, a Uint8Array), or says where they are: a
 * path (Node, Bun, Deno) or an address (a string or a `URL`).
 */
export type ModelSource = string | Address | ByteSource | ArrayBuffer | Uint8Array;

export interface LoadOptions extends ModelOptions {
  /** The compiled binary, for hosts that can't fetch or compile one; it should match `deterministic`. */
  wasm?: WasmModule;
  /**
   * The folder with `quadlane.strict.wasm`, `quadlane.relaxed.wasm` and, for threads, `quadlane.thread.js`, an address or
   * (Node, Bun, Deno) a path, where a bundler didn't carry them along. A binary that the process has already, and one that
   * the host imports, is not asked for; nor is the script where the folder is of another origin, which no thread may be.
   */
  wasmUrl?: string | Address;
  /** Names of the values that the model gives instead of its outputs: any that the network has. */
  outputs?: readonly string[];
  /** Bytes of the files that the model's tensors lie in, by the location the model names. */
  externalData?: (location: string) => Uint8Array;
  /**
   * Stops loading, between two passes of the compiler, plans or weights too; the promise rejects with code `ABORTED`. With it,
   * compiling hands back to the event loop in between.
   */
  signal?: CancelSignal;
  /** Called with the bytes read so far and, where known, in all. */
  onProgress?: (loaded: number, total?: number) => void;
}

/** Where `ready` finds what it prepares. */
export type ReadyOptions = Pick<LoadOptions, 'wasmUrl'>;

/** Of `LoadOptions`, those that have to do with a network at hand. */
export type CompileOptions = Omit<LoadOptions, 'outputs' | 'externalData' | 'signal' | 'onProgress'>;

/** The names in `CompileOptions`. */
export const compileOptions = [...modelOptions, 'wasm', 'wasmUrl'] as const;

const loadOptions = [...compileOptions, 'outputs', 'externalData', 'signal', 'onProgress'] as const;

/**
 * Loads and compiles a model from an ONNX file, or from a .safetensors file that `model.save()` has written.
 * @throws QuadlaneError `FORMAT` for damaged files, `UNSUPPORTED` listing every operator that quadlane lacks, `LIMIT`,
 * `MEMORY`, `HOST`, `ABORTED`, `ARGUMENT` for a source that isn't there
 */
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  checkOptions('loadModel()', options, loadOptions);
  checkCallbacks(options);
  const expected = expectedFormat(source);
  const [bytes, ready, opener] = await Promise.all([
    bytesOf(source, options),
    engineFor(options),
    importOpener[expected](),
  ]);
  const format = formatOf(bytes);
  const open = format === expected ? opener : await importOpener[format]();
  checkFile(bytes, options);
  const read = await open(bytes);
  checkSignal(options.signal, 'loading');
  const { signal } = options;
  const work = modelOf(read, ready, options);
  const model = await (signal ? inTurns(work, new Turns('loading', signal)) : atOnce(work));
  await ready.settled?.();
  return model;
}

/**
 * Loads and compiles a model at once from bytes at hand, on one thread. Call `await ready()` once before on hosts that fetch the
 * binary (browsers), or pass it as `wasm`.
 * @throws QuadlaneError as `loadModel`
 */
export function loadModelSync(bytes: ArrayBuffer | Uint8Array, options: LoadOptions = {}): Model {
  checkOptions('loadModelSync()', options, loadOptions);
  checkCallbacks(options);
  if (!readers) {
    throw new QuadlaneError(
      'HOST',
      "loadModelSync() needs what ready() of 'quadlane' loads, and that of 'quadlane/ops' doesn't: call `await ready()` of 'quadlane' once before",
    );
  }
  const module = moduleAtOnce(options);
  const plain = plainBytes(bytes);
  const format = formatOf(plain);
  checkFile(plain, options);
  const read = readers[format];
  return atOnce(modelOf((from) => read(plain, from), { module }, options));
}

/**
 * Compiles a network that is at hand as a graph.
 * @throws QuadlaneError as `loadModel`
 * @internal
 */
export function compileGraph<Output extends string>(graph: Graph<Output>, options: LoadOptions = {}): Model<Output> {
  return atOnce(new Model(graph, { module: moduleAtOnce(options) }, options).planning());
}

/**
 * Like `compileGraph`, with threads where they are wanted, and without a call to `ready()` before.
 * @internal
 */
export async function compileGraphAsync<Output extends string>(
  graph: Graph<Output>,
  options: LoadOptions = {},
): Promise<Model<Output>> {
  const engine = await engineFor(options);
  const model = atOnce(new Model(graph, engine, options).planning());
  await engine.settled?.();
  return model;
}

/**
 * The compiled binary for `options`, fetched where it has to be.
 * @internal
 */
export function loadBinary(options: Pick<LoadOptions, 'deterministic' | 'wasmUrl'>): Promise<WasmModule> {
  return platform.compile(variantFor(options), folderIn(options));
}

/**
 * An engine whose threads may still be on their way.
 * @internal
 */
export interface StartedEngine extends Engine {
  /** Resolves when the threads of its models are there, or known not to come. */
  settled?(): Promise<void>;
}

/**
 * What `options` ask for, started.
 * @param atOnce whether every run has to be over when its call returns: threads only where the calling one may wait for them
 * @throws QuadlaneError `ARGUMENT` where `threads` is no number of threads, `HOST` where the binary can't be loaded
 * @internal
 */
export async function engineFor(options: LoadOptions, atOnce = false): Promise<StartedEngine> {
  if ((options.threads ?? 1) === 1) return { module: options.wasm ?? (await loadBinary(options)) };
  const { threadedEngine } = await arrived(import('./threading.js'));
  return threadedEngine(platform, variantFor(options), options, atOnce, folderIn(options));
}

/**
 * Prepares everything that the calls that answer at once need: `loadModelSync`, `compileSync` and `quadlane/ops`.
 * @throws QuadlaneError `HOST` where the binary can't be loaded, `ARGUMENT`
 */
export function ready(options?: ReadyOptions): Promise<void>;
export async function ready(): Promise<void> {
  // Test runners read what parameters a hook has, and hand theirs to it, as pages do with events: `beforeAll(ready)`.
  // biome-ignore lint/complexity/noArguments: there is no parameter
  await Promise.all([importReaders(), prepareBinaries(arguments[0])]);
}

/**
 * Loads the binaries, so that networks at hand can be compiled at once.
 * @param given `ReadyOptions`, or what a hook or a listener is handed
 * @internal
 */
export async function prepareBinaries(given: ReadyOptions | undefined): Promise<void> {
  const isOptions = Object.keys(given ?? {}).some((name) => /wasm|url/i.test(name));
  const folder = isOptions ? folderIn(checkOptions('ready()', given!, ['wasmUrl'])) : undefined;
  const variants = hasRelaxedSimd() ? (['strict', 'relaxed'] as const) : (['strict'] as const);
  await Promise.all(variants.map((variant) => platform.compile(variant, folder)));
}

/**
 * The binary that is the host's default, at once.
 * @throws QuadlaneError `HOST` where it has to be fetched first
 * @internal
 */
export function binaryAtOnce(): WasmModule {
  return moduleAtOnce({});
}

function moduleAtOnce(options: LoadOptions): WasmModule {
  return options.wasm ?? platform.compileSync(variantFor(options), folderIn(options));
}

/** @throws QuadlaneError `ARGUMENT` for what is no place */
function folderIn({ wasmUrl }: ReadyOptions): string | undefined {
  if (wasmUrl === undefined) return undefined;
  if (isPlace(wasmUrl)) return String(wasmUrl).replace(/\/?$/, '/');
  throw new QuadlaneError('ARGUMENT', `wasmUrl must be the address of a folder; got ${shown(wasmUrl)}`);
}

function formatOf(bytes: Uint8Array): Format {
  return isSafetensors(bytes) ? 'safetensors' : 'onnx';
}

/** What `source` seems to hold, so that its reader comes along with the bytes. */
function expectedFormat(source: ModelSource): Format {
  const bytes = bytesIn(source);
  if (bytes) return formatOf(bytes);
  return isPlace(source) && /\.safetensors$/i.test(String(source)) ? 'safetensors' : 'onnx';
}

function variantFor({ deterministic }: LoadOptions): 'strict' | 'relaxed' {
  return !deterministic && hasRelaxedSimd() ? 'relaxed' : 'strict';
}

function checkFile(bytes: Uint8Array, { limits }: LoadOptions): void {
  const most = limits?.file;
  // What is no number is refused where the other options are.
  if (typeof most === 'number' && bytes.byteLength > most) {
    throw new QuadlaneError(
      'LIMIT',
      `the model's file has ${bytes.byteLength} bytes, more than limits.file allows (${most})`,
    );
  }
}

const compiling = "the model can't be compiled";

function* modelOf(read: (options: ReaderOptions) => Graph, engine: Engine, options: LoadOptions): Work<Model> {
  const { externalData, outputs } = options;
  const whole = read(externalData ? { externalData } : {});
  const graph = outputs === undefined ? whole : giving(whole, outputs);
  yield;
  const model = guarded(compiling, () => new Model(graph, engine, options));
  return yield* guardedWork(compiling, model.planning());
}

async function bytesOf(source: ModelSource, options: LoadOptions): Promise<Uint8Array> {
  if (isPlace(source)) return platform.read(source, options as ReadOptions);
  const bytes = bytesIn(source);
  if (bytes) return bytes;
  const holder = source as (ByteSource & Partial<Response>) | undefined;
  if (holder?.ok === false) {
    throw new QuadlaneError('ARGUMENT', `the response for ${holder.url} says ${holder.status}: check the address`);
  }
  if (typeof holder?.arrayBuffer === 'function') {
    return bodyOf(holder);
  }
  const kind = kindOf(source);
  const lack = kind === 'Blob' || kind === 'File' ? " without arrayBuffer(), as jsdom's: read its bytes first" : '';
  throw new QuadlaneError(
    'ARGUMENT',
    `loadModel() takes a path, URL, Response, Blob, ArrayBuffer or Uint8Array, not ${kind}${lack}`,
  );
}

/** @throws QuadlaneError `ARGUMENT` where `holder` doesn't give its bytes, as a response that was read already */
async function bodyOf(holder: ByteSource): Promise<Uint8Array> {
  const what = `the ${kindOf(holder)} that loadModel() was given`;
  let bytes: Uint8Array | undefined;
  try {
    bytes = bytesIn(await holder.arrayBuffer());
  } catch (cause) {
    throw new QuadlaneError('ARGUMENT', `${what} can't be read (${messageOf(cause)}): a body is read only once`, {
      cause,
    });
  }
  if (!bytes) throw new QuadlaneError('ARGUMENT', `${what} gives no ArrayBuffer`);
  return bytes;
}

function checkCallbacks(options: LoadOptions): void {
  for (const name of ['externalData', 'onProgress'] as const) {
    const callback: unknown = options[name];
    if (callback === undefined || typeof callback === 'function') continue;
    throw new QuadlaneError('ARGUMENT', `${name} must be a function; got ${shown(callback)}`);
  }
}

function plainBytes(source: ArrayBuffer | Uint8Array): Uint8Array {
  const bytes = bytesIn(source);
  if (bytes) return bytes;
  throw new QuadlaneError('ARGUMENT', 'loadModelSync() takes the bytes of a model: an ArrayBuffer or Uint8Array');
}

/** Whether `source` says where the model is. */
function isPlace(source: unknown): source is string | URL {
  return typeof source === 'string' || kindOf(source) === 'URL';
}
