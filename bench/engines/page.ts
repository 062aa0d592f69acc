// Measures in a browser and sends what it found to the server of the page.

import { hasRelaxedSimd } from '../../src/runtime/features.js';
import { measureShares } from './shares.js';

const variant = hasRelaxedSimd() ? 'relaxed' : 'strict';
const task = decodeURIComponent(location.search.slice(1));

async function outcome() {
  try {
    const module = await WebAssembly.compileStreaming(fetch(`/quadlane/quadlane.${variant}.wasm`));
    return { result: await measureShares(module, variant, task) };
  } catch (error) {
    return { error: String((error as Error).stack ?? error) };
  }
}

await fetch('/result', { method: 'POST', body: JSON.stringify(await outcome()) });
