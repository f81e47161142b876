import type { Reason } from '../outcome.ts';
import { formatPath } from './path.ts';
import { secretIn } from './secrets.ts';

const deepest = 12;
const most = 20_000;

/** Names through which a JavaScript object's own machinery could be reached. */
const machineKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * What must be refused before any schema looks: cycles, depth, floods, prototype names, values that are not data, and
 * secrets (V5), each by its path. A secret is never echoed, be it a value or a key.
 */
export function inspect(answers: unknown): readonly Reason[] {
  const reasons: Reason[] = [];
  const above = new Set<object>();
  let seen = 0;

  const visit = (value: unknown, path: readonly PropertyKey[]): void => {
    seen += 1;
    if (seen > most) return;
    const at = formatPath(path);
    if (typeof value === 'string') {
      const secret = secretIn(value, at);
      if (secret) reasons.push(secretReason(at, secret));
      return;
    }
    if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
      reasons.push({
        path: at,
        asked: 'a text, number, list or mapping',
        found: `a ${typeof value}`,
        change: 'Remove it.',
      });
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (above.has(value)) {
      reasons.push({ path: at, asked: 'a tree', found: 'a reference to itself', change: 'Write the value out.' });
      return;
    }
    if (path.length >= deepest) {
      reasons.push({ path: at, asked: `at most ${deepest} levels`, found: 'a deeper one', change: 'Flatten it.' });
      return;
    }
    above.add(value);
    for (const key of Reflect.ownKeys(value)) {
      if (Array.isArray(value) && key === 'length') continue;
      const name = Array.isArray(value) && typeof key === 'string' ? Number(key) : key;
      if (typeof key === 'string' && machineKeys.has(key)) {
        reasons.push({
          path: formatPath([...path, key]),
          asked: 'a name of the schema',
          found: 'a name that is reserved in JavaScript',
          change: 'Remove it.',
        });
        continue;
      }
      const secret = typeof key === 'string' ? secretIn(key) : undefined;
      if (secret) {
        reasons.push(secretReason(`${at} (a key)`, secret));
        continue;
      }
      visit((value as Record<PropertyKey, unknown>)[key], [...path, name]);
    }
    above.delete(value);
  };

  visit(answers, []);
  if (seen > most) {
    reasons.push({
      path: 'answers',
      asked: `at most ${most.toLocaleString('en')} values`,
      found: 'more',
      change: 'Answers are short; check that this is the right file.',
    });
  }
  return reasons;
}

function secretReason(path: string, secret: string): Reason {
  return {
    path,
    asked: 'no secret in any answer (V5)',
    found: `${secret} (not shown)`,
    change: 'Remove it, revoke it, and keep its successor in a secret store.',
  };
}
