// The smoke suite as a worker: answers any request with the result as JSON.

import * as quadlane from './dist/workerd/index.js';
import * as train from './dist/workerd/train.js';
import inputs from './inputs.json';
import model from './model.onnx';
import { smoke } from './smoke.mjs';

export default {
  async fetch() {
    return Response.json(await smoke(quadlane, { ...inputs, model, train, threads: 1 }));
  },
};
