// The gated recurrent unit (Cho et al. 2014), gates in the order z, r, h: z = f(x Wz + h Rz + bz), r likewise,
// c = g(x Wc + (r * h) Rc + bc), or g(x Wc + bc + r * (h Rc + bRc)) with `linearBeforeReset`, h = (1 - z) * c + z * h.

import type { RecurrentAttributes } from './geometry.js';
import { recurrent } from './operator.js';

export interface GruAttributes extends RecurrentAttributes {
  /** The reset gate scales the recurrent product: PyTorch's way, and Keras's `reset_after`. Default: false. */
  readonly linearBeforeReset?: boolean;
}

export const gru = /* @__PURE__ */ recurrent<GruAttributes>('gru');
