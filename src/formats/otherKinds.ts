// Files of other kinds that people have where they think they have a model: what they are, and what to do.

import { QuadlaneError } from '../errors.js';

/** What tells a kind, what it is, what to do about it. */
interface Kind {
  readonly is: (file: Beginning) => boolean;
  readonly name: string;
  readonly advice: string;
}

interface Beginning {
  readonly bytes: Uint8Array;
  /** The first bytes and the last, a character each. */
  readonly start: string;
  readonly end: string;
}

/** Where the names in a ZIP archive stand. */
const END_BYTES = 65_536;
const START_BYTES = 512;

const begins =
  (...signatures: string[]) =>
  ({ start }: Beginning) =>
    signatures.some((signature) => start.startsWith(signature));

const holds = (signature: string, pattern: RegExp) => (file: Beginning) =>
  file.start.startsWith(signature) && pattern.test(file.start + file.end);

const toOnnx = 'convert the model to ONNX';
const picture = 'give it to a model as a tensor of its pixels';
const keras = 'export the model to ONNX, with tf2onnx or model.export(path, format="onnx")';
const pytorch =
  'export the model to ONNX with torch.onnx.export, or save its weights as .safetensors for a network of quadlane/zoo';

/** The first that fits is it. */
const kinds: readonly Kind[] = [
  {
    is: begins('version https://git-lfs'),
    name: 'a Git LFS pointer, not the file itself',
    advice: 'fetch it with "git lfs pull"',
  },
  {
    is: ({ start }) => start.slice(4, 8) === 'TFL3',
    name: 'a TensorFlow Lite model',
    advice: `${toOnnx} with tf2onnx (--tflite)`,
  },
  {
    is: ({ start }) => start.slice(4, 8) === 'ORTM',
    name: 'a model in the format of ONNX Runtime (.ort)',
    advice: 'take the .onnx file that it was made from',
  },
  { is: begins('\x89HDF\r\n\x1a\n'), name: 'an HDF5 file, as Keras writes them (.h5)', advice: keras },
  { is: holds('PK\x03\x04', /model\.weights\.h5/), name: 'a Keras model (.keras)', advice: keras },
  { is: holds('PK\x03\x04', /data\.pkl/), name: 'a PyTorch checkpoint or a TorchScript model', advice: pytorch },
  {
    is: holds('PK\x03\x04', /\.npy/),
    name: 'a NumPy archive (.npz)',
    advice: 'load a model, and give it the arrays as tensors',
  },
  { is: begins('PK\x03\x04', 'PK\x05\x06'), name: 'a ZIP archive', advice: 'unpack it, and load the model in it' },
  {
    is: ({ bytes }) => bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5,
    name: 'a Python pickle, as old PyTorch checkpoints are',
    advice: pytorch,
  },
  {
    is: begins('GGUF', 'GGML', 'lmgg', 'tjgg'),
    name: 'a language model in the format of llama.cpp (GGUF)',
    advice: 'quadlane runs convolutional networks, from ONNX files',
  },
  { is: begins('\x93NUMPY'), name: 'a NumPy array (.npy)', advice: 'load a model, and give it the array as a tensor' },
  { is: begins('\x89PNG'), name: 'a PNG picture', advice: picture },
  { is: begins('\xff\xd8\xff'), name: 'a JPEG picture', advice: picture },
  { is: begins('GIF8'), name: 'a GIF picture', advice: picture },
  {
    is: ({ start }) => start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP',
    name: 'a WebP picture',
    advice: picture,
  },
  { is: begins('%PDF'), name: 'a PDF document', advice: 'check the path' },
  {
    is: begins('\x1f\x8b', '\x28\xb5\x2f\xfd', '\xfd7zXZ', 'BZh'),
    name: 'a compressed file (gzip, zstd, xz or bzip2)',
    advice: 'unpack it first',
  },
  {
    is: holds('{', /"modelTopology"|"weightsManifest"|"(graph|layers)-model"/),
    name: 'a TensorFlow.js model (model.json)',
    advice: `${toOnnx} with tfjs2onnx, or export the model that it was made from`,
  },
  {
    is: ({ start }) => /^(\xef\xbb\xbf)?\s*[{[]\s*["{[\]}]/.test(start),
    name: 'a JSON file',
    advice: 'check the path or address it came from',
  },
  {
    is: ({ start }) => /^(\xef\xbb\xbf)?\s*</.test(start),
    name: 'a web page (or XML)',
    advice: 'check the address it came from',
  },
];

/** @throws QuadlaneError `FORMAT` for files of a known kind other than `wanted`, saying what to do */
export function refuseOtherKinds(bytes: Uint8Array, wanted: string): void {
  const latin = (part: Uint8Array) => Array.from(part, (byte) => String.fromCharCode(byte)).join('');
  const start = latin(bytes.subarray(0, START_BYTES));
  let end: string | undefined;
  const file = {
    bytes,
    start,
    get end() {
      end ??= latin(bytes.subarray(-END_BYTES));
      return end;
    },
  };
  const kind = kinds.find(({ is }) => is(file));
  if (kind) throw new QuadlaneError('FORMAT', `this is ${kind.name}, not ${wanted}; ${kind.advice}`);
}
