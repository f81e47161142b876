/** What the stacks raise and no source prices: named on every bill so that nobody takes the total for the whole. */
export const unpriced = {
  guardDuty: 'GuardDuty: no price in the catalogue; grows with trail events, flow logs and node processors',
  securityHub: 'Security Hub: no price in the catalogue; grows with checked resources',
  firehose: 'Data Firehose: no price in the catalogue; grows with the prompt log',
  athena: 'Athena and Glue: no price in the catalogue; paid by bytes an auditor’s query scans',
  codeBuild: 'CodeBuild: no price in the catalogue; minutes of mirroring a model',
  backup: 'AWS Backup: no price of its own in the catalogue; vault storage is close to the store’s own backup price',
  inspector: 'Inspector (enhanced image scanning): no price in the catalogue; grows with images and rescans',
  notifications: 'SNS, EventBridge and Lambda: a few calls a month, inside the free allowance',
} as const;

export type UnpricedId = keyof typeof unpriced;
