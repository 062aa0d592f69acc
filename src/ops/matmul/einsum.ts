// Sums of products by Einstein's convention: each letter names an axis, letters that the result lacks are summed over. Composed
// of diagonals, sums, matrix products and changes of axes, so it has gradients and any number of operands.
// Source: NumPy's einsum, ONNX Einsum.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sizeOf } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { ofRank } from '../lowering/partialShapes.js';
import type { Attributes, Composition, Operator } from '../operator.js';

export interface EinsumAttributes extends Attributes {
  /** `ij,jk->ik`; without `->` the result has the letters that stand once, in alphabetical order. `...` are axes that broadcast. */
  readonly equation: string;
}

/** Names of axes: letters, and numbers for those that an ellipsis stands for, counted from the last. */
type Labels = readonly string[];

interface Equation {
  readonly operands: readonly Labels[];
  readonly result: Labels;
}

const ELLIPSIS = '...';

function wrong(equation: string, what: string): QuadlaneError {
  return new QuadlaneError('SHAPE', `einsum "${equation}" ${what}`);
}

/** The letters of one term, an ellipsis among them. */
function lettersOf(equation: string, term: string): readonly string[] {
  const letters: readonly string[] = term.match(/\.\.\.|[A-Za-z]|./g) ?? [];
  const odd = letters.find((letter) => letter !== ELLIPSIS && !/[A-Za-z]/.test(letter));
  if (odd !== undefined) throw wrong(equation, `has ${JSON.stringify(odd)}, where letters and ... can stand`);
  if (letters.indexOf(ELLIPSIS) !== letters.lastIndexOf(ELLIPSIS))
    throw wrong(equation, `has two ellipses in "${term}"`);
  return letters;
}

/** The equation for operands of these ranks. */
function parse(equation: string, ranks: readonly number[]): Equation {
  const [left, right, ...more] = String(equation).replaceAll(' ', '').split('->');
  if (more.length > 0) throw wrong(equation, 'has two arrows');
  const terms = left.split(',').map((term) => lettersOf(equation, term));
  if (terms.length !== ranks.length) throw wrong(equation, `is of ${terms.length} operands, not ${ranks.length}`);
  const hidden = terms.map((letters, index) => {
    const rest = ranks[index] - letters.filter((letter) => letter !== ELLIPSIS).length;
    if (letters.includes(ELLIPSIS) ? rest < 0 : rest !== 0)
      throw wrong(equation, `doesn't fit operand ${index}, which has ${ranks[index]} axes`);
    return rest;
  });
  const spread = (letters: Labels, count: number) =>
    letters.flatMap((letter) =>
      letter === ELLIPSIS ? Array.from({ length: count }, (_, place) => String(count - place)) : [letter],
    );
  const operands = terms.map((letters, index) => spread(letters, hidden[index]));
  const all = Math.max(0, ...hidden);
  const given = right === undefined ? implied(terms) : lettersOf(equation, right);
  const result = spread(given, all);
  const unknown = result.find((label) => !operands.some((labels) => labels.includes(label)));
  if (unknown !== undefined) throw wrong(equation, `has ${unknown} in its result, but in no operand`);
  if (new Set(result).size < result.length) throw wrong(equation, 'names an axis of its result twice');
  return { operands, result };
}

/** Letters that stand once, behind what an ellipsis stands for. */
function implied(terms: readonly Labels[]): Labels {
  const letters = terms.flat().filter((letter) => letter !== ELLIPSIS);
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort();
  return terms.some((term) => term.includes(ELLIPSIS)) ? [ELLIPSIS, ...once] : once;
}

/** Size of each label; axes of one element broadcast. */
function sizesOf(
  equation: string,
  { operands }: Equation,
  shapes: readonly (readonly number[])[],
): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [index, labels] of operands.entries()) {
    for (const [axis, label] of labels.entries()) {
      const [known, own] = [sizes.get(label) ?? 1, shapes[index][axis]];
      if (known !== 1 && own !== 1 && known !== own)
        throw wrong(
          equation,
          `has axes of ${known} and of ${own} elements named ${label}: ${shapes.map(formatShape).join(', ')}`,
        );
      sizes.set(label, known === 1 ? own : known);
    }
  }
  return sizes;
}

/** A value and the names of its axes, each once. */
interface Term {
  readonly value: string;
  readonly labels: Labels;
}

/** What the parts of an einsum are built with. */
class Contraction {
  constructor(private readonly build: Composition) {}

  /** An operand with axes of one name made one: the diagonal. */
  diagonal(value: string, labels: Labels): Term {
    const again = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
    if (again < 0) return { value, labels };
    const first = labels.indexOf(labels[again]);
    const rest = [...labels.keys()].filter((axis) => axis !== first && axis !== again);
    const { shape } = this.build.type(value);
    const extents = [shape[first], shape[again]];
    const extent = Math.max(...extents);
    const order = this.build.apply('transpose', [value], { permutation: [first, again, ...rest] });
    const kept = rest.map((axis) => shape[axis]);
    const square = extents[0] === extents[1] ? order : this.expand(order, [extent, extent, ...kept]);
    const flat = this.reshape(square, [extent * extent, ...kept]);
    const steps = { starts: [0], ends: [extent * extent], axes: [0], steps: [extent + 1] };
    const taken = this.build.apply('slice', [flat], steps);
    return this.diagonal(taken, [labels[first], ...rest.map((axis) => labels[axis])]);
  }

  /** `term` summed over the axes that `keep` doesn't name. */
  sum({ value, labels }: Term, keep: ReadonlySet<string>): Term {
    const axes = [...labels.keys()].filter((axis) => !keep.has(labels[axis]));
    if (axes.length === 0) return { value, labels };
    const summed = this.build.apply('reduce', [value], { reduction: 'sum', axes, keepDims: false });
    return { value: summed, labels: labels.filter((label) => keep.has(label)) };
  }

  /** Products of two terms, summed over the axes that `keep` doesn't name. */
  product(left: Term, right: Term, keep: ReadonlySet<string>): Term {
    const shared = left.labels.filter((label) => right.labels.includes(label));
    const summed = shared.filter((label) => !keep.has(label));
    const floats = this.build.type(left.value).dtype === 'float32';
    const sameSizes = summed.every((label) => this.extentOf(left, label) === this.extentOf(right, label));
    if (summed.length === 0 || !floats || !sameSizes) {
      const labels = [...left.labels, ...right.labels.filter((label) => !left.labels.includes(label))];
      const factors = [left, right].map((term) => this.ordered(term, labels));
      return this.sum({ value: this.build.binary('mul', factors[0], factors[1]), labels }, keep);
    }
    // [shared, own rows, summed] x [shared, summed, own columns], own and summed axes each as one.
    const batch = shared.filter((label) => keep.has(label));
    const rows = left.labels.filter((label) => !shared.includes(label));
    const columns = right.labels.filter((label) => !shared.includes(label));
    const extents = (term: Term, labels: Labels) => labels.map((label) => this.extentOf(term, label));
    const matrix = (term: Term, first: Labels, second: Labels) =>
      this.reshape(this.ordered(term, [...batch, ...first, ...second]), [
        ...extents(term, batch),
        sizeOf(extents(term, first)),
        sizeOf(extents(term, second)),
      ]);
    const product = this.build.apply('matmul', [matrix(left, rows, summed), matrix(right, summed, columns)], {});
    const shape = this.build.type(product).shape.slice(0, batch.length);
    const value = this.reshape(product, [...shape, ...extents(left, rows), ...extents(right, columns)]);
    return { value, labels: [...batch, ...rows, ...columns] };
  }

  /** The value with the axes that `labels` names, in that order; those that it lacks have one element. */
  ordered({ value, labels: own }: Term, labels: Labels): string {
    const permutation = labels.flatMap((label) => (own.includes(label) ? [own.indexOf(label)] : []));
    const moved = permutation.every((axis, place) => axis === place)
      ? value
      : this.build.apply('transpose', [value], { permutation });
    const { shape } = this.build.type(value);
    return this.reshape(
      moved,
      labels.map((label) => (own.includes(label) ? shape[own.indexOf(label)] : 1)),
    );
  }

  expand(value: string, shape: readonly number[]): string {
    const same = formatShape(this.build.type(value).shape) === formatShape(shape);
    return same ? value : this.build.apply('expand', [value], { shape });
  }

  private reshape(value: string, shape: readonly number[]): string {
    const same = formatShape(this.build.type(value).shape) === formatShape(shape);
    return same ? value : this.build.apply('reshape', [value], { shape, allowZero: true });
  }

  private extentOf({ value, labels }: Term, label: string): number {
    return this.build.type(value).shape[labels.indexOf(label)];
  }
}

/** Inputs: one or more tensors of one type. */
export const einsum: Operator<EinsumAttributes> = {
  name: 'einsum',
  needs: 'all',

  partialShapes(inputs, { equation }) {
    if (inputs.some((shape) => shape === undefined)) return [undefined];
    const ranks = inputs.map((shape) => shape!.length);
    return [ofRank(parse(equation, ranks).result.length)];
  },

  infer(inputs, { equation }) {
    const types = inputs as readonly TensorType[];
    const dtypes = new Set(types.map((type) => type?.dtype));
    if (dtypes.size !== 1 || dtypes.has('bool') || !types[0])
      throw wrong(equation, `takes tensors of one type of numbers, not ${[...dtypes].join(', ')}`);
    const shapes = types.map(({ shape }) => shape);
    const parsed = parse(
      equation,
      shapes.map((shape) => shape.length),
    );
    const sizes = sizesOf(equation, parsed, shapes);
    return [{ dtype: types[0].dtype, shape: parsed.result.map((label) => sizes.get(label)!) }];
  },

  compose(build, inputs, { equation }) {
    const shapes = inputs.map((input) => build.type(input).shape);
    const parsed = parse(
      equation,
      shapes.map((shape) => shape.length),
    );
    const { operands, result } = parsed;
    const sizes = sizesOf(equation, parsed, shapes);
    const contraction = new Contraction(build);
    const terms = inputs.map((input, index) => contraction.diagonal(input, operands[index]));
    /** Names that the result or an operand from `from` on has. */
    const needed = (from: number) => new Set([...result, ...operands.slice(from).flat()]);
    const [first, ...others] = terms;
    const whole = others.reduce(
      (sum, term, index) => {
        const later = needed(index + 2);
        const right = contraction.sum(term, new Set([...later, ...sum.labels]));
        return contraction.product(sum, right, later);
      },
      contraction.sum(first, needed(1)),
    );
    const shape = result.map((label) => sizes.get(label)!);
    return [contraction.expand(contraction.ordered(whole, result), shape)];
  },
};
