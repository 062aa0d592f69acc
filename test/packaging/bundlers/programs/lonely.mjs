import { loadModel, tensor } from 'quadlane';
import { classify, report } from './digits.mjs';

// A folder without the script of threads.
report(() => classify({ loadModel, tensor }, { wasmUrl: '/binaries/only', threads: 2 }));
