// What the attributes of operators are, by their names: a name means the same kind of thing in all operators, so that files
// can be checked before anything is planned.

type Kind =
  | 'a number'
  | 'a whole number'
  | 'a text'
  | 'true or false'
  | 'a list of numbers'
  | 'a list of whole numbers';

const kinds: readonly (readonly [Kind, string])[] = [
  ['a list of numbers', 'region scales'],
  [
    'a list of whole numbers',
    `axes dilations ends extents kernelShape outputPadding outputShape padding permutation repeats shape sizes starts steps
      strides`,
  ],
  [
    'a text',
    'activation aspectRatio autoPad coordinates dtype equation mode nearest of operation outside reduction to',
  ],
  [
    'true or false',
    `alignCorners allowZero antialias blocksInside ceil centred exclusive excludeOutside halfPixel includePadding keepDims
      largest last log max noopWithEmptyAxes reverse training transposeA transposeB`,
  ],
  [
    'a number',
    'alpha beta bias cubicCoefficient delta epsilon extrapolation limit momentum rate ratio scale start value',
  ],
  [
    'a whole number',
    `axis batchDims blockSize channelAxis columns depth end groups k mostPerClass p parts rows samples seed size
      storageOrder`,
  ],
];

const byName: ReadonlyMap<string, Kind> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ kinds.flatMap(([kind, names]) => names.split(/\s+/).map((name): [string, Kind] => [name, kind])),
);

/** What the attribute `name` is in every operator; undefined for names that aren't listed here. */
export function attributeKind(name: string): Kind | undefined {
  return byName.get(name);
}

/** What an attribute of a file can be taken for; none where it is nothing that an attribute can be. */
export function kindsOfValue(value: unknown): readonly Kind[] {
  if (typeof value === 'number') return Number.isInteger(value) ? ['a number', 'a whole number'] : ['a number'];
  if (typeof value === 'string') return ['a text'];
  if (typeof value === 'boolean') return ['true or false'];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'number')) return [];
  return value.every(Number.isInteger) ? ['a list of numbers', 'a list of whole numbers'] : ['a list of numbers'];
}
