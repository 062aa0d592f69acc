// Tasks that go wrong, each in its way, and one that tells whether it is the first of its module instance.

let calls = 0;

export function count() {
  return ++calls;
}

export function fail() {
  throw new Error('as it should');
}

export function hang() {
  for (;;);
}

export function leave() {
  process.exit(3);
}
