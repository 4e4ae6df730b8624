import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bus } from '../../src/platform/bus/bus.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { hmacHeaders } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { plantMachine } from '../support/machines.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';

const FRU = { boardMfg: 'SuperMicro Inc', boardPartNumber: 'x11-a' };
const PATH = '/v1/firmware/BIOS/supermicro%20INC/X11-A/2.0';

describe.skipIf(!installed('firmware against a real S3 server', S3_PROGRAM))('firmware', { shuffle: false }, () => {
  let s3: S3Server;
  let server: TestApp;

  beforeAll(async () => {
    s3 = await S3Server.start();
    server = await startTestApp(s3.variables);
    const machine = { bios: { version: '1.0', vendor: 'v', date: 'd' } };
    const fru = { ...emptyFru(), ...FRU };
    await plantMachine(server, 'm1', { machine, bmc: { address: '10.0.0.1:623', version: '7', fru } });
    await plantMachine(server, 'm2', { machine });
  });
  afterAll(async () => {
    await server.close();
    await s3.stop();
  });

  const emptyFru = () => ({
    ...{ chassisPartNumber: '', chassisPartSerial: '', boardMfgSerial: '', boardMfg: '', boardPartNumber: '' },
    ...{ productManufacturer: '', productPartNumber: '', productSerial: '' },
  });
  const upload = (path: string, content: Buffer | string, field = 'file') =>
    server.as('admin').put(path).attach(field, Buffer.from(content), 'name-of-the-file');
  const list = async (query = '') => (await server.as('admin').get(`/v1/firmware${query}`).expect(200)).body as object;
  const revisions = (bios: object, bmc: object) => ({
    revisions: { bios: { VendorRevisions: bios }, bmc: { VendorRevisions: bmc } },
  });
  const X11 = (...names: string[]) => ({ 'supermicro inc': { BoardRevisions: { 'X11-A': names } } });

  it('is uploaded, regardless of its size, listed, and removed', async () => {
    expect(await list()).toEqual(revisions({}, {}));
    const answer = await upload(PATH, Buffer.alloc(20 * 1024 * 1024, 'f')).expect(200);
    expect(answer.text).toBe('');
    await upload('/v1/firmware/bmc/SUPERMICRO inc/x11-a/8', 'bmc').expect(200);
    await upload('/v1/firmware/bios/supermicro inc/x11-a/1.0', 'old').expect(200);
    expect(await list()).toEqual(revisions(X11('1.0', '2.0'), X11('8')));
    expect(await list('?kind=bmc&vendor=Supermicro%20Inc')).toEqual({
      revisions: { bmc: { VendorRevisions: X11('8') } },
    });
    expect(await list('?kind=&board=other')).toEqual(revisions({}, {}));
    await server.as('admin').delete('/v1/firmware/bmc/supermicro inc/x11-a/8').expect(200, '');
    await server.as('admin').delete('/v1/firmware/bmc/supermicro inc/x11-a/8').send([]).expect(200, '');
    expect(await list('?kind=bmc')).toEqual({ revisions: { bmc: { VendorRevisions: {} } } });
  });

  it('lists the firmware that a machine runs', async () => {
    expect(await list('?machine-id=m1&vendor=ignored')).toEqual(revisions(X11('1.0'), X11('7')));
    expect(await list('?machine-id=m2&kind=bios')).toEqual({ revisions: { bios: { VendorRevisions: {} } } });
    await server.as('admin').get('/v1/firmware?machine-id=nobody').expect(404);
  });

  it('is rejected for unknown kinds and hardware, and without a file', async () => {
    expect(errorOf(await upload('/v1/firmware/nic/a/b/c', 'x').expect(400)).message).toContain('nic');
    expect(errorOf(await upload('/v1/firmware/bios/acme/x11-a/1', 'x').expect(400)).message).toContain('acme');
    expect(errorOf(await upload(PATH, 'x', 'other').expect(400)).message).toContain('"file"');
    const form = (type: string, text: string) => server.as('admin').put(PATH).set('Content-Type', type).send(text);
    await form('multipart/form-data', 'x').expect(400);
    await form('multipart/form-data; boundary=x', 'nonsense').expect(400);
    await form('application/json', '{}').expect(415);
    await server.as('admin').delete('/v1/firmware/nic/a/b/c').expect(400);
    for (const role of ['viewer', 'editor'] as const) {
      await server.as(role).put(PATH).attach('file', Buffer.from('x'), 'x').expect(403);
      await server.as(role).get('/v1/firmware').expect(403);
      await server.as(role).delete(PATH).expect(403);
    }
  });

  it('leaves nothing behind if the upload is aborted', async () => {
    const path = '/v1/firmware/bios/supermicro%20inc/x11-a/broken';
    const type = 'multipart/form-data; boundary=x';
    const headers = { ...hmacHeaders('admin', 'PUT'), 'content-type': type, 'content-length': 50_000_000 };
    const sent = request(server.url + path, { method: 'PUT', headers });
    sent.on('error', () => undefined);
    sent.write('--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n');
    sent.write(Buffer.alloc(12 * 1024 * 1024));
    await eventually('the upload begins', async () => (await s3.openUploads()) === 1);
    sent.destroy();
    await eventually('the upload is aborted', async () => (await s3.openUploads()) === 0);
    expect(JSON.stringify(await list())).not.toContain('broken');
  });

  describe('update', () => {
    const update = (id: string, body: object) =>
      server.as('admin').post(`/v1/machine/update-firmware/${id}`).send(body);

    it('sends the agent a URL for fetching the file', async () => {
      await upload(PATH, 'firmware').expect(200);
      const commands: unknown[] = [];
      server.app.get(Bus).consumeCommands('fra', async ({ message }) => {
        commands.push(message.payload);
        return 'done';
      });
      const body = { kind: 'bios', revision: '2.0', description: 'unknown' };
      expect((await update('m1', body).expect(200)).body).toMatchObject({ id: 'm1' });
      await eventually('the agent has the command', () => commands.length === 1);
      const [payload] = commands as [{ cmd: { firmwareupdate: { url: string } } }];
      expect(payload).toMatchObject({
        type: 'command',
        cmd: {
          target: 'm1',
          cmd: 'UPDATE-FIRMWARE',
          ipmi: { address: '10.0.0.1:623' },
          firmwareupdate: { kind: 'bios' },
        },
      });
      const { url } = payload.cmd.firmwareupdate;
      expect(url).toContain('X-Amz-Expires=7200');
      expect(await (await fetch(url)).text()).toBe('firmware');
      const journal = await server.as('viewer').get('/commands?machine=m1').expect(200);
      expect(journal.text).not.toContain('X-Amz');
    });

    it('is rejected for an installed revision, one that is not stored, and without a role', async () => {
      expect(errorOf(await update('m1', { kind: 'bios', revision: '1.0' }).expect(422)).message).toContain('already');
      expect(errorOf(await update('m1', { kind: 'bios', revision: '3.0' }).expect(422)).message).toContain('2.0');
      await update('m1', { kind: 'nic', revision: '2.0' }).expect(422);
      await update('m1', {}).expect(422);
      await update('m2', { kind: 'bios', revision: '2.0' }).expect(422);
      await update('nobody', { kind: 'bios', revision: '2.0' }).expect(404);
      await update('m1', { kind: 1 }).expect(400);
      await server.as('editor').post('/v1/machine/update-firmware/m1').send({ kind: 'bios' }).expect(403);
    });
  });
});

describe('firmware without object storage', { shuffle: false }, () => {
  it('is disabled', async () => {
    const server = await startTestApp();
    const admin = server.as('admin');
    await plantMachine(server, 'm1');
    const answers = [
      await admin.get('/v1/firmware').expect(422),
      await admin.get('/v1/firmware?machine-id=m1').expect(422),
      await admin.put(PATH).attach('file', Buffer.from('x'), 'x').expect(422),
      await admin.delete(PATH).expect(422),
      await admin.post('/v1/machine/update-firmware/m1').send({ kind: 'bios', revision: '1' }).expect(422),
    ];
    for (const answer of answers) expect(errorOf(answer).message).toContain('this feature is currently disabled');
    await server.close();
  });
});
