// What f32_recurrent computes, and the words that tell it which activations.

/** What a time step does with its gates; they lie in ONNX's order. */
export const enum Cell {
  /** One gate. */
  rnn,
  /** Four: input, output, forget, cell. */
  lstm,
  /** Three: update, reset, hidden. The reset gate scales the recurrent product. */
  gru,
  /** The same, but the reset gate scales the state that goes into the recurrent product. */
  gruResetBefore,
}

/** Bytes that describe an activation: outer * activation(inner * x) + offset. [activation, alpha, beta, inner, outer, offset] */
export const ACTIVATION_BYTES: i32 = 24;
/** Activations of a direction. */
export const CELL_ACTIVATIONS: i32 = 3;
