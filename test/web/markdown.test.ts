import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorOf, markdownHtml, sectionOf, titleOf } from '../../src/web/parts/markdown.ts';

const shown = (text: string): string => markdownHtml(text).toString().replace(/\s+/g, ' ');

const ALLOWED = [
  /^\/?(h1|h2|h3|p|ul|ol|li|pre|code|strong|em|s|blockquote|div|table|thead|tbody|tr|th|td|a|br|hr)$/,
  /^h[1-3] id="[\p{L}\p{N}_-]*"$/u,
  /^(br|hr) \/$/,
  /^ol start="\d+"$/,
  /^pre tabindex="0"$/,
  /^th scope="col"$/,
  /^div class="wide" tabindex="0" role="group" aria-label="Table"$/,
  /^a href="(#[\w-]*|\/runbooks\/[\w-]+\.md(#[\w-]*)?)"$/,
  /^a href="https?:[^"<>]*" rel="noreferrer"$/,
];

const PIECES =
  '< > " \' & ` # * 1. > | [ ]( ) ** ~~ \\ a javascript:x https://a.example http://b.example c@d.example <http://e.example> <b onclick=x> <!-- --> ![ - [x] [r]: &lt; &#60;'
    .split(' ')
    .concat(' ', '    ', '\n', '\n\n', '```\n', '|---|\n', '# ', '> ', '* ', '- [x] ');

describe('markdown', () => {
  it('gives headings, lists, tables, code and links', () => {
    const text = '# A *b*\n\n1. one `<x>`\n2. [two](other.md#part)\n\n| h |\n|---|\n| c |\n\n```\na < b\n```\n';
    expect(shown(text)).toBe(
      '<h1 id="a-b">A <em>b</em></h1><ol start="1"> <li>one <code>&lt;x&gt;</code></li>' +
        '<li><a href="/runbooks/other.md#part">two</a></li> </ol>' +
        '<div class="wide" tabindex="0" role="group" aria-label="Table"> <table> <thead> <tr> <th scope="col">h</th> </tr>' +
        ' </thead> <tbody> <tr> <td>c</td> </tr> </tbody> </table> </div><pre tabindex="0"><code>a &lt; b</code></pre>',
    );
    expect(titleOf(text)).toBe('A b');
    expect(titleOf('no heading')).toBeNull();
  });

  it('cuts one section out of a page, with its links', () => {
    const text =
      '# All\n\n## One *a*\n\nSee [two](#two), [part](#part).\n\n### Part\n\n```\n## Two\n```\n\n## Two\n\nb\n';
    expect(sectionOf(text, 'one-a', 'README.md')).toBe(
      '# One *a*\n\nSee [two](README.md#two), [part](#part).\n\n### Part\n\n```\n## Two\n```\n\n',
    );
    expect(sectionOf(text, 'two', 'README.md')).toBe('# Two\n\nb\n');
    for (const none of ['all', 'part', 'three', '']) expect(sectionOf(text, none, 'README.md')).toBeNull();
  });

  it.each([
    ['[x](javascript:alert(1))', '<p>x</p>'],
    ['[x](/incidents)', '<p>x</p>'],
    ['[x](../../../etc/passwd)', '<p>x</p>'],
    ['[x](https://a.example/?q="y)', '<p><a href="https://a.example/?q=%22y" rel="noreferrer">x</a></p>'],
    ['![alt](https://a.example/x.png)', '<p>alt</p>'],
    ['a <img src=x onerror=y> b', '<p>a &lt;img src=x onerror=y&gt; b</p>'],
    ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
  ])('%s can do nothing', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it('lets nothing through but its own elements, whatever is written', () => {
    const piece = constantFrom(...PIECES);
    assert(
      property(array(piece, { maxLength: 40 }), (pieces) => {
        const html = markdownHtml(pieces.join('')).toString();
        for (const [, tag = ''] of html.matchAll(/<([^>]*)>/g))
          expect([tag, ALLOWED.some((allowed) => allowed.test(tag.replace(/\s+/g, ' ').trim()))]).toEqual([tag, true]);
      }),
    );
  });

  it.each([
    ['SLI no data', 'sli-no-data'],
    ['Nines: is it down?', 'nines-is-it-down'],
  ])('names the anchor of %s as GitHub does', (heading, anchor) => {
    expect(anchorOf(heading)).toBe(anchor);
  });
});
