// For bundlers that carry nothing along, with threads: quadlane.* of the package's dist/ lie on the server, in a folder that
// wasmUrl names.

import { loadModel, tensor } from 'quadlane';
import { readDigits } from './digit.js';

readDigits({ loadModel, tensor }, 'lenet5-mnist.onnx', { wasmUrl: 'quadlane', threads: 2 });
