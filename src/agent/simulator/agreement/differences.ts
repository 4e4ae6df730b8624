import type { SimulatedMachine } from '../simulated-machine.js';
import type { SimulatedPartition } from '../simulated-partition.js';
import type { SimulatedSwitch } from '../simulated-switch.js';
import { hasEnded } from './server-view.js';
import type { ServerView, StoredMachine, StoredSwitch } from './server-view.js';

/** What server and partition disagree about, in words for operators. */
export interface Disagreement {
  /** ID of the machine or switch. */
  readonly subject: string;
  readonly text: string;
}

/** Compares machine by machine and switch by switch; empty if server and partition agree. */
export function differencesBetween(server: ServerView, partition: SimulatedPartition): Disagreement[] {
  const stored = new Map(server.machines.map((machine) => [machine.id, machine]));
  const about = (subject: string, texts: readonly string[]): Disagreement[] => texts.map((text) => ({ subject, text }));
  return [
    ...partition.machines.flatMap((machine) => about(machine.id, ofMachine(stored.get(machine.id), machine))),
    ...server.machines
      .filter(({ id }) => !partition.machineById(id))
      .flatMap(({ id }) => about(id, ['the server has this machine, the partition does not'])),
    ...partition.switches.flatMap((leaf) => {
      const { name } = leaf.settings;
      const known = server.switches.find(({ id }) => id === name);
      return about(name, ofSwitch(known, leaf, partition, stored));
    }),
    ...server.commands
      .filter((command) => !hasEnded(command))
      .flatMap(({ machine, type, command, state }) => about(machine, [`${command || type} is still ${state}`])),
  ];
}

function ofMachine(stored: StoredMachine | undefined, machine: SimulatedMachine): string[] {
  if (!stored) return ['the server does not know this machine'];
  const { bmc } = machine;
  return [
    ...ofLife(stored, machine),
    ...unequal('power state', stored.ipmi.powerstate, bmc.powerState),
    ...unequal('LED', stored.ledstate.value, bmc.ledState),
    ...unequal('BMC version', stored.ipmi.bmcversion, bmc.firmware.bmc),
    ...unequal('BIOS version', stored.bios.version, bmc.firmware.bios),
    // The hardware of an allocated machine is that of its last registration before.
    ...(stored.allocation ? [] : unequal('MAC addresses', sorted(stored.hardware.nics), sorted(machine.wires))),
  ];
}

/** Whether the machine does what it should, by its allocation. A machine that is off, or in its BIOS setup, may. */
function ofLife({ allocation, liveliness }: StoredMachine, { phase }: SimulatedMachine): string[] {
  if (phase === 'off' || phase === 'bios') return [];
  const wanted = wantedPhase(allocation);
  if (phase !== wanted.phase) return [`the machine is ${phase}, but ${wanted.because}`];
  return unequal('liveliness', liveliness, 'Alive');
}

function wantedPhase(allocation: StoredMachine['allocation']): { phase: string; because: string } {
  if (!allocation) return { phase: 'waiting', because: 'free' };
  const installed = allocation.boot_info && !allocation.reinstall;
  return { phase: installed ? 'running' : 'installing', because: installed ? 'installed' : 'to be installed' };
}

function ofSwitch(
  stored: StoredSwitch | undefined,
  leaf: SimulatedSwitch,
  partition: SimulatedPartition,
  machines: ReadonlyMap<string, StoredMachine>,
): string[] {
  if (!stored) return ['the server does not know this switch'];
  const connected = new Map(stored.connections.map(({ nic, machine_id: id }) => [nic.name, id ?? '']));
  const ports = leaf.ports.flatMap(({ name }) => {
    const nic = stored.nics.find((candidate) => candidate.name === name);
    if (!nic) return [`the server does not know port ${name}`];
    const machine = partition.machineAt(leaf.settings.name, name);
    return [
      ...unequal(`port ${name}`, nic.actual ?? '', leaf.isUp(name) ? 'UP' : 'DOWN'),
      ...unequal(`VRF of port ${name}`, nic.vrf ?? '', leaf.vrfs.get(name) ?? ''),
      ...unequal(`machine at port ${name}`, connected.get(name) ?? '', machine?.id ?? ''),
      ...ofVrf(name, nic.vrf ?? '', machines.get(machine?.id ?? '')),
    ];
  });
  const mode = stored.mode === 'replace' ? ['the server waits for a replacement'] : [];
  return [...mode, ...ports];
}

/** The ports of an installed machine are in a VRF, those of others in none. */
function ofVrf(port: string, vrf: string, machine: StoredMachine | undefined): string[] {
  const installed = Boolean(machine?.allocation?.boot_info) && machine?.allocation?.reinstall === false;
  if (installed === (vrf !== '')) return [];
  return [`port ${port} is in ${vrf === '' ? 'no VRF' : vrf}, but its machine is ${installed ? '' : 'not '}installed`];
}

const unequal = (what: string, server: string, partition: string): string[] =>
  server === partition ? [] : [`${what}: the server has "${server}", the partition "${partition}"`];

const sorted = (nics: readonly { readonly mac: string }[]): string =>
  nics
    .map(({ mac }) => mac)
    .sort()
    .join(' ');
