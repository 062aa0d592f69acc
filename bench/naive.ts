// The same layers in plain JavaScript on Float32Arrays, as people write them: loops, a bounds test for padding, weights
// in the order the loops read them. Each computes only the first `units` of its outermost output axis.

type Array32 = Float32Array<ArrayBufferLike>;

/** `a` `[M, K]` times `b` `[K, N]` plus `bias` `[N]`. */
/** Extents of a matrix product: units x k times k x n. */
export interface Product {
  readonly units: number;
  readonly k: number;
  readonly n: number;
}

export function matmul(a: Array32, b: Array32, bias: Array32, y: Array32, { units, k, n }: Product): void {
  for (let i = 0; i < units; i++) {
    for (let j = 0; j < n; j++) {
      let sum = bias[j];
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      y[i * n + j] = sum;
    }
  }
}

export interface Window {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly outputWidth: number;
}

/** `x` `[H, W, C]` convolved with `w` `[F, KH, KW, C]` plus `bias` `[F]`, at least 0. */
export function conv(x: Array32, w: Array32, bias: Array32, y: Array32, units: number, window: Window): void {
  const { height, width, channels, kernel, stride, padding, outputWidth } = window;
  const filters = bias.length;
  for (let row = 0; row < units; row++) {
    for (let column = 0; column < outputWidth; column++) {
      for (let f = 0; f < filters; f++) {
        let sum = bias[f];
        for (let kh = 0; kh < kernel; kh++) {
          const h = row * stride + kh - padding;
          if (h < 0 || h >= height) continue;
          for (let kw = 0; kw < kernel; kw++) {
            const v = column * stride + kw - padding;
            if (v < 0 || v >= width) continue;
            const xAt = (h * width + v) * channels;
            const wAt = ((f * kernel + kh) * kernel + kw) * channels;
            for (let c = 0; c < channels; c++) sum += x[xAt + c] * w[wAt + c];
          }
        }
        y[(row * outputWidth + column) * filters + f] = Math.max(0, sum);
      }
    }
  }
}

/** Each channel of `x` `[H, W, C]` with its own `w` `[KH, KW, C]` plus `bias` `[C]`, from 0 to 6. */
export function depthwise(x: Array32, w: Array32, bias: Array32, y: Array32, units: number, window: Window): void {
  const { height, width, channels, kernel, stride, padding, outputWidth } = window;
  for (let row = 0; row < units; row++) {
    for (let column = 0; column < outputWidth; column++) {
      for (let c = 0; c < channels; c++) {
        let sum = bias[c];
        for (let kh = 0; kh < kernel; kh++) {
          const h = row * stride + kh - padding;
          if (h < 0 || h >= height) continue;
          for (let kw = 0; kw < kernel; kw++) {
            const v = column * stride + kw - padding;
            if (v >= 0 && v < width) sum += x[(h * width + v) * channels + c] * w[(kh * kernel + kw) * channels + c];
          }
        }
        y[(row * outputWidth + column) * channels + c] = Math.min(6, Math.max(0, sum));
      }
    }
  }
}

/** Greatest value of each window of `x` `[H, W, C]`. */
export function maxPool(x: Array32, y: Array32, units: number, window: Window): void {
  const { height, width, channels, kernel, stride, padding, outputWidth } = window;
  for (let row = 0; row < units; row++) {
    for (let column = 0; column < outputWidth; column++) {
      for (let c = 0; c < channels; c++) {
        let most = Number.NEGATIVE_INFINITY;
        for (let kh = 0; kh < kernel; kh++) {
          const h = row * stride + kh - padding;
          if (h < 0 || h >= height) continue;
          for (let kw = 0; kw < kernel; kw++) {
            const v = column * stride + kw - padding;
            if (v < 0 || v >= width) continue;
            const value = x[(h * width + v) * channels + c];
            if (value > most) most = value;
          }
        }
        y[(row * outputWidth + column) * channels + c] = most;
      }
    }
  }
}

/** Mean of each window of `x` `[H, W, C]`; nothing is padded. */
export function averagePool(x: Array32, y: Array32, units: number, window: Window): void {
  const { width, channels, kernel, stride, outputWidth } = window;
  for (let row = 0; row < units; row++) {
    for (let column = 0; column < outputWidth; column++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let kh = 0; kh < kernel; kh++)
          for (let kw = 0; kw < kernel; kw++)
            sum += x[((row * stride + kh) * width + column * stride + kw) * channels + c];
        y[(row * outputWidth + column) * channels + c] = sum / (kernel * kernel);
      }
    }
  }
}

/** Softmax of each of `units` rows of `classes`. */
export function softmax(x: Array32, y: Array32, units: number, classes: number): void {
  for (let row = 0; row < units; row++) {
    const at = row * classes;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < classes; i++) if (x[at + i] > most) most = x[at + i];
    let sum = 0;
    for (let i = 0; i < classes; i++) {
      const e = Math.exp(x[at + i] - most);
      y[at + i] = e;
      sum += e;
    }
    for (let i = 0; i < classes; i++) y[at + i] /= sum;
  }
}

/** Loops over `count` elements; each stands by itself, so that engines inline what it computes. */
export const elementwise = {
  add(a: Array32, b: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = a[i] + b[i];
  },
  mul(a: Array32, b: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = a[i] * b[i];
  },
  /** `b` has one value a channel, the innermost axis of `a`. */
  mulByChannel(a: Array32, b: Array32, y: Array32, count: number): void {
    const channels = b.length;
    for (let i = 0; i < count; i += channels) {
      for (let c = 0; c < channels; c++) y[i + c] = a[i + c] * b[c];
    }
  },
};

export const activations = {
  relu(x: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = Math.max(0, x[i]);
  },
  leakyRelu(x: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = x[i] > 0 ? x[i] : 0.01 * x[i];
  },
  sigmoid(x: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = 1 / (1 + Math.exp(-x[i]));
  },
  tanh(x: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = Math.tanh(x[i]);
  },
  silu(x: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = x[i] / (1 + Math.exp(-x[i]));
  },
  hardSwish(x: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) y[i] = x[i] * Math.max(0, Math.min(1, x[i] / 6 + 0.5));
  },
  geluTanh(x: Array32, y: Array32, count: number): void {
    for (let i = 0; i < count; i++) {
      y[i] = 0.5 * x[i] * (1 + Math.tanh(0.7978845608028654 * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
    }
  },
};
