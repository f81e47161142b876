/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? from.length;
}

/** Longest text that is compared: more is no misspelling. */
const longest = 120;

/** The nearest known words, at most three, best first; empty when nothing is near. Case does not count. */
export function nearest(word: string, known: Iterable<string>): readonly string[] {
  if (word.length > longest) return [];
  const asked = word.toLowerCase();
  const limit = Math.max(2, Math.floor(asked.length * 0.4));
  const scored: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of known) {
    const plain = candidate.toLowerCase();
    const contains = asked.length >= 3 && (plain.includes(asked) || (plain.length >= 3 && asked.includes(plain)));
    if (!contains && Math.abs(plain.length - asked.length) > limit) continue;
    const score = contains ? Math.min(1, editDistance(asked, plain)) : editDistance(asked, plain);
    if (score <= limit) scored.push({ candidate, score });
  }
  scored.sort(
    (a, b) => a.score - b.score || a.candidate.length - b.candidate.length || (a.candidate < b.candidate ? -1 : 1),
  );
  return scored.slice(0, 3).map(({ candidate }) => candidate);
}

/** `Did you mean a, b or c?`, or the fallback where nothing is near. */
export function didYouMean(word: string, known: Iterable<string>, otherwise: string): string {
  const near = nearest(word, known);
  if (near.length === 0) return otherwise;
  const last = near.at(-1);
  return `Did you mean ${near.length === 1 ? last : `${near.slice(0, -1).join(', ')} or ${last}`}?`;
}
