// A Cloudflare Worker that reads digits:  curl --data-binary @digit.png https://<your worker>
//
// Nothing is fetched and nothing compiled at run time: quadlane's binary and the network are part of the deployment.

import { decode } from 'fast-png';
import { loadModel, tensor } from 'quadlane';
import { inkOf, probabilitiesOf, toMnist } from '../mnist.mjs';
import network from './lenet5-float16.safetensors';

/** Most bytes of a picture that the worker reads. */
const MAX_BYTES = 1_000_000;

// Loaded once, when the worker starts; all requests share it.
const model = await loadModel(network);

export default {
  async fetch(request) {
    if (request.method !== 'POST') return answer(405, { error: 'POST a PNG file of a digit' });
    const body = await request.arrayBuffer();
    if (body.byteLength > MAX_BYTES) return answer(413, { error: `the picture has more than ${MAX_BYTES} bytes` });
    let pixels;
    try {
      pixels = toMnist(inkOf(decode(body)));
    } catch (error) {
      return answer(400, { error: error.message });
    }
    const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
    const probabilities = probabilitiesOf(logits.data);
    return answer(200, { digit: probabilities.indexOf(Math.max(...probabilities)), probabilities });
  },
};

function answer(status, content) {
  return Response.json(content, { status });
}
