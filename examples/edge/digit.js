// An edge function of Vercel that reads digits. In a project: put it at api/digit.js with mnist.mjs and the network beside it.
//   npm install quadlane fast-png && npx vercel
//   curl --data-binary @digit.png https://<your project>/api/digit

import { decode } from 'fast-png';
import { loadModel, tensor } from 'quadlane';
// Edge functions compile no WebAssembly by themselves: the deployment does it for what is imported so.
import wasm from 'quadlane/strict.wasm?module';
import { inkOf, probabilitiesOf, toMnist } from '../mnist.mjs';

export const config = { runtime: 'edge' };

/** Most bytes of a picture that the function reads. */
const MAX_BYTES = 1_000_000;

// The file is part of the deployment. Loaded once, at the first request; later ones of this instance share it.
const network = new URL('../models/lenet5-mnist.onnx', import.meta.url);
let loading;
const loadOnce = () => {
  loading ??= fetch(network).then((response) => loadModel(response, { wasm }));
  return loading;
};

export default async function handler(request) {
  if (request.method !== 'POST') return answer(405, { error: 'POST a PNG file of a digit' });
  const body = await request.arrayBuffer();
  if (body.byteLength > MAX_BYTES) return answer(413, { error: `the picture has more than ${MAX_BYTES} bytes` });
  let pixels;
  try {
    pixels = toMnist(inkOf(decode(body)));
  } catch (error) {
    return answer(400, { error: error.message });
  }
  const model = await loadOnce();
  const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
  const probabilities = probabilitiesOf(logits.data);
  return answer(200, { digit: probabilities.indexOf(Math.max(...probabilities)), probabilities });
}

function answer(status, content) {
  return Response.json(content, { status });
}
