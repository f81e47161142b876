import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { preparationArtifact } from '../../blueprints/clouds/aws/account-preparation.ts';
import { awsArtifacts } from '../../blueprints/clouds/aws/artifacts.ts';
import { importImagesScript, rewriteImages } from '../../blueprints/clouds/aws/delivery/image-import.ts';
import { cachePrefix } from '../../blueprints/clouds/aws/delivery/image-mirror.ts';
import { mirrorCommands, pinnedModels } from '../../blueprints/clouds/aws/delivery/model-mirror.ts';
import { LlmPlatform } from '../../blueprints/clouds/aws/index.ts';
import { type PlanName, plans } from './plans.ts';
import { checkPromises, only, text } from './stacks.ts';

describe('model mirror', () => {
  test('mirrors pinned revisions and fails on a model without one', () => {
    const commands = mirrorCommands(plans.base).join('\n');
    for (const { modelId, revision } of pinnedModels(plans.base)) {
      expect(commands).toContain(revision ? `'${modelId}' '${revision}'` : `${modelId} has no revision`);
    }
    expect(commands.endsWith('exit 1')).toBe(true);
    expect(preparationArtifact(plans.base).contents).toContain('Name the commit of the model');
    const revision = 'f'.repeat(40);
    const pinned = { ...plans.base, models: plans.base.models.map((model) => ({ ...model, revision })) };
    expect(mirrorCommands(pinned)).not.toContain('exit 1');
    expect(preparationArtifact(pinned).contents).not.toContain('Name the commit');
  });

  test('no build reaches for the internet where there is none', () => {
    expect(awsArtifacts(plans.isolated).map(({ path }) => path)).toContain('scripts/import-models.sh');
  });
});

checkPromises('isolated', [
  {
    title: 'manifests are pointed at the account’s registry before they are applied',
    plan: 'isolated',
    problems: (t) => {
      const { Source, Environment } = only(t, 'Delivery/ManifestDeployer').Properties;
      const spec = text(Source.BuildSpec);
      return spec.includes('IMAGE_REGISTRY') && !spec.includes('-k .') && text(Environment).includes('IMAGE_REGISTRY')
        ? []
        : [spec];
    },
    defect: (t) => {
      only(t, 'Delivery/ManifestDeployer').Properties.Environment.EnvironmentVariables = [];
    },
  },
]);

describe('images of an isolated platform', () => {
  const manifest = [
    '        - image: docker.io/vllm/vllm-openai:v0.31.0@sha256:c1c9',
    '          image: "ghcr.io/berriai/litellm:v1@sha256:bee2"',
    '  imageName: ghcr.io/cloudnative-pg/postgresql:17.5@sha256:aa11',
    '  imagePullPolicy: IfNotPresent',
  ].join('\n');

  test('the import copies each image, by digest where there is one, to where the manifests will look', () => {
    const folder = mkdtempSync(join(tmpdir(), 'groundplan-import-'));
    const stub = (name: string, body: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    stub('aws', 'case "$1 $2" in "sts get-caller-identity") echo ACCOUNT;; "ecr describe-repositories") exit 1;; esac');
    stub('skopeo', '[ "$1" = copy ] && echo "$4 $5" || cat > /dev/null');
    stub('kubectl', `cat <<'END'\n${manifest}\nEND`);
    const script = importImagesScript(plans.isolated);
    const done = spawnSync('bash', ['-c', script], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    const registry = 'docker://ACCOUNT.dkr.ecr.us-east-1.amazonaws.com/support-chat/mirror';
    expect(done.stdout.trim().split('\n')).toEqual([
      `docker://docker.io/vllm/vllm-openai@sha256:c1c9 ${registry}/docker.io/vllm/vllm-openai:v0.31.0`,
      `docker://ghcr.io/berriai/litellm@sha256:bee2 ${registry}/ghcr.io/berriai/litellm:v1`,
      `docker://ghcr.io/cloudnative-pg/postgresql@sha256:aa11 ${registry}/ghcr.io/cloudnative-pg/postgresql:17.5`,
    ]);
  });

  test('every image of the manifests is pulled from the account, by the same digest', () => {
    const env = { ...process.env, IMAGE_REGISTRY: 'registry.example/p/mirror' };
    const done = spawnSync('bash', ['-c', rewriteImages], { env, input: manifest, encoding: 'utf8' });
    const lines = done.stdout.split('\n');
    expect(done.stderr).toBe('');
    expect(lines).toEqual([
      '        - image: registry.example/p/mirror/docker.io/vllm/vllm-openai:v0.31.0@sha256:c1c9',
      '          image: "registry.example/p/mirror/ghcr.io/berriai/litellm:v1@sha256:bee2"',
      '  imageName: registry.example/p/mirror/ghcr.io/cloudnative-pg/postgresql:17.5@sha256:aa11',
      '  imagePullPolicy: IfNotPresent',
    ]);
  });
});

describe('image cache', () => {
  test.each(['support-chat', 'a-platform-with-the-longest-nam'])(
    'the prefixes of %s are short enough and apart',
    (name) => {
      const prefixes = ['ecr', 'k8s', 'quay'].map((registry) => cachePrefix({ ...plans.base, name }, registry));
      expect(prefixes.every((prefix) => prefix.length <= 30)).toBe(true);
      expect(new Set(prefixes).size).toBe(3);
    },
  );
});

test('the first deployment is described in order, with what only a person can do', () => {
  const page = (name: PlanName) => preparationArtifact(plans[name]).contents;
  expect(page('base')).toMatch(/cdk bootstrap[\s\S]*cdk deploy --all[\s\S]*model-mirror[\s\S]*-manifests/);
  // The secret of the hub's token is encrypted with a key that the stacks make.
  expect(page('base')).toMatch(/cdk deploy --all\n[\s\S]*create-secret[\s\S]*model-mirror/);
  expect(page('base').indexOf('create-secret')).toBeGreaterThan(page('base').lastIndexOf('cdk deploy --all\n'));
  expect(page('isolated')).toContain('import-models.sh');
  expect(page('existing estate')).toContain('Policy of your own key');
  expect(page('public entry')).toContain('support-chat.example.com');
  expect(page('existing estate')).toContain('--port 5432');
  expect(page('govcloud')).toContain('Budgets of a GovCloud account');
});

test('a baseline the account has already is left alone', () => {
  const app = new App({ analyticsReporting: false, context: { 'groundplan:accountBaseline': 'existing' } });
  const types = new LlmPlatform(app, plans.base).node
    .findAll()
    .flatMap((each) => (CfnResource.isCfnResource(each) ? [each.cfnResourceType] : []));
  expect(types.filter((type) => /GuardDuty|SecurityHub|Config::Configuration|RegistryScanning/.test(type))).toEqual([]);
});

describe('scripts', () => {
  const scripts = (['base', 'isolated', 'opensearch', 's3-vectors'] as const).flatMap((name) =>
    awsArtifacts(plans[name])
      .filter(({ path }) => path.endsWith('.sh'))
      .map((artifact) => [`${name}: ${artifact.path}`, artifact] as const),
  );
  test.each(scripts)('%s is executable and parses', (_title, artifact) => {
    expect(artifact.executable).toBe(true);
    const parsed = spawnSync('bash', ['-n'], { input: artifact.contents, encoding: 'utf8' });
    expect(parsed.stderr).toBe('');
  });
});
