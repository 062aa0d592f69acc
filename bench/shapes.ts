// Layer shapes as bench/shapes/*.txt lists them.

/** One line: values by the name of their column. */
export type Shape = Readonly<Record<string, string>>;

/** Lines of a table whose columns the last comment above them names. */
export function parseShapes(text: string): Shape[] {
  let columns: string[] = [];
  const shapes: Shape[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) columns = line.slice(1).trim().split(/\s+/);
    else if (line.trim() !== '') {
      const values = line.trim().split(/\s+/);
      if (values.length !== columns.length) throw new Error(`"${line}" must have the columns ${columns.join(', ')}`);
      shapes.push(Object.fromEntries(columns.map((column, index) => [column, values[index]])));
    }
  }
  return shapes;
}
