// The smoke suite as a worker: answers any request with the result as JSON.

import * as quadlane from './dist/workerd/index.js';
import inputs from './inputs.json';
import model from './model.onnx';
import { smoke } from './smoke.mjs';

export default {
  async fetch() {
    return Response.json(await smoke(quadlane, { ...inputs, model, threads: 1 }));
  },
};
