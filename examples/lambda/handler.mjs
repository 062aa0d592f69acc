// An AWS Lambda function behind API Gateway, an HTTP API (payload 2.0) or a REST API (payload 1.0): POST a PNG file of a digit.
// Put this folder's handler, mnist.mjs, the network and node_modules (quadlane, fast-png) into one zip file. A REST API sends
// pictures unharmed only where its binary media types have image/png.

import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { loadModel, tensor } from 'quadlane';
import { inkOf, probabilitiesOf, toMnist } from '../mnist.mjs';

// Loaded once, at the cold start; all events of this instance share it.
const model = await loadModel(fileURLToPath(new URL('../models/lenet5-mnist.onnx', import.meta.url)));

/**
 * @param {object} event of either payload
 * @param {string | null} [event.body]
 * @param {boolean} [event.isBase64Encoded] as binary bodies come; else `body` is their text, which holds no picture
 * @param {string} [event.httpMethod] of payload 1.0
 * @param {{ http?: { method: string } }} [event.requestContext] with the method, of payload 2.0
 */
export async function handler({ body, isBase64Encoded, httpMethod, requestContext }) {
  const method = httpMethod ?? requestContext?.http?.method;
  if (method !== 'POST') return answer(405, { error: 'POST a PNG file of a digit' });
  if (!body) return answer(400, { error: 'POST a PNG file of a digit' });
  if (!isBase64Encoded) {
    return answer(415, {
      error: 'the body came as text: send `content-type: image/png`, a binary media type of the API',
    });
  }
  let pixels;
  try {
    pixels = toMnist(inkOf(decode(Buffer.from(body, 'base64'))));
  } catch (error) {
    return answer(400, { error: error.message });
  }
  const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
  const probabilities = probabilitiesOf(logits.data);
  return answer(200, { digit: probabilities.indexOf(Math.max(...probabilities)), probabilities });
}

function answer(statusCode, content) {
  return {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(content),
    isBase64Encoded: false,
  };
}
