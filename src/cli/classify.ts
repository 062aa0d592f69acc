// quadlane classify: what is in pictures.

import { printable } from '../printable.js';
import { type Classification, imageClassifier } from '../vision/index.js';
import { modelAt } from './files.js';
import { forEachPicture, labelsAt, picturePaths, preprocessingNamed } from './pictures.js';
import { note, threadsIn, UsageError } from './usage.js';

export interface ClassifyCommandOptions {
  readonly labels?: string;
  readonly preprocessing?: string;
  readonly top: string;
  readonly threads: string;
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly csv?: boolean;
}

interface Row {
  readonly picture: string;
  readonly classes: readonly Classification[];
}

/** The likeliest classes of each picture, a line each, or in the form that is asked for. */
export async function classify(
  path: string,
  pictures: readonly string[],
  { labels, preprocessing, top, threads, ...forms }: ClassifyCommandOptions,
): Promise<string> {
  if (!/^[1-9]\d{0,6}$/.test(top)) throw new UsageError(`--top takes a whole number from 1 on, not "${top}"`);
  const form = formOf(forms);
  const paths = picturePaths(pictures);
  using model = await modelAt(path, threadsIn(threads));
  const classifier = imageClassifier(model, {
    ...(labels !== undefined && { labels: labelsAt(labels) }),
    ...(preprocessing !== undefined && { preprocessing: preprocessingNamed(preprocessing) }),
  });
  if (classifier.preprocessingOrigin === 'default') {
    note(
      "the model doesn't say how it takes pictures, so the usual way is taken: name another with --preprocessing; quadlane doctor tries them",
    );
  }
  const rows = await forEachPicture(paths, async (picture, name): Promise<Row> => {
    return { picture: name, classes: await classifier.classify(picture, { topK: Number(top) }) };
  });
  if (classifier.note) note(classifier.note);
  return form(rows);
}

const forms = {
  json: (rows: readonly Row[]) => `${JSON.stringify(rows, undefined, 2)}\n`,
  jsonl: (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  csv: (rows: readonly Row[]) =>
    [
      ['picture', 'rank', 'label', 'score', 'index'],
      ...rows.flatMap(({ picture, classes }) =>
        classes.map(({ label, score, index }, rank) => [picture, rank + 1, label, score, index]),
      ),
    ]
      .map((fields) => `${fields.map(quoted).join(',')}\r\n`)
      .join(''),
};

function plain(rows: readonly Row[]): string {
  return rows
    .map(({ picture, classes }) => {
      const answers = classes.map(({ label, score }) => `${printable(label)} ${score.toFixed(3)}`);
      return `${printable(picture)}: ${answers.join('; ')}\n`;
    })
    .join('');
}

function formOf(asked: Partial<Record<keyof typeof forms, boolean>>): (rows: readonly Row[]) => string {
  const names = (Object.keys(forms) as (keyof typeof forms)[]).filter((name) => asked[name]);
  if (names.length > 1) throw new UsageError(`give one of --${names.join(' and --')}`);
  return names.length === 1 ? forms[names[0]] : plain;
}

/** A field as RFC 4180 has it. */
function quoted(field: string | number): string {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
