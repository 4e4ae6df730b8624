import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine.js';
import { MemoryEngine } from '../memory/memory-engine.js';
import type { SavedState } from '../saved-state.js';
import type { ArchiveHeader } from './archive-format.js';
import { ArchiveReader } from './archive-reader.js';
import { createArchive } from './archive-writer.js';
import { writeBackupFile } from './backup-file.js';

const HEADER: ArchiveHeader = {
  format: 'metal-api backup',
  version: 1,
  created: '2026-01-01T00:00:00.000Z',
  program: '1.2.3',
  engine: 'memory',
  installation: { uuid: 'u', epoch: 1 },
  schema: 5,
  keys: [],
  estimate: 100,
};
const NAMES = { tables: ['machine', 'migration'], logs: ['audit'] };

async function engineWith(documents: number): Promise<Engine> {
  const engine = new MemoryEngine();
  for (let i = 0; i < documents; i += 1) await engine.insert('machine', { id: `m${String(i)}`, text: 'ü\n"' } as never);
  await engine.append('audit', [{ id: 'a1' }]);
  return engine;
}

const archiveOf = async (documents: number): Promise<Buffer> =>
  buffer(createArchive(await engineWith(documents), NAMES, HEADER));

async function read(bytes: Buffer): Promise<SavedState[]> {
  const states: SavedState[] = [];
  for await (const page of (await ArchiveReader.open(Readable.from([bytes]))).pages()) states.push(...page);
  return states;
}

/** The archive with its text changed. */
const edited = (bytes: Buffer, edit: (text: string) => string): Buffer => gzipSync(edit(gunzipSync(bytes).toString()));

describe('an archive', { shuffle: false }, () => {
  it('contains the states in order, and its header', async () => {
    const states = await read(await archiveOf(1200));
    expect(states).toHaveLength(1201);
    expect(states[7]).toMatchObject({ kind: 'document', name: 'machine' });
    expect(JSON.parse(states[7]!.json)).toEqual({ id: 'm7', revision: 1, text: 'ü\n"' });
    expect(states.at(-1)).toEqual({ kind: 'entry', name: 'audit', json: '{"id":"a1"}' });
    expect((await ArchiveReader.open(Readable.from([await archiveOf(1)]))).header).toEqual(HEADER);
  });

  it('is refused wherever it is cut', async () => {
    const bytes = await archiveOf(300);
    for (let length = 0; length < bytes.length; length += 37) {
      await expect(read(bytes.subarray(0, length)), `${String(length)} bytes`).rejects.toThrow(/it is (cut off|empty)/);
    }
    for (const lines of [1, 2, 150]) {
      const cut = edited(bytes, (text) => `${text.split('\n').slice(0, lines).join('\n')}\n`);
      await expect(read(cut)).rejects.toThrow('it is cut off');
    }
  });

  it('is refused when any byte has changed', async () => {
    const bytes = await archiveOf(300);
    for (let at = 12; at < bytes.length; at += 41) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x10;
      await expect(read(damaged), `byte ${String(at)}`).rejects.toThrow(/it is|checksum|no state|its/);
    }
  });

  it.each<[string, (text: string) => string, string]>([
    ['has a state less', (text) => text.replace(/d machine \{"id":"m3".*\n/, ''), 'checksum'],
    ['has another value', (text) => text.replace('"m3"', '"m4"'), 'checksum'],
    ['has a line that is not a state', (text) => text.replace('d machine', 'x machine'), 'line 2 is not the state'],
    ['goes on behind its end', (text) => `${text}d machine {}\n`, 'more behind its end'],
    [
      'has another format',
      (text) => text.replace('"version":1', '"version":2'),
      'format 2, written by metal-api "1.2.3"',
    ],
    ['is something else', () => '{"format":"other"}\n', 'it is not a backup of metal-api'],
    ['has no header', () => 'hello\n', 'it is not a backup of metal-api'],
  ])('that %s is refused', async (_, edit, reason) => {
    await expect(read(edited(await archiveOf(5), edit))).rejects.toThrow(reason);
  });

  it('that is not compressed is refused', async () => {
    await expect(read(Buffer.from('SQLite format 3\0'))).rejects.toThrow('not compressed by gzip, so no backup');
  });

  it('is not made of a database that is migrated meanwhile', async () => {
    const engine = await engineWith(1);
    await engine.insert('migration', { id: '0006' });
    await expect(buffer(createArchive(engine, NAMES, HEADER))).rejects.toThrow('was migrated during the backup');
  });
});

describe('a backup file', { shuffle: false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-archive-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('appears complete and private, with its checksum', async () => {
    const path = join(folder, 'complete');
    const shown: number[] = [];
    const written = await writeBackupFile(path, createArchive(await engineWith(900), NAMES, HEADER), (done) =>
      shown.push(done),
    );
    expect(statSync(path)).toMatchObject({ size: written.size });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await read(readFileSync(path))).toHaveLength(901);
    expect(shown.at(-1)).toBe(901);
    expect(readdirSync(folder)).toEqual(['complete']);
  });

  it.each<[string, (bytes: Buffer) => Readable]>([
    ['the source fails', (bytes) => Readable.from(failing(bytes))],
    ['the source ends early', (bytes) => Readable.from([bytes.subarray(0, bytes.length - 9)])],
    ['it is interrupted', (bytes) => interrupted(bytes)],
  ])('does not appear when %s', async (_, source) => {
    const path = join(folder, 'incomplete');
    await expect(writeBackupFile(path, source(await archiveOf(300)))).rejects.toThrow();
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual(['complete']);
  });
});

function* failing(bytes: Buffer): Iterable<Buffer> {
  yield bytes.subarray(0, 100);
  throw new Error('gone');
}

function interrupted(bytes: Buffer): Readable {
  const stream = new Readable({ read: () => undefined });
  stream.push(bytes.subarray(0, 200));
  setImmediate(() => stream.destroy(new Error('SIGINT')));
  return stream;
}
