/** `['latency', 'ttftMs', 'p95']` → `latency.ttftMs.p95`; list items by number: `owned[0].gpu`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? 'answers' : text;
}

/** The other way round; a number in brackets is a list item. */
export function parsePath(text: string): (string | number)[] {
  return [...text.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((match) =>
    match[2] === undefined ? (match[1] ?? '') : Number(match[2]),
  );
}

/** The value at a path, or undefined where the way to it ends early. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[part];
  }
  return at;
}

/** The answer at `latency.ttftMs.p95`, or undefined where nothing was answered. */
export function answerAt(answers: unknown, path: string): unknown {
  return valueAt(answers, path.split('.'));
}

/** A copy with the value set (or removed, where it is undefined); objects on the way are made. */
export function withValue(value: unknown, path: readonly (string | number)[], leaf: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return leaf;
  const inner = withValue(valueAt(value, [head]), rest, leaf);
  if (typeof head === 'number') {
    const list = Array.isArray(value) ? [...value] : [];
    list[head] = inner;
    return list;
  }
  const base = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  if (inner === undefined) return Object.fromEntries(Object.entries(base).filter(([key]) => key !== head));
  return { ...base, [head]: inner };
}
