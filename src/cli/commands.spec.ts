import { describe, expect, it } from 'vitest';
import { CLI_COMMANDS, overview } from './commands.js';
import { OptionError } from './usage-error.js';

const names = Object.keys(CLI_COMMANDS);

describe('every command', () => {
  it.each(names)('%s documents its usage and rejects unknown arguments', async (name) => {
    const { USAGE, run } = await CLI_COMMANDS[name]!.load();
    expect(USAGE).toMatch(new RegExp(`^usage: metal-api ${name}\\b`));
    await expect(run(['--colour'])).rejects.toThrow(OptionError);
    // Commands that take a file refuse a second one.
    const takesFile = USAGE.startsWith(`usage: metal-api ${name} FILE`);
    const refusal = takesFile ? /needs one FILE/ : /['"]colour['"]/;
    await expect(run(takesFile ? ['file', 'colour'] : ['colour'])).rejects.toThrow(refusal);
  });

  it.each([
    ['agent', '--partition'],
    ['demo', '--machines'],
    ['dump-spec', '--output'],
    ['fsck', '--url'],
    ['migrate', '--target'],
    ['simulate', '--machines'],
    ['token', '--subject'],
  ])('%s requires a value for %s', async (name, option) => {
    const { run } = await CLI_COMMANDS[name]!.load();
    await expect(run([option])).rejects.toThrow(OptionError);
  });

  it('is listed in the overview', () =>
    expect(
      overview()
        .match(/^ {2}\S+/gm)
        ?.map((name) => name.trim()),
    ).toEqual(names));

  it.each(['0', 'x', '-1', '1000'])('demo rejects --machines=%s', async (count) => {
    const { run } = await CLI_COMMANDS['demo']!.load();
    await expect(run([`--machines=${count}`])).rejects.toThrow(`--machines is "${count}"`);
  });
});
