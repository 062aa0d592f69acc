import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digits } from './digits.js';

const folder = new URL('../../examples/lambda/', import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
const event = read('event.json');

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

test.each(['event.json', 'event-v1.json'])('lambda: reads the digit of %s', (file) => {
  const [answer] = invoke([read(file)]);
  expect(answer!.statusCode).toBe(200);
  expect(JSON.parse(answer!.body).digit).toBe(7);
});

test('lambda: reads all digits in one instance', () => {
  const events = digits.map(({ file }) => ({ ...event, body: readFileSync(file).toString('base64') }));
  expect(invoke(events).map(({ body }) => JSON.parse(body).digit)).toEqual(digits.map(({ predicted }) => predicted));
});

test('lambda: answers 400 to what is no picture, 415 to text, 405 to other methods', () => {
  const events = [
    { ...event, body: undefined },
    { ...event, body: 'AQID' },
    { ...event, isBase64Encoded: false },
    { ...read('event-v1.json'), httpMethod: 'GET' },
  ];
  expect(invoke(events).map(({ statusCode }) => statusCode)).toEqual([400, 400, 415, 405]);
});
