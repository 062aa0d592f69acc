import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digits } from './digits.js';

const folder = new URL('../../examples/lambda/', import.meta.url);
const event = JSON.parse(readFileSync(new URL('event.json', folder), 'utf8'));

/** As Lambda does it: a Node process imports the module, then calls the handler event by event. */
function invoke(events: unknown[]): { statusCode: number; body: string }[] {
  const script = `
    import { handler } from '${new URL('handler.mjs', folder)}';
    const answers = [];
    for (const event of JSON.parse(process.argv[1])) answers.push(await handler(event));
    console.log(JSON.stringify(answers));`;
  const args = ['--input-type=module', '--eval', script, JSON.stringify(events)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('lambda: reads the digit of a recorded event', () => {
  const [answer] = invoke([event]);
  expect(answer!.statusCode).toBe(200);
  expect(JSON.parse(answer!.body).digit).toBe(7);
});

test('lambda: reads all digits in one instance', () => {
  const events = digits.map(({ file }) => ({ ...event, body: readFileSync(file).toString('base64') }));
  expect(invoke(events).map(({ body }) => JSON.parse(body).digit)).toEqual(digits.map(({ predicted }) => predicted));
});

test('lambda: answers 400 to what is no picture', () => {
  const events = [
    { ...event, body: undefined },
    { ...event, isBase64Encoded: false },
    { ...event, body: 'AQID' },
  ];
  expect(invoke(events).map(({ statusCode }) => statusCode)).toEqual([400, 400, 400]);
});
