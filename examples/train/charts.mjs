// Curves over the epochs: the moving mean of the steps, each step behind it where asked for, the held-back digits as dots.

import uPlot from '/uplot/uPlot.esm.js';

const HEIGHT = 240;
/** How much of the moving mean a new step is. */
const NEWEST = 0.05;
/** Where logarithmic axes have their lines. */
const DECADES = [0.001, 0.01, 0.1, 1, 10].flatMap((decade) => [1, 2, 5].map((factor) => factor * decade));

/**
 * A chart in `card`, which has a legend and an element `.plot`.
 * @param {{ field: 'loss' | 'accuracy', format: (value: number) => string, range: (data: (number | null)[][]) => [number, number], logarithmic?: boolean, showsSteps?: boolean }} options
 *   `range`: the least and greatest value shown, by all that is
 */
export function createChart(card, { field, format, range, logarithmic = false, showsSteps = false }) {
  const box = card.querySelector('.plot');
  const [learning, heldBack] = ['learning', 'held-back'].map((name) => card.querySelector(`.legend .${name}`));
  const colorOf = (element) => () => getComputedStyle(element).color;
  const axis = {
    stroke: () => getComputedStyle(box).color,
    grid: { stroke: () => getComputedStyle(box).borderColor, width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  /** Epochs, the loss (or accuracy) of each step, its moving mean, and that of the held-back digits. */
  let data;
  clear();

  const plot = new uPlot(
    {
      width: box.clientWidth,
      height: HEIGHT,
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: (_, least, most) => [Math.min(0, least ?? 0), Math.max(1, most ?? 1)] },
        y: { distr: logarithmic ? 3 : 1, range: () => range(data) },
      },
      axes: [
        { ...axis, space: 60, incrs: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50], size: 28 },
        {
          ...axis,
          size: 54,
          ...(logarithmic && { splits: (_, __, least, most) => DECADES.filter((one) => one >= least && one <= most) }),
          values: (_, splits) => splits.map(format),
          filter: (_, splits) => splits,
        },
      ],
      series: [
        {},
        {
          show: showsSteps,
          stroke: () => `color-mix(in srgb, ${colorOf(learning)()} 25%, transparent)`,
          width: 1,
          points: { show: false },
        },
        { stroke: colorOf(learning), width: 2, points: { show: false } },
        {
          stroke: colorOf(heldBack),
          width: 2,
          spanGaps: true,
          points: { show: true, size: 6, fill: colorOf(heldBack) },
        },
      ],
      hooks: { setCursor: [({ cursor }) => showValues(cursor.idx)] },
    },
    data,
    box,
  );
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT })).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false));

  function clear() {
    data = [[], [], [], []];
  }

  /** The values at a step, or the newest. */
  function showValues(index = data[0].length - 1) {
    const at = index ?? data[0].length - 1;
    const show = (element, value) => {
      element.querySelector('b').textContent = value === undefined ? '–' : format(value);
    };
    show(learning, data[2][at]);
    show(
      heldBack,
      data[3].slice(0, at + 1).findLast((value) => value !== null),
    );
  }

  return {
    /** The newest moving mean. */
    get mean() {
      return data[2].at(-1);
    },
    clear() {
      clear();
      this.add([]);
    },
    add(steps) {
      for (const { epoch, heldBack, [field]: value } of steps) {
        const mean = data[2].at(-1) ?? value;
        // The first steps' mean is their own, so that the curve begins where they do.
        const part = Math.max(NEWEST, 1 / (data[0].length + 1));
        data[0].push(epoch);
        data[1].push(value);
        data[2].push(mean + part * (value - mean));
        data[3].push(heldBack?.[field] ?? null);
      }
      plot.setData(data);
      showValues(plot.cursor.idx);
    },
  };
}
