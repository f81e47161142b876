import { describe, expect, test } from 'vitest';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { parsePath } from '../../lib/requirements/path.ts';
import { questions } from '../../lib/requirements/questions.ts';
import { secretIn } from '../../lib/requirements/secrets.ts';
import { answersWith, soundAnswers } from '../fixtures/answers.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

// Assembled at run time, so that no scanner takes the test for a leak.
const letters = 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA';
const secrets: readonly (readonly [kind: string, secret: string])[] = [
  ['an AWS access key id', ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('')],
  ['a long random text', ['wJalrXUtnFEMI', 'K7MDENGbPxRfiCY', 'aB3dE5gH7j1z'].join('')],
  ['an API key', `sk-proj-${letters}`],
  ['an API key', `sk-ant-api03-${letters}`],
  ['a Hugging Face token', `hf_${letters}`],
  ['a GitHub token', `ghp_${letters}abcd`],
  ['a GitLab token', `glpat-${letters.slice(0, 20)}`],
  ['a Slack token', `xoxb-${'1'.repeat(12)}-abcdef`],
  ['a Slack webhook', `https://hooks.slack.com/services/T000/B000/${letters.slice(0, 24)}`],
  ['a JSON Web Token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${letters}`],
  ['a private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIE`],
  ['a password in an address', `postgres://user:${'hunter2'}secret@db:5432/x`],
  ['a password', `password: ${'hunter2hunter2'}`],
  ['a long random text', '0123456789abcdef0123456789abcdef'],
];

describe('V5: no secret is accepted in an answer', () => {
  test.each(secrets)('%s in the on-call channel is refused by path and never echoed', (kind, secret) => {
    const parsed = parseRequirements(answersWith({ 'operations.onCall.channel': secret }), tinyCatalog);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.reasons[0]).toMatchObject({
      path: 'operations.onCall.channel',
      asked: 'no secret in any answer (V5)',
      found: `${kind} (not shown)`,
    });
    expect(JSON.stringify(parsed.reasons)).not.toContain(secret.slice(0, 24));
  });

  const token = `ghp_${letters}abcd`;
  const texts = questions().filter(({ answer, path }) => answer.kind !== 'boolean' && !path.includes('[]'));
  test.each(texts.map(({ path }) => path))('%s refuses one, whatever its own shape', (path) => {
    for (const value of [token, [token], { [token]: 1 }]) {
      const parsed = parseRequirements(answersWith({ [path]: value }), tinyCatalog);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) {
        expect(JSON.stringify(parsed.reasons)).not.toContain(letters);
        expect(parsed.reasons.some(({ asked }) => asked.endsWith('(V5)'))).toBe(true);
      }
    }
    expect(parsePath(path).length).toBeGreaterThan(0);
  });

  test('a secret as the name of an unknown key is not shown', () => {
    const parsed = parseRequirements({ ...soundAnswers, [token]: true }, tinyCatalog);
    expect(!parsed.ok && JSON.stringify(parsed.reasons)).not.toContain(letters);
  });
});

test.each([
  'meta-llama/Llama-3.1-8B-Instruct',
  'RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic',
  'eu.anthropic.claude-haiku-4-5-20251001-v1:0',
  'platform-oncall@example.com',
  '#support-platform-oncall',
  '/data/training/customer-cases/2026-01/cases.jsonl',
  'The security team asked for this store because it is audited already.',
  'skip-the-line',
  'internal.example.com',
])('«%s» is no secret', (text) => expect(secretIn(text)).toBeUndefined());

test.each([
  ['model.revision', '0e9e39f249a16976918f6564b8830bc894c89659'],
  ['infrastructure.existing.vpcId', 'vpc-0123456789abcdef0123456789abcdef0'],
  ['infrastructure.existing.kmsKeyArn', 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
])('%s is random by its nature', (path, text) => {
  expect(secretIn(text, path)).toBeUndefined();
});
