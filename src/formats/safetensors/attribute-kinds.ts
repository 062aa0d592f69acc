// What the attributes of operators are, by their names: a name means the same kind of thing in all operators, so that files
// can be checked before anything is planned.

type Kind = 'a number' | 'a text' | 'true or false' | 'a list of numbers';

const kinds: readonly (readonly [Kind, string])[] = [
  [
    'a list of numbers',
    `axes dilations ends extents kernelShape outputPadding outputShape padding permutation region repeats scales shape sizes
      starts steps strides`,
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
    `alpha axis batchDims beta bias blockSize channelAxis columns cubicCoefficient delta depth end epsilon extrapolation groups
      k limit momentum mostPerClass p parts rate ratio rows samples scale seed size start storageOrder value`,
  ],
];

const byName: ReadonlyMap<string, Kind> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ kinds.flatMap(([kind, names]) => names.split(/\s+/).map((name): [string, Kind] => [name, kind])),
);

/** What the attribute `name` is in every operator; undefined for names that aren't listed here. */
export function attributeKind(name: string): Kind | undefined {
  return byName.get(name);
}

/** What an attribute of a file is; undefined for what none can be. */
export function kindOfValue(value: unknown): Kind | undefined {
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number') ? 'a list of numbers' : undefined;
}
