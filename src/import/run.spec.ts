import { afterEach, describe, expect, it } from 'vitest';
import { adoptionFile } from '../../test/support/adoption.js';
import { FragileEngine } from '../../test/support/fragile-engine.js';
import { MemoryEngine } from '../platform/store/memory/memory-engine.js';
import { ManualClock, timestamp } from '../shared/clock.js';
import { readInstallation } from './old-installation.js';
import { runImport, type ImportOptions } from './run.js';
import { postgresSource, rethinkDbSource } from './sources/open-source.js';
import { Target } from './target/target.js';
import { planWrites } from './target/write.js';
import { translate } from './translate/translate.js';

const access = { passwordFile: undefined, caFile: undefined };
const old = await readInstallation(
  {
    rethinkdb: rethinkDbSource(adoptionFile('clean', 'rethinkdb.tar.gz'), access),
    masterdata: postgresSource('--masterdata', adoptionFile('clean', 'masterdata.sql.gz')),
    ipam: postgresSource('--ipam', adoptionFile('clean', 'ipam.sql.gz')),
  },
  () => undefined,
);
const translation = translate(old, { providerTenant: 'metal-stack', vrfReserved: [], asnReserved: [] });

const clock = new ManualClock();
const options: ImportOptions = { sources: ['test'], replace: false, clock, progress: () => undefined };

describe('runImport', () => {
  const opened: Target[] = [];
  const open = async (engine: MemoryEngine | FragileEngine['engine']): Promise<Target> => {
    const target = await Target.open(engine);
    opened.push(target);
    return target;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((target) => target.close()));
  });

  it.each([3, 100, 400])('goes on where it was interrupted, at write %i', async (atWrite) => {
    const database = new MemoryEngine();
    const fragile = new FragileEngine(database);
    const dying = await open(fragile.engine);
    fragile.arm({ atWrite, carriedOut: true });
    await expect(runImport(dying, translation, options)).rejects.toThrow('this process is dead');
    const left = planWrites(await open(database), translation).steps.length;
    expect(left).toBeGreaterThan(0);
    const plan = await runImport(await open(database), translation, options);
    expect(plan.steps).toHaveLength(left);
    const finished = await open(database);
    expect(planWrites(finished, translation).steps).toEqual([]);
    expect(finished.record).toMatchObject({ state: 'done', sources: ['test'] });
  });

  it('refuses a target on which a server runs, whatever the options', async () => {
    const target = await open(new MemoryEngine());
    const at = timestamp(clock.now());
    await target.table('apireplica').insert({ id: 'r1', host: 'there', at } as { id: string });
    const replacing = runImport(target, translation, { ...options, replace: true });
    await expect(replacing).rejects.toThrow('servers are running on the target: r1 on there');
  });

  it('refuses a target with documents that no import wrote, and replaces them when told', async () => {
    const database = new MemoryEngine();
    await database.insert('size', { id: 'foreign' });
    const target = await open(database);
    await expect(runImport(target, translation, options)).rejects.toThrow('it holds 1 of table size');
    await runImport(target, translation, { ...options, replace: true });
    expect(target.table('size').get('foreign')).toBeUndefined();
    expect(target.table('size').size).toBe(12);
  });
});

describe('translate', () => {
  const of = (table: string, id: string) => translation.documents.get(table)?.find((one) => one.id === id);

  it('keeps versions, creation times, AS numbers and VRFs', () => {
    expect(of('project', 'f922cb0b-4f3f-455d-9222-2abcd43bf910')).toMatchObject({
      version: 2,
      created: '2026-11-28T13:51:27.758Z',
      updated: '2026-11-28T13:51:27.792Z',
      quotas: { machine: 4 },
    });
    expect(of('machine', '10f1bc81-448a-4a9e-a6b2-bc5b50c187fc')).toMatchObject({
      created: '2026-11-28T13:53:23.368Z',
      allocation: { asn: 4210000050, uuid: '78958f28-094f-4ae4-9d26-6580108a5fc4' },
    });
    expect(of('asn', '50')).toMatchObject({ owners: ['78958f28-094f-4ae4-9d26-6580108a5fc4'] });
    expect(of('vrf', '54')).toMatchObject({ owners: ['f2e0f659-270f-40f4-9e2c-388420ef840d'] });
  });

  it('lets two networks share the VRF that they shared', () => {
    expect((of('vrf', '104009') as unknown as { owners: string[] }).owners.toSorted()).toEqual([
      'internet',
      'internet-ds',
    ]);
  });

  it('gives each IP the machines that use it, so that they can let it go', () => {
    expect(of('ip', '203.0.113.3')).toMatchObject({
      attachments: [
        { machineId: '10f1bc81-448a-4a9e-a6b2-bc5b50c187fc', allocation: '78958f28-094f-4ae4-9d26-6580108a5fc4' },
      ],
    });
  });

  it('reads escapes of COPY on top of those of JSON', () => {
    const description = 'Forschung & Lehre "quoted" <tag>';
    expect(of('project', '766a829e-136f-4fc4-9e85-52d72af73ea0')).toMatchObject({ description });
  });

  it('says of missing numbers which ones the settings keep reserved', () => {
    const freeVrfs = new Set(old.freeVrfs);
    for (const number of [70001, 70002, 80000]) freeVrfs.delete(number);
    const settings = { providerTenant: 'metal-stack', vrfReserved: [{ first: 80000n, last: 80010n }], asnReserved: [] };
    const { inconsistencies } = translate({ ...old, freeVrfs }, settings).notes;
    expect(inconsistencies.map(({ ids, message }) => `${ids.join()}: ${message}`)).toEqual([
      'VRF 70001-70002: becomes free unless METAL_API_VRF_RESERVED lists it',
      'VRF 80000: stays reserved by METAL_API_VRF_RESERVED',
    ]);
  });

  it('creates an IP anew that a machine uses although it has no owner', () => {
    const ip = old.tables.ip.filter(({ id }) => id !== '203.0.113.3');
    const { notes, documents } = translate(
      { ...old, tables: { ...old.tables, ip } },
      { providerTenant: 'metal-stack', vrfReserved: [], asnReserved: [] },
    );
    expect(notes.inconsistencies.map(({ name }) => name)).toEqual(['allocation-ip-missing']);
    expect(documents.get('ip')?.find(({ id }) => id === '203.0.113.3')).toMatchObject({
      networkId: 'internet',
      prefix: '203.0.113.0/24',
      projectId: 'f8a8f8ad-87d5-42f7-b104-3fb47b3b36bb',
    });
  });
});
