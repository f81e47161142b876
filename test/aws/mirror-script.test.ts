import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mirrorScript } from '../../blueprints/clouds/aws/delivery/mirror-script.ts';

const revision = '0e9e39f249a16976918f6564b8830bc894c89659';
const weights = 'weights of a model';
const config = '{"hidden_size": 4096}';
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const blob = (text: string) => hash('sha1', `blob ${text.length}\0${text}`);

/** The interpreter itself: a version manager's shim would put its own commands before ours. */
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim();

/** A hub of one model; `served` replaces what it hands out. */
async function mirror(served: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'groundplan-mirror-'));
  // Stands in for the AWS command line: `s3 cp FILE s3://bucket/key` becomes a file; nothing is there yet.
  writeFileSync(
    join(folder, 'aws'),
    `#!/bin/sh\n[ "$1" = s3api ] && exit 1\ncp "$4" "${folder}/$(echo "$5" | sed 's#s3://bucket/##; s#/#!#g').copied"\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(folder, 'mirror_model.py'), mirrorScript);
  const files: Record<string, string> = { 'model.safetensors': weights, 'config.json': config, ...served };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/api/')) {
      const siblings = [
        { rfilename: 'model.safetensors', lfs: { sha256: hash('sha256', weights) } },
        { rfilename: 'config.json', blobId: blob(config) },
        { rfilename: 'pytorch_model.bin', lfs: { sha256: hash('sha256', 'twice the same') } },
      ];
      response.end(JSON.stringify({ sha: revision, siblings }));
    } else response.end(files[path.split('/').at(-1) ?? ''] ?? '');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const child = spawn(python, ['mirror_model.py', 'team/model', revision, 'bucket'], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      HUB_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
  });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const status = await new Promise((done) => child.on('close', done));
  server.close();
  const copied = readdirSync(folder).filter((name) => name.endsWith('.copied'));
  const contents = Object.fromEntries(
    copied.map((name) => [
      name.replace('.copied', '').split('!').slice(-1)[0],
      readFileSync(join(folder, name), 'utf8'),
    ]),
  );
  const prefixes = new Set(copied.map((name) => name.split('!').slice(0, -1).join('/')));
  rmSync(folder, { recursive: true });
  return { status, errors, contents, prefixes };
}

describe.skipIf(!python)('the model mirror (P3)', () => {
  test('copies the files of one revision with their checksums', async () => {
    const { status, contents, prefixes } = await mirror();
    expect(status).toBe(0);
    expect([...prefixes]).toEqual([`models/team/model/${revision}`]);
    expect(contents['model.safetensors']).toBe(weights);
    expect(contents['checksums.txt']).toBe(
      `${hash('sha256', config)}  config.json\n${hash('sha256', weights)}  model.safetensors\n`,
    );
  });

  test('leaves out the same weights in another format', async () => {
    expect(Object.keys((await mirror()).contents).sort()).toEqual([
      'checksums.txt',
      'config.json',
      'model.safetensors',
    ]);
  });

  test.each(['model.safetensors', 'config.json'])(
    'fails when %s is not what the hub says, and lists no sums',
    async (name) => {
      const { status, errors, contents } = await mirror({ [name]: 'something else' });
      expect(status).not.toBe(0);
      expect(errors).toContain(`${name}: checksum`);
      expect(contents['checksums.txt']).toBeUndefined();
    },
  );
});
