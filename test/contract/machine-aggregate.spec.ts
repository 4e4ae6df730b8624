import { spawnSync } from 'node:child_process';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const RULE = 'aggregate/documents-change-in-transitions';
const eslint = new ESLint({ ruleFilter: ({ ruleId }) => ruleId === RULE });

/** What the rule reports about `code` as the content of an existing file. */
async function reports(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  const fatal = result!.messages.filter((message) => message.fatal);
  expect(fatal).toEqual([]);
  return result!.messages.map(({ message }) => message);
}

const SERVICE = 'src/modules/machine/power/power.service.ts';
const MACHINE =
  "import type { Machine } from '../machine.js';\nimport type { Content } from '../../../shared/document.js';\n";

describe('changes of machines', () => {
  // The first use loads the types of the whole program, which takes minutes on a busy machine.
  beforeAll(() => reports(SERVICE, ''), 300_000);

  it.each([
    ['a machine', 'export const f = (any: Machine) => ({ ...any, waiting: true });'],
    ['its content', 'export const f = (any: Content<Machine>) => ({ ...any, waiting: true });'],
    ['a generic one', 'export const f = <M extends Content<Machine>>(any: M) => ({ ...any, waiting: true });'],
    ['one that may be missing', 'export const f = (any: Machine | undefined) => ({ ...any, waiting: true });'],
  ])('are refused outside of the transitions: %s', async (_, code) => {
    expect(await reports(SERVICE, MACHINE + code)).toEqual([expect.stringContaining('A machine is changed by')]);
  });

  it('are allowed in the transitions', async () => {
    const code = "import type { Machine } from '../../machine.js';\nexport const f = (any: Machine) => ({ ...any });\n";
    expect(await reports('src/modules/machine/core/transitions/operation.ts', code)).toEqual([]);
  });

  it('do not hinder copies of other objects', async () => {
    const code = `${MACHINE}export const f = ({ state }: Machine) => ({ ...state, value: 'LOCKED' });\n`;
    expect(await reports(SERVICE, code)).toEqual([]);
  });

  it('are written through the repository only', () => {
    const { stdout } = spawnSync('git', ['grep', '-l', '@InjectTable(machineTable)', '--', 'src'], {
      encoding: 'utf8',
    });
    expect(stdout.trim().split('\n')).toEqual(['src/modules/machine/core/machine.repository.ts']);
  });
});
