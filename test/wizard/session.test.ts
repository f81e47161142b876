import { describe, expect, test } from 'vitest';
import { answersPath, answersText, nameFromTarget } from '../../bin/answers-file.ts';
import {
  accept,
  back,
  nextQuestion,
  progressOf,
  type Session,
  skip,
  startSession,
  wizardQuestions,
} from '../../bin/wizard/session.ts';
import { problemWith, rangeOf, readValue, showValue, type WizardQuestion } from '../../bin/wizard/values.ts';
import { valueAt } from '../../lib/requirements/path.ts';
import { soundAnswers } from '../fixtures/answers.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

function question(path: string): WizardQuestion {
  const found = wizardQuestions().find((candidate) => candidate.path === path);
  if (!found) throw new Error(path);
  return found;
}

const give = (session: Session, path: string, value: unknown) => accept(session, question(path), value);

describe('the order of questions', () => {
  test('starts with the name and the load', () => {
    let session = startSession({ schemaVersion: 1 });
    expect(nextQuestion(session)?.path).toBe('name');
    session = give(session, 'name', 'my-platform');
    expect(nextQuestion(session)?.path).toBe('throughput.pattern');
  });

  test('an answer that stops mattering goes when another changes', () => {
    let session = startSession({ schemaVersion: 1, name: 'x' });
    session = give(session, 'throughput.pattern', 'interactive');
    session = give(session, 'latency.streaming', true);
    session = give(session, 'latency.ttftMs.p50', 100);
    session = give(session, 'latency.streaming', false);
    expect(session.answers).toEqual({
      schemaVersion: 1,
      name: 'x',
      throughput: { pattern: 'interactive' },
      latency: { streaming: false },
    });
    expect(nextQuestion(session)?.path).toBe('latency.endToEndMs.p50');
  });

  test('back opens the last question again with its value, and at the first one nothing happens', () => {
    const first = startSession({ name: 'x' });
    expect(back(first).session).toEqual(first);
    const session = give(first, 'throughput.pattern', 'batch');
    expect(back(session)).toMatchObject({ previous: 'batch', session: { history: [], answers: { name: 'x' } } });
  });

  test('a skipped question stays open in the file and is not asked again until back', () => {
    let session = startSession({ name: 'x', infrastructure: { cloud: 'aws' }, model: { class: 'open-weight' } });
    session = skip(session, question('infrastructure.gpu.allow'));
    expect(valueAt(session.answers, ['infrastructure', 'gpu'])).toBeUndefined();
    expect(session.skipped).toEqual(['infrastructure.gpu.allow']);
    expect(back(session).session.skipped).toEqual([]);
  });

  test('sound answers leave only defaults and optional questions open', () => {
    let session = startSession(soundAnswers);
    const open: string[] = [];
    for (let next = nextQuestion(session); next; next = nextQuestion(session)) {
      open.push(next.path);
      expect(next.optional).toBe(true);
      session = skip(session, next);
    }
    expect(open).toContain('throughput.activeHoursPerMonth');
    expect(progressOf(session).total).toBe(open.length);
  });
});

describe('values as a person types them', () => {
  test.each<[string, string, unknown, string]>([
    ['latency.ttftMs.p95', '0.8 s', 800, '800'],
    ['operations.users', '4k', 4000, '4000'],
    ['infrastructure.regions', 'us-east-1, us-west-2', ['us-east-1', 'us-west-2'], 'us-east-1, us-west-2'],
    ['infrastructure.gpu.quota', 'H100-SXM=8 L4=4', { 'H100-SXM': 8, L4: 4 }, 'H100-SXM=8, L4=4'],
    ['infrastructure.owned', '2x L4', [{ gpu: 'L4', count: 2, nodes: 1 }], 'L4:2:1'],
    [
      'infrastructure.owned',
      'L4:1:3, H100-SXM',
      [
        { gpu: 'L4', count: 1, nodes: 3 },
        { gpu: 'H100-SXM', count: 1, nodes: 1 },
      ],
      'L4:1:3, H100-SXM:1:1',
    ],
    ['name', ' my-platform ', 'my-platform', 'my-platform'],
  ])('%s: «%s»', (path, typed, value, shown) => {
    expect(readValue(question(path), typed)).toEqual(value);
    expect(showValue(question(path), value)).toBe(shown);
  });

  test.each<[string, unknown, string]>([
    ['operations.availabilityPercent', 100, 'at most 99.99'],
    ['latency.ttftMs.p95', 'fast', 'bare number'],
    ['model.id', 'meta-llama/Lama-3.1-8B', 'Did you mean meta-llama/Llama-3.1-8B-Instruct?'],
    ['infrastructure.gpu.allow', ['H100-SMX'], 'Did you mean H100-SXM?'],
    ['operations.onCall.channel', `ghp_${'aB3dE5gH7jK9'.repeat(3)}`, 'no secrets (V5)'],
    ['compliance.residency', 'eu', 'a region inside compliance.residency eu'],
    ['name', 'X', 'lower-case letters'],
  ])('%s refuses %j at once', (path, value, problem) => {
    expect(problemWith(question(path), value, soundAnswers, tinyCatalog)).toContain(problem);
  });

  test('a sound value has no problem, nor one the answers had before', () => {
    expect(problemWith(question('operations.users'), 5000, soundAnswers, tinyCatalog)).toBeUndefined();
    const broken = { ...soundAnswers, compliance: { ...soundAnswers.compliance, residency: 'eu' } };
    expect(problemWith(question('operations.users'), 5000, broken, tinyCatalog)).toBeUndefined();
  });

  test('the range names unit and bounds', () => {
    expect(rangeOf(question('latency.ttftMs.p95'))).toBe('ms, above 0, to 600,000');
    expect(rangeOf(question('operations.users'))).toBe('users, above 0, to 1,000,000,000, whole');
  });
});

describe('the file', () => {
  test('goes into a folder, or is the file that was named', () => {
    expect(answersPath('/a/my-platform')).toBe('/a/my-platform/groundplan.yaml');
    expect(answersPath('/a/lab.yaml')).toBe('/a/lab.yaml');
  });

  test.each([
    ['/a/My Platform', 'my-platform'],
    ['/a/lab.yaml', 'lab'],
    ['/a/x/groundplan.yaml', undefined],
    ['/a/9lives', 'lives'],
    ['/a/--', undefined],
  ])('a name from %s is %s', (target, name) => expect(nameFromTarget(target)).toBe(name));

  test('JSON where the name says so', () => {
    expect(answersText('/a/x.json', { a: 1 })).toBe('{\n  "a": 1\n}\n');
    expect(answersText('/a/x.yaml', { a: 1 })).toBe('a: 1\n');
    expect(answersText('/a/x', { a: 1 })).toMatch(/^# yaml-language-server: .*\na: 1\n$/);
  });
});
