// What the engine can do beyond plain SIMD, found out by offering it a tiny module.

// (module (func unreachable f32x4.relaxed_madd drop))
const relaxedSimd = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // types: (func)
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x0a, 0x09, 0x01, 0x07, 0x00], // code: one body of 7 bytes, no locals
  ...[0x00, 0xfd, 0x85, 0x02, 0x1a, 0x0b], // unreachable, f32x4.relaxed_madd, drop, end
]);

/** Whether the engine accepts relaxed SIMD, that is, whether the relaxed binary can be compiled. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedSimd);
}

/**
 * Rows of register tiles whose sums stay in registers: 6, or 4 where the engine would spill those of six, as V8 before
 * 13.5 does, which halves their speed; an engine as new as Float16Array doesn't.
 */
export function tileRows(): 4 | 6 {
  return 'Float16Array' in globalThis ? 6 : 4;
}
