// How .safetensors files begin: [8 bytes: length of the header, little-endian][the header, a JSON object]. Apart from the
// header's reader, which programs that don't read such files don't load.

/** Whether a file begins as .safetensors files do: a header length below 2^32, then an opening brace. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);
}
