// The page's table: a row for each network or layer, filled in while peers are compared, and the means below.

import { formatNumber, formatTime } from '../format.js';
import { geometricMean } from '../measure.js';
import type { PeerName } from '../peers/contestant.js';
import type { DuelResult } from '../peers/duel.js';

/** A ratio's bar fills its cell here. */
const FULL_BAR = 8;

export class ResultTable {
  private readonly ratios = new Map<PeerName, number[]>();

  constructor(private readonly peers: readonly PeerName[]) {
    const titles = ['', 'quadlane', ...peers.flatMap((peer) => [peer, 'ratio'])];
    element('head').replaceChildren(...titles.map((title) => cell('th', title)));
    element('rows').replaceChildren();
    element('summary').replaceChildren();
  }

  /** Adds an empty row. */
  row(name: string): Row {
    const cells = this.peers.map((peer) => ({ peer, time: cell('td', ''), ratio: cell('td', '') }));
    const own = cell('td', '');
    const row = document.createElement('tr');
    row.append(cell('td', name), own, ...cells.flatMap(({ time, ratio }) => [time, ratio]));
    element('rows').append(row);
    const find = (peer: PeerName) => cells.find((each) => each.peer === peer)!;
    return {
      show: (peer, result) => {
        const { time, ratio } = find(peer);
        own.textContent = formatTime(result.quadlane);
        time.textContent = formatTime(result.peer);
        ratio.textContent = `${formatNumber(result.ratio)} x`;
        ratio.className = result.ratio < 1 ? 'ratio lost' : 'ratio';
        ratio.style.setProperty('--share', `${Math.min(100, (100 * result.ratio) / FULL_BAR)}%`);
        this.ratios.set(peer, [...(this.ratios.get(peer) ?? []), result.ratio]);
        this.summarize();
      },
      fail: (peer, error) => {
        const { time } = find(peer);
        time.className = 'failed';
        time.textContent = String(error);
      },
    };
  }

  private summarize(): void {
    const means = this.peers.flatMap((peer) => {
      const ratios = this.ratios.get(peer);
      return ['', ratios ? `${formatNumber(geometricMean(ratios))} x` : ''];
    });
    const row = document.createElement('tr');
    row.append(...['geometric mean', '', ...means].map((text) => cell('td', text)));
    element('summary').replaceChildren(row);
  }
}

export interface Row {
  show(peer: PeerName, result: DuelResult): void;
  fail(peer: PeerName, error: unknown): void;
}

/** The element of the page with this id. */
export function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}

function cell(kind: 'th' | 'td', text: string): HTMLTableCellElement {
  return Object.assign(document.createElement(kind), { textContent: text });
}
