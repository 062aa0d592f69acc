// The two binaries as text, as the build gives them to bundles that have them inside.
declare module '#binaries' {
  /** Base64 of the deflated pieces of both, in turns. */
  export const text: string;
  /** Bytes of a piece; the last ones are shorter, and may be missing. */
  export const piece: number;
  /** Bytes of each binary. */
  export const sizes: { readonly strict: number; readonly relaxed: number };
}
