import Handlebars from 'handlebars';

/** Template texts by name: `cost.md`, `site.html`. Read from disk by the caller; this room reads no file. */
export type Templates = Readonly<Record<string, string>>;

/** Text that is Markdown (or code, or HTML) already and goes in as it is. Everything else is escaped. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A code span that survives back-ticks in its text. */
export function code(text: string): Verbatim {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return new Verbatim(`${fence}${padding}${text.replace(/\s+/g, ' ')}${padding}${fence}`);
}

/** A code span for a table cell, where a pipe would end the cell. */
export function cellCode(text: string): Verbatim {
  return new Verbatim(code(text).text.replaceAll('|', '\\|'));
}

export function codeBlock(text: string, language: string): Verbatim {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return new Verbatim(`${fence}${language}\n${text}\n${fence}`);
}

/** A link whose text is escaped; the target is one of our own files or anchors. */
export function link(text: string, target: string): Verbatim {
  return new Verbatim(`[${escapeMarkdown(text)}](${target.replaceAll(' ', '%20').replaceAll(')', '%29')})`);
}

/** Several verbatim parts and texts joined, with the texts escaped. */
export function join(parts: readonly (Verbatim | string)[], separator = ''): Verbatim {
  return new Verbatim(
    parts.map((part) => (part instanceof Verbatim ? part.text : escapeMarkdown(part))).join(separator),
  );
}

/** A sentence of the method in which back-ticks mark code. */
export function prose(text: string): Verbatim {
  return join(text.split(/(`[^`]+`)/).map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : part)));
}

/** `a`, `a and b`, `a, b and c` of parts that may be links. */
export function list(parts: readonly (Verbatim | string)[]): Verbatim {
  const last = parts.at(-1);
  if (last === undefined) return new Verbatim('');
  return parts.length === 1 ? join([last]) : join([join(parts.slice(0, -1), ', '), last], ' and ');
}

/** Text of a plan may hold anything; in a document it is text and nothing else, in one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*[\]|~]/g, '\\$&')
    .replace(/</g, '&lt;')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_');
}

type Printable = string | boolean | null | readonly Printable[] | { readonly [key: string]: Printable };

function escaped(value: unknown, path: string): Printable {
  if (typeof value === 'string') return escapeMarkdown(value);
  if (value instanceof Verbatim) return value.text;
  if (typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => escaped(item, `${path}[${index}]`));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item, `${path}.${key}`)]));
  throw new TypeError(`${path || 'context'} is ${typeof value}: a view model holds text, lists and switches only`);
}

/** Handlebars' own `if` and `each` take a misspelt name for an empty one; these refuse it. */
function strictHandlebars(): typeof Handlebars {
  const environment = Handlebars.create();
  for (const name of ['if', 'each'] as const) {
    const original = environment.helpers[name] as Handlebars.HelperDelegate;
    environment.registerHelper(name, function (this: unknown, value: unknown, options: Handlebars.HelperOptions) {
      if (value === undefined) throw new Error(`{{#${name}}} asks for a field that the view model lacks`);
      return original.call(this, value, options) as string;
    });
  }
  return environment;
}

const handlebars = strictHandlebars();

/** Compiles each template once. A missing field, or a number that nobody gave a unit, is an error. */
export class Renderer {
  readonly #templates: Templates;
  readonly #compiled = new Map<string, Handlebars.TemplateDelegate>();

  constructor(templates: Templates) {
    this.#templates = templates;
  }

  markdown(name: string, context: object): string {
    const text = this.#compile(name, true)(escaped(context, ''));
    return `${text
      .replace(/[ \t]+$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim()}\n`;
  }

  /** HTML escapes every value but `Handlebars.SafeString`. */
  html(name: string, context: object): string {
    return this.#compile(name, false)(context);
  }

  safe(html: string): Handlebars.SafeString {
    return new handlebars.SafeString(html);
  }

  #compile(name: string, noEscape: boolean): Handlebars.TemplateDelegate {
    const known = this.#compiled.get(name);
    if (known) return known;
    const template = this.#templates[name];
    if (template === undefined) throw new Error(`no template named ${name}`);
    const compiled = handlebars.compile(template, { strict: true, noEscape, knownHelpersOnly: true });
    this.#compiled.set(name, compiled);
    return compiled;
  }
}
