/**
 * Versions a generated project installs. They are those Groundplan itself is built and tested with; a test compares
 * them with package.json. A CLI and a library must speak the same cloud-assembly schema, so both are pinned.
 */
export const toolchain = {
  groundplan: '0.1.0',
  'aws-cdk': '2.1148.1',
  'aws-cdk-lib': '2.276.0',
  constructs: '10.8.1',
  node: '24.21.0',
} as const;
