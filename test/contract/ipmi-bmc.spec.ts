import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bmcTarget } from '../../src/agent/bmc/bmc-target.js';
import type { BmcTarget } from '../../src/agent/bmc/bmc-driver.js';
import { IpmiBmcDriver } from '../../src/agent/bmc/ipmi-bmc-driver.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from '../../src/agent/bmc/ipmitool.js';
import type { IpmitoolOptions } from '../../src/agent/bmc/ipmitool.js';
import { eventually } from '../support/eventually.js';
import { installed, searchPath } from '../support/installed.js';
import { IpmiTap, TestBmc } from '../support/ipmi-sim.js';

const QUICK: IpmitoolOptions = { ...IPMITOOL_DEFAULTS, path: searchPath(), answerTries: 2, timeoutMs: 8000 };

describe.skipIf(!installed('BMCs over IPMI', 'ipmitool', 'ipmi_sim'))('IPMI against ipmi_sim', () => {
  let sim: TestBmc;
  let target: BmcTarget;
  const bmc = new IpmiBmcDriver(new Ipmitool(QUICK));

  beforeAll(async () => {
    sim = await TestBmc.start();
    target = bmcTarget(sim.ipmi);
  });
  afterAll(() => sim.stop());

  const failure = (attempt: Promise<unknown>) =>
    attempt.then(
      () => ({ failure: 'none', message: '' }),
      ({ failure, message }: { failure: string; message: string }) => ({ failure, message }),
    );

  it('powers on and off, and reads the power state', async () => {
    await bmc.power(target, 'on');
    expect(await sim.isOn()).toBe(true);
    expect(await bmc.isOn(target)).toBe(true);
    await bmc.power(target, 'off');
    expect(await sim.isOn()).toBe(false);
    expect(await bmc.isOn(target)).toBe(false);
  });

  it('resets and power-cycles', async () => {
    await bmc.power(target, 'on');
    const before = sim.chassisEvents().length;
    const told = () => sim.chassisEvents().slice(before);
    await bmc.power(target, 'reset');
    await bmc.power(target, 'cycle');
    // The chassis powers on automatically and boots: the next test must not run before that.
    await eventually('the chassis is on again', () => told().length >= 3);
    expect(told()).toEqual(['reset 1', 'power 0', 'power 1']);
  });

  it.each([
    ['pxe', 0x04, 'Force PXE'],
    ['disk', 0x08, 'Force Boot from default Hard-Drive'],
    ['bios', 0x18, 'Force Boot into BIOS Setup'],
  ] as const)('sets the boot device %s, read back through IPMI', async (device, byte, selector) => {
    await bmc.setBootDevice(target, device);
    expect(await sim.bootDevice()).toBe(byte);
    expect(await sim.bootSelector()).toBe(selector);
    expect(await bmc.bootDevice(target)).toBe(device);
  });

  it('sends PXE and disk permanently, BIOS once, all EFI (docs/reference/partition-services.md#bmc-operations)', async () => {
    const tap = await IpmiTap.start(sim);
    // Suite 2 signs but does not encrypt, so that the messages can be recorded.
    const open = new IpmiBmcDriver(new Ipmitool({ ...QUICK, cipherSuites: [2] }));
    const through = { ...target, port: tap.port };
    const flags: [() => Promise<void>, number[]][] = [
      [() => open.setBootDevice(through, 'pxe'), [0x08, 0x05, 0xe0, 0x04, 0, 0, 0]],
      [() => open.setBootDevice(through, 'disk'), [0x08, 0x05, 0xe0, 0x08, 0, 0, 0]],
      [() => open.setBootDevice(through, 'bios'), [0x08, 0x05, 0xa0, 0x18, 0, 0, 0]],
    ];
    for (const [act, bytes] of flags) {
      tap.datagrams.length = 0;
      await act();
      expect(tap.saw(...bytes)).toBe(true);
      for (const around of [
        [0x08, 0x00, 0x01],
        [0x08, 0x04, 0x01, 0x01],
        [0x08, 0x00, 0x02],
        [0x08, 0x00, 0x00],
      ]) {
        expect(tap.saw(...around)).toBe(true);
      }
    }
    // ipmi_sim does not know Supermicro's byte for the disk; only the sent bytes matter.
    await failure(open.setBootDevice({ ...through, diskDevice: 0x24 }, 'disk'));
    expect(tap.saw(0x08, 0x05, 0xe0, 0x24, 0, 0, 0)).toBe(true);
    tap.datagrams.length = 0;
    await open.setIdentifyLed(through, true);
    expect(tap.saw(0x04, 0x00, 0x01)).toBe(true);
    await open.setIdentifyLed(through, false);
    expect(tap.saw(0x04, 0x00, 0x00)).toBe(true);
    tap.stop();
  });

  it('turns the identify LED on and off', async () => {
    const before = sim.chassisEvents().length;
    await bmc.setIdentifyLed(target, true);
    await bmc.setIdentifyLed(target, false);
    expect(sim.chassisEvents().slice(before)).toEqual(['identify 0 1', 'identify 0 0']);
  });

  it('falls back to a cipher suite that the BMC supports, and caches it', async () => {
    const tap = await IpmiTap.start(sim);
    const both = new IpmiBmcDriver(new Ipmitool({ ...QUICK, cipherSuites: [17, 3] }));
    const through = { ...target, port: tap.port };
    await both.isOn(through);
    const first = tap.datagrams.length;
    await both.isOn(through);
    expect(tap.datagrams.length - first).toBeLessThan(first);
    tap.stop();
    const only17 = new IpmiBmcDriver(new Ipmitool({ ...QUICK, cipherSuites: [17] }));
    expect(await failure(only17.isOn(target))).toMatchObject({
      failure: 'refused',
      message: expect.stringMatching(/cipher suites 17$/) as string,
    });
  });

  it('distinguishes wrong credentials from no response, without revealing the password', async () => {
    const wrong = await failure(bmc.isOn({ ...target, password: 'not-the-one' }));
    expect(wrong).toEqual({
      failure: 'credentials',
      message: `BMC ${sim.address} refuses user "metal" or its password`,
    });
    const stranger = await failure(bmc.isOn({ ...target, user: 'stranger' }));
    expect(stranger.failure).toBe('credentials');
  });

  it('reports that the BMC does not respond', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    expect(await failure(bmc.isOn({ ...target, port }))).toMatchObject({ failure: 'unreachable' });
    const impatient = new IpmiBmcDriver(new Ipmitool({ ...QUICK, timeoutMs: 500 }));
    expect(await failure(impatient.isOn({ ...target, port }))).toMatchObject({
      failure: 'timeout',
      message: expect.stringMatching(/500 ms/) as string,
    });
    socket.close();
    expect(await failure(bmc.isOn({ ...target, host: 'no-such-host.invalid' }))).toMatchObject({
      failure: 'unreachable',
    });
  });

  it('reports that ipmitool is missing', async () => {
    const missing = new IpmiBmcDriver(new Ipmitool({ ...QUICK, program: 'no-such-ipmitool' }));
    expect(await failure(missing.isOn(target))).toMatchObject({ failure: 'tool' });
  });

  it('never exposes the password in the process list', async () => {
    const seen: string[] = [];
    sim.freeze();
    let over = false;
    const attempt = failure(bmc.isOn({ ...target, password: 'only-in-environment' })).finally(() => (over = true));
    while (!over) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
          if (line.includes('ipmitool')) seen.push(line.replaceAll('\0', ' '));
        } catch {
          // The process has ended in the meantime.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await attempt;
    sim.thaw();
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join('\n')).not.toContain('only-in-environment');
  });
});
