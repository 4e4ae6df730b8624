import { describe, expect, it } from 'vitest';
import { COMMANDS, overview } from './commands.js';
import { OptionError } from './usage-error.js';

const names = Object.keys(COMMANDS);

describe('every command', () => {
  it.each(names)('%s says how to use it and refuses what it does not know', async (name) => {
    const { USAGE, run } = await COMMANDS[name]!.load();
    expect(USAGE).toMatch(new RegExp(`^usage: metal-api ${name}\\b`));
    await expect(run(['--colour'])).rejects.toThrow(OptionError);
    await expect(run(['colour'])).rejects.toThrow(/'colour'/);
  });

  it.each([
    ['agent', '--partition'],
    ['demo', '--machines'],
    ['dump-spec', '--output'],
    ['fsck', '--url'],
    ['migrate', '--target'],
    ['simulate', '--machines'],
    ['token', '--subject'],
  ])('%s misses the value of %s', async (name, option) => {
    const { run } = await COMMANDS[name]!.load();
    await expect(run([option])).rejects.toThrow(OptionError);
  });

  it('is in the overview', () =>
    expect(
      overview()
        .match(/^ {2}\S+/gm)
        ?.map((name) => name.trim()),
    ).toEqual(names));

  it.each(['0', 'x', '-1', '1000'])('demo cannot have %s machines', async (count) => {
    const { run } = await COMMANDS['demo']!.load();
    await expect(run([`--machines=${count}`])).rejects.toThrow(`--machines is "${count}"`);
  });
});
