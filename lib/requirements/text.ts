import { type Document, parseAllDocuments } from 'yaml';
import { invalid, type Outcome, ok, type Reason } from '../outcome.ts';

/** An answers file as read: the value for the parser, and the document that keeps comments for a rewrite. */
export interface AnswersText {
  readonly format: 'yaml' | 'json';
  readonly value: unknown;
  readonly text: string;
}

const mebibyte = 2 ** 20;
/** References to anchors that may be written out; the rest of a bomb is refused. */
const mostAliases = 100;

function refuse(file: string, asked: string, found: string, change: string): Outcome<never> {
  return invalid([{ path: file, asked, found, change }]);
}

/**
 * Bytes of an answers file → its value. YAML or JSON; one clear message for what is too large, not UTF-8, not well
 * formed, said twice, several documents, or an alias bomb.
 */
export function readAnswersText(bytes: Uint8Array, file: string): Outcome<AnswersText> {
  if (bytes.length > mebibyte) {
    return refuse(
      file,
      'an answers file of at most 1 MiB',
      `${(bytes.length / mebibyte).toFixed(1)} MiB`,
      'Check that this is the right file; a trace belongs beside it, in throughput.traceFile.',
    );
  }
  const text = decode(bytes);
  if (text === undefined) {
    return refuse(file, 'text in UTF-8', 'other bytes', 'Save the file as UTF-8 (iconv -f <its encoding> -t UTF-8).');
  }
  if (text.trim() === '') {
    return refuse(file, 'answers', 'an empty file', 'Start from a preset: `groundplan new --preset support-chat-rag`.');
  }
  return /^\s*\{/.test(text) ? readJson(text, file) : readYaml(text, file);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** JSON is read by the YAML reader too: it names the line of a mistake and sees a name given twice. */
function readJson(text: string, file: string): Outcome<AnswersText> {
  const read = readYaml(text, file);
  return read.ok ? ok({ ...read.value, format: 'json' }) : read;
}

function readYaml(text: string, file: string): Outcome<AnswersText> {
  const documents = parseAllDocuments(text, {
    uniqueKeys: true,
    prettyErrors: true,
    logLevel: 'silent',
    stringKeys: true,
  });
  if (!Array.isArray(documents) || documents.length === 0) {
    return refuse(file, 'answers', 'only comments', 'Start from a preset: `groundplan new --preset support-chat-rag`.');
  }
  if (documents.length > 1) {
    return refuse(file, 'one YAML document', `${documents.length}, separated by ---`, 'Keep one document a file.');
  }
  const [document] = documents as [Document.Parsed];
  const problems = [...document.errors, ...document.warnings];
  const [first, ...rest] = problems.map((problem): Reason => {
    const line = problem.linePos?.[0].line;
    return {
      path: line === undefined ? file : `${file}:${line}`,
      asked: problem.code === 'DUPLICATE_KEY' ? 'each name once' : 'well-formed YAML or JSON',
      found: problem.code === 'DUPLICATE_KEY' ? 'a name that is given twice' : plainMessage(problem.message),
      change: problem.code === 'DUPLICATE_KEY' ? 'Keep one of the two.' : 'Correct the line.',
    };
  });
  if (first) return invalid([first, ...rest.slice(0, 9)]);
  try {
    return ok({ format: 'yaml', value: document.toJS({ maxAliasCount: mostAliases }), text });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return refuse(
      file,
      `at most ${mostAliases} references to anchors`,
      'a file that unfolds without end',
      'Write the values out.',
    );
  }
}

/** The reader's own words without the excerpt of the file, which may hold anything. */
function plainMessage(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '').replace(/: ".*"$/, '');
}

export interface AnswerChange {
  readonly path: readonly (string | number)[];
  /** Undefined takes the answer out. */
  readonly value: unknown;
}

/** The fewest changes that lead from one value to another; a list changes as a whole. */
export function changesBetween(
  before: unknown,
  after: unknown,
  path: readonly (string | number)[] = [],
): readonly AnswerChange[] {
  if (isMapping(before) && isMapping(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => changesBetween(before[name], after[name], [...path, name]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, value: after }];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The text with some answers changed; comments, order and spacing of the rest stay. An undefined value removes the
 * answer. JSON stays JSON.
 *
 * @throws {Error} if the text is not well-formed: it must come from `readAnswersText`
 */
export function rewriteAnswers(
  { text, format }: Pick<AnswersText, 'text' | 'format'>,
  changes: readonly AnswerChange[],
): string {
  const [document] = parseAllDocuments(text) as [Document.Parsed | undefined];
  if (!document || document.errors.length > 0) throw new Error('rewriting a text that was not read');
  for (const { path, value } of changes) {
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, value);
  }
  if (format === 'json') return `${JSON.stringify(document.toJS(), null, 2)}\n`;
  return document.toString({ lineWidth: 120 });
}
