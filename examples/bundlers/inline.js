// For bundlers that carry nothing along: the binaries are inside the script. One thread.

import { loadModel, tensor } from 'quadlane/inline';
import { readDigits } from './digit.js';

readDigits({ loadModel, tensor }, 'lenet5-mnist.onnx');
