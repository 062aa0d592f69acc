// Networks of the zoo, small, and their files.

import { writeFileSync } from 'node:fs';
import { exportOnnx } from '../../dist/node/onnx.js';
import * as zoo from '../../dist/node/zoo.js';
import { runOnce } from './wave.mjs';

const small = { inputSize: 64, classes: 7 };

/** At least one network of each family. */
const networks = {
  alexnet2012: () => zoo.alexnet2012({ inputSize: 99, classes: 7 }),
  densenet121: () => zoo.densenet121(small),
  efficientnetB0: () => zoo.efficientnetB0(small),
  espcn: () => zoo.espcn({ inputSize: [9, 11], factor: 2 }),
  fcnResnet50: () => zoo.fcnResnet50({ inputSize: [33, 26], classes: 4 }),
  googlenet: () => zoo.googlenet(small),
  inceptionV3: () => zoo.inceptionV3({ inputSize: 75, classes: 7 }),
  lenet5: () => zoo.lenet5(),
  mlp: () => zoo.mlp({ features: 20, hidden: [16], dropout: 0.2 }),
  mnasnet: () => zoo.mnasnet(small),
  mobilenetV1: () => zoo.mobilenetV1({ ...small, width: 0.5 }),
  mobilenetV2: () => zoo.mobilenetV2(small),
  mobilenetV3Small: () => zoo.mobilenetV3Small(small),
  resnet18: () => zoo.resnet18({ ...small, width: 16 }),
  resnext50: () => zoo.resnext50(small),
  shufflenetV2x0_5: () => zoo.shufflenetV2x0_5(small),
  squeezenet1_1: () => zoo.squeezenet1_1(small),
  ssd: () => zoo.ssd({ inputSize: 128, classes: 3, boxes: 2 }),
  textCnn: () => zoo.textCnn({ length: 12, features: 9 }),
  tinyVgg: () => zoo.tinyVgg({ width: 6 }),
  unet: () => zoo.unet({ inputSize: [32, 48], width: 8, classes: 3 }),
  vgg11: () => zoo.vgg11({ ...small, batchNorm: true, width: 8 }),
};

/** What the package exports, and what there are cases for. */
export function names() {
  return { exported: Object.keys(zoo), covered: Object.keys(networks) };
}

/** Builds and runs a network, and writes it into `folder` in both formats. */
export async function build(name, folder) {
  const model = await zoo.compile(networks[name]());
  const outputs = await runOnce(model);
  writeFileSync(`${folder}/${name}.safetensors`, await model.save());
  writeFileSync(`${folder}/${name}.onnx`, exportOnnx(model));
  return outputs;
}
