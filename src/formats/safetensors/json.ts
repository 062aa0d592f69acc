// What JSON.parse keeps to itself: whether an object has a key twice.

/**
 * The first key that stands twice in one object of `text`.
 * @param text sound JSON
 */
export function repeatedKey(text: string): string | undefined {
  const objects: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') objects.push(new Set());
    else if (character === '}') objects.pop();
    if (character !== '"') continue;
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    let next = at + 1;
    while (' \t\r\n'.includes(text[next] ?? '-')) next++;
    if (text[next] !== ':') continue;
    const key = JSON.parse(text.slice(start, at + 1)) as string;
    const keys = objects.at(-1)!;
    if (keys.has(key)) return key;
    keys.add(key);
  }
  return undefined;
}
