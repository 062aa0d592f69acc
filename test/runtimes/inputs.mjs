// What the smoke suite is fed with on every host: digits decoded here, so that no host needs files or a PNG decoder.

import { readdirSync, readFileSync } from 'node:fs';
import { decode } from 'fast-png';

const digitsFolder = new URL('../../examples/digits/', import.meta.url);

/** LeNet-5 as an ONNX file. */
export const modelFile = new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url);

/** Digits and labels as JSON can carry them. */
export function smokeInputs() {
  const names = readdirSync(digitsFolder).filter((name) => name.endsWith('.png'));
  const digits = names.sort().map((name) => {
    const { data } = decode(readFileSync(new URL(name, digitsFolder)));
    return { name, pixels: Array.from(data) };
  });
  return { digits, labels: JSON.parse(readFileSync(new URL('labels.json', digitsFolder), 'utf8')) };
}
