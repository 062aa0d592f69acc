// A server of digits for Node, Bun and Deno: POST a PNG file, get JSON.
//
//   node node.mjs          bun app.mjs          deno serve --allow-read app.mjs
//   curl --data-binary @../digits/7-0.png localhost:3000   (Deno: localhost:8000)

import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { loadModel, tensor } from 'quadlane';
import { inkOf, probabilitiesOf, toMnist } from '../mnist.mjs';

/** Most bytes of a picture that the server reads. */
const MAX_BYTES = 1_000_000;

// Loaded once, when the server starts; all requests share it.
const model = await loadModel(await readFile(new URL('../models/lenet5-mnist.onnx', import.meta.url)));

const app = new Hono();
const tooLarge = (context) => context.json({ error: `the picture has more than ${MAX_BYTES} bytes` }, 413);

app.post('/', bodyLimit({ maxSize: MAX_BYTES, onError: tooLarge }), async (context) => {
  const body = await context.req.arrayBuffer();
  let pixels;
  try {
    pixels = toMnist(inkOf(decode(body)));
  } catch (error) {
    return context.json({ error: error.message }, 400);
  }
  const { logits } = await model.run({ image: tensor(pixels, [1, 1, 28, 28]) });
  const probabilities = probabilitiesOf(logits.data);
  return context.json({ digit: probabilities.indexOf(Math.max(...probabilities)), probabilities });
});
app.all('/', (context) => context.json({ error: 'POST a PNG file of a digit' }, 405));

// Bun and Deno serve what a module exports as `fetch`.
export default app;
