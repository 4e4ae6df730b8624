import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/all.js';
import { createBareEngine } from '../../src/platform/store/create-engine.js';
import { Store } from '../../src/platform/store/store.js';
import { RESTORE_ID } from '../../src/platform/store/installation/restore-mark.js';
import { BackupCommands } from '../support/backup.js';

/** Archives of releases, each made by the program of that release: 6 networks, 3 addresses, no machine. */
const RELEASES = ['0.1.0-embedded'];

const fixture = (release: string): string => `test/fixtures/backup/${release}.metal-backup`;

describe.each(RELEASES)('the backup of release %s', (release) => {
  const commands = new BackupCommands();
  const embedded = (name: string) => ({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: commands.path(name) });
  afterAll(() => commands.remove());

  it('passes the check in memory, but for the key of its secrets, which is not there', async () => {
    const args = [fixture(release), '--verify'];
    const { code, text } = await commands.restore(embedded('none'), ...args, '--without-secrets');
    expect(text).toContain('0 violations in 6 networks, 4 vrfs, 0 asns, 3 addresses, 0 machines, 0 switches');
    expect(text).toContain('secrets: not checked');
    expect(code).toBe(0);
    const checked = await commands.restore(embedded('none'), ...args);
    expect(checked.text).toMatch(/^key 832c05b5d7283d74 is missing, for 0 of them: key file ".*" has no key$/m);
    expect(checked.code).toBe(1);
    expect(existsSync(commands.path('none'))).toBe(false);
  });

  it('is restored, migrated, and says which key its secrets need', async () => {
    const target = embedded('data');
    const { code, text } = await commands.restore(target, fixture(release));
    expect(code).toBe(0);
    expect(text).toMatch(/restored 33 documents and 12 log entries\nits secrets are encrypted with 832c05b5d7283d74/);
    const engine = createBareEngine(commands.config(target).store);
    await engine.open({ tables: ['migration', 'installation', 'network'], logs: [] });
    for (const { version } of migrations) {
      const { current } = await engine.read('migration', String(version).padStart(4, '0'));
      expect(current).toBeDefined();
    }
    expect((await engine.read('installation', 'identity')).current).toMatchObject({ epoch: 2 });
    expect((await engine.read('network', 'internet')).current).toBeDefined();
    await engine.close();
    await expect(commands.restore(target, fixture(release))).rejects.toThrow('the target is in use');
  });

  it('that is cut or damaged is refused before anything is written', async () => {
    const bytes = readFileSync(fixture(release));
    writeFileSync(commands.path('cut'), bytes.subarray(0, bytes.length - 20));
    const damaged = Buffer.from(bytes);
    damaged[1000]! ^= 1;
    writeFileSync(commands.path('damaged'), damaged);
    for (const name of ['cut', 'damaged']) {
      const refused = commands.restore(embedded('untouched'), commands.path(name));
      await expect(refused).rejects.toThrow(/is not used: (it|its|line|there) /);
    }
    await expect(commands.restore(embedded('untouched'), commands.path('absent'))).rejects.toThrow('cannot be read');
    expect(existsSync(commands.path('untouched'))).toBe(false);
  });

  it('that was interrupted keeps servers from starting, and is restored again', async () => {
    const target = embedded('half');
    const engine = createBareEngine(commands.config(target).store);
    await engine.open({ tables: ['installation', 'network'], logs: [] });
    await engine.insert('installation', { id: RESTORE_ID });
    await engine.insert('network', { id: 'left behind' });
    await engine.close();
    const store = new Store(createBareEngine(commands.config(target).store));
    await expect(store.start()).rejects.toThrow('run "metal-api restore FILE" again');
    await store.stop();
    expect(await commands.restore(target, fixture(release))).toMatchObject({ code: 0 });
    const again = createBareEngine(commands.config(target).store);
    await again.open({ tables: ['installation', 'network'], logs: [] });
    expect((await again.read('network', 'left behind')).current).toBeUndefined();
    expect((await again.read('installation', RESTORE_ID)).current).toBeUndefined();
    await again.close();
  });
});
