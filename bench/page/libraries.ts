// The libraries in a browser: quadlane as it was built, its peers as their packages ship them.

import type { LibraryName } from '../peers/contestant.js';
import type { Loads } from '../peers/layers.js';
import { loadOnnxRuntime, type Ort } from '../peers/onnxruntime.js';
import { loadQuadlane, type Quadlane } from '../peers/quadlane.js';
import { loadTfjs, type Tf } from '../peers/tfjs.js';

const packages = '/bench/node_modules/';

/** @param threads how many tfjs gets; the others are told when they load a network */
export function browserLibraries(threads: number): Loads {
  const libraries: Loads = {
    async quadlane() {
      const library = await imported<Quadlane>('/dist/browser/index.js');
      return (file, setup) => loadQuadlane(library, file, setup);
    },

    async 'onnxruntime-web'() {
      const ort = await imported<Ort>(`${packages}onnxruntime-web/dist/ort.wasm.min.mjs`);
      return (file, setup) => loadOnnxRuntime(ort, file, setup);
    },

    async 'tfjs-wasm'() {
      const folder = `${packages}@tensorflow/tfjs-backend-wasm/dist/`;
      await addScript(`${packages}@tensorflow/tfjs-core/dist/tf-core.min.js`);
      await addScript(`${packages}@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.min.js`);
      await addScript(`${folder}tf-backend-wasm.min.js`);
      const { tf } = globalThis as unknown as { tf: TfGlobal };
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
      tf.wasm.setThreadsCount(threads);
      tf.wasm.setWasmPaths(folder);
      await tf.setBackend('wasm');
      return (file, setup) => loadTfjs(tf, file, setup);
    },
  };
  const once = new Map<LibraryName, ReturnType<Loads[LibraryName]>>();
  const kept = (name: LibraryName) => () => once.get(name) ?? once.set(name, libraries[name]()).get(name)!;
  return { quadlane: kept('quadlane'), 'onnxruntime-web': kept('onnxruntime-web'), 'tfjs-wasm': kept('tfjs-wasm') };
}

interface TfGlobal extends Tf {
  env(): { set(flag: string, value: boolean): void };
  readonly wasm: { setThreadsCount(threads: number): void; setWasmPaths(folder: string): void };
  setBackend(name: 'wasm'): Promise<boolean>;
}

function imported<Module>(address: string): Promise<Module> {
  return import(address);
}

function addScript(address: string): Promise<unknown> {
  const script = Object.assign(document.createElement('script'), { src: address });
  document.head.append(script);
  return new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} can't be loaded`));
  });
}
