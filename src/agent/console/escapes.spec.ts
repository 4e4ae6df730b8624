import { describe, expect, it } from 'vitest';
import { EscapeParser } from './escapes.js';

/** What comes out of chunks: input as text, commands in angle brackets. */
function parse(...chunks: string[]): string {
  const parser = new EscapeParser();
  let out = '';
  for (const chunk of chunks) {
    parser.parse(
      Buffer.from(chunk, 'latin1'),
      (bytes) => (out += bytes.toString('latin1')),
      (command) => (out += `<${command}>`),
    );
  }
  return out;
}

describe('EscapeParser', () => {
  it.each([
    [['~.'], '<leave>'],
    [['ls\r~', '.'], 'ls\r<leave>'],
    [['a\n~w~B~?b~.'], 'a\n<take-over><break><help>b~.'],
    [['~~.'], '~.'],
    [['~x~.'], '~x~.'],
    [['~\r~.'], '~\r<leave>'],
    [['cd ~.\r'], 'cd ~.\r'],
    [['\x00\xff\x1b[A'], '\x00\xff\x1b[A'],
  ])('reads %j as %j', (chunks, expected) => {
    expect(parse(...chunks)).toBe(expected);
  });
});
