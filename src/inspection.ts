// What hosts look for on an object under symbols: how consoles show it, and what `using` calls. Set on objects and prototypes
// by a call, not in classes: a computed name in a class keeps some bundlers from dropping it.

type Inspect = (value: unknown, options: unknown) => string;

/** Makes consoles of Node, Bun and Deno show the name of the class, and of the object what `seen` gives. */
export function inspectAs<Subject extends object>(subject: Subject, seen: (subject: Subject) => object): void {
  const show = (self: Subject, inspect: Inspect, options: unknown) =>
    `${self.constructor.name} ${inspect(seen(self), options)}`;
  set(
    subject,
    Symbol.for('nodejs.util.inspect.custom'),
    function (this: Subject, _: number, options, inspect: Inspect) {
      return show(this, inspect, options);
    },
  );
  set(subject, Symbol.for('Deno.customInspect'), function (this: Subject, inspect: Inspect, options) {
    return show(this, inspect, options);
  });
}

/** Makes consoles show what JSON does, and `using` call `dispose`. */
export function present(subject: { toJSON(): object; dispose?(): void }): void {
  inspectAs(subject, (self) => self.toJSON());
  if (Symbol.dispose) set(subject, Symbol.dispose, () => subject.dispose?.());
}

// biome-ignore lint/suspicious/noExplicitAny: each symbol has a signature of its own
function set(subject: object, key: symbol, value: (...values: any[]) => unknown): void {
  Object.defineProperty(subject, key, { value });
}
