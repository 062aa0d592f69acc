// What every server of digits must answer, whichever host it runs on.

import { readFileSync } from 'node:fs';

const digits = new URL('../../../examples/digits/', import.meta.url);
const labels = JSON.parse(readFileSync(new URL('labels.json', digits), 'utf8'));
const picture = readFileSync(new URL('7-0.png', digits));

/** Requests that are refused, by what is wrong with them. */
const refused = {
  'a GET': [{ method: 'GET' }, 405],
  'no picture': [{ method: 'POST', body: 'hello' }, 400],
  'an empty body': [{ method: 'POST', body: '' }, 400],
  'a file that is cut': [{ method: 'POST', body: picture.subarray(0, 200) }, 400],
  'too large a body': [{ method: 'POST', body: new Uint8Array(1_000_001) }, 413],
};

/**
 * Asks for digits, and for what is none, and for a digit once more.
 * @param {(request: RequestInit) => Promise<Response>} ask
 * @throws Error where an answer isn't right
 */
export async function checkServer(ask) {
  for (const [name, { predicted }] of Object.entries(labels)) await checkDigit(ask, name, predicted);
  for (const [what, [request, status]] of Object.entries(refused)) {
    const response = await ask(request);
    const { error } = await response.json();
    if (response.status !== status || !error) throw new Error(`${response.status} (${error}) for ${what}`);
  }
  await checkDigit(ask, '7-0.png', 7);
}

async function checkDigit(ask, name, predicted) {
  const response = await ask({ method: 'POST', body: readFileSync(new URL(name, digits)) });
  const { digit, probabilities, error } = await response.json();
  if (digit !== predicted) throw new Error(`${name}: ${digit ?? error} instead of ${predicted}`);
  if (probabilities.length !== 10) throw new Error(`${probabilities.length} probabilities`);
}
