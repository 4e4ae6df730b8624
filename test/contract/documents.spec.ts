import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'documents-'));

afterAll(() => rmSync(folder, { recursive: true }));

function check(...files: string[]) {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/check-links.mjs', ...files], { encoding: 'utf8' });
  return { status, stdout };
}

describe('cited documents', () => {
  it('exist, including the cited headings', () => {
    const { status, stdout } = check();
    expect(status, stdout).toBe(0);
  });

  it.each([
    ['a missing document', 'docs/reference/missing.md', 'there is no'],
    ['a missing heading', 'docs/glossary.md#no-such-term', 'has no heading'],
    ['a heading that only another document has', 'docs/reference/networks.md#domain', 'has no heading'],
  ])('fail the check if code cites %s', (_, citation, reason) => {
    const file = join(folder, 'code.ts');
    writeFileSync(file, `/** See ${citation} */\n`);
    const { status, stdout } = check(file);
    expect(stdout).toContain(reason);
    expect(status).toBe(1);
  });

  it('pass the check if code cites an existing heading', () => {
    const file = join(folder, 'good.ts');
    writeFileSync(file, '/** See docs/glossary.md#domain */\n');
    expect(check(file)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 links, 0 broken') as string });
  });

  it('are cited by path, never by section numbers of documents outside of the repository', () => {
    const { stdout } = spawnSync('git', ['grep', '-nE', '(reference/[0-9]{2}|design) §', '--', 'src', 'test'], {
      encoding: 'utf8',
    });
    expect(stdout.replace(/^test\/contract\/documents.*\n/gm, '')).toBe('');
  });
});
