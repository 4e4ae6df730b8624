import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { EngineAppendLog } from '../../platform/store/engine-append-log.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { newCommand } from './command-transitions.js';
import { archivedCommandId, commandLog, commandTable } from './command.table.js';

const RECLAIM = newCommand(
  { id: 'a', machine: 'm', partition: 'p', kind: 'reclaim' },
  { order: '1', after: undefined },
  Date.parse('2026-01-01T00:00:00Z'),
  1000,
);
const EMPTY = { command: '', error: '', after: '', deadline: '', notBefore: '', answerBy: '' };
const ABSENT = Object.fromEntries(Object.keys(EMPTY).map((field) => [field, undefined]));

describe('commands in the database', () => {
  it('have empty texts in the journal where there is none, as releases before stored them', async () => {
    const engine = new MemoryEngine();
    const table = memoryTable(commandTable, engine);
    expect(await table.insert(RECLAIM)).toMatchObject(ABSENT);
    expect((await engine.read('command', 'a')).current).toMatchObject(EMPTY);
  });

  it('have them in the history, too', async () => {
    const engine = new MemoryEngine();
    const log = new EngineAppendLog(engine, commandLog);
    const command = { ...RECLAIM, revision: 1 };
    await log.append([{ id: archivedCommandId(command), command }]);
    for await (const entry of engine.scan(commandLog.name, {}, false)) expect(entry).toMatchObject({ command: EMPTY });
    for await (const entry of log.scan({})) expect(entry.command).toMatchObject(ABSENT);
    expect.assertions(2);
  });
});
