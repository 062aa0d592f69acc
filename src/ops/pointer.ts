// Where kernel arguments point. A plan is relocatable: addresses become numbers only when it is
// placed in a memory.

/** A region of a model's memory that the plan places. */
export interface Region {
  /** First byte in linear memory; set when the plan is placed. */
  base: number;
}

/** `region.base + offset` bytes, or 0 for "none". */
export type Pointer = { readonly region: Region; readonly offset: number } | 0;
