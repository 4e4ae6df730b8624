import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { plantedAllocation } from '../../../../test/support/machines.js';
import '../../../../test/support/property-seed.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import { isUnowned, newMachine } from '../machine.js';
import type { MachineNic } from '../hardware.js';
import type { Machine, MachineAllocation, StateValue } from '../machine.js';
import {
  abandonClaim,
  changeAllocation,
  claimMachine,
  fulfilClaim,
  fulfilPreparedClaim,
  prepareClaim,
  recordVpnConnection,
  takeOverClaim,
} from './transitions/allocation.js';
import type { BmcReport } from './transitions/bmc-record.js';
import { applyBmcReport, isHeld, registerMachine, replaceNeighbors } from './transitions/hardware.js';
import {
  abortReinstallation,
  beginWaiting,
  endWaiting,
  finishInstallation,
  startReinstallation,
} from './transitions/installation.js';
import { setLed, setState } from './transitions/operation.js';
import { beginRelease, checkReclaimable, checkReleasable, finishRelease } from './transitions/release.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const ALLOCATIONS = ['a1', 'a2', 'a3'];
/** Part of every text that a tenant provides. */
const TENANT = 'tenant-';
const NETWORK = { type: 'privateprimaryunshared', vrf: 42, networkId: 'n' } as MachineAllocation['networks'][number];
const REPORT: BmcReport = {
  ...{ bmcIp: '', bmcVersion: '', biosVersion: '', fru: {}, powerState: '', indicatorLed: '' },
  ...{ powerMetric: undefined, powerSupplies: [] },
};

const nic = (mac: string, neighbor = 'swp1'): MachineNic => {
  const port = { mac: `s-${neighbor}`, name: neighbor, identifier: neighbor, hostname: 'leaf01', neighbors: [] };
  return { mac, name: 'eth0', identifier: '', hostname: '', neighbors: [port] };
};

const layout = (n: number): FilesystemLayout => ({ id: `${TENANT}layout-${n}` }) as FilesystemLayout;

const allocationOf = (uuid: string, n: number): MachineAllocation => ({
  ...plantedAllocation(),
  uuid,
  ...{ role: n % 3 === 0 ? 'firewall' : 'machine', project: `${TENANT}project-${uuid}`, networks: [NETWORK] },
  ...{ userData: `${TENANT}data`, userTags: [`${TENANT}tag-${n % 4}`], asn: 4200000000 + (n % 5) },
  ...{ imageId: `${TENANT}image-${n % 3}`, filesystemLayout: layout(n % 2), bootInfo: undefined, reinstall: false },
  vpn: n % 2 === 0 ? { address: '100.64.0.1', authKey: `${TENANT}key`, connected: false } : undefined,
});

/** Any call, also of a process that is late: for the current claim, release or allocation, or for another one. */
interface Call {
  readonly name: string;
  /** Decides everything that the call leaves open. */
  readonly n: number;
  readonly isCurrent: boolean;
}

type Transition = (machine: Machine, call: Call, now: number) => Machine;

const uuidFor = ({ claim, allocation }: Machine, { n, isCurrent }: Call): string =>
  (isCurrent ? (claim?.allocation ?? allocation?.uuid) : undefined) ?? ALLOCATIONS[n % ALLOCATIONS.length]!;

const installed = (n: number) => ({
  consolePassword: `${TENANT}password-${n % 3}`,
  bootInfo: {
    ...{ primaryDisk: '', osPartition: '', initrd: '', bootloaderId: '' },
    ...{ cmdline: `${TENANT}line-${n % 3}`, kernel: 'k' },
  },
});

/** Every transition of `core/transitions` that changes a machine. */
const TRANSITIONS: Readonly<Record<string, Transition>> = {
  claimMachine: (machine, call, now) => {
    const allocation = ALLOCATIONS[call.n % ALLOCATIONS.length]!;
    const whose = {
      ...{ allocation, project: `${TENANT}project-${allocation}`, role: 'machine', tags: [`${TENANT}t`] },
      ...(call.n % 2 === 0 && { bundle: 'b' }),
    };
    return claimMachine(machine, { ...whose, by: 'me', timeout: 1000 } as Parameters<typeof claimMachine>[1], now);
  },
  fulfilClaim: (machine, call) => fulfilClaim(machine, allocationOf(uuidFor(machine, call), call.n), 'chassis'),
  prepareClaim: (machine, call) => prepareClaim(machine, allocationOf(uuidFor(machine, call), call.n)),
  fulfilPreparedClaim: (machine, call) => fulfilPreparedClaim(machine, uuidFor(machine, call), 'chassis'),
  takeOverClaim: (machine, call) => takeOverClaim(machine, uuidFor(machine, call)),
  abandonClaim: (machine, call) => abandonClaim(machine, uuidFor(machine, call)),
  changeAllocation: (machine, { n }) => changeAllocation(machine, { tags: [`${TENANT}other-${n % 3}`] }, ''),
  recordVpnConnection: (machine, call) => recordVpnConnection(machine, uuidFor(machine, call), call.n % 2 === 0),
  beginRelease: (machine, { n }, now) => {
    const check = n % 2 === 0 ? checkReleasable : checkReclaimable;
    return beginRelease(machine, { by: 'me', timeout: 1000 }, now, check);
  },
  finishRelease: (machine, { isCurrent, n }) =>
    finishRelease(machine, (isCurrent ? machine.release?.id : undefined) ?? `reclaim-${ALLOCATIONS[n % 3]}`),
  registerMachine: (machine, { n }) => {
    const hardware = { memory: n % 3, cpus: [], gpus: [], disks: [], nics: [nic(`m${n % 3}`), nic(`n${n % 3}`)] };
    const reported = { hardware, bios: { version: `${n % 3}`, vendor: '', date: '' }, tags: ['r'] };
    const facts = { partitionId: `p${n % 2}`, rackId: `r${n % 2}`, sizeId: `c${n % 2}` };
    return registerMachine(machine, { ...reported, metalHammerVersion: `v${n % 2}` }, facts);
  },
  applyBmcReport: (machine, { n }) =>
    applyBmcReport(machine, `p${n % 2}`, { ...REPORT, indicatorLed: n % 3 === 0 ? 'LED-ON' : 'LED-OFF' }),
  replaceNeighbors: (machine, { n }) => replaceNeighbors(machine, (port) => ({ ...port, name: `swp${n % 3}` })),
  beginWaiting: (machine) => beginWaiting(machine),
  endWaiting: (machine) => endWaiting(machine),
  finishInstallation: (machine, { n }) => finishInstallation(machine, installed(n)),
  startReinstallation: (machine, { n }) => startReinstallation(machine, `${TENANT}image-${n % 3}`, layout(n % 2)),
  abortReinstallation: (machine, { n }) => abortReinstallation(machine, n % 4 === 0),
  setState: (machine, { n }) => {
    const value = (['', '', 'TAINTED', 'LOCKED'] as const satisfies readonly StateValue[])[n % 4]!;
    return setState(machine, { value, description: 'why', issuer: 'ops' });
  },
  setLed: (machine, { n }) => setLed(machine, { value: n % 2 === 0 ? 'LED-ON' : 'LED-OFF', description: 'look' }),
};

/** Transitions that change nothing when they are repeated, so that every process may finish the work of another. */
const REPEATABLE: readonly string[] = [
  ...['takeOverClaim', 'abandonClaim', 'finishRelease', 'beginWaiting', 'endWaiting', 'finishInstallation'],
  ...['beginRelease', 'applyBmcReport'],
];

/** Transitions that name the allocation that they act for. */
const OWNERS: readonly string[] = [
  'fulfilClaim',
  'fulfilPreparedClaim',
  'prepareClaim',
  'takeOverClaim',
  'abandonClaim',
  'recordVpnConnection',
];

const isOwnedBy = ({ claim, allocation }: Machine, uuid: string): boolean =>
  claim?.allocation === uuid || allocation?.uuid === uuid;

const macs = ({ hardware }: Machine): string => hardware.nics.map(({ mac }) => mac).join();
const identity = (allocation: MachineAllocation | undefined): string =>
  JSON.stringify(allocation && { ...allocation, ...CHANGEABLE });
/** What a tenant, its installer or an operator may change of an allocation. */
const CHANGEABLE = {
  ...{ description: '', userTags: [], sshPubKeys: [], vpn: undefined, consolePassword: '', bootInfo: undefined },
  ...{ reinstall: false, imageId: '', filesystemLayout: undefined },
};

/** What holds for every machine; by name. */
const STATES: Readonly<Record<string, (machine: Machine) => boolean>> = {
  'a claim excludes an allocation and a release': ({ claim, allocation, release }) =>
    !claim || !(allocation || release),
  'a release is that of the allocation': ({ allocation, release }) =>
    !release || release.allocation === allocation?.uuid,
  'a machine that is being released does not wait for an allocation': ({ release, waiting }) => !release || !waiting,
  'a machine without an owner keeps nothing of a tenant': (machine) =>
    machine.allocation !== undefined || machine.claim !== undefined || !JSON.stringify(machine).includes(TENANT),
};

/** What holds for every step. */
const STEPS: Readonly<Record<string, (before: Machine, after: Machine, step: Call) => boolean>> = {
  'id, creation and revision never change': (before, after) =>
    before.id === after.id && before.created === after.created && before.revision === after.revision,
  'the time of the change is set by the repository only': (before, after) => before.changed === after.changed,
  'only a machine that is free and not locked is claimed': (before, after) =>
    after.claim === undefined ||
    before.claim?.allocation === after.claim.allocation ||
    (isUnowned(before) && before.state.value !== 'LOCKED'),
  'a claim that is being undone stays so until it ends': ({ claim: before }, { claim: after, allocation }) =>
    !before?.undoing || (after ? after.undoing : allocation === undefined),
  'an allocation comes from its claim only': (before, after) =>
    after.allocation === undefined ||
    before.allocation?.uuid === after.allocation.uuid ||
    (before.claim?.allocation === after.allocation.uuid && !before.claim.undoing),
  'an allocation ends with its release only': (before, after) =>
    before.allocation === undefined ||
    before.allocation.uuid === after.allocation?.uuid ||
    (before.release?.allocation === before.allocation.uuid && after.allocation === undefined),
  'owner and resources of an allocation never change': (before, after) =>
    !before.allocation || !after.allocation || identity(before.allocation) === identity(after.allocation),
  'a call for another allocation than the current one changes nothing': (before, after, step) =>
    !OWNERS.includes(step.name) || isOwnedBy(before, uuidFor(before, step)) || after === before,
  'a locked machine is not released': (before, after) =>
    before.state.value !== 'LOCKED' || before.release !== undefined || after.release === undefined,
  'a release keeps its ID until it is finished': (before, after) =>
    !before.release || !after.release || before.release.id === after.release.id,
  'a finished release leaves a machine that must register and wait anew': (before, after) =>
    !before.release || after.release !== undefined || (isUnowned(after) && !after.waiting && after.tags.length === 0),
  'a held machine keeps hardware, size and location': (before, after) =>
    !isHeld(before) ||
    (macs(before) === macs(after) &&
      before.sizeId === after.sizeId &&
      before.rackId === after.rackId &&
      [after.partitionId, undefined].includes(before.partitionId)),
  'only a registration changes MAC addresses': (before, after, { name }) =>
    name === 'registerMachine' || macs(before) === macs(after),
  'only operators change the state': (before, after, { name }) =>
    name === 'setState' || JSON.stringify(stateOf(before)) === JSON.stringify(stateOf(after)),
};

const stateOf = ({ state: { value, description, issuer } }: Machine) => ({ value, description, issuer });

const call: fc.Arbitrary<Call> = fc.record({
  name: fc.constantFrom(...Object.keys(TRANSITIONS)),
  n: fc.nat(1000),
  isCurrent: fc.boolean(),
});

/** Names of the transitions that have changed a machine in any run. */
const effective = new Set<string>();

/** Applies the call; a refusal changes nothing. */
function apply(machine: Machine, step: Call, now: number): Machine {
  try {
    return TRANSITIONS[step.name]!(machine, step, now);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return machine;
  }
}

describe('any sequence of transitions', () => {
  it('keeps the invariants of the machine', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 80, size: 'max' }), (calls) => {
        let machine: Machine = { ...newMachine('m', 'created'), revision: 1 };
        calls.forEach((step, index) => {
          const before = machine;
          const now = T0 + index * 300;
          machine = apply(before, step, now);
          if (machine !== before) effective.add(step.name);
          const broken = [
            ...Object.entries(STATES).filter(([, holds]) => !holds(machine)),
            ...Object.entries(STEPS).filter(([, holds]) => !holds(before, machine, step)),
          ].map(([what]) => what);
          if (broken.length > 0) throw new Error(`${step.name} breaks: ${broken.join(', ')}`);
          if (!REPEATABLE.includes(step.name)) return;
          if (apply(machine, step, now) !== machine) throw new Error(`${step.name} is not repeatable`);
        });
      }),
      { numRuns: 500 },
    );
  }, 120_000);

  afterAll(() => expect([...effective].sort()).toEqual(Object.keys(TRANSITIONS).sort()));
});
