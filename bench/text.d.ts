// Text files become strings when the benchmark is bundled.
declare module '*.txt' {
  const content: string;
  export default content;
}
