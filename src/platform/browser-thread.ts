// The script that a thread of a browser runs.

import { takePart } from '../runtime/thread.js';

addEventListener('message', ({ data }) => takePart(data, (report) => postMessage(report)));
