// How well classes were told apart: counts of what was taken for what, and the figures that follow from them.

import { QuadlaneError } from '../errors.js';
import { checkOptions, numberIn } from '../options.js';
import { printable, shown } from '../printable.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export interface ClassMetrics {
  /** Name of the class, or its number. */
  readonly name: string;
  /** Right ones among those taken for this class; NaN where none was. */
  readonly precision: number;
  /** Right ones among those of this class; NaN where there is none. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Examples of this class. */
  readonly support: number;
}

export interface ClassificationOptions {
  /** Names of the classes. Default: their numbers. */
  readonly names?: readonly string[];
  /** The k of `topK`. Default: 5, or fewer where there are fewer classes. */
  readonly k?: number;
}

/** Counts of examples by what they are and what they were taken for; grows batch by batch. */
export class Classification {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'Classification';

  /** How many examples of class `row` were taken for class `column`: `[classes * classes]`, row by row. */
  readonly counts: Uint32Array;
  /** Examples so far. */
  total = 0;
  private inTop = 0;

  /**
   * @param classes how many there are
   */
  constructor(
    readonly classes: number,
    private readonly options: ClassificationOptions = {},
  ) {
    numberIn('classes', classes, { from: 1, whole: true });
    const { k } = checkOptions('Classification', options, ['names', 'k']);
    if (k !== undefined) numberIn('k', k, { from: 1, whole: true });
    this.counts = new Uint32Array(classes * classes);
  }

  /** The k of `topK`. */
  get k(): number {
    return Math.min(this.options.k ?? 5, this.classes);
  }

  /**
   * Counts a batch.
   * @param scores float32 `[N, classes]`: logits or probabilities; the greatest is the prediction, the first one where
   * several are
   * @param labels whole numbers `[N]`
   * @throws QuadlaneError `SHAPE`, `ARGUMENT` for a label that is no class
   */
  add(scores: Tensor, labels: ArrayLike<number | bigint>): void {
    const { classes } = this;
    if (scores.shape.length !== 2 || scores.shape[1] !== classes || scores.shape[0] !== labels.length) {
      throw new QuadlaneError(
        'SHAPE',
        `${labels.length} labels of ${classes} classes need scores [${labels.length}, ${classes}], not ${formatShape(scores.shape)}`,
      );
    }
    const isNumber = (label: unknown) => typeof label === 'number' || typeof label === 'bigint';
    const known = Array.from(labels, (label) => (isNumber(label) ? Number(label) : Number.NaN));
    const wrong = known.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
    if (wrong >= 0) {
      throw new QuadlaneError(
        'ARGUMENT',
        `label ${wrong} is ${shown(labels[wrong])}, but there are ${classes} classes`,
      );
    }
    const values = scores.data as Float32Array;
    known.forEach((label, example) => {
      const row = values.subarray(example * classes, (example + 1) * classes);
      const prediction = indexOfGreatest(row);
      this.counts[label * classes + prediction]++;
      // Places ahead of the label: greater scores, and equal ones of earlier classes.
      let ahead = 0;
      for (let other = 0; other < classes; other++) {
        if (row[other] > row[label] || (row[other] === row[label] && other < label)) ahead++;
      }
      if (ahead < this.k && !Number.isNaN(row[label])) this.inTop++;
    });
    this.total += known.length;
  }

  /** Part of the examples that were taken for what they are; NaN before the first. */
  get accuracy(): number {
    let right = 0;
    for (let i = 0; i < this.classes; i++) right += this.counts[i * this.classes + i];
    return right / this.total;
  }

  /** Part of the examples whose class was among the `k` greatest scores. */
  get topK(): number {
    return this.inTop / this.total;
  }

  /** Precision, recall and F1 of every class. */
  get perClass(): ClassMetrics[] {
    return Array.from({ length: this.classes }, (_, index) => {
      const right = this.counts[index * this.classes + index];
      let [support, taken] = [0, 0];
      for (let other = 0; other < this.classes; other++) {
        support += this.counts[index * this.classes + other];
        taken += this.counts[other * this.classes + index];
      }
      const [precision, recall] = [right / taken, right / support];
      const f1 = (2 * right) / (support + taken);
      return { name: this.options.names?.[index] ?? String(index), precision, recall, f1, support };
    });
  }

  /** The confusion matrix with precision and recall, as text: a row for what examples are, a column for what they were taken for. */
  toString(): string {
    const metrics = this.perClass;
    const percent = (part: number) => (Number.isNaN(part) ? '-' : `${(100 * part).toFixed(1)} %`);
    const head = ['', ...metrics.map(({ name }) => printable(name)), 'recall'];
    const rows = metrics.map(({ name, recall }, row) => [
      printable(name),
      ...Array.from(this.counts.subarray(row * this.classes, (row + 1) * this.classes), (count) =>
        String(count || '.'),
      ),
      percent(recall),
    ]);
    const foot = ['precision', ...metrics.map(({ precision }) => percent(precision)), percent(this.accuracy)];
    const widths = head.map((_, column) => Math.max(...[head, ...rows, foot].map((row) => row[column].length)));
    const line = (row: readonly string[]) => row.map((cell, column) => cell.padStart(widths[column])).join('  ');
    return [head, ...rows, foot].map(line).join('\n');
  }
}

/** Index of the greatest value, the first one where several are; NaN is never it. */
export function indexOfGreatest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best] || Number.isNaN(values[best])) best = i;
  return best;
}
