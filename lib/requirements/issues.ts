import type { z } from 'zod';
import { didYouMean } from '../catalog/did-you-mean.ts';
import type { Reason } from '../outcome.ts';
import { formatPath, valueAt } from './path.ts';
import type { Question } from './question.ts';
import { secretIn } from './secrets.ts';
import { readQuantity } from './units.ts';

type Issue = z.core.$ZodIssue;

/** What a person wrote, short; never a secret. */
export function quote(value: unknown, path: string): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    if (secretIn(value, path)) return 'a text that looks like a secret (not shown)';
    const line = value.replaceAll(/\s+/g, ' ');
    return `«${line.length > 60 ? `${line.slice(0, 57)}…` : line}»`;
  }
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  return Number.isNaN(value) ? 'not a number' : String(value);
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function withUnit(text: string, question: Question | undefined): string {
  return question?.unit === undefined ? text : `${text} (${question.unit})`;
}

const yes = /^(?:yes|y|true|on|1)$/i;
const no = /^(?:no|n|false|off|0)$/i;

function typeReason(
  issue: Extract<Issue, { code: 'invalid_type' }>,
  input: unknown,
  help: string,
  question: Question | undefined,
) {
  const asked = withUnit(nouns[issue.expected] ?? `a value of kind ${issue.expected}`, question);
  if (input === undefined || input === null) {
    return {
      asked: question ? `an answer: ${question.prompt}` : asked,
      change: question ? `Write ${asked}. ${question.help}` : `Add it; see \`${help}\`.`,
    };
  }
  if (issue.expected === 'number' && typeof input === 'string') {
    const meant = readQuantity(input, question?.unit);
    const unit = question?.unit === undefined ? '' : `; the unit is always ${question.unit}`;
    return {
      asked,
      change: meant === undefined ? `Write a bare number${unit}.` : `Write ${meant} without quotes or unit${unit}.`,
    };
  }
  if (issue.expected === 'boolean' && (typeof input === 'string' || typeof input === 'number')) {
    const word = String(input);
    return {
      asked,
      change: `Write ${yes.test(word) ? 'true' : no.test(word) ? 'false' : 'true or false'} without quotes.`,
    };
  }
  if (issue.expected === 'array' && typeof input === 'string')
    return { asked, change: 'Write a list: [first, second].' };
  return { asked, change: `Write ${asked}.` };
}

function boundReason(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, question?: Question) {
  const small = issue.code === 'too_small';
  const bound = small ? issue.minimum : issue.maximum;
  const edge = issue.inclusive ? (small ? 'at least' : 'at most') : small ? 'above' : 'below';
  const what =
    issue.origin === 'string'
      ? `${edge} ${bound} characters`
      : issue.origin === 'array' || issue.origin === 'set' || issue.origin === 'map'
        ? `${edge} ${bound} ${bound === 1 ? 'entry' : 'entries'}`
        : withUnit(`${edge} ${bound}`, question);
  return { asked: what, change: `Keep it ${what}.` };
}

/**
 * One zod issue as reasons: `unrecognized_keys` names several.
 *
 * @param help - the command that says what may be written
 */
export function reasonsOf(
  issue: Issue,
  answers: unknown,
  questionAt: (path: string) => Question | undefined,
  keysAt: (path: readonly PropertyKey[]) => readonly string[],
  help = 'groundplan schema',
): readonly Reason[] {
  const path = formatPath(issue.path);
  const input = valueAt(answers, issue.path);
  const question = questionAt(path.replaceAll(/\[\d+\]/g, '[]'));
  const found = quote(input, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: formatPath([...issue.path, secretIn(key) ? '(hidden)' : key.slice(0, 80)]),
        asked: 'a name of the schema',
        found: 'a name it does not have',
        change: didYouMean(key, keysAt(issue.path), `Remove it; here the schema knows ${list(keysAt(issue.path))}.`),
      }));
    case 'invalid_type':
      return [{ path, found, ...typeReason(issue, input, help, question) }];
    case 'too_small':
    case 'too_big':
      return [{ path, found, ...boundReason(issue, question) }];
    case 'invalid_value': {
      const values = issue.values.map(String);
      const choice = values.length === 1 ? String(values[0]) : `one of ${list(values)}`;
      const change = `Write ${choice}.`;
      return [
        {
          path,
          found,
          asked: input === undefined && question ? `an answer: ${question.prompt} (${choice})` : choice,
          change: typeof input === 'string' ? didYouMean(input, values, change) : change,
        },
      ];
    }
    case 'invalid_format':
      return [
        {
          path,
          found,
          asked: withUnit(formatText(issue), question),
          change:
            question?.example === undefined
              ? 'Write it in that form.'
              : `Write it like ${JSON.stringify(question.example)}.`,
        },
      ];
    case 'invalid_key': {
      const key = String(issue.path.at(-1));
      return [
        {
          path,
          found: quote(key, path),
          asked: issue.issues.map((inner) => inner.message).join('; '),
          change: 'Correct the name.',
        },
      ];
    }
    default:
      return [{ path, found, asked: issue.message, change: question?.help ?? `See \`${help}\`.` }];
  }
}

/** zod puts the author's words in `message` and a generic text otherwise. */
function formatText(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  return issue.message.startsWith('Invalid') ? `a text of the form ${issue.format}` : issue.message;
}

function list(words: readonly string[]): string {
  return words.length > 12 ? `${words.slice(0, 12).join(', ')}, …` : words.join(', ');
}
