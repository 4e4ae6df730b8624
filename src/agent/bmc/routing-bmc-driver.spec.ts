import { describe, expect, it } from 'vitest';
import { parseProtocolException } from '../../config/bmc-protocol.js';
import type { BmcProtocol } from '../../config/bmc-protocol.js';
import { MemoryLogger } from '../../shared/app-logger.js';
import { ManualClock } from '../../shared/clock.js';
import { BmcError } from './bmc-driver.js';
import type { BmcDriver, BmcFailure, BmcTarget } from './bmc-driver.js';
import type { BmcInspector } from './bmc-inspector.js';
import { bmcTarget } from './bmc-target.js';
import { ProtocolPolicy } from './protocol-policy.js';
import { RoutingBmcDriver } from './routing-bmc-driver.js';

function world(protocol: BmcProtocol = 'auto') {
  const told: string[] = [];
  const failures: { redfish?: BmcFailure; ipmi?: BmcFailure } = {};
  const driver = (name: 'redfish' | 'ipmi') => {
    const act = async (): Promise<never> => {
      told.push(name);
      const failure = failures[name];
      if (failure) throw new BmcError(failure, `${name} ${failure}`);
      return undefined as never;
    };
    const methods = {
      isOn: act,
      power: act,
      setBootDevice: act,
      setIdentifyLed: act,
      updateFirmware: act,
      inspect: act,
    };
    return methods satisfies BmcDriver & BmcInspector;
  };
  const [clock, log] = [new ManualClock(), new MemoryLogger()];
  const answers = { redfish: true, asked: 0 };
  const probe = async () => (answers.asked++, answers.redfish);
  const policy = new ProtocolPolicy(protocol);
  const bmc = new RoutingBmcDriver(driver('redfish'), driver('ipmi'), policy, probe, clock, log);
  return { told, failures, clock, log, answers, bmc };
}

const target: BmcTarget = bmcTarget({ address: '10.0.0.1', user: 'u', password: 'p' });

describe('RoutingBmcDriver', () => {
  it('asks a BMC once whether it speaks Redfish, also for commands at the same time', async () => {
    const w = world();
    await Promise.all([w.bmc.isOn(target), w.bmc.power(target, 'on')]);
    await w.bmc.setIdentifyLed({ ...target }, true);
    expect([w.told, w.answers.asked]).toEqual([['redfish', 'redfish', 'redfish'], 1]);
  });

  it('speaks IPMI with a BMC that does not, and asks again after ten minutes', async () => {
    const w = world();
    w.answers.redfish = false;
    await w.bmc.isOn(target);
    w.clock.advance(599_000);
    await w.bmc.isOn(target);
    expect([w.told, w.answers.asked]).toEqual([['ipmi', 'ipmi'], 1]);
    w.answers.redfish = true;
    w.clock.advance(1_000);
    await w.bmc.isOn(target);
    expect(w.told.at(-1)).toBe('redfish');
  });

  it.each(['unsupported', 'certificate'] as const)(
    'falls back if Redfish fails with "%s", and says so once',
    async (failure) => {
      const w = world();
      w.failures.redfish = failure;
      await w.bmc.setBootDevice(target, 'bios');
      await w.bmc.setBootDevice(target, 'bios');
      expect(w.told).toEqual(['redfish', 'ipmi', 'redfish', 'ipmi']);
      expect(w.log.lines).toHaveLength(1);
      w.failures.ipmi = 'unreachable';
      await expect(w.bmc.isOn(target)).rejects.toThrow(`ipmi unreachable (before, by Redfish: redfish ${failure})`);
    },
  );

  it.each(['credentials', 'refused', 'state', 'timeout', 'update'] as const)(
    'does not fall back if Redfish fails with "%s"',
    async (failure) => {
      const w = world();
      w.failures.redfish = failure;
      await expect(w.bmc.isOn(target)).rejects.toMatchObject({ failure });
      expect(w.told).toEqual(['redfish']);
    },
  );

  it('asks again after the BMC was unreachable', async () => {
    const w = world();
    w.failures.redfish = 'unreachable';
    await expect(w.bmc.isOn(target)).rejects.toMatchObject({ failure: 'unreachable' });
    w.answers.redfish = false;
    await w.bmc.isOn(target);
    expect([w.told, w.answers.asked]).toEqual([['redfish', 'ipmi'], 2]);
  });

  it.each(['redfish', 'ipmi'] as const)('speaks %s only, if told so', async (protocol) => {
    const w = world(protocol);
    w.failures[protocol] = 'unsupported';
    await expect(w.bmc.isOn(target)).rejects.toMatchObject({ failure: 'unsupported' });
    expect([w.told, w.answers.asked]).toEqual([[protocol], 0]);
  });
});

describe('ProtocolPolicy', () => {
  it('applies the first exception for a machine, an address or a prefix', () => {
    const texts = ['10.1.2.3=redfish:8443', '10.1.2.0/24=ipmi', 'fd00::/64=auto', 'AAAA-bbbb=ipmi'];
    const policy = new ProtocolPolicy(
      'redfish',
      443,
      texts.map((text) => parseProtocolException(text)!),
    );
    const of = (host: string, machine?: string) => [
      policy.protocolOf({ host, machine }),
      policy.portOf({ host, machine }),
    ];
    expect(of('10.1.2.3')).toEqual(['redfish', 8443]);
    expect(of('10.1.2.4')).toEqual(['ipmi', 443]);
    expect(of('fd00::1')).toEqual(['auto', 443]);
    expect(of('10.9.9.9', 'aaaa-BBBB')).toEqual(['ipmi', 443]);
    expect(of('bmc.example')).toEqual(['redfish', 443]);
  });

  it.each([
    '',
    '10.1.2.3',
    '10.1.2.3=',
    '=ipmi',
    '10.1.2.3=snmp',
    '10.1.2.3=redfish:0',
    '10.1.2.3=redfish:65536',
    '10.1.2.0/33=ipmi',
    'a b=ipmi',
  ])('does not take the exception "%s"', (text) => {
    expect(parseProtocolException(text)).toBeUndefined();
  });
});
