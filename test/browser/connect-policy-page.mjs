// A page whose content security policy lets it fetch little: errors name the directive.

import { loadModel, QuadlaneError, ready } from '/quadlane/browser/index.js';
import { addChecks, newResult, refusalOf } from './checks.mjs';
import { send } from './send.mjs';

const refused = (call) => () => refusalOf({ QuadlaneError }, call, 'HOST', /connect-src/, /content security policy/);

const result = await addChecks(newResult(), {
  'a network': refused(() => loadModel('/models/lenet5-mnist.onnx')),
  'the binary': refused(() => ready()),
});
await send({ result });
