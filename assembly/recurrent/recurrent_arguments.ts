// What f32_recurrent is told.

@unmanaged
export class RecurrentArgs {
  /** A Cell. */
  cell: i32;
  directions: i32;
  /** Bit d: direction d takes the steps from the last one on. */
  reversed: i32;
  /** Sequences. */
  rows: i32;
  /** Elements of a state. */
  hidden: i32;
  /** Steps of the longest sequence that this call takes: from `firstStep` to before `endStep`. */
  firstStep: i32;
  endStep: i32;
  /** i32[rows]: the steps of each sequence, 0 for all the same. */
  lengths: usize;
  /** The same. */
  length: i32;
  /** The products of inputs and weights, [gates][hidden] each; bytes between neighbours. */
  products: usize;
  productsDirection: i32;
  productsStep: i32;
  productsRow: i32;
  /** Panels of f32_pack_panels of [directions][hidden] filters, a tap a gate, followed by three gates' bytes of anything. */
  weights: usize;
  /** [directions][gates][hidden, a multiple of 8], followed by three rows of anything. */
  biases: usize;
  /** [directions][input, output, forget][hidden]: how much of the cell's state goes into a gate; 0 for none. */
  peepholes: usize;
  /** [directions][CELL_ACTIVATIONS][ACTIVATION_BYTES] */
  activations: usize;
  /** What bounds the input of an activation. */
  limit: f32;
  /** 1: an LSTM forgets as much as it takes in. */
  coupled: i32;
  /** States before the first of these steps, and after the last, which may be the same; strides of all states. */
  stateBefore: usize;
  state: usize;
  cellBefore: usize;
  cellState: usize;
  stateDirection: i32;
  stateRow: i32;
  /** States after every step, zeros behind a sequence's end; 0 for none. */
  output: usize;
  outputStep: i32;
  outputDirection: i32;
  outputRow: i32;
  /** [directions][rows][gates][hidden, a multiple of 8] */
  gates: usize;
  /** 1: threads share the elements of the states, of one step. Else they share the sequences. */
  byElements: i32;
  /** For each thread the sums of each row, as f32_gemv has them. */
  scratch: usize;
}
