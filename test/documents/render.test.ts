import fc from 'fast-check';
import { Marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { code, codeBlock, escapeMarkdown, join, link, list, prose, Renderer } from '../../lib/documents/render.ts';

const html = (markdown: string) => new Marked({ gfm: true }).parse(markdown, { async: false });
const renderer = (template: string) => new Renderer({ 't.md': template });

describe('text of a plan stays text', () => {
  test.each([
    ['<script>alert(1)</script>', 'no element'],
    ['**bold** and `code` and ~~gone~~', 'no mark-up'],
    ['a | b', 'no new cell'],
    ['[text](javascript:alert)', 'no link'],
    ['line\nbreak\n# heading', 'no new line'],
    ['0 2 * * *', 'no list'],
  ])('%j gives %s', (text) => {
    const page = html(`| head |\n| --- |\n| ${escapeMarkdown(text)} |\n`);
    expect(page).not.toMatch(/<(script|strong|em|del|a|h1|code|ul)\b/);
    expect(page.match(/<td>/g)).toHaveLength(1);
  });

  test('any text survives a table cell and comes back as it was', () => {
    const plainText = (text: string) =>
      text
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&#39;/g, "'")
        .replace(/&amp;/g, '&');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab |`*_[]()<>~\\#-!&;'), minLength: 1, maxLength: 30 }),
        (text) => {
          fc.pre(text.trim() !== '' && !/&[#\w]*;/.test(text));
          const cell =
            /<td>([\s\S]*)<\/td>/.exec(html(`| head |\n| --- |\n| ${escapeMarkdown(`a${text}b`)} |\n`))?.[1] ?? '';
          expect(cell).not.toMatch(/<[a-z]/);
          expect(plainText(cell)).toBe(`a${text}b`.replace(/\s+/g, ' '));
        },
      ),
    );
  });
});

describe('a view model', () => {
  test('fails when a template asks for a field that is not there', () => {
    expect(() => renderer('{{missing}}').markdown('t.md', {})).toThrow(/missing/);
    expect(() => renderer('{{#if missing}}x{{/if}}').markdown('t.md', {})).toThrow(/#if/);
    expect(() => renderer('{{#each missing}}x{{/each}}').markdown('t.md', {})).toThrow(/#each/);
  });

  test('fails when it holds a number that nobody gave a unit', () => {
    expect(() => renderer('{{a.b}}').markdown('t.md', { a: { b: 3 } })).toThrow(/\.a\.b is number/);
  });

  test('fails when a template is not there', () => {
    expect(() => renderer('').markdown('other.md', {})).toThrow(/no template named other\.md/);
  });
});

test('code spans and blocks hold back-ticks', () => {
  expect(html(code('a `b` c').text)).toContain('<code>a `b` c</code>');
  expect(html(codeBlock('```\nx', 'sh').text)).toContain('```\nx');
});

test('parts join with their own escapes', () => {
  expect(list([link('a*', '#a'), 'b|', code('c')]).text).toBe('[a\\*](#a), b\\| and `c`');
  expect(join(['x', link('y', 'z')], ' ').text).toBe('x [y](z)');
  expect(prose('run `groundplan compare` now').text).toBe('run `groundplan compare` now');
});
