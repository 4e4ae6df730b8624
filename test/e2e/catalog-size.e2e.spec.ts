import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HardwareLookup } from '../../src/modules/size/size.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

let server: TestApp;
const GIB = 1024 ** 3;
const constraints = (cores: number) => [
  { type: 'cores', min: cores, max: cores },
  { type: 'memory', min: 0, max: 8 * GIB },
  { type: 'storage', min: 1, max: 100 * GIB, identifier: '/dev/sd*' },
];
const hardware = {
  memory: 8 * GIB,
  cpus: [{ model: 'EPYC', cores: 4 }],
  gpus: [],
  disks: [{ name: 'sda', size: 10 * GIB }],
};

beforeAll(async () => {
  server = await startTestApp();
  const admin = server.as('admin');
  await admin.put('/v1/partition').send({ id: 'fra', bootconfig: {} }).expect(201);
  await admin
    .put('/v1/tenant')
    .send({ meta: { id: 't' } })
    .expect(201);
  await admin
    .put('/v1/project')
    .send({ meta: { id: 'p' }, tenant_id: 't' })
    .expect(201);
  const machines = server.app.get(HardwareLookup);
  machines.provide((id) => (id === 'm1' ? hardware : undefined));
});
afterAll(() => server.close());

const ids = ({ body }: { body: { id: string }[] }): string[] => body.map(({ id }) => id);

describe('sizes and what belongs to them', { shuffle: false }, () => {
  describe('sizes over HTTP', () => {
    it('are created, listed by ID, updated and deleted', async () => {
      const admin = server.as('admin');
      const { body } = await admin
        .put('/v1/size')
        .send({ id: 'small', constraints: constraints(4) })
        .expect(201);
      expect(body).toMatchObject({ id: 'small', name: '', description: '', labels: {}, constraints: constraints(4) });
      await admin
        .put('/v1/size')
        .send({ id: 'large', constraints: constraints(8), labels: { a: 'b' } })
        .expect(201);
      await admin
        .put('/v1/size')
        .send({ id: 'small', constraints: constraints(4) })
        .expect(409);
      expect(ids(await server.as('viewer').get('/v1/size').expect(200))).toEqual(['large', 'small']);
      const changed = await admin.post('/v1/size').send({ id: 'large', name: 'L', labels: null }).expect(200);
      expect(changed.body).toMatchObject({ name: 'L', labels: { a: 'b' } });
      await server.as('editor').delete('/v1/size/large').expect(403);
      await admin.delete('/v1/size/large').expect(200);
      await server.as('viewer').get('/v1/size/large').expect(404);
    });

    it('include min and max even if 0, which legacy clients require', async () => {
      const { body } = await server.as('viewer').get('/v1/size/small').expect(200);
      expect(body.constraints[1]).toEqual({ type: 'memory', min: 0, max: 8 * GIB });
    });

    it.each([
      [{ constraints: [] }, 400],
      [{ id: 'unknown', constraints: [] }, 400],
      [{ id: 'x', constraints: constraints(4) }, 400],
      [{ id: 'x', constraints: [{ type: 'cores', min: 2, max: 1 }] }, 422],
      [{ id: 'x', constraints: [{ type: 'wheels', min: 1, max: 1 }] }, 422],
      [{ id: 'x', constraints: [{ min: 1, max: 1 }] }, 422],
      [{ id: 'x', constraints: [{ type: 'cores', min: -1, max: 1 }] }, 400],
      [{ id: 'x', constraints: 'many' }, 400],
    ])('reject %o with %i', async (body, status) => {
      expect(errorOf(await server.as('admin').put('/v1/size').send(body).expect(status)).statuscode).toBe(status);
    });

    it('are suggested from the hardware of a machine', async () => {
      const suggest = (body: object) => server.as('viewer').post('/v1/size/suggest').send(body);
      const { body } = await suggest({ machineid: 'm1' }).expect(200);
      expect(body).toEqual([
        { type: 'cores', min: 4, max: 4, identifier: 'EPYC' },
        { type: 'memory', min: 8 * GIB, max: 8 * GIB },
        { type: 'storage', min: 10 * GIB, max: 10 * GIB, identifier: 'sda' },
      ]);
      await suggest({}).expect(400);
      await suggest({ machineID: 'ghost' }).expect(404);
    });
  });

  describe('size reservations over HTTP', () => {
    const reservation = { id: 'r1', amount: 2, partitionids: ['fra'], projectid: 'p', sizeid: 'small' };

    it('are created by editors, found, counted and deleted', async () => {
      await server.as('viewer').put('/v1/size/reservations').send(reservation).expect(403);
      const { body } = await server.as('editor').put('/v1/size/reservations').send(reservation).expect(201);
      expect(body).toMatchObject(reservation);
      expect(body).not.toHaveProperty('labels');
      await server.as('editor').put('/v1/size/reservations').send(reservation).expect(409);
      await server
        .as('editor')
        .put('/v1/size/reservations')
        .send({ ...reservation, id: '' })
        .expect(201);
      const viewer = server.as('viewer');
      expect(ids(await viewer.get('/v1/size/reservations').expect(200))).toHaveLength(2);
      expect((await viewer.get('/v1/size/reservations/r1').expect(200)).body).toEqual(body);
      expect(
        ids(await viewer.post('/v1/size/reservations/find').send({ id: 'r1', partitionid: 'fra' }).expect(200)),
      ).toEqual(['r1']);
      expect(ids(await viewer.post('/v1/size/reservations/find').send({ partitionid: 'muc' }).expect(200))).toEqual([]);
      const usage = await viewer.post('/v1/size/reservations/usage').send({ id: 'r1' }).expect(200);
      expect(usage.body).toEqual([
        {
          id: 'r1',
          name: '',
          description: '',
          sizeid: 'small',
          partitionid: 'fra',
          projectid: 'p',
          amount: 2,
          usedamount: 0,
          projectallocations: 0,
        },
      ]);
    });

    it('are updated, and prevent deletion of what they refer to', async () => {
      const editor = server.as('editor');
      const changed = await editor
        .post('/v1/size/reservations')
        .send({ id: 'r1', amount: 5, partitionids: [] })
        .expect(200);
      expect(changed.body).toMatchObject({ amount: 5, partitionids: ['fra'] });
      await editor.post('/v1/size/reservations').send({ id: 'r1', amount: 0 }).expect(400);
      await editor.post('/v1/size/reservations').send({ id: 'ghost', amount: 1 }).expect(404);
      await server.as('admin').delete('/v1/size/small').expect(422);
      await server.as('admin').delete('/v1/project/p').expect(400);
      await server.as('admin').delete('/v1/partition/fra').expect(422);
      await editor.delete('/v1/size/reservations/r1').expect(200);
      await editor.delete('/v1/size/reservations/r1').expect(404);
    });

    it.each([
      [{ ...reservation, sizeid: 'huge' }, 404],
      [{ ...reservation, projectid: '' }, 404],
      [{ ...reservation, amount: 0 }, 400],
      [{ ...reservation, amount: 1.5 }, 400],
      [{ ...reservation, partitionids: [] }, 400],
      [{ ...reservation, partitionids: ['muc'] }, 400],
    ])('reject %o with %i', async (body, status) => {
      errorOf(
        await server
          .as('editor')
          .put('/v1/size/reservations')
          .send({ ...body, id: 'r9' })
          .expect(status),
      );
    });
  });

  describe('size image constraints over HTTP', () => {
    const constraint = { id: 'small', constraints: { images: { ubuntu: '>= 24.04.2' } } };

    it('are created, checked, replaced and deleted', async () => {
      const admin = server.as('admin');
      for (const id of ['ubuntu-24.04.1', 'ubuntu-24.10.1']) {
        await admin.put('/v1/image').send({ id, url: 'http://images/x' }).expect(201);
      }
      const { body } = await admin.put('/v1/size-image-constraint').send(constraint).expect(201);
      expect(body).toEqual({ ...constraint, name: '', description: '' });
      await admin.put('/v1/size-image-constraint').send(constraint).expect(409);
      const attempt = (image: string, size = 'small') =>
        admin.post('/v1/size-image-constraint/try').send({ size, image });
      expect((await attempt('ubuntu-24.10').expect(200)).body).toEqual({});
      await attempt('ubuntu-24.04').expect(422);
      await attempt('ubuntu-9.04').expect(404);
      await attempt('ubuntu-24.04', 'huge').expect(404);
      await attempt('').expect(400);
      await server.as('viewer').post('/v1/size-image-constraint/try').send({}).expect(403);
      const cleared = await admin.post('/v1/size-image-constraint').send({ id: 'small', name: 'none' }).expect(200);
      expect(cleared.body).toEqual({ id: 'small', name: 'none', description: '', constraints: { images: {} } });
      await attempt('ubuntu-24.04').expect(200);
      expect(ids(await server.as('viewer').get('/v1/size-image-constraint').expect(200))).toEqual(['small']);
      await admin.delete('/v1/size-image-constraint/small').expect(200);
      await server.as('viewer').get('/v1/size-image-constraint/small').expect(404);
    });

    it.each([
      [{ constraints: { images: {} } }, 400],
      [{ id: 'x', constraints: { images: { '*': '1' } } }, 400],
      [{ id: 'x', constraints: { images: { ubuntu: '>=20.04' } } }, 400],
      [{ id: 'x', constraints: { images: { ubuntu: '>= 20.04, < 22' } } }, 400],
      [{ id: 'x', constraints: { images: ['ubuntu'] } }, 400],
    ])('reject %o with %i', async (body, status) => {
      errorOf(await server.as('admin').put('/v1/size-image-constraint').send(body).expect(status));
    });
  });

  describe('filesystem layouts over HTTP', () => {
    const layout = {
      id: 'default',
      filesystems: [
        { path: '/boot/efi', device: '/dev/sda1', format: 'vfat', label: 'efi', createoptions: ['-F', '32'] },
        { device: '/dev/sda2', format: 'ext4' },
        { path: '/tmp', device: 'tmpfs', format: 'tmpfs', mountoptions: ['noexec'] },
      ],
      disks: [
        {
          device: '/dev/sda',
          wipeonreinstall: true,
          partitions: [
            { number: 1, label: 'efi', size: 500, gpttype: 'ef00' },
            { number: 2, size: 0, gpttype: '8300' },
          ],
        },
      ],
      constraints: { sizes: ['small'], images: { ubuntu: '>= 24.04' } },
    };

    it('are complete in responses, created, selected and matched', async () => {
      const admin = server.as('admin');
      const { body } = await admin.put('/v1/filesystemlayout').send(layout).expect(201);
      expect(body).toMatchObject({ name: '', description: '', raid: [], volumegroups: [], logicalvolumes: [] });
      expect(body.filesystems[1]).toEqual({
        path: null,
        device: '/dev/sda2',
        format: 'ext4',
        label: null,
        mountoptions: [],
        createoptions: [],
      });
      await admin.put('/v1/filesystemlayout').send(layout).expect(409);
      await admin
        .put('/v1/filesystemlayout')
        .send({ ...layout, id: 'other' })
        .expect(400);
      await admin.post('/v1/filesystemlayout').send(body).expect(200);
      await server.as('viewer').get('/v1/filesystemlayout/default').expect(200);
      const attempt = (size: string, image: string) => admin.post('/v1/filesystemlayout/try').send({ size, image });
      expect((await attempt('small', 'ubuntu-24.04').expect(200)).body).toEqual(body);
      await attempt('small', 'ubuntu-22.04').expect(422);
      await attempt('small', 'ubuntu').expect(422);
      const match = (machine: string, filesystemlayout: string) =>
        admin.post('/v1/filesystemlayout/matches').send({ machine, filesystemlayout });
      expect((await match('m1', 'default').expect(200)).body.id).toBe('default');
      await match('ghost', 'default').expect(404);
      await match('m1', 'ghost').expect(404);
    });

    it('are replaced as a whole', async () => {
      const admin = server.as('admin');
      const { body } = await admin.post('/v1/filesystemlayout').send({ id: 'default', constraints: {} }).expect(200);
      expect(body).toMatchObject({ filesystems: [], disks: [], constraints: { sizes: [], images: {} } });
      await admin.post('/v1/filesystemlayout').send({ id: 'ghost' }).expect(404);
      const huge = [
        { device: '/dev/sda', wipeonreinstall: false, partitions: [{ number: 1, size: 10 ** 9, gpttype: '8300' }] },
      ];
      await admin.put('/v1/filesystemlayout').send({ id: 'huge', disks: huge }).expect(201);
      await admin.post('/v1/filesystemlayout/matches').send({ machine: 'm1', filesystemlayout: 'huge' }).expect(422);
      await admin.delete('/v1/filesystemlayout/huge').expect(200);
      await server.as('viewer').get('/v1/filesystemlayout/huge').expect(404);
    });

    it.each([
      [{}, 400],
      [{ id: 'x', filesystems: [{ device: '/dev/sda', format: 'ntfs' }] }, 422],
      [{ id: 'x', filesystems: [{ format: 'ext4' }] }, 400],
      [{ id: 'x', disks: [{ partitions: [{ number: 300 }] }] }, 400],
      [
        {
          id: 'x',
          disks: [
            {
              device: '/dev/sda',
              partitions: [
                { number: 7, size: 0 },
                { number: 9, size: 1 },
              ],
            },
          ],
        },
        400,
      ],
      [{ id: 'x', constraints: { sizes: ['*'], images: {} } }, 400],
      [{ id: 'x', constraints: { images: { '*': '*' } } }, 400],
    ])('reject %o with %i', async (body, status) => {
      errorOf(await server.as('admin').put('/v1/filesystemlayout').send(body).expect(status));
    });
  });
});
