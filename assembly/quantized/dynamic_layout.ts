// What threads find of a tensor's extremes, each in memory of its own.

/** Bytes for each thread: four f32 of its least elements, four of its greatest. */
export const EXTREMES_BYTES: i32 = 32;
