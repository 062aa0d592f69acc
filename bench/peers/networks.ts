// The networks that libraries are compared on: torchvision's architectures from the zoo, and which peers can run them.

import type { Network } from '../../src/layers/network.js';
import * as zoo from '../../src/zoo/index.js';
import type { PeerName } from './contestant.js';

export interface NetworkEntry {
  readonly build: () => Network;
  /** `[H, W, C]` */
  readonly input: readonly [height: number, width: number, channels: number];
  readonly peers: readonly PeerName[];
}

const IMAGENET = [224, 224, 3] as const;
const both = ['onnxruntime-web', 'tfjs-wasm'] as const;
/** tfjs has no grouped convolution on this backend. */
const ungrouped = ['onnxruntime-web'] as const;

export const networks: Readonly<Record<string, NetworkEntry>> = {
  alexnet: { build: zoo.alexnet, input: IMAGENET, peers: both },
  vgg16: { build: zoo.vgg16, input: IMAGENET, peers: both },
  googlenet: { build: zoo.googlenet, input: IMAGENET, peers: both },
  resnet18: { build: zoo.resnet18, input: IMAGENET, peers: both },
  resnet50: { build: zoo.resnet50, input: IMAGENET, peers: both },
  densenet121: { build: zoo.densenet121, input: IMAGENET, peers: both },
  squeezenet1_1: { build: zoo.squeezenet1_1, input: IMAGENET, peers: both },
  mobilenet_v2: { build: zoo.mobilenetV2, input: IMAGENET, peers: both },
  mobilenet_v3_small: { build: zoo.mobilenetV3Small, input: IMAGENET, peers: both },
  efficientnet_b0: { build: zoo.efficientnetB0, input: IMAGENET, peers: both },
  resnext50_32x4d: { build: zoo.resnext50, input: IMAGENET, peers: ungrouped },
  shufflenet_v2_x1_0: { build: zoo.shufflenetV2x1_0, input: IMAGENET, peers: ungrouped },
};

/** Networks so small that what a call costs beside computing shows. */
export const smallNetworks: Readonly<Record<string, NetworkEntry>> = {
  lenet5: { build: zoo.lenet5, input: [32, 32, 1], peers: both },
};

/** @throws Error when there is no such network */
export function findNetwork(name: string): NetworkEntry {
  const entry = networks[name] ?? smallNetworks[name];
  if (!entry) throw new Error(`there is no network ${name}`);
  return entry;
}
