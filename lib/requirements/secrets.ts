/** Shapes of credentials that are seen in the wild (V5). Names are printed; what matched never is. */
const shapes: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an AWS access key id', /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/],
  ['an AWS secret key', /\b(?:aws_secret_access_key|secret_access_key)\b\s*[=:]/i],
  ['an API key', /\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{16,}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{16,}/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{16,}/],
  ['a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ['a Slack webhook', /hooks\.slack\.com\/(?:services|workflows)\/\w+/],
  ['a Discord or Teams webhook', /(?:discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com)\/\S+/],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{30,}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{20,}/],
  ['a PyPI token', /\bpypi-[A-Za-z0-9_-]{20,}/],
  ['a SendGrid key', /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ['a Stripe key', /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/],
  ['a password in an address', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i],
  ['a password', /\b(?:password|passwd|pwd|secret|token|api[_-]?key)\s*[=:]\s*\S{6,}/i],
  ['a bearer token', /\bBearer\s+[A-Za-z0-9._~+/-]{16,}/],
];

/** Bits per character of a text by its own letter counts. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Long, mixed and without pattern: names and paths have separators, words repeat letters. */
function isRandom(text: string): boolean {
  for (const [piece] of text.matchAll(/[A-Za-z0-9+/=]{28,}/g)) {
    const mixed = /[a-z]/.test(piece) && /[A-Z]/.test(piece) && /\d/.test(piece);
    if (mixed && entropy(piece) > 4) return true;
  }
  for (const [piece] of text.matchAll(/\b[0-9a-f]{32,}\b/gi)) if (entropy(piece) > 3) return true;
  return false;
}

/** Answers whose own format is a long random text. */
const randomByNature =
  /^(?:model\.revision|infrastructure\.existing\.|infrastructure\.reservations\[\d+\]\.reservationId)/;

/** What kind of secret a text holds, or undefined. The text itself must never be printed then. */
export function secretIn(text: string, path = ''): string | undefined {
  // No secret begins after the first kilobytes of an answer, and a pattern must not run over a megabyte.
  const start = text.slice(0, 20_000);
  for (const [name, pattern] of shapes) if (pattern.test(start)) return name;
  if (!randomByNature.test(path) && isRandom(start)) return 'a long random text';
  return undefined;
}
