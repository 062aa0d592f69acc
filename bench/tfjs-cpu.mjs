// tf.js with the backend that trains: bundled into dist/ where it is installed, since its gradients come as modules that
// only bundlers resolve.

export * from '@tensorflow/tfjs-core';

import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
