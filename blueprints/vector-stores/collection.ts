/** A collection's definition as a file of its own. */
export function collectionJson(definition: object): string {
  return `${JSON.stringify(definition, null, 2)}\n`;
}
