// An AWS Lambda function behind an HTTP API (API Gateway, payload 2.0): POST a PNG file of a digit, get JSON.
// Put this folder's handler, mnist.mjs, the network and node_modules (quadlane, fast-png) into one zip file.

import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { loadModel, tensor } from 'quadlane';
import { inkOf, probabilitiesOf, toMnist } from '../mnist.mjs';

// Loaded once, at the cold start; all events of this instance share it.
const model = await loadModel(fileURLToPath(new URL('../models/lenet5-mnist.onnx', import.meta.url)));

/**
 * @param {{ body?: string, isBase64Encoded?: boolean }} event API Gateway sends binary bodies as base64
 */
export async function handler(event) {
  if (!event.body || !event.isBase64Encoded) return answer(400, { error: 'POST a PNG file of a digit' });
  let pixels;
  try {
    pixels = toMnist(inkOf(decode(Buffer.from(event.body, 'base64'))));
  } catch (error) {
    return answer(400, { error: error.message });
  }
  const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
  const probabilities = probabilitiesOf(logits.data);
  return answer(200, { digit: probabilities.indexOf(Math.max(...probabilities)), probabilities });
}

function answer(statusCode, content) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
}
