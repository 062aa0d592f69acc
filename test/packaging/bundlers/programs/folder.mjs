import { loadModel, tensor } from 'quadlane';
import { classify, report } from './digits.mjs';

report(() => classify({ loadModel, tensor }, { wasmUrl: '/binaries', threads: 2 }));
