// The command line of npm run bench:peers.

import { parseArgs } from 'node:util';
import type { PeerName } from './contestant.js';
import { findNetwork, networks } from './networks.js';

const peers: Readonly<Record<string, PeerName>> = { ort: 'onnxruntime-web', tfjs: 'tfjs-wasm' };

export interface Options {
  readonly networks: readonly string[];
  /** Whether single layers are compared. */
  readonly layers: boolean;
  /** Whether calls of the smallest networks are. */
  readonly small: boolean;
  readonly peers: readonly PeerName[];
  /** Numbers of threads. */
  readonly threads: readonly number[];
  readonly quick: boolean;
  readonly output?: string;
  /** Nothing is left out. */
  readonly isComplete: boolean;
}

/** What the command line asks for; ends the process when it can't be understood. */
export function readOptions(): Options {
  try {
    return parse();
  } catch (error) {
    console.error(`${(error as Error).message}\nnpm run bench:peers -- --help  tells what there is`);
    process.exit(2);
  }
}

function parse(): Options {
  const { values } = parseArgs({
    options: {
      networks: { type: 'string' },
      layers: { type: 'boolean', default: false },
      peer: { type: 'string' },
      threads: { type: 'string' },
      quick: { type: 'boolean', default: false },
      output: { type: 'string' },
    },
  });
  const { networks: named, peer, threads } = values;
  if (peer !== undefined && !(peer in peers)) throw new Error(`there is no peer ${peer}`);
  if (threads !== undefined && threads !== '1' && threads !== '2')
    throw new Error(`${threads} threads aren't compared`);
  const selected = named?.split(',') ?? (values.layers ? [] : Object.keys(networks));
  selected.forEach(findNetwork);
  const isSelection = named !== undefined || values.layers;
  const oneThread = threads !== '2';
  return {
    networks: selected,
    layers: values.layers || (!isSelection && oneThread),
    small: !isSelection && oneThread,
    peers: peer === undefined ? Object.values(peers) : [peers[peer]],
    threads: threads === undefined ? [1, 2] : [Number(threads)],
    quick: values.quick,
    output: values.output,
    isComplete: !isSelection && peer === undefined && threads === undefined,
  };
}
