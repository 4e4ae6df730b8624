import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { newMachine } from './machine.js';
import { machineTable } from './machine.table.js';

describe('machineTable', () => {
  it('stores a machine without place as releases before did', async () => {
    const engine = new MemoryEngine();
    await memoryTable(machineTable, engine).insert(newMachine('m', '2026-01-01T00:00:00.000Z'));
    const { current } = await engine.read('machine', 'm');
    expect(current).toMatchObject({ partitionId: '', sizeId: '', rackId: '' });
  });

  it('reads a release without an allocation as releases before stored it', async () => {
    const engine = new MemoryEngine();
    const table = memoryTable(machineTable, engine);
    const release = { id: 'r', allocation: '', deadline: '' };
    await engine.insert('machine', { ...newMachine('m', '2026-01-01T00:00:00.000Z'), release } as { id: string });
    expect(table.get('m')?.release?.allocation).toBeUndefined();
  });
});
