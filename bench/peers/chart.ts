// The ratios of the networks as bars in an SVG that is readable on light and on dark pages.

import type { Results } from './comparison.js';
import type { Machine } from './machine.js';

interface VegaLite {
  compile(specification: object): { spec: object };
}

interface Vega {
  parse(specification: object): object;
  readonly View: new (runtime: object, options: { renderer: 'none' }) => { toSVG(): Promise<string> };
}

/** Between black and white, with enough contrast to both. */
const TEXT = '#7a7a7a';
const COLORS = { 'onnxruntime-web': '#2f81f7', 'tfjs-wasm': '#e08a1e' };

/** The chart of the networks on one thread. */
export async function drawChart({ networks }: Results, machine: Machine): Promise<string> {
  const bars = networks
    .filter(({ threads }) => threads === 1)
    .flatMap(({ network, duels }) =>
      Object.entries(duels).map(([peer, { ratio }]) => ({ network, peer, ratio, label: `${ratio.toFixed(1)} x` })),
    );
  const y = { field: 'network', type: 'nominal', sort: null, title: null };
  const yOffset = { field: 'peer', sort: Object.keys(COLORS) };
  const x = { field: 'ratio', type: 'quantitative', title: 'times faster than the peer', axis: { tickMinStep: 1 } };
  const color = {
    field: 'peer',
    scale: { domain: Object.keys(COLORS), range: Object.values(COLORS) },
    legend: { orient: 'top', title: null },
  };
  const specification = {
    title: {
      text: 'quadlane against its peers: image networks, batch 1, one thread',
      subtitle: [
        machine.versions.join(', '),
        `${machine.engine}, ${machine.cpu}, ${machine.cores} cores, ${machine.date}`,
      ],
      anchor: 'start',
    },
    width: 560,
    height: { step: 13 },
    data: { values: bars },
    layer: [
      { mark: { type: 'bar', cornerRadiusEnd: 2 }, encoding: { x, y, yOffset, color } },
      {
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 10, color: TEXT },
        encoding: { x, y, yOffset, text: { field: 'label' } },
      },
      { mark: { type: 'rule', color: TEXT, strokeDash: [4, 3] }, encoding: { x: { datum: 1 } } },
    ],
    config: {
      font: 'system-ui, sans-serif',
      background: 'transparent',
      view: { stroke: null },
      title: { color: TEXT, subtitleColor: TEXT },
      axis: { labelColor: TEXT, titleColor: TEXT, domainColor: TEXT, tickColor: TEXT, gridColor: '#80808040' },
      legend: { labelColor: TEXT },
    },
  };
  const [vega, vegaLite] = await Promise.all([imported<Vega>('vega'), imported<VegaLite>('vega-lite')]);
  const view = new vega.View(vega.parse(vegaLite.compile(specification).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

/** A package of bench/node_modules, which a checkout need not have. */
function imported<Module>(name: string): Promise<Module> {
  return import(name);
}
