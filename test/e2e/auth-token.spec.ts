import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { token } from '../../src/cli/token.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { startTestApp, testConfig } from '../support/app.js';
import type { TestApp } from '../support/app.js';

let folder: string;
let server: TestApp;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'token-command-'));
  server = await startTestApp({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: folder, METAL_API_BASE_PATH: '/metal/' });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command in another process with the server's settings. */
const run = (...args: string[]) => token(args, () => server.config);
const list = async () => (await run('--list', '--url', `${server.url}/metal`)).out;
const me = (text: string) => supertest(server.url).get('/metal/v1/user/me').set('Authorization', `Bearer ${text}`);
const idOf = (note = '') => /^token (\S+) for/.exec(note)![1]!;

describe('token', () => {
  it('creates a token that the running server accepts and lists, and rejects after its revocation', async () => {
    const { out, note } = await run('--subject', 'ci', '--role', 'viewer', '--expires-in', '1h');
    expect(await list()).not.toContain(idOf(note));
    const { body } = await me(out).expect(200);
    expect(body).toMatchObject({ Name: 'ci', Groups: ['k8s_kaas-view', 'maas-all-all-view'] });
    // The first use is recorded after the response.
    await expect.poll(list).toMatch(new RegExp(`${idOf(note)}  ci +viewer`));
    const { out: answer } = await run('--revoke', idOf(note), '--url', `${server.url}/metal/`);
    expect(answer).toContain(`token ${idOf(note)} has been revoked since 20`);
    await me(out).expect(403);
  });

  it.each([
    [[], '--subject is ""'],
    [['--subject', 'a b', '--role', 'admin'], '--subject is "a b"'],
    [['--subject', 'ci'], '--role is "", expected viewer, editor or admin'],
    [['--subject', 'ci', '--role', 'root'], '--role is "root"'],
    [['--subject', 'ci', '--role', 'admin', '--expires-in', '2y'], '--expires-in is "2y"'],
    [['--subject', 'ci', '--role', 'admin', '--expires-in', '367d'], '--expires-in is "367d"'],
    [['--subject', 'ci', '--role', 'admin', '--expires-in', '0'], '--expires-in is "0"'],
    [['--colour'], '--colour'],
  ])('rejects %j', async (args, message) => {
    const failure: unknown = await run(...args).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure).toHaveProperty('message', expect.stringContaining(message));
  });

  it('reports the response of the server, or that none responds', async () => {
    await expect(run('--revoke', 'ci', '--url', `${server.url}/metal`)).rejects.toThrow(
      'DELETE v1/user/token/ci: 400 ',
    );
    await expect(run('--list', '--url', 'http://127.0.0.1:1')).rejects.toThrow(
      'no server responds at http://127.0.0.1:1/: ',
    );
  });

  it('does not create tokens that no server can verify', async () => {
    await expect(token(['--subject', 'ci', '--role', 'admin'], () => testConfig())).rejects.toThrow(
      'METAL_API_TOKEN_KEY',
    );
  });
});
