import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selfHostedUsdAt } from '../../lib/decisions/break-even.ts';
import { collectionMismatch, collectionName } from '../../lib/decisions/collection.ts';
import { decide, type SizeServing } from '../../lib/decisions/decide.ts';
import { practice } from '../../lib/decisions/practice.ts';
import { findRow } from '../../lib/decisions/rows.ts';
import { callLimitProblems } from '../../lib/decisions/validation.ts';
import { machinesListUsdPerMonth } from '../../lib/plan/provisioning-fee.ts';
import { reservedUsdPerMonth } from '../../lib/plan/reserve.ts';
import type { Overlay } from '../fixtures/answers.ts';
import { corpus, decidedFixture, decideFixture, recordIn, requirementsOf } from './fixtures/answers.ts';
import { fixtureCatalog } from './fixtures/catalog.ts';
import { fixtureSizer } from './fixtures/sizer.ts';

const because = 'the board asks for it';

describe('records', () => {
  const overlays: readonly Overlay[] = [
    {},
    { infrastructure: { cpuOnly: true } },
    { model: { class: 'hosted', id: null, hostedId: 'big-1' } },
    { retrieval: { ...corpus(2_000_000), updates: 'daily', keywordSearch: 'helpful' } },
    { model: { class: 'either', hostedId: 'big-1' } },
    { fineTuning: { needed: true, narrowTask: true, examples: 5000, goal: 'generation' } },
    {
      operations: { environment: 'homelab' },
      infrastructure: { cloud: 'on-premises', regions: [], owned: [{ gpu: 'L4', count: 1, nodes: 1 }] },
      throughput: { pattern: 'single-user', requestsPerSecond: null },
    },
  ];

  test.each(overlays)('every record carries what a review board asks (%#)', (overlay) => {
    for (const record of decidedFixture(overlay).records) {
      for (const row of record.rows) expect(findRow(row), row).toBeDefined();
      const [chosen, ...others] = record.options;
      expect(chosen?.rejectedBecause, record.id).toBeUndefined();
      for (const option of others) expect(option.rejectedBecause?.text, `${record.id} ${option.id}`).toMatch(/\S{2}/);
      for (const option of record.options)
        expect(option.pros.length * option.cons.length, option.id).toBeGreaterThan(0);
      for (const text of [record.effort, record.risk, record.reversal, record.migration, ...record.consequences])
        expect(text.length).toBeGreaterThan(3);
      expect(record.answers.length).toBeGreaterThan(0);
      expect(record.evidence.length, record.id).toBeGreaterThan(0);
      expect(record.reasons[0]).toContain(record.rows[0]);
      for (const piece of record.evidence) expect(piece.source.ref && piece.source.date, record.id).toBeTruthy();
    }
  });

  test('the record of an archived quantization library names its successor, with source and date', () => {
    const record = recordIn(
      decidedFixture({ model: { id: 'org/chat-14b' }, infrastructure: { gpu: { allow: ['A10G'] } } }),
      'D4',
    );
    expect(record.parameters['toolchain']).toBe('llm-compressor');
    expect(
      record.evidence.some((row) => row.source.ref.includes('AutoAWQ') && row.text.includes('llm-compressor')),
    ).toBe(true);
  });

  test('a strict answer that takes 16 bit records the deviation from D4.4', () => {
    const record = recordIn(decidedFixture({ model: { qualityTolerance: 'strict' } }), 'D4');
    expect(record.choice).toBe('bf16');
    expect(record.rows).toEqual(['D4.5', 'D4.4']);
    expect(record.evidence.some((row) => row.text.includes('NF4 is taken where'))).toBe(true);
  });

  test('D4.6 says what D4.1 to D4.5 would have chosen, with the predicted difference', () => {
    const record = recordIn(decidedFixture(), 'D4');
    expect(record.rows).toEqual(['D4.6', 'D4.5']);
    expect(record.reasons.join(' ')).toMatch(/BF16 \(D4\.5.*(would cost|was rejected)/);
  });
});

describe('practice notes', () => {
  test('each belongs to a row of the reference and names source and date', () => {
    for (const [id, notes] of Object.entries(practice)) {
      expect(findRow(id), id).toBeDefined();
      for (const note of notes) expect(note.source.date, id).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  test('the note of D3.2 stands in the record that follows it', () => {
    const record = recordIn(decidedFixture({ infrastructure: { existing: { huggingFace: true } } }), 'D3');
    expect(record.evidence.some((row) => row.text.includes('archived'))).toBe(true);
  });
});

describe('rejections', () => {
  test('a product the fired row does not name says under which row it would have been', () => {
    const record = recordIn(decidedFixture({ retrieval: { ...corpus(10_000, 1), updates: 'weekly' } }), 'D7');
    const elastic = record.options.find((option) => option.id === 'elastic')?.rejectedBecause;
    expect(elastic?.kind).toBe('rule');
    expect(elastic?.text).toMatch(
      /^D7\.4 names it for «hybrid keyword.*»\. Here D7\.1 decides\. It would cost 400 USD a month more\.$/,
    );
  });
});

describe('D2.3 prices', () => {
  const either = { model: { class: 'either', hostedId: 'big-1' } };

  test('the break-even is where the bills cross, and the curve holds both', () => {
    const { breakEven } = decidedFixture(either);
    expect(breakEven?.curve.length).toBeGreaterThan(10);
    const crossing = breakEven?.breakEvenRequestsPerMonth ?? 0;
    expect(crossing).toBeGreaterThan(0);
    for (const point of breakEven?.curve ?? []) {
      if (point.requestsPerMonth > crossing * 1.01) expect(point.hostedUsd).toBeGreaterThan(point.selfHostedUsd);
    }
    expect(recordIn(decidedFixture(either), 'D2').curve?.crossing).toBe(Math.round(crossing));
    const { sizing } = decidedFixture(either);
    if (!breakEven || !sizing) throw new Error('nothing was compared');
    const ownAt = (requests: number) => selfHostedUsdAt(sizing.chosen, requests / breakEven.expectedRequestsPerMonth);
    expect(breakEven.hostedUsdPerRequest * crossing * 1.001).toBeGreaterThan(ownAt(crossing * 1.001));
    expect(breakEven.hostedUsdPerRequest * crossing * 0.999).toBeLessThanOrEqual(ownAt(crossing * 0.999));
  });

  test('a shared prefix lowers the hosted bill, and a batch tariff halves it', () => {
    const bill = (overlay: Overlay) => decidedFixture(overlay).breakEven?.hostedUsdPerRequest ?? 0;
    expect(bill({ ...either, throughput: { sharedPrefixTokens: 500 } })).toBeLessThan(bill(either));
    const batch = {
      pattern: 'batch',
      requestsPerSecond: null,
      batch: { requestsPerRun: 1000, finishWithinHours: 8, runsPerMonth: 20 },
    };
    expect(bill({ ...either, throughput: batch })).toBeCloseTo(bill(either) / 2, 6);
  });
});

describe('routes', () => {
  const overlays: readonly Overlay[] = [
    {},
    { model: { hostedId: 'small-1' } },
    { model: { class: 'either', hostedId: 'big-1' }, throughput: { requestsPerSecond: { expected: 2, peak: 4 } } },
    { model: { class: 'hosted', id: null, hostedId: 'big-1' } },
    { model: { class: 'hosted', hostedId: 'eu.big-1' } },
    { fineTuning: { needed: true, narrowTask: true, examples: 5000, goal: 'generation' } },
  ];

  test.each(overlays)('every fallback is a route or a served role, and every target exists (%#)', (overlay) => {
    const { routing, served } = decidedFixture(overlay);
    const roles = served.map((choice) => choice.role as string);
    const names = [...routing.routes.map((route) => route.model), ...roles];
    for (const route of routing.routes) {
      for (const name of route.fallbacks) expect(names, route.model).toContain(name);
      if (route.kind === 'self-hosted') expect(roles).toContain(route.target);
      else expect(route.target).toMatch(/^(openai|bedrock)\/.+/);
    }
  });
});

describe('a hosted embedding model', () => {
  test('has a route of its own with its limits (V6)', () => {
    const { routing } = decidedFixture({
      retrieval: { ...corpus(10_000, 1), updates: 'weekly' },
      model: { class: 'either', hostedId: 'big-1' },
    });
    const route = routing.routes.find((each) => each.model === 'embedding');
    expect(route).toMatchObject({ kind: 'hosted', target: 'openai/text-embedding-3-small' });
    expect(callLimitProblems(routing.routes)).toEqual([]);
  });
});

describe('what a month can cost at most', () => {
  test('machines beyond a reservation pay the list price', () => {
    const reservations = [{ instanceType: 'l4.x1', count: 1, usdPerHour: 0.3 }];
    const lines = decidedFixture({ infrastructure: { reservations, gpu: { allow: ['L4'] } } }).costLines;
    const line = lines.find((row) => row.id === 'cluster.beyond-reservation');
    expect(line?.usdPerMonth.expected).toBeCloseTo(0.5 * 730, 6);
    const covered = decidedFixture({
      infrastructure: { reservations: [{ ...reservations[0], count: 9 }], gpu: { allow: ['L4'] } },
    });
    expect(covered.costLines.map((row) => row.id)).not.toContain('cluster.beyond-reservation');
  });

  test('a hosted fallback costs nothing until something fails, and never more than its cap', () => {
    const { costLines, routing } = decidedFixture({ model: { hostedId: 'small-1' } });
    expect(costLines.find((row) => row.id === 'hosted.fallback')?.usdPerMonth).toEqual({
      minimum: 0,
      expected: 0,
      maximum: routing.hostedFallbackUsdPerMonth,
    });
  });
});

describe('pins', () => {
  test('a pin against advice is recorded with its cost', () => {
    const record = recordIn(
      decidedFixture({
        retrieval: { ...corpus(10_000, 1), updates: 'weekly' },
        pins: { D7: { choice: 'elastic', reason: because } },
      }),
      'D7',
    );
    expect(record.choice).toBe('elastic');
    expect(record.pinned).toMatchObject({ reason: because, against: 'postgres', costUsdPerMonth: 400 });
    expect(record.options.find((option) => option.id === 'postgres')?.rejectedBecause?.kind).toBe('advice');
  });

  test('a pinned precision is sized alone, and the advised one is named', () => {
    const decided = decidedFixture({ pins: { D4: { choice: 'bf16', reason: because } } });
    expect(decided.sizing?.chosen.precision).toBe('bf16');
    expect(recordIn(decided, 'D4').pinned?.against).toBe('fp8');
  });

  test('a pin that breaks a hard limit is refused and names the limit', () => {
    const outcome = decideFixture({
      compliance: { dataMayLeave: false },
      model: { class: 'either', hostedId: 'big-1' },
      pins: { D2: { choice: 'hosted', reason: because } },
    });
    expect(outcome).toMatchObject({ ok: false, kind: 'infeasible' });
    if (!outcome.ok) {
      expect(outcome.reasons[0].path).toBe('pins.D2.choice');
      expect(outcome.reasons[0].asked).toContain('compliance.dataMayLeave');
    }
  });

  test('a pin nobody offers is a wrong answer that lists the options', () => {
    const outcome = decideFixture({ pins: { D3: { choice: 'nothing', reason: because } } });
    expect(outcome).toMatchObject({ ok: false, kind: 'invalid' });
    if (!outcome.ok) expect(outcome.reasons[0].found).toContain('default');
  });

  test('a model for English alone cannot be pinned for other languages', () => {
    const outcome = decideFixture({
      retrieval: { ...corpus(10_000, 1), updates: 'weekly' },
      application: { languages: ['de'] },
      pins: { D8: { choice: 'BAAI/bge-large-en-v1.5', reason: because } },
    });
    expect(outcome).toMatchObject({ ok: false, kind: 'infeasible' });
    if (!outcome.ok) expect(outcome.reasons[0].asked).toContain('application.languages');
  });

  test('a pin on a decision the answers never reach is refused, not ignored', () => {
    const outcome = decideFixture({ pins: { D7: { choice: 'postgres', reason: because } } });
    expect(outcome).toMatchObject({ ok: false, kind: 'infeasible' });
  });

  test('every option of every decision can be pinned, or is refused with a reason', () => {
    const overlay = {
      retrieval: { ...corpus(10_000, 1), updates: 'weekly' },
      model: { class: 'either', hostedId: 'big-1' },
    };
    for (const record of decidedFixture(overlay).records) {
      for (const option of record.options) {
        const outcome = decideFixture({ ...overlay, pins: { [record.id]: { choice: option.id, reason: because } } });
        if (outcome.ok) expect(recordIn(outcome.value, record.id).choice).toBe(option.id);
        else expect(outcome.reasons[0].path, `${record.id} ${option.id}`).toMatch(/^pins\.|^limit\./);
      }
    }
  });
});

describe('deciding', () => {
  test('the sizer is asked once', () => {
    let calls = 0;
    const count: SizeServing = (requirement, catalog) => {
      calls += 1;
      return fixtureSizer(requirement, catalog);
    };
    decide(requirementsOf(), fixtureCatalog, count, reservedUsdPerMonth, machinesListUsdPerMonth);
    expect(calls).toBe(1);
  });

  test('the same answers give the same bytes', () => {
    const overlay = {
      retrieval: { ...corpus(2_000_000), updates: 'daily' },
      model: { class: 'either', hostedId: 'big-1' },
    };
    expect(JSON.stringify(decidedFixture(overlay))).toBe(JSON.stringify(decidedFixture(overlay)));
  });

  test('what would change a decision does change it', () => {
    const base: Overlay = { retrieval: { ...corpus(500_000, 1), updates: 'weekly' } };
    const record = recordIn(decidedFixture(base), 'D7');
    const change = record.wouldChange.find((row) => row.path === 'retrieval.updates');
    expect(change?.to).toBe('daily');
    const again = recordIn(decidedFixture({ retrieval: { ...corpus(500_000, 1), updates: 'daily' } }), 'D7');
    expect(again.choice).toBe(change?.choice);
  });

  test('self-hosting that cannot be sized is infeasible with the limit and the way out', () => {
    const outcome = decideFixture({ model: { id: 'org/chat-70b' }, infrastructure: { gpu: { allow: ['T4'] } } });
    expect(outcome).toMatchObject({ ok: false, kind: 'infeasible' });
    if (!outcome.ok)
      expect(outcome.reasons.map((reason) => [reason.path, reason.change.includes('H100')])).toEqual([
        ['limit.gpu-memory', true],
      ]);
  });

  test('self-hosting that cannot be sized leaves the hosted side where both are asked', () => {
    const decided = decidedFixture({
      model: { id: 'org/chat-70b', class: 'either', hostedId: 'big-1' },
      infrastructure: { gpu: { allow: ['T4'] } },
    });
    expect(decided.hosting).toBe('hosted');
    expect(recordIn(decided, 'D2').options.find((option) => option.id === 'self-hosted')?.rejectedBecause?.kind).toBe(
      'limit',
    );
  });

  test('D8.8: a collection refuses another model or dimension', () => {
    const name = collectionName('fixture', 'BAAI/bge-m3', 1024);
    expect(name).toBe('fixture--bge-m3--1024');
    expect(collectionMismatch(name, 'BAAI/bge-m3', 1024)).toBeUndefined();
    expect(collectionMismatch(name, 'BAAI/bge-m3', 512)?.found).toBe(name);
    expect(collectionMismatch(name, 'BAAI/bge-large-en-v1.5', 1024)?.found).toBe(name);
  });
});

describe('laws', () => {
  const overlays = fc.record({
    retrieval: fc.record({
      needed: fc.constant(true),
      corpus: fc.record({
        documents: fc.integer({ min: 1, max: 100_000_000 }),
        gigabytes: fc.double({ min: 0.1, max: 500, noNaN: true }),
      }),
      updates: fc.constantFrom('static', 'weekly', 'daily', 'real-time'),
      keywordSearch: fc.constantFrom('none', 'helpful', 'first-class'),
      structuredMatch: fc.boolean(),
      managedPreferred: fc.boolean(),
    }),
    compliance: fc.record({
      dataMayLeave: fc.boolean(),
      residency: fc.constantFrom('none', 'us'),
      pii: fc.constantFrom('none', 'present'),
    }),
    model: fc.record({
      class: fc.constantFrom('open-weight', 'either'),
      hostedId: fc.constant('big-1'),
      qualityTolerance: fc.constantFrom('strict', 'moderate', 'relaxed'),
    }),
    application: fc.record({ shape: fc.constantFrom('single-call', 'chain', 'agent') }),
  });

  test('data that may not leave never does: no hosted model, no vendor’s store, no hosted embedding', () => {
    fc.assert(
      fc.property(overlays, (overlay) => {
        const outcome = decideFixture({ ...overlay, compliance: { ...overlay.compliance, dataMayLeave: false } });
        if (!outcome.ok) return;
        expect(outcome.value.hosting).toBe('self-hosted');
        expect(outcome.value.vectorStore?.target).not.toBe('external');
        expect(outcome.value.retrieval?.embeddingHosted).toBe(false);
        expect(outcome.value.routing.routes.every((route) => route.kind === 'self-hosted')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('what is chosen breaks no limit, and is the cheapest its row admits', () => {
    fc.assert(
      fc.property(overlays, (overlay) => {
        const outcome = decideFixture(overlay);
        if (!outcome.ok) return;
        for (const record of outcome.value.records) {
          const [chosen, ...others] = record.options;
          for (const option of others) {
            if (option.rejectedBecause?.kind !== 'cost') continue;
            expect(option.usdPerMonth ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(chosen?.usdPerMonth ?? 0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
