// The libraries on Node: imported when they are asked for, quadlane as it was built, its peers from bench/node_modules.

import { fileURLToPath } from 'node:url';
import type { LibraryName, Load } from './contestant.js';
import { loadOnnxRuntime, type Ort } from './onnxruntime.js';
import { loadQuadlane, type Quadlane } from './quadlane.js';
import { loadTfjs, type Tf } from './tfjs.js';

// Bundles lie in bench/dist/.
const root = new URL('../../', import.meta.url);
const packages = new URL('bench/node_modules/', root);

function imported<Module>(path: string, from: URL): Promise<Module> {
  return import(new URL(path, from).href);
}

export const libraries: Readonly<Record<LibraryName, () => Promise<Load>>> = {
  async quadlane() {
    const library = await imported<Quadlane>('dist/node/index.js', root);
    return (file, setup) => loadQuadlane(library, file, setup);
  },

  async 'onnxruntime-web'() {
    const ort = await imported<Ort>('onnxruntime-web/dist/ort.node.min.mjs', packages);
    return (file, setup) => loadOnnxRuntime(ort, file, setup);
  },

  async 'tfjs-wasm'() {
    const folder = '@tensorflow/tfjs-backend-wasm/dist/';
    const { default: backend } = await imported<{ default: TfBackend }>(`${folder}tf-backend-wasm.node.js`, packages);
    const core = '@tensorflow/tfjs-core/dist/tf-core.node.js';
    const { default: tf } = await imported<{ default: TfCore }>(core, packages);
    backend.setWasmPaths(fileURLToPath(new URL(folder, packages)));
    await tf.setBackend('wasm');
    return (file, setup) => loadTfjs(tf, file, setup);
  },
};

interface TfBackend {
  setWasmPaths(folder: string): void;
}

interface TfCore extends Tf {
  setBackend(name: 'wasm'): Promise<boolean>;
}
