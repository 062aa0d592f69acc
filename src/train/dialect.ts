// What training adds to the dialect of a network: the operators of losses, gradients and updates, and every pass, so that the
// bits of a step don't depend on where the network came from.

import { dialectOf, extendDialect } from '../graph/dialect.js';
import { inference } from '../graph/inference.js';
import { training as operators } from '../ops/training.js';

export const training = /* @__PURE__ */ extendDialect(inference, /* @__PURE__ */ dialectOf(operators));
