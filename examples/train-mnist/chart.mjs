// Loss and accuracy over the epochs as an SVG that is readable on light and on dark pages.

import { parse, View } from 'vega';
import { compile } from 'vega-lite';

/** Between black and white, with enough contrast to both. */
const TEXT = '#7a7a7a';

/**
 * @param {{ epoch: number, of: string, loss: number, accuracy: number }[]} points `of`: which digits
 * @param {string} title
 * @returns {Promise<string>} SVG
 */
export async function drawChart(points, title) {
  const color = {
    field: 'of',
    scale: { range: ['#2f81f7', '#e08a1e'] },
    legend: { orient: 'top', title: null },
  };
  const x = { field: 'epoch', type: 'quantitative', axis: { tickMinStep: 1 } };
  const curve = (field, scale, format) => ({
    width: 360,
    height: 220,
    mark: { type: 'line', point: { size: 18 } },
    encoding: { x, y: { field, type: 'quantitative', scale, axis: { format } }, color },
  });
  const specification = {
    title: { text: title, anchor: 'start', color: TEXT },
    data: { values: points },
    hconcat: [curve('loss', { type: 'log' }, '.3~f'), curve('accuracy', { zero: false }, '.1%')],
    config: {
      font: 'system-ui, sans-serif',
      background: 'transparent',
      view: { stroke: null },
      axis: { labelColor: TEXT, titleColor: TEXT, domainColor: TEXT, tickColor: TEXT, gridColor: '#80808040' },
      legend: { labelColor: TEXT, labelLimit: 300 },
    },
  };
  const view = new View(parse(compile(specification).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}
