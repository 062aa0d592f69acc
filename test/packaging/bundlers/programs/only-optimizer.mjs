import { optimizers } from 'quadlane/train';

globalThis.outcome = { result: optimizers.sgd().name };
