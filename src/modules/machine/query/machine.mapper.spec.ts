import { describe, expect, it } from 'vitest';
import { applyEvent } from '../event/event-transitions.js';
import { newEventContainer } from '../event/provisioning-event.js';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { machineAnswer, machineAnswerFor, machineIpmiJson, toMachineResponse } from './machine.mapper.js';
import type { MachineIPMIResponse } from './machine.dto.js';
import { encodeJson } from '../../../platform/http/wire/json.js';
import type { JsonPieces } from '../../../platform/http/wire/json-pieces.js';
import type { MachineBmcView } from './machine-view.service.js';

const NOW = '2026-01-01T00:00:00.000Z';

const ALLOCATION: MachineAllocation = {
  uuid: 'a1',
  role: 'machine',
  creator: 'a@b.c',
  created: NOW,
  name: 'n1',
  description: '',
  hostname: 'h1',
  project: 'p1',
  imageId: 'debian-12.0.1',
  filesystemLayout: undefined,
  networks: [
    {
      networkId: 'n1',
      type: 'underlay',
      prefixes: ['10.0.0.0/22'],
      ips: ['10.0.0.1'],
      destinationPrefixes: [],
      vrf: 0,
      asn: 4210000001,
      nat: false,
      projectId: undefined,
      networkType: 'underlay',
      natType: 'none',
    },
  ],
  asn: 4210000001,
  sshPubKeys: [],
  userData: '',
  userTags: [],
  consolePassword: 'secret-console',
  reinstall: false,
  bootInfo: undefined,
  firewallRules: undefined,
  dnsServers: ['1.1.1.1'],
  ntpServers: [],
  vpn: undefined,
};

function view(fields: Partial<Machine> = {}, others: Partial<MachineBmcView> = {}): MachineBmcView {
  const machine = { ...newMachine('m1', NOW), revision: 1, ...fields };
  return {
    machine,
    partition: undefined,
    size: undefined,
    image: undefined,
    events: undefined,
    bmc: undefined,
    room: undefined,
    ...others,
  };
}

const EDITOR = { bmcPassword: true, allocation: true };
const VIEWER = { bmcPassword: false, allocation: false };

/** The response as decoded by a client. */
const json = (value: object): unknown => JSON.parse(JSON.stringify(value));

/** The response body, as text. */
function sent(answer: object): string {
  return (encodeJson(answer) as JsonPieces).toString();
}

describe('toMachineResponse', () => {
  it('is complete for a machine of which nothing is known', () => {
    expect(json(toMachineResponse(view()))).toEqual({
      id: 'm1',
      name: '',
      description: '',
      partition: null,
      rackid: '',
      roomid: '',
      size: null,
      hardware: { memory: 0, cpu_cores: 0, disks: [], nics: [] },
      bios: { version: '', vendor: '', date: '' },
      allocation: null,
      state: { value: '', description: '', metal_hammer_version: '' },
      ledstate: { value: '', description: '' },
      liveliness: '',
      events: {
        log: [],
        last_event_time: null,
        crash_loop: false,
        failed_machine_reclaim: false,
        incomplete_provisioning_cycles: '0',
      },
      tags: [],
      created: NOW,
      changed: NOW,
    });
  });

  it('sums the cores and shows neighbors one level deep', () => {
    const nic = (mac: string, neighbors: Machine['hardware']['nics']) => ({
      mac,
      name: 'n',
      identifier: mac,
      hostname: 'leaf',
      neighbors,
    });
    const hardware = {
      memory: 1,
      cpus: [
        { vendor: 'v', model: 'm', cores: 8, threads: 16 },
        { vendor: 'v', model: 'm', cores: 4, threads: 8 },
      ],
      gpus: [],
      disks: [{ name: 'sda', size: 1 }],
      nics: [nic('aa', [nic('bb', [nic('cc', [])])])],
    };
    const answer = json(toMachineResponse(view({ hardware }))) as { hardware: unknown };
    expect(answer.hardware).toEqual({
      memory: 1,
      cpu_cores: 12,
      disks: [{ name: 'sda', size: 1, primary: false }],
      cpus: hardware.cpus,
      nics: [
        {
          mac: 'aa',
          name: 'n',
          identifier: 'aa',
          neighbors: [{ mac: 'bb', name: 'n', identifier: 'bb', neighbors: [] }],
        },
      ],
    });
  });

  it('shows the MAC address of a port whose identifier is unknown', () => {
    const nic = { mac: 'aa', name: 'n', identifier: '', hostname: '', neighbors: [] };
    const { hardware } = newMachine('m1', NOW);
    const nics = [
      {
        ...nic,
        neighbors: [
          { ...nic, mac: 'bb' },
          { ...nic, mac: 'cc', identifier: 'swp1' },
        ],
      },
    ];
    expect(toMachineResponse(view({ hardware: { ...hardware, nics } })).hardware.nics).toMatchObject([
      { identifier: 'aa', neighbors: [{ identifier: 'bb' }, { identifier: 'swp1' }] },
    ]);
  });

  it('shows an allocation without its console password, and null for an image that no longer exists', () => {
    const answer = json(toMachineResponse(view({ allocation: ALLOCATION })));
    expect(JSON.stringify(answer)).not.toContain('secret-console');
    expect(answer).toMatchObject({
      allocation: {
        allocationuuid: 'a1',
        image: null,
        filesystemlayout: null,
        boot_info: null,
        vpn: null,
        ssh_pub_keys: [],
        succeeded: false,
        dns_servers: [{ ip: '1.1.1.1' }],
        networks: [
          { networktype: 'underlay', underlay: true, private: false, asn: 4210000001, destinationprefixes: [] },
        ],
      },
    });
    for (const absent of ['description', 'user_data', 'firewall_rules', 'ntp_servers']) {
      expect(answer).not.toHaveProperty(`allocation.${absent}`);
    }
  });

  it('shows firewall rules of firewalls, without empty parts', () => {
    const rule = { protocol: 'tcp' as const, ports: [443], to: [], from: ['0.0.0.0/0'], comment: '' };
    const firewallRules = { egress: [], ingress: [rule] };
    const answer = (role: 'machine' | 'firewall') =>
      json(toMachineResponse(view({ allocation: { ...ALLOCATION, role, firewallRules } })));
    expect(answer('firewall')).toHaveProperty('allocation.firewall_rules', {
      ingress: [{ protocol: 'tcp', ports: [443], from: ['0.0.0.0/0'] }],
    });
    expect(answer('machine')).not.toHaveProperty('allocation.firewall_rules');
  });

  it('shows tainted machines as reserved', () => {
    const state = { value: 'TAINTED' as const, description: 'd', issuer: 'a@b.c', metalHammerVersion: 'v1' };
    expect(toMachineResponse(view({ state })).state).toEqual({
      value: 'RESERVED',
      description: 'd',
      issuer: 'a@b.c',
      metal_hammer_version: 'v1',
    });
  });

  it('shows the newest twenty events, and never an outdated response', () => {
    const plain = view();
    expect(machineAnswer(plain)).toBe(machineAnswer({ ...plain }));
    let events = { ...newEventContainer('m1', NOW), revision: 1 };
    for (let n = 0; n < 30; n++) {
      events = applyEvent(events, { time: Date.parse(NOW) + n, event: 'Planned Reboot', message: String(n) });
    }
    const answer = toMachineResponse({ ...plain, events });
    expect(answer.events.log).toHaveLength(20);
    expect(answer.events.log[0]).toMatchObject({ message: '29' });
    expect(answer).toMatchObject({ liveliness: 'Alive', events: { last_event_time: '2026-01-01T00:00:00.029Z' } });
    expect(sent(machineAnswer({ ...plain, events }))).toBe(JSON.stringify(answer));
    expect(machineAnswer(plain).value.events.log).toEqual([]);
  });
});

describe('machineAnswerFor viewers', () => {
  const vpn = { address: 'https://vpn', authKey: 'secret-key', connected: true };
  const shown = (allocation: MachineAllocation | undefined, disclosure = VIEWER) =>
    JSON.parse(sent(machineAnswerFor(view({ allocation }), disclosure))) as {
      allocation: { user_data?: string; vpn: object | null };
    };

  it.each([
    ['a script', '#!/bin/sh\necho secret-data'],
    ['one character', 'x'],
    ['base64', 'c2VjcmV0LWRhdGE='],
    ['ignition', '{"ignition":{"version":"3.0.0"},"passwd":"secret-data"}'],
    ['two lines of blanks', ' \n '],
  ])('replaces user data that is %s by an empty text', (_, userData) => {
    expect(shown({ ...ALLOCATION, userData }).allocation.user_data).toBe('');
    expect(shown({ ...ALLOCATION, userData }, EDITOR).allocation.user_data).toBe(userData);
  });

  it('replaces a VPN key by an empty text and keeps the other VPN fields', () => {
    const expected = { address: 'https://vpn', auth_key: '', connected: true };
    expect(shown({ ...ALLOCATION, role: 'firewall', vpn }).allocation.vpn).toEqual(expected);
    expect(shown({ ...ALLOCATION, vpn }, EDITOR).allocation.vpn).toEqual({ ...expected, auth_key: 'secret-key' });
  });

  it('does not depend on the order of callers, and leaves the response for editors unchanged', () => {
    const both = view({ allocation: { ...ALLOCATION, userData: 'secret-data', vpn } });
    const text = (disclosure: typeof VIEWER) => sent([machineAnswerFor(both, disclosure)]);
    for (const disclosure of [EDITOR, VIEWER, EDITOR, VIEWER]) {
      expect(text(disclosure).includes('secret-data')).toBe(disclosure.allocation);
      expect(text(disclosure).includes('secret-key')).toBe(disclosure.allocation);
    }
    expect(sent(machineIpmiJson(both, VIEWER))).not.toMatch(/secret-(data|key)/);
    expect(sent(machineIpmiJson(both, EDITOR))).toMatch(/secret-data.*secret-key/);
  });

  it('is the response for editors if there are no secrets, and memoized otherwise', () => {
    for (const plain of [view(), view({ allocation: ALLOCATION })]) {
      expect(machineAnswerFor(plain, VIEWER)).toBe(machineAnswer(plain));
    }
    const secret = view({ allocation: { ...ALLOCATION, userData: 'secret-data' } });
    expect(machineAnswerFor(secret, VIEWER)).toBe(machineAnswerFor({ ...secret }, VIEWER));
    expect(shown(ALLOCATION).allocation).not.toHaveProperty('user_data');
    expect(shown(undefined).allocation).toBeNull();
  });
});

describe('machineIpmiJson', () => {
  const answer = (of: MachineBmcView, disclosure: typeof EDITOR): MachineIPMIResponse =>
    JSON.parse(sent(machineIpmiJson(of, disclosure))) as MachineIPMIResponse;
  const bmc = { ...newBmcRecord('m1'), revision: 1, address: '10.1.1.1:623', user: 'metal', password: 'secret' };

  it('shows the password only if disclosed', () => {
    expect(answer(view({}, { bmc }), EDITOR).ipmi).toMatchObject({ user: 'metal', password: 'secret' });
    expect(answer(view({}, { bmc }), VIEWER).ipmi).toMatchObject({ user: 'metal', password: '' });
  });

  it('is complete and without null if nothing was reported', () => {
    const { ipmi } = answer(view(), EDITOR);
    expect(Object.values(ipmi)).not.toContain(null);
    expect(ipmi).toMatchObject({ powersupplies: [], last_updated: '0001-01-01T00:00:00.000Z', powerstate: '' });
    expect(Object.keys(ipmi.fru)).toHaveLength(8);
  });
});
