// The smoke suite in a shared worker. Not every browser lets those have workers of their own, which threads are.

import { runSmoke } from './suite.mjs';

const hasThreads = typeof Worker !== 'undefined' && globalThis.crossOriginIsolated;
const outcome = runSmoke(hasThreads ? 2 : 1);
addEventListener('connect', async ({ ports: [port] }) => port.postMessage(await outcome));
