export type Row = Readonly<Record<string, string>>;

/** Rows of a comma-separated file with a header; quoted fields may hold commas and doubled quotes. `#` lines are skipped. */
export function rowsOf(text: string): readonly Row[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [header = '', ...body] = lines;
  const names = fieldsOf(header);
  return body.map((line) => {
    const fields = fieldsOf(line);
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}

function fieldsOf(line: string): readonly string[] {
  const fields: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(,|$)/g;
  for (const match of line.trimEnd().matchAll(pattern)) {
    const field = match[1] ?? '';
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (match[2] === '') break;
  }
  return fields;
}
