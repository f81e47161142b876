import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { etcd, kubernetes, moduleDirectory } from './modules.ts';

const cache = join(
  process.env.GROUNDPLAN_CACHE ?? join(homedir(), '.cache', 'groundplan'),
  `kubernetes-${kubernetes.version}`,
);
const goEnvironment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -p=1 -buildvcs=false' };

function go(folder: string, ...args: readonly string[]): void {
  execFileSync('go', args, { cwd: folder, env: goEnvironment, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Builds a program of a module once; minutes for the API server, seconds from a warm build cache. */
function program(name: string, source: string, prepare: (folder: string) => void): string {
  const target = join(cache, name);
  if (existsSync(target)) return target;
  const folder = mkdtempSync(join(tmpdir(), 'groundplan-build-'));
  mkdirSync(cache, { recursive: true });
  prepare(folder);
  go(folder, 'build', '-trimpath', '-ldflags=-s -w', '-o', target, source);
  rmSync(folder, { recursive: true });
  return target;
}

function etcdProgram(): string {
  return program('etcd', etcd.module, (folder) => {
    go(folder, 'mod', 'init', 'conformance/etcd');
    go(folder, 'get', `${etcd.module}@${etcd.version}`);
  });
}

/** Kubernetes' own module leaves its libraries to a replacement; the published ones of the same version take the place. */
function kubernetesProgram(name: 'kube-apiserver' | 'kube-scheduler'): string {
  const main = `k8s.io/kubernetes/cmd/${name}`;
  return program(name, main, (folder) => {
    const directory = moduleDirectory(kubernetes.module, kubernetes.version);
    const staged = [...readFileSync(join(directory, 'go.mod'), 'utf8').matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging/gm)];
    const lines = [
      'module conformance/apiserver',
      'go 1.26',
      `require ${kubernetes.module} ${kubernetes.version}`,
      ...staged.map(([, module]) => `replace ${module} => ${module} ${kubernetes.staging}`),
    ];
    writeFileSync(join(folder, 'go.mod'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport _ "${main}/app"\n`);
    go(folder, 'mod', 'tidy', '-e');
  });
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly message?: string; readonly [field: string]: unknown };
}

export interface ApiServer {
  readonly call: (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>;
  /** Starts a real scheduler against this server. */
  readonly startScheduler: () => void;
  readonly stop: () => void;
}

const token = 'conformance';

/** A real API server on loopback with its own store, in a folder of its own. */
export async function startApiServer(): Promise<ApiServer> {
  const [etcdPath, serverPath] = [etcdProgram(), kubernetesProgram('kube-apiserver')];
  const folder = mkdtempSync(join(tmpdir(), 'groundplan-api-'));
  const [clientPort, peerPort, securePort] = [await freePort(), await freePort(), await freePort()];
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(folder, 'sa.key');
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${token},conformance,conformance,system:masters\n`, { mode: 0o600 });
  const start = (path: string, args: readonly string[]): ChildProcess =>
    spawn(path, args, { cwd: folder, stdio: 'ignore' });
  const children = [
    start(etcdPath, [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=http://127.0.0.1:${clientPort}`,
      `--advertise-client-urls=http://127.0.0.1:${clientPort}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
      '--log-level=error',
    ]),
    start(serverPath, [
      `--etcd-servers=http://127.0.0.1:${clientPort}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${securePort}`,
      `--cert-dir=${join(folder, 'certificates')}`,
      '--service-cluster-ip-range=10.0.0.0/16',
      '--authorization-mode=RBAC',
      `--token-auth-file=${tokens}`,
      '--service-account-issuer=https://conformance.invalid',
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      // Quotas are counted by a controller that does not run here.
      '--disable-admission-plugins=ResourceQuota',
    ]),
  ];
  const startScheduler = () => {
    const kubeconfig = join(folder, 'scheduler.json');
    const entry = <T extends object>(kind: string, value: T) => [{ name: 'conformance', [kind]: value }];
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: entry('cluster', { server: `https://127.0.0.1:${securePort}`, 'insecure-skip-tls-verify': true }),
        users: entry('user', { token }),
        contexts: entry('context', { cluster: 'conformance', user: 'conformance' }),
        'current-context': 'conformance',
      }),
      { mode: 0o600 },
    );
    children.push(
      start(kubernetesProgram('kube-scheduler'), [
        `--kubeconfig=${kubeconfig}`,
        '--leader-elect=false',
        '--secure-port=0',
      ]),
    );
  };
  const stop = () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  const call: ApiServer['call'] = (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: securePort,
          path,
          method,
          // The certificate was made a moment ago, for this run alone.
          rejectUnauthorized: false,
          headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': contentType } : {}) },
        },
        (incoming) => {
          let text = '';
          incoming.on('data', (chunk: Buffer) => {
            text += chunk.toString();
          });
          incoming.on('end', () => {
            let parsed: Answer['body'] = {};
            try {
              parsed = JSON.parse(text) as Answer['body'];
            } catch {
              parsed = { message: text };
            }
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed });
          });
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body ? JSON.stringify(body) : undefined);
    });
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const ready = await call('GET', '/readyz').catch(() => undefined);
    if (ready?.status === 200) return { call, startScheduler, stop };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  stop();
  throw new Error('the API server did not become ready in a minute');
}
