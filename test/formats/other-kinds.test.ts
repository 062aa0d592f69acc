// Files of other kinds are named for what they are, with what to do; none is called damaged.

import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import { loadModel } from '../../src/index.js';

const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const zip = (...names: string[]) => latin(`PK\x03\x04${'\0'.repeat(600)}${names.join('PK\x01\x02')}PK\x05\x06`);

const kinds: [name: string, bytes: Uint8Array, advice: RegExp][] = [
  ['a Git LFS pointer', latin('version https://git-lfs.github.com/spec/v1\noid sha256:0'), /git lfs pull/],
  ['a TensorFlow Lite model', latin('\x1c\0\0\0TFL3\x14\0'), /tf2onnx/],
  ['a model in the format of ONNX Runtime', latin('\x28\0\0\0ORTM\0\0'), /\.onnx file/],
  ['an HDF5 file', latin('\x89HDF\r\n\x1a\n\0\0'), /export the model to ONNX/],
  ['a Keras model', zip('metadata.json', 'config.json', 'model.weights.h5'), /export the model to ONNX/],
  ['a PyTorch checkpoint', zip('archive/data.pkl', 'archive/data/0'), /torch\.onnx\.export/],
  ['a NumPy archive', zip('arr_0.npy'), /as tensors/],
  ['a ZIP archive', zip('model.onnx'), /unpack it/],
  ['a Python pickle', latin('\x80\x02\x8a\x0a'), /torch\.onnx\.export/],
  ['a language model', latin('GGUF\x03\0\0\0'), /convolutional networks/],
  ['a NumPy array', latin("\x93NUMPY\x01\0v\0{'descr'"), /as a tensor/],
  ['a PNG picture', latin('\x89PNG\r\n\x1a\n'), /tensor of its pixels/],
  ['a JPEG picture', latin('\xff\xd8\xff\xe0\0\x10JFIF'), /tensor of its pixels/],
  ['a GIF picture', latin('GIF89a'), /tensor of its pixels/],
  ['a WebP picture', latin('RIFF\0\0\0\0WEBPVP8 '), /tensor of its pixels/],
  ['a PDF document', latin('%PDF-1.7'), /check the path/],
  ['a compressed file', latin('\x1f\x8b\x08\0'), /unpack it/],
  ['a TensorFlow.js model', latin('{"format": "graph-model", "modelTopology": {}}'), /export the model/],
  ['a JSON file', latin('\n {"a": 1}'), /check the path/],
  ['a JSON file', latin('\xef\xbb\xbf[]'), /check the path/],
  ['a web page', latin('\xef\xbb\xbf<!doctype html><html>'), /check the address/],
];

describe.each(kinds)('%s', (name, bytes, advice) => {
  const refused = expect.objectContaining({ code: 'FORMAT', message: expect.stringMatching(advice) });

  it('is no model', async () => {
    await expect(loadModel(bytes)).rejects.toThrow(refused);
    await expect(loadModel(bytes)).rejects.toThrow(`this is ${name}`);
  });

  it('is no .safetensors file', () => {
    expect(() => readSafetensors(bytes)).toThrow(refused);
    expect(() => readSafetensors(bytes)).toThrow(/^this is .*, not a \.safetensors file; /);
  });
});

it('a damaged ONNX file is still called so', async () => {
  await expect(loadModel(latin('\x08\x08\x3a\xff'))).rejects.toThrow('damaged, cut short');
});
