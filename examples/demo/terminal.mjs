// Digits as cards of text, drawn as well as the terminal can: shades of grey, half blocks, or plain ASCII.

import { styleText } from 'node:util';

const SIZE = 28;
const RAMP = ' .:-=+*#%@';
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Columns a card takes. */
export const CARD_WIDTH = SIZE;
const GAP = 3;

/** Bits of colour that stdout shows; 1 for files, pipes and where NO_COLOR asks for it. */
export const colorDepth = (process.stdout.isTTY && process.stdout.getColorDepth()) || 1;
const plain = colorDepth === 1;

/** `text` in the style named, where there are colours. */
export function style(format, text) {
  return plain ? text : styleText(format, text);
}

/** 28 x 28 pixels from 0 to 1 as 14 lines of 28 columns: each character shows two pixels, one above the other. */
export function drawDigit(pixels) {
  return Array.from({ length: SIZE / 2 }, (_, line) => {
    const at = 2 * line * SIZE;
    const cells = Array.from({ length: SIZE }, (_, x) => drawCell(pixels[at + x], pixels[at + SIZE + x]));
    return cells.join('') + (colorDepth >= 8 ? '\x1b[0m' : '');
  });
}

function drawCell(upper, lower) {
  if (plain) return RAMP[Math.round(((upper + lower) / 2) * (RAMP.length - 1))];
  if (colorDepth < 8) return ' ▄▀█'[2 * Number(upper > 0.5) + Number(lower > 0.5)];
  // The 24 greys of the 256-colour palette.
  const grey = (value) => 232 + Math.round(value * 23);
  return `\x1b[38;5;${grey(upper)};48;5;${grey(lower)}m▀`;
}

/** A share from 0 to 1 as a bar of `width` columns. */
export function drawBar(share, width) {
  if (plain) return '='.repeat(Math.round(share * width)).padEnd(width, '.');
  const eighths = Math.round(share * width * 8);
  return ('█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]).padEnd(width);
}

/** Cards, each an array of equally many lines of CARD_WIDTH visible columns, beside each other in rows as the terminal is wide. */
export function arrange(cards) {
  const columns = process.stdout.columns ?? 80;
  const across = Math.max(1, Math.floor((columns + GAP) / (CARD_WIDTH + GAP)));
  const rows = [];
  for (let first = 0; first < cards.length; first += across) {
    const row = cards.slice(first, first + across);
    const lines = row[0].map((_, line) => row.map((card) => card[line]).join(' '.repeat(GAP)));
    rows.push(lines.join('\n'));
  }
  return rows.join('\n\n');
}
