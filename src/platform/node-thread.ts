// The script that a thread of Node, Bun or Deno runs.

import { parentPort } from 'node:worker_threads';
import { takePart } from '../runtime/thread.js';

parentPort!.on('message', (assignment) => takePart(assignment, (report) => parentPort!.postMessage(report)));
