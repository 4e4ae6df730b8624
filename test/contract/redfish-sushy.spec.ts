import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bmcTarget } from '../../src/agent/bmc/bmc-target.js';
import type { BmcTarget } from '../../src/agent/bmc/bmc-driver.js';
import { executeCommand } from '../../src/agent/execute-command.js';
import { CertificateTrust } from '../../src/agent/redfish/certificate-trust.js';
import { RedfishBmcDriver } from '../../src/agent/redfish/redfish-bmc-driver.js';
import { redfishProbe } from '../../src/agent/redfish/redfish-probe.js';
import type { TrustSettings } from '../../src/config/agent-redfish-settings.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { SushyEmulator } from '../support/sushy.js';

const [ONE, OTHER] = ['3f1c0a5e-0000-4000-8000-000000000001', '3f1c0a5e-0000-4000-8000-000000000002'];
const here = installed('BMCs over Redfish', 'sushy-emulator', 'openssl');

// The machine goes from one state to the next.
describe.skipIf(!here)('Redfish against the emulator of sushy-tools', { shuffle: false }, () => {
  let bmc: SushyEmulator;
  let target: BmcTarget;
  const driver = (trust: TrustSettings = { mode: 'verify', ca: bmc.ca }): RedfishBmcDriver =>
    new RedfishBmcDriver(
      { portOf: () => bmc.port, trust: new CertificateTrust(trust), timeoutMs: 10_000 },
      { pollMs: 20, timeoutMs: 20_000, awayMs: 5000 },
    );
  const told: string[] = [];
  const context = { progress: (text: string) => told.push(text), signal: new AbortController().signal };
  const run = (action: string, params: readonly string[] = [], image?: { kind: 'bios' | 'bmc'; url: string }) =>
    executeCommand(driver(), { action, target, params, image }, context);
  const power = async () => (await bmc.system(ONE))['PowerState'];

  beforeAll(async () => {
    bmc = await SushyEmulator.start([
      { uuid: ONE, on: false },
      { uuid: OTHER, on: true },
    ]);
    target = { ...bmcTarget(bmc.ipmi), machine: ONE };
  });
  afterAll(() => bmc.stop());

  it('is found by its service root, without a login', async () => {
    const options = { portOf: () => bmc.port, trust: new CertificateTrust({ mode: 'any' }), timeoutMs: 5000 };
    expect(await redfishProbe(options)(target)).toBe(true);
    expect(await redfishProbe({ ...options, portOf: () => 9 })(target)).toBe(false);
  });

  it('powers on and off, and both twice', async () => {
    for (const action of ['ON', 'ON']) await run(action);
    await eventually('it is on', async () => (await power()) === 'On');
    expect(await driver().isOn(target)).toBe(true);
    for (const action of ['OFF', 'OFF']) await run(action);
    await eventually('it is off', async () => (await power()) === 'Off');
    expect(await driver().isOn(target)).toBe(false);
  });

  it('refuses to reset a machine that is off, powers it on by a cycle, and cycles and resets it then', async () => {
    await expect(run('RESET')).rejects.toMatchObject({ failure: 'state' });
    await run('CYCLE');
    await eventually('it is on', async () => (await power()) === 'On');
    const resets = () => bmc.requests.filter((line) => line.startsWith('POST')).length;
    const before = resets();
    await run('CYCLE');
    await eventually('it is on again', async () => (await power()) === 'On');
    await run('RESET');
    await eventually('it is on again', async () => (await power()) === 'On');
    expect(resets() - before).toBe(2);
  });

  it('shuts down gracefully where asked', async () => {
    await run('OFF', ['graceful']);
    await eventually('it is off', async () => (await power()) === 'Off');
    await run('OFF', ['graceful']);
    await run('ON');
    await eventually('it is on', async () => (await power()) === 'On');
  });

  it('acts on the system with the UUID of the machine only', async () => {
    expect((await bmc.system(OTHER))['PowerState']).toBe('On');
    await expect(driver().isOn({ ...target, machine: 'another' })).rejects.toThrow(
      'manages 2 systems, none with the UUID another',
    );
    expect(await driver().isOn({ ...target, machine: '5e0a1c3f-0000-0040-8000-000000000001' })).toBe(true);
  });

  it('sets the boot device, always for UEFI, and names what the BMC does not take', async () => {
    await run('DISK');
    expect((await bmc.system(ONE))['Boot']).toMatchObject({
      BootSourceOverrideTarget: 'Hdd',
      BootSourceOverrideMode: 'UEFI',
    });
    await run('PXE', ['once']);
    expect(await driver().bootDevice(target)).toBe('pxe');
    await expect(run('BIOS')).rejects.toMatchObject({
      failure: 'unsupported',
      message: expect.stringContaining('does not take BiosSetup') as string,
    });
  });

  it('switches the LED', async () => {
    await run('LED-ON');
    expect((await bmc.system(ONE))['IndicatorLED']).toBe('Lit');
    await run('LED-OFF');
    expect((await bmc.system(ONE))['IndicatorLED']).toBe('Off');
  });

  it('installs firmware: names the target where the BMC demands it, and follows the task to its end', async () => {
    const before = (await bmc.system(ONE))['BiosVersion'];
    told.length = 0;
    await run('UPDATE-FIRMWARE', [], { kind: 'bios', url: 'https://s3.example/bios?X-Amz-Signature=very-secret' });
    expect(before).toBe('1.7');
    expect((await bmc.system(ONE))['BiosVersion']).toBe('1.8');
    expect(told).toEqual(['the BMC has accepted the image', 'Completed, 100 %']);
    const failing = run('UPDATE-FIRMWARE', [], {
      kind: 'bmc',
      url: 'https://s3.example/bmc?X-Amz-Signature=very-secret',
    });
    await expect(failing).rejects.toThrow('Manager is not currently a supported Target');
    await expect(failing).rejects.not.toThrow('very-secret');
  });

  it('reads inventory, power state, LED and sensors', async () => {
    expect(await driver().inspect(target)).toMatchObject({
      protocol: 'redfish',
      uuid: ONE,
      bmcVersion: '1.00',
      biosVersion: '1.8',
      isOn: true,
      isLedOn: false,
      fru: {
        chassisPartNumber: '224071-J23',
        chassisPartSerial: '437XR1138R2',
        productManufacturer: 'Sushy Emulator',
        productSerial: '437XR1138R2',
      },
      powerSupplies: [],
      sensors: expect.arrayContaining([
        { name: 'CPU Temp', reading: 41, unit: 'Cel', health: 'OK' },
        { name: 'BaseBoard System Fan', reading: 2100, unit: 'RPM', health: 'OK' },
      ]) as unknown,
    });
  });

  it('does not try again and does not reveal a password that the BMC refuses', async () => {
    const wrong = driver().isOn({ ...target, password: 'wrong-secret' });
    await expect(wrong).rejects.toMatchObject({ failure: 'credentials', isRetryable: false });
    await expect(wrong).rejects.not.toThrow('wrong-secret');
  });

  describe('trust', () => {
    const attempt = (trust: TrustSettings, to = target) => driver(trust).isOn(to);
    const untrusted = { failure: 'certificate', isRetryable: false };
    const pinsFile = (content = ''): string => {
      const file = join(mkdtempSync(join(tmpdir(), 'metal-pins-')), 'pins');
      writeFileSync(file, content);
      return file;
    };
    const fingerprint = (): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ host: bmc.host, port: bmc.port, ca: bmc.ca }, () => {
          resolve(new X509Certificate(socket.getPeerCertificate().raw).fingerprint256);
          socket.destroy();
        });
      });

    it('requires a trusted certificate with the right name, and sends nothing otherwise', async () => {
      const before = bmc.requests.length;
      await expect(attempt({ mode: 'verify' })).rejects.toMatchObject(untrusted);
      await expect(attempt({ mode: 'verify', ca: bmc.ca }, { ...target, name: 'other.example' })).rejects.toThrow(
        /does not match certificate/,
      );
      expect(bmc.requests.length).toBe(before);
      expect(await attempt({ mode: 'verify', ca: bmc.ca }, { ...target, name: 'bmc.example' })).toBe(true);
      expect(await attempt({ mode: 'any' })).toBe(true);
    });

    it('pins fingerprints, for one address or all', async () => {
      const found = await fingerprint();
      expect(await attempt({ mode: 'pin', pinsFile: pinsFile(`* ${found} # all\n`) })).toBe(true);
      expect(await attempt({ mode: 'pin', pinsFile: pinsFile(`${bmc.host} ${found}`) })).toBe(true);
      await expect(attempt({ mode: 'pin', pinsFile: pinsFile() })).rejects.toThrow('which is not pinned');
      const another = pinsFile(`${bmc.host}:${bmc.port} ${'ab'.repeat(32)}`);
      for (const mode of ['pin', 'pin-first'] as const)
        await expect(attempt({ mode, pinsFile: another })).rejects.toThrow('another one is pinned');
      expect(() => new CertificateTrust({ mode: 'pin', pinsFile: pinsFile('host abc') })).toThrow('line 1');
    });

    it('pins the first certificate of an address', async () => {
      const file = pinsFile();
      expect(await attempt({ mode: 'pin-first', pinsFile: file })).toBe(true);
      expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${bmc.host}:${bmc.port} [0-9a-f]{64}\n$`));
      expect(await attempt({ mode: 'pin', pinsFile: file })).toBe(true);
    });
  });
});
