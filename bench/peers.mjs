// npm run bench:peers -- [--networks names] [--layers] [--peer ort|tfjs] [--threads 1|2] [--quick] [--output folder]
// Compares networks and single layers with other libraries. They are installed by:  npm ci --prefix bench
// --networks  only these networks, separated by commas: alexnet, vgg16, googlenet, resnet18, resnet50, densenet121,
//             squeezenet1_1, mobilenet_v2, mobilenet_v3_small, efficientnet_b0, resnext50_32x4d, shufflenet_v2_x1_0, lenet5
// --layers    only single layers; with --networks, both
// --peer      only onnxruntime-web (ort) or only tfjs-wasm (tfjs)
// --threads   only so many threads; two are compared with onnxruntime-web's two
// --quick     fewer and shorter rounds
// --output    where peers.md and peers.svg go; without it they go to bench/results/ when nothing was left out

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundlePeers, requirePeers } from './peers/bundle.mjs';

requirePeers();
await bundlePeers();
const script = fileURLToPath(new URL('dist/peers.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
