// For bundlers that carry along what `new URL('...', import.meta.url)` names: quadlane's binaries and threads, and the network.

import { loadModel, tensor } from 'quadlane';
import { readDigits } from './digit.js';

const network = new URL('../models/lenet5-mnist.onnx', import.meta.url);
readDigits({ loadModel, tensor }, network, { threads: 2 });
