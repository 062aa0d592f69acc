// The one error class of the library. Every message says what is wrong and what to do about it.

import { messageOf, printableLine } from './printable.js';

/**
 * What went wrong, for programs to act on:
 * `ARGUMENT` a call's arguments don't fit; `INPUT` a model's inputs don't; `SHAPE` shapes don't go together;
 * `FORMAT` a file is damaged or of another kind; `UNSUPPORTED` a file asks for something quadlane doesn't have;
 * `LIMIT` a limit the caller set would be exceeded; `MEMORY` the engine has no more memory;
 * `HOST` the host lacks something that is needed; `DISPOSED` the model was given back; `ABORTED` the caller's signal;
 * `DIVERGED` a training step's loss isn't a finite number.
 */
export type ErrorCode =
  | 'ARGUMENT'
  | 'INPUT'
  | 'SHAPE'
  | 'FORMAT'
  | 'UNSUPPORTED'
  | 'LIMIT'
  | 'MEMORY'
  | 'HOST'
  | 'DISPOSED'
  | 'ABORTED'
  | 'DIVERGED';

/** Where in a model the error belongs. */
export interface ErrorPlace {
  /** Name of the node. */
  node?: string;
  /** Name of the operator. */
  operator?: string;
  /** Shapes of the node's inputs, in order. */
  shapes?: readonly (readonly number[] | undefined)[];
  /** What the message lists, a line each. */
  lines?: readonly string[];
  cause?: unknown;
}

/** Thrown for everything that a caller, a file or a host can cause. */
export class QuadlaneError extends Error {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static override readonly name = 'QuadlaneError';

  declare readonly node?: string;
  declare readonly operator?: string;
  declare readonly shapes?: readonly (readonly number[] | undefined)[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    place: ErrorPlace = {},
  ) {
    super(
      [message, ...(place.lines ?? [])].map(printableLine).join('\n'),
      place.cause === undefined ? undefined : { cause: place.cause },
    );
    // Some hosts print own names only.
    Object.defineProperty(this, 'name', { value: this.name });
    if (place.node !== undefined) this.node = place.node;
    if (place.operator !== undefined) this.operator = place.operator;
    if (place.shapes !== undefined) this.shapes = place.shapes;
  }

  /** Of the class: an own property would come too late for the first line of the stack. */
  override get name(): 'QuadlaneError' {
    return 'QuadlaneError';
  }

  /** As answers and logs carry it: with the message, which JSON leaves out of errors. */
  toJSON(): object {
    return { ...this, name: this.name, message: this.message };
  }

  /** The same error with the node it happened in, for rules that don't know their node. */
  at(node: string, operator: string, shapes: readonly (readonly number[] | undefined)[]): QuadlaneError {
    if (this.node !== undefined) return this;
    const types = shapes.map((shape) => (shape ? `[${shape.join(', ')}]` : 'none')).join(', ');
    const [message, ...lines] = this.message.split('\n');
    return new QuadlaneError(this.code, `${operator} "${node}" (inputs ${types}): ${message}`, {
      node,
      operator,
      shapes,
      lines,
      cause: this,
    });
  }
}

/** What a model that would need `bytes` is told where `limits.memory` is `most`. */
export function overLimit(bytes: number, most: number): QuadlaneError {
  return new QuadlaneError(
    'LIMIT',
    `the model needs ${bytes} bytes of memory, more than limits.memory allows (${most}): raise the limit, or use a smaller batch or input`,
  );
}

/** What a caller's own function threw, on its way out of `guarded`. */
class Passing {
  constructor(readonly error: unknown) {}
}

/**
 * What `call`, a caller's own function within `guarded`, returns. What it throws passes through that unchanged; there must
 * be a `guarded` around.
 */
export function theirs<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof QuadlaneError ? error : new Passing(error);
  }
}

/**
 * A part of the library that is loaded when something asks for it.
 * @throws QuadlaneError `HOST` where it can't be
 */
export function arrived<Part>(part: Promise<Part>): Promise<Part> {
  return part.catch((cause) => {
    throw new QuadlaneError(
      'HOST',
      `a part of quadlane can't be loaded (${messageOf(cause)}): in service workers, and where a bundle lacks files, import from "quadlane/inline"`,
      { cause },
    );
  });
}

/**
 * What `call` returns. What a damaged model makes JavaScript itself throw becomes an error that says what was going on.
 * @param doing as in "the model can't be compiled"
 * @throws QuadlaneError `FORMAT`, or whatever QuadlaneError `call` throws, and what `theirs` let pass
 */
export function guarded<T>(doing: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof QuadlaneError) throw cause;
    if (cause instanceof Passing) throw cause.error;
    throw new QuadlaneError(
      'FORMAT',
      `${doing}: its file is damaged, or an operator has inputs or attributes that it can't take (${cause}); write or export it again, or report a fault of quadlane`,
      { cause },
    );
  }
}
