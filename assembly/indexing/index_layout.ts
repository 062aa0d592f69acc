// What a thread writes of the first index that it found outside its axis:
//    0 [1 + the place of the axis among those that are indexed: i32; 0: there was none]
//    8 [the index: i64]

/** Bytes of a record. */
export const FAULT_BYTES: usize = 16;
