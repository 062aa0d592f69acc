// quadlane/zoo: published architectures, built from layers. Parameters are named and stored as in torchvision's
// checkpoints, so that those load by name; each function is on its own, so that bundlers keep only what is used.

export { type CompileOptions, compile, compileSync } from '../layers/compile.js';
export { alexnet, alexnet2012 } from './alexnet.js';
export type { ClassifierOptions, ZooOptions } from './architecture.js';
export { type DenseNetOptions, densenet121, densenet169, densenet201 } from './densenet.js';
export {
  efficientnetB0,
  efficientnetB1,
  efficientnetB2,
  efficientnetB3,
  efficientnetB4,
  efficientnetB5,
  efficientnetB6,
  efficientnetB7,
} from './efficientnet.js';
export { type EspcnOptions, espcn } from './espcn.js';
export { googlenet } from './googlenet.js';
export { type InceptionOptions, inceptionV3 } from './inception.js';
export { type MnasNetOptions, mnasnet } from './mnasnet.js';
export { type MobileNetOptions, mobilenetV1, mobilenetV2 } from './mobilenet.js';
export { mobilenetV3Large, mobilenetV3Small } from './mobilenetV3.js';
export {
  type ResNetOptions,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnext50,
  resnext101,
} from './resnet.js';
export { type FcnOptions, fcnResnet50, type UnetOptions, unet } from './segmentation.js';
export { shufflenetV2x0_5, shufflenetV2x1_0 } from './shufflenet.js';
export { lenet5, type MlpOptions, mlp, type TinyVggOptions, tinyVgg } from './small.js';
export { squeezenet1_0, squeezenet1_1 } from './squeezenet.js';
export { type SsdOptions, ssd } from './ssd.js';
export { type TextCnnOptions, textCnn } from './textCnn.js';
export { type VggOptions, vgg11, vgg13, vgg16, vgg19 } from './vgg.js';
