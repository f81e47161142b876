import { invalid, type Outcome, ok } from '../outcome.ts';

/** Token lengths of recorded requests, in the order of the file. */
export interface Trace {
  readonly inputTokens: readonly number[];
  readonly outputTokens: readonly number[];
}

/** Column or key names seen in published traces, lower case. */
const inputNames = [
  'inputtokens',
  'input_tokens',
  'input_length',
  'contexttokens',
  'prompt_tokens',
  'num_prefill_tokens',
];
const outputNames = [
  'outputtokens',
  'output_tokens',
  'output_length',
  'generatedtokens',
  'completion_tokens',
  'num_decode_tokens',
];

function refuse(file: string, found: string): Outcome<never> {
  const change = `Give one request a row with columns such as ${inputNames[1]} and ${outputNames[1]}.`;
  return invalid([
    { path: `throughput.traceFile (${file})`, asked: 'CSV or JSON Lines with token lengths', found, change },
  ]);
}

/** Text of a trace file → its lengths. CSV with a header row, or one JSON object a line. Rows without output count too. */
export function readTrace(text: string, file: string): Outcome<Trace> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = lines[0];
  if (first === undefined) return refuse(file, 'an empty file');
  return first.trimStart().startsWith('{') ? readJsonLines(lines, file) : readCsv(lines, file);
}

function readJsonLines(lines: readonly string[], file: string): Outcome<Trace> {
  const pairs: (readonly [number, number])[] = [];
  for (const [index, line] of lines.entries()) {
    let row: Record<string, unknown>;
    try {
      row = JSON.parse(line) as Record<string, unknown>;
    } catch {
      return refuse(file, `no JSON object on line ${index + 1}`);
    }
    const named = Object.fromEntries(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]));
    const find = (names: readonly string[]) =>
      Number(names.map((name) => named[name]).find((value) => value !== undefined));
    pairs.push([find(inputNames), find(outputNames)]);
  }
  return fromPairs(pairs, file, 1);
}

function readCsv(lines: readonly string[], file: string): Outcome<Trace> {
  const header = (lines[0] ?? '').split(',').map((name) => name.trim().replaceAll('"', '').toLowerCase());
  const input = header.findIndex((name) => inputNames.includes(name));
  const output = header.findIndex((name) => outputNames.includes(name));
  if (input < 0 || output < 0) return refuse(file, `the columns ${header.slice(0, 8).join(', ')}`);
  const pairs = lines.slice(1).map((line) => {
    const cells = line.split(',');
    return [Number(cells[input]), Number(cells[output])] as const;
  });
  return fromPairs(pairs, file, 2);
}

function fromPairs(pairs: readonly (readonly [number, number])[], file: string, firstLine: number): Outcome<Trace> {
  if (pairs.length < 20) return refuse(file, `${pairs.length} requests; 20 are the least that say anything of a P95`);
  const wrong = pairs.findIndex(([input, output]) => !(input >= 1) || !(output >= 0));
  if (wrong >= 0) return refuse(file, `no token lengths on line ${wrong + firstLine}`);
  return ok({
    inputTokens: pairs.map(([input]) => input),
    outputTokens: pairs.map(([, output]) => Math.max(1, output)),
  });
}

/** Mean and 95th percentile: what Q2 asks for. */
export function lengthsOf(tokens: readonly number[]): { readonly mean: number; readonly p95: number } {
  const sorted = [...tokens].sort((a, b) => a - b);
  const mean = tokens.reduce((sum, value) => sum + value, 0) / tokens.length;
  const p95 = sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * sorted.length) - 1)] ?? mean;
  return { mean: Math.round(mean * 10) / 10, p95: Math.max(p95, Math.ceil(mean)) };
}
