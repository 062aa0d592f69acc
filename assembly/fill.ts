@unmanaged
class FillArgs {
  output: usize;
  count: i32;
  value: f32;
}
export function f32_fill(args: FillArgs, thread: i32, threads: i32): void {
  for (let i = 0; i < args.count; i++) store<f32>(args.output + (<usize>i << 2), args.value);
}
