// How .safetensors files begin: [8 bytes: length of the header, little-endian][the header, a JSON object]

/** Bytes in front of the header. */
export const LENGTH_BYTES = 8;

/** Whether a file begins as .safetensors files do: a header length below 2^32, then an opening brace. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[LENGTH_BYTES] === 0x7b && bytes.subarray(4, LENGTH_BYTES).every((byte) => byte === 0);
}
