import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProcessIdentity } from './process-identity.js';

const folder = mkdtempSync(join(tmpdir(), 'metal-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('ProcessIdentity', () => {
  it('outlives its process', async () => {
    const first = await ProcessIdentity.of(join(folder, 'a'));
    await first.release();
    const second = await ProcessIdentity.of(join(folder, 'a'));
    expect([second.id, second.isSuccessor]).toEqual([first.id, true]);
    await second.release();
  });

  it('is never shared with a running process', async () => {
    const first = await ProcessIdentity.of(join(folder, 'b'));
    const second = await ProcessIdentity.of(join(folder, 'b'));
    expect(second.isSuccessor).toBe(false);
    expect(second.id).not.toBe(first.id);
    await first.release();
  });

  it('is inherited from a killed process, but not from a suspended one', async () => {
    const kept = join(folder, 'c');
    const script = `import { ClassicLevel } from 'classic-level';
      const db = new ClassicLevel(${JSON.stringify(kept)});
      await db.open(); await db.put('id', 'the-killed'); console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: process.cwd() });
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const meanwhile = await ProcessIdentity.of(kept);
    expect(meanwhile.isSuccessor).toBe(false);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const heir = await ProcessIdentity.of(kept);
    expect([heir.id, heir.isSuccessor]).toEqual(['the-killed', true]);
    await heir.release();
  });

  it('differs between folders, and is unique where nothing can be stored', async () => {
    writeFileSync(join(folder, 'file'), '');
    const all = [
      await ProcessIdentity.of(join(folder, 'd')),
      await ProcessIdentity.of(join(folder, 'e')),
      await ProcessIdentity.of(join(folder, 'file', 'f')),
      ProcessIdentity.unique(),
    ];
    expect(new Set(all.map(({ id }) => id)).size).toBe(4);
    expect(all.map(({ isSuccessor }) => isSuccessor)).toEqual([true, true, false, false]);
    for (const one of all) await one.release();
  });
});
