/**
 * Runs the pinned LiteLLM with the emitted configuration and hooks in front of a stand-in model server: prices, limits,
 * fallback, audit records, metrics. Redis and PostgreSQL are left out here, so counters are this process's own.
 *
 *   node conformance/gateway/litellm.ts        needs Python; the first run installs the proxy with pip
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { callLimits, litellmConfig } from '../../blueprints/gateways/litellm/config.ts';
import { hooks } from '../../blueprints/gateways/litellm/hooks.ts';
import { litellmMetrics } from '../../blueprints/gateways/litellm/metrics.ts';
import { versions } from '../../blueprints/versions.ts';
import { fixturePlan } from '../../test/fixtures/plan.ts';

const cache = join(process.env.GROUNDPLAN_CACHE ?? join(homedir(), '.cache', 'groundplan'), 'litellm');
const master = 'sk-conformance';

function proxyProgram(): string {
  const program = join(cache, 'venv', 'bin', 'litellm');
  if (!existsSync(program)) {
    mkdirSync(cache, { recursive: true });
    execFileSync('python3', ['-m', 'venv', join(cache, 'venv')]);
    const packages = [`litellm[proxy]==${versions.litellm.version}`, 'prometheus_client'];
    execFileSync(join(cache, 'venv', 'bin', 'pip'), ['install', '-q', ...packages], { stdio: 'inherit' });
  }
  return program;
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

/** A model server that says how many tokens it was allowed, and fails where it is told to. */
async function startModelServer(seen: Record<string, unknown>[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await read(request);
    seen.push(body);
    response.setHeader('Content-Type', 'application/json');
    if (JSON.stringify(body).includes('please fail') && body.model === 'chat') {
      response.statusCode = 503;
      response.end(JSON.stringify({ error: { message: 'queue full', type: 'server_error' } }));
      return;
    }
    response.end(
      JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: body.model,
        choices: [
          { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hello jane@example.com' } },
        ],
        usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

let failures = 0;
function check(title: string, passed: boolean, detail = ''): void {
  if (!passed) failures += 1;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${title}${detail ? `: ${detail}` : ''}`);
}

const base = fixturePlan();
const [route] = base.gateway.routes;
const [chat] = base.models;
if (!route || !chat) throw new Error('the fixture has a route and a model');
const spare = { ...chat, role: 'chat-spare', servedName: 'chat-spare' };
const plan = fixturePlan({
  models: [chat, spare],
  gateway: {
    ...base.gateway,
    routes: [
      { ...route, fallbacks: ['chat-spare'] },
      { ...route, model: 'chat-spare', target: 'chat-spare' },
      { ...route, model: 'chat-hosted', kind: 'hosted', target: 'openai/gpt-4o', maxUsdPerCall: 0.1 },
    ],
  },
});

const seen: Record<string, unknown>[] = [];
const upstream = await startModelServer(seen);
const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const folder = mkdtempSync(join(tmpdir(), 'groundplan-litellm-'));

/** The emitted file with addresses of this run, less the two stores that do not run here. */
function configuration(): string {
  const config = structuredClone(litellmConfig(plan)) as Record<string, Record<string, unknown>>;
  for (const model of config.model_list as unknown as { litellm_params: Record<string, unknown> }[]) {
    model.litellm_params.api_base = `${upstreamUrl}/v1`;
  }
  for (const key of ['redis_host', 'redis_port', 'redis_password']) delete config.router_settings?.[key];
  for (const key of ['database_url', 'use_redis_transaction_buffer']) delete config.general_settings?.[key];
  return stringify(config);
}

writeFileSync(join(folder, 'config.yaml'), configuration());
writeFileSync(join(folder, 'hooks.py'), hooks);
writeFileSync(join(folder, 'limits.json'), JSON.stringify(callLimits(plan)));
const port = 20_000 + (process.pid % 20_000);
const proxy: ChildProcess = spawn(
  proxyProgram(),
  ['--config', join(folder, 'config.yaml'), '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'],
  {
    cwd: folder,
    env: {
      PATH: `${join(cache, 'venv', 'bin')}:${process.env.PATH}`,
      HOME: folder,
      PYTHONPATH: folder,
      LITELLM_MASTER_KEY: master,
      GATEWAY_LIMITS: join(folder, 'limits.json'),
      USER_HASH_KEY: 'conformance',
      OPENAI_API_KEY: 'none',
      AUDIT_STREAM: 'stdout',
      AUDIT_REDACT: 'true',
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      LITELLM_MODE: 'PRODUCTION',
      LITELLM_LOG: 'ERROR',
      NO_DOCS: 'true',
      DISABLE_ADMIN_UI: 'true',
    },
  },
);
let log = '';
proxy.stdout?.on('data', (chunk: Buffer) => {
  log += chunk.toString();
});
proxy.stderr?.on('data', (chunk: Buffer) => {
  log += chunk.toString();
});

const url = `http://127.0.0.1:${port}`;
const ask = (body: object, key = master) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: 'chat',
      messages: [{ role: 'user', content: 'call me on +49 170 1234567' }],
      ...body,
    }),
  });

try {
  let ready = false;
  for (let attempt = 0; attempt < 120 && !ready && proxy.exitCode === null; attempt += 1) {
    ready = await fetch(`${url}/health/liveness`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (!ready) await new Promise((resolve) => setTimeout(resolve, 500));
  }
  check('the proxy starts with the emitted configuration', ready, ready ? '' : log.slice(-1500));
  if (ready) {
    const answer = await ask({});
    await answer.text();
    check('a request is answered', answer.status === 200, `status ${answer.status}`);
    const cost = Number(answer.headers.get('x-litellm-response-cost'));
    const planned = (1000 * chat.usdPerMillionInputTokens + 500 * chat.usdPerMillionOutputTokens) / 1e6;
    check('a self-hosted model costs what the plan says (P5, P24)', Math.abs(cost / planned - 1) < 0.01, `${cost} USD`);
    check(
      'a call without a limit gets the route’s (V6)',
      seen.at(-1)?.max_tokens === route.maxOutputTokens,
      `${seen.at(-1)?.max_tokens}`,
    );
    await (await ask({ max_tokens: 1_000_000 })).text();
    check(
      'a larger limit is cut to the route’s (V6)',
      seen.at(-1)?.max_tokens === route.maxOutputTokens,
      `${seen.at(-1)?.max_tokens}`,
    );
    const dear = await ask({ messages: [{ role: 'user', content: 'x'.repeat(600_000) }] });
    check('a call above its USD limit is refused (V6)', dear.status === 400, `status ${dear.status}`);
    await dear.text();
    const dearHosted = await ask({ model: 'chat-hosted', messages: [{ role: 'user', content: 'x'.repeat(600_000) }] });
    const said = await dearHosted.text();
    check(
      'a hosted call is reckoned with its provider’s price (V6)',
      dearHosted.status === 400 && said.includes('may cost'),
      said.slice(0, 120),
    );
    const stranger = await ask({}, 'sk-nobody');
    check(
      'a caller without a key is refused',
      stranger.status === 401 || stranger.status === 400,
      `status ${stranger.status}`,
    );
    await stranger.text();
    const fallen = await ask({ messages: [{ role: 'user', content: 'please fail' }] });
    const body = (await fallen.json()) as { model?: string };
    check(
      'a failing server falls back to the next (D10.4)',
      fallen.status === 200 && seen.at(-1)?.model === 'chat-spare',
      `${fallen.status} ${body.model}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const records = log.split('\n').filter((line) => line.includes('"log": "audit"'));
    const first = records[0]
      ? (JSON.parse((JSON.parse(records[0]) as { record: string }).record) as Record<string, unknown>)
      : {};
    check('every answer has an audit record (P13)', records.length >= 3, `${records.length} records`);
    check(
      'the record names the model’s version and hides the person',
      String(first.model_version).includes('@') && String(first.user_hash).length === 64,
      `${first.model_version}`,
    );
    const text = JSON.stringify([first.input, first.output]);
    check(
      'personal data is redacted',
      text.includes('[phone]') && text.includes('[email]') && !text.includes('example.com'),
      text.slice(0, 160),
    );
    const metrics = await (await fetch(`${url}/metrics/`)).text();
    const missing = Object.values(litellmMetrics).filter((name) => !metrics.includes(name));
    check('every metric of the table is there', missing.length === 0, missing.join(' '));
  }
} finally {
  proxy.kill('SIGKILL');
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
