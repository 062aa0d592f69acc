// Steps of optimisers as PyTorch's documentation writes them (torch.optim), one number at a time, in float64. Lion's is that
// of its paper (Chen et al. 2023, algorithm 2).

export interface Settings {
  readonly lr: number;
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly decoupled?: boolean;
  readonly alpha?: number;
  readonly centered?: boolean;
  readonly eps?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly amsgrad?: boolean;
  readonly lrDecay?: number;
  readonly initial?: number;
}

/** The parameter after each gradient. */
type Walk = (parameter: number, gradients: readonly number[], settings: Settings) => number[];

export const sgd: Walk = (p, gradients, settings) => {
  const { lr, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = settings;
  let buffer: number | undefined;
  return gradients.map((gradient) => {
    let g = gradient + weightDecay * p;
    if (momentum !== 0) {
      buffer = buffer === undefined ? g : momentum * buffer + (1 - dampening) * g;
      g = nesterov ? g + momentum * buffer : buffer;
    }
    p -= lr * g;
    return p;
  });
};

export const rmsprop: Walk = (p, gradients, settings) => {
  const { lr, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false, weightDecay = 0 } = settings;
  let [square, mean, buffer] = [0, 0, 0];
  return gradients.map((gradient) => {
    const g = gradient + weightDecay * p;
    square = alpha * square + (1 - alpha) * g * g;
    mean = alpha * mean + (1 - alpha) * g;
    const spread = centered ? square - mean * mean : square;
    const step = g / (Math.sqrt(spread) + eps);
    buffer = momentum * buffer + step;
    p -= lr * (momentum > 0 ? buffer : step);
    return p;
  });
};

export const adagrad: Walk = (p, gradients, { lr, lrDecay = 0, initial = 0, eps = 1e-10, weightDecay = 0 }) => {
  let sum = initial;
  return gradients.map((gradient, index) => {
    const g = gradient + weightDecay * p;
    sum += g * g;
    p -= ((lr / (1 + index * lrDecay)) * g) / (Math.sqrt(sum) + eps);
    return p;
  });
};

export const adam: Walk = (p, gradients, settings) => {
  const { lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0, amsgrad = false, decoupled = false } = settings;
  let [m, v, largest] = [0, 0, 0];
  return gradients.map((gradient, index) => {
    const t = index + 1;
    if (decoupled) p -= lr * weightDecay * p;
    const g = decoupled ? gradient : gradient + weightDecay * p;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    largest = Math.max(largest, v);
    const denominator = Math.sqrt((amsgrad ? largest : v) / (1 - beta2 ** t)) + eps;
    p -= ((lr / (1 - beta1 ** t)) * m) / denominator;
    return p;
  });
};

export const adamax: Walk = (p, gradients, { lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 }) => {
  let [m, u] = [0, 0];
  return gradients.map((gradient, index) => {
    const g = gradient + weightDecay * p;
    m = beta1 * m + (1 - beta1) * g;
    u = Math.max(beta2 * u, Math.abs(g) + eps);
    p -= ((lr / (1 - beta1 ** (index + 1))) * m) / u;
    return p;
  });
};

export const radam: Walk = (p, gradients, settings) => {
  const { lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0, decoupled = false } = settings;
  const longest = 2 / (1 - beta2) - 1;
  let [m, v] = [0, 0];
  return gradients.map((gradient, index) => {
    const t = index + 1;
    if (decoupled) p *= 1 - lr * weightDecay;
    const g = decoupled ? gradient : gradient + weightDecay * p;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const mean = m / (1 - beta1 ** t);
    const length = longest - (2 * t * beta2 ** t) / (1 - beta2 ** t);
    if (length > 5) {
      const adaptive = Math.sqrt(1 - beta2 ** t) / (Math.sqrt(v) + eps);
      const trust = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
      p -= lr * mean * Math.sqrt(trust) * adaptive;
    } else {
      p -= lr * mean;
    }
    return p;
  });
};

export const lion: Walk = (p, gradients, { lr, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 }) => {
  let m = 0;
  return gradients.map((g) => {
    const direction = Math.sign(beta1 * m + (1 - beta1) * g);
    p -= lr * (direction + weightDecay * p);
    m = beta2 * m + (1 - beta2) * g;
    return p;
  });
};
