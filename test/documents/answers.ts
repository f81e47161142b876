/** The value at `a.b.c` of the answers; undefined where nothing was answered. */
export function readAnswer(answers: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      answers,
    );
}
