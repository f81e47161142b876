/** Quota class of a machine type, as EC2 counts running processors: `G` for g and vt types, `P` for p types. */
export function quotaClass(instanceType: string): 'G' | 'P' | 'Standard' {
  if (/^(g|gr|vt)\d/.test(instanceType)) return 'G';
  if (/^p\d/.test(instanceType)) return 'P';
  return 'Standard';
}
