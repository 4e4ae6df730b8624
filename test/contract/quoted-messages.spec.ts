import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The program's texts: concatenated literals as one, and `…` for each value. */
const TEXTS = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => readFileSync(`src/${file}`, 'utf8'))
  .join('\n')
  .replace(/['`] \+\s*['`]/g, '')
  .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
  .replaceAll("\\'", "'");

/** Parts that the program puts together from words, or that come from the broker or a library. */
const COMPOSED = [
  'free machines are reserved for other projects',
  'switches still refer to it',
  'the database belongs to another installation',
  'the database is encrypted with key',
  'this caller has too many requests in progress, try again later',
  'too many requests are in progress, try again later',
  'no agent reported by',
  'replicas disagree on keys',
  "s behind this one's",
  'the timestamp in your header is too old',
  'belongs to project',
  'tenant  not allowed',
  'waited for RESET',
];

/** The parts of a quoted message between its values: numbers, quoted texts, `…`, and what is in braces. */
const partsOf = (message: string): string[] =>
  message
    .split(/…|"[^"]*"|\{[^}]*\}|\b\d[\d./]*|\[[^\]]*\]|\b[A-Z]+_[A-Z_]+|: |=|\(|\)/)
    .map((part) => part.replace(/^[\s:;,.']+|[\s:;,.']+$/g, ''))
    .filter((part) => part.split(/\s+/).length >= 3);

const quoted = (page: string): [line: number, message: string][] =>
  readFileSync(page, 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      line.startsWith('|')
        ? [
            ...line
              .split(' | ')
              .slice(0, 2)
              .join(' | ')
              .matchAll(/`([^`]{12,})`/g),
          ].map(([, message]): [number, string] => [index + 1, message!])
        : [],
    );

describe('messages that the page on troubleshooting quotes', () => {
  it.each(quoted('docs/guide/troubleshooting.md'))('line %d: %s', (_, message) => {
    expect(partsOf(message).filter((part) => !COMPOSED.includes(part) && !TEXTS.includes(part))).toEqual([]);
  });

  it('are found at all', () => {
    expect(quoted('docs/guide/troubleshooting.md').flatMap(([, message]) => partsOf(message)).length).toBeGreaterThan(
      30,
    );
  });
});
