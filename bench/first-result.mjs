// Run in a fresh process with the path of LeNet-5: from the import of the package to the first result, and what memory that
// took. Prints one line of JSON.

import { readFileSync } from 'node:fs';

const before = process.memoryUsage().rss;
const start = performance.now();
const { loadModel, tensor } = await import('../dist/node/index.js');
const model = await loadModel(readFileSync(process.argv[2]));
model.runSync({ image: tensor(new Float32Array(784), [1, 1, 28, 28]) });
const milliseconds = performance.now() - start;
console.log(JSON.stringify({ milliseconds, memory: model.memory, rss: process.memoryUsage().rss - before }));
