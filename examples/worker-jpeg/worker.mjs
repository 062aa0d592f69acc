// A Cloudflare Worker that tells shapes in photos and drawings:  curl --data-binary @pictures/star.jpg https://<your worker>
//
// Nothing is fetched and nothing compiled at run time: the binaries and the network are part of the deployment.

import decoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import decode, { init } from '@jsquash/jpeg/decode.js';
import { loadModel, tensor } from 'quadlane';
import { names } from './shapes.mjs';
import network from './shapes.safetensors';

/** Most bytes of a file, and most pixels of its picture. */
const MAX_BYTES = 1_000_000;
const MAX_PIXELS = 4_000_000;
/** Rows and columns that the network takes. */
const SIZE = 48;

// Loaded once, when the worker starts; all requests share them.
const [model] = await Promise.all([loadModel(network), startDecoder()]);

export default {
  async fetch(request) {
    if (request.method !== 'POST') return answer(405, { error: 'POST a JPEG file' });
    const body = await request.arrayBuffer();
    if (body.byteLength > MAX_BYTES) return answer(413, { error: `the file has more than ${MAX_BYTES} bytes` });
    const pixels = pixelsOf(new Uint8Array(body));
    if (!pixels) return answer(400, { error: 'this is no JPEG file, or a damaged one' });
    if (pixels > MAX_PIXELS) return answer(413, { error: `the picture has more than ${MAX_PIXELS} pixels` });
    let picture;
    try {
      picture = await decode(body);
    } catch {
      // The decoder ends with what it can't read: the next file gets a new one.
      await startDecoder();
      return answer(400, { error: 'this is no JPEG file, or a damaged one' });
    }
    const { output } = await model.run({ image: tensor(scaled(picture), [1, SIZE, SIZE, 3]) });
    return answer(200, { shape: names[output.data.indexOf(Math.max(...output.data))] });
  },
};

/** What it can't read is answered, not logged. */
function startDecoder() {
  return init(decoder, { printErr() {} });
}

/**
 * How many pixels a JPEG file says it has, which the decoder takes memory for; undefined for what is none, or none to its end:
 * the decoder shows those in grey.
 * @param {Uint8Array} file segments of 0xff, a marker and a length; that of a frame's start has rows and columns in it
 */
function pixelsOf(file) {
  const isWhole = file[0] === 0xff && file[1] === 0xd8 && file.at(-2) === 0xff && file.at(-1) === 0xd9;
  if (!isWhole) return undefined;
  const wordAt = (at) => 256 * file[at] + file[at + 1];
  for (let at = 2; file[at] === 0xff && at + 8 < file.length; at += 2 + wordAt(at + 2)) {
    const marker = file[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return wordAt(at + 5) * wordAt(at + 7);
  }
  return undefined;
}

/**
 * The middle square of a picture, each of SIZE x SIZE pixels the mean of those that it covers.
 * @param {{ width: number, height: number, data: Uint8ClampedArray }} picture red, green, blue, alpha
 * @returns {Float32Array} [SIZE, SIZE, 3], from 0 to 1
 */
function scaled({ width, height, data }) {
  const side = Math.min(width, height);
  const [left, top] = [(width - side) >> 1, (height - side) >> 1];
  const pixels = new Float32Array(SIZE * SIZE * 3);
  const range = (index) => [Math.floor((index * side) / SIZE), Math.ceil(((index + 1) * side) / SIZE)];
  for (let index = 0; index < SIZE * SIZE; index++) {
    const [[fromY, toY], [fromX, toX]] = [range(Math.floor(index / SIZE)), range(index % SIZE)];
    const weight = 1 / (255 * (toY - fromY) * (toX - fromX));
    for (let y = fromY; y < toY; y++) {
      for (let x = fromX; x < toX; x++) {
        const at = 4 * ((top + y) * width + left + x);
        for (let channel = 0; channel < 3; channel++) pixels[3 * index + channel] += weight * data[at + channel];
      }
    }
  }
  return pixels;
}

function answer(status, content) {
  return Response.json(content, { status });
}
