// The words of quadlane's own model format, which is a .safetensors file with these in its metadata.

/** Version of the format that wrote the file. */
export const FORMAT_KEY = 'quadlane';
export const FORMAT_VERSION = 1;
/** The graph: `{ inputs, outputs, nodes }`, and `metadata` where there is some, as in graph/graph.ts. */
export const GRAPH_KEY = 'graph';
/** In the graph, the one key of an object that stands for a number that JSON can't write: infinities, NaN, -0. */
export const NUMBER_KEY = '$number';
