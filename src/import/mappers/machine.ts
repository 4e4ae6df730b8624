import type { Content } from '../../shared/document.js';
import { EMPTY_FRU, type BmcRecord } from '../../modules/machine/bmc-record.js';
import { type MachineHardware, type MachineNic } from '../../modules/machine/hardware.js';
import {
  type BootInfo,
  type FirewallRule,
  type LedState,
  type Machine,
  type MachineAllocation,
  type StateValue,
} from '../../modules/machine/machine.js';
import type { MachineNetwork, MachineNetworkType } from '../../modules/network/machine-networks.js';
import type { NatType, NetworkType } from '../../modules/network/network.js';
import { SYSTEM_TAG_KEYS } from '../../modules/machine/core/tags.js';
import { count, entity, flag, instant, moment, numbers, part, parts, text, texts } from '../fields.js';
import type { OldRow } from '../sources/source.js';
import { dnsServersOf, ntpServersOf } from './catalog.js';
import { layoutOf } from './filesystem-layout.js';
import { canonicalIp } from './ip.js';

export function machineOf(row: OldRow): Content<Machine> {
  const allocation = part(row, 'allocation');
  const [state, led] = [part(row, 'state') ?? {}, part(row, 'ledstate') ?? {}];
  const [bios, tags] = [part(row, 'bios') ?? {}, texts(row, 'tags')];
  return {
    ...entity(row),
    partitionId: text(row, 'partitionid') || undefined,
    sizeId: text(row, 'sizeid') || undefined,
    rackId: text(row, 'rackid') || undefined,
    waiting: flag(row, 'waiting'),
    hardware: hardwareOf(part(row, 'hardware') ?? {}),
    bios: { version: text(bios, 'version'), vendor: text(bios, 'vendor'), date: text(bios, 'date') },
    state: {
      value: stateValue(text(state, 'value')),
      description: text(state, 'description'),
      issuer: text(state, 'issuer'),
      metalHammerVersion: text(state, 'metal_hammer_version'),
    },
    led: { value: text(led, 'value') as LedState['value'], description: text(led, 'description') },
    tags,
    allocation: allocation && allocationOf(allocation, tags),
    claim: undefined,
    release: undefined,
  };
}

/** Releases before v0.44 stored the name that the API shows. */
const stateValue = (value: string): StateValue => (value === 'RESERVED' ? 'TAINTED' : (value as StateValue));

const hardwareOf = (row: OldRow): MachineHardware => ({
  memory: count(row, 'memory'),
  cpus: parts(row, 'cpus').map((cpu) => ({
    vendor: text(cpu, 'vendor'),
    model: text(cpu, 'model'),
    cores: count(cpu, 'cores'),
    threads: count(cpu, 'threads'),
  })),
  gpus: parts(row, 'gpus').map((gpu) => ({ vendor: text(gpu, 'vendor'), model: text(gpu, 'model') })),
  disks: parts(row, 'block_devices').map((disk) => ({ name: text(disk, 'name'), size: count(disk, 'size') })),
  nics: parts(row, 'network_interfaces').map(nicOf),
});

const nicOf = (row: OldRow): MachineNic => ({
  mac: text(row, 'macAddress'),
  name: text(row, 'name'),
  identifier: text(row, 'identifier'),
  hostname: text(row, 'hostname'),
  neighbors: parts(row, 'neighbors').map(nicOf),
});

/** `tags` are those of the machine: the tags of the request and the system's own. */
function allocationOf(row: OldRow, tags: readonly string[]): MachineAllocation {
  const networks = parts(row, 'networks').map(machineNetworkOf);
  const [setup, layout, vpn] = [part(row, 'setup'), part(row, 'filesystemlayout'), part(row, 'vpn')];
  return {
    uuid: text(row, 'uuid'),
    role: text(row, 'role') === 'firewall' ? 'firewall' : 'machine',
    creator: text(row, 'creator'),
    created: moment(row, 'created'),
    name: text(row, 'name'),
    description: text(row, 'description'),
    hostname: text(row, 'hostname'),
    project: text(row, 'project'),
    imageId: text(row, 'imageid'),
    filesystemLayout: layout && { ...layoutOf(layout), revision: 0 },
    networks,
    asn: networks[0]?.asn ?? 0,
    sshPubKeys: texts(row, 'sshPubKeys'),
    userData: text(row, 'userdata'),
    userTags: tags.filter((tag) => !isSystemTag(tag)),
    consolePassword: text(row, 'console_password'),
    reinstall: flag(row, 'reinstall'),
    bootInfo: setup && bootInfoOf(setup),
    firewallRules: firewallRulesOf(part(row, 'firewall_rules')),
    dnsServers: dnsServersOf(row),
    ntpServers: ntpServersOf(row),
    vpn: vpn && { address: text(vpn, 'address'), authKey: text(vpn, 'auth_key'), connected: flag(vpn, 'connected') },
  };
}

const bootInfoOf = (row: OldRow): BootInfo => ({
  imageId: text(row, 'imageid'),
  primaryDisk: text(row, 'primarydisk'),
  osPartition: text(row, 'ospartition'),
  initrd: text(row, 'initrd'),
  cmdline: text(row, 'cmdline'),
  kernel: text(row, 'kernel'),
  bootloaderId: text(row, 'bootloaderid'),
});

const machineNetworkOf = (row: OldRow): MachineNetwork => ({
  networkId: text(row, 'networkid'),
  type: networkTypeOf(row),
  prefixes: texts(row, 'prefixes'),
  ips: texts(row, 'ips').map(canonicalIp),
  destinationPrefixes: texts(row, 'destinationprefixes'),
  vrf: count(row, 'vrf'),
  asn: count(row, 'asn'),
  nat: flag(row, 'nat'),
  projectId: text(row, 'projectid') || undefined,
  networkType: (text(row, 'networktype') || v2TypeOf(row)) as NetworkType,
  natType: (text(row, 'nattype') || (flag(row, 'nat') ? 'ipv4-masq' : 'none')) as NatType,
});

/** A private secondary network that is not shared is an old record: the old server shows it as the primary one. */
function networkTypeOf(row: OldRow): MachineNetworkType {
  if (flag(row, 'underlay')) return 'underlay';
  if (!flag(row, 'private')) return 'external';
  if (!flag(row, 'shared')) return 'privateprimaryunshared';
  return flag(row, 'privateprimary') ? 'privateprimaryshared' : 'privatesecondaryshared';
}

function v2TypeOf(row: OldRow): NetworkType {
  if (flag(row, 'underlay')) return 'underlay';
  if (!flag(row, 'private')) return 'external';
  return flag(row, 'shared') ? 'child-shared' : 'child';
}

const firewallRulesOf = (rules: OldRow | undefined): MachineAllocation['firewallRules'] =>
  rules && {
    egress: parts(rules, 'egress').map(ruleOf),
    ingress: parts(rules, 'ingress').map((rule) => ({ ...ruleOf(rule), from: texts(rule, 'from') })),
  };

const ruleOf = (row: OldRow): FirewallRule => ({
  protocol: text(row, 'protocol').toLowerCase() === 'udp' ? 'udp' : 'tcp',
  ports: numbers(row, 'ports'),
  to: texts(row, 'to'),
  comment: text(row, 'comment'),
});

const isSystemTag = (tag: string): boolean => SYSTEM_TAG_KEYS.some((key) => tag.startsWith(`${key}=`));

/** The BMC of a machine; undefined when nothing was ever known of it. */
export function bmcOf(machine: OldRow): Content<BmcRecord> | undefined {
  const row = part(machine, 'ipmi');
  if (row === undefined) return undefined;
  const [fru, metric] = [part(row, 'fru') ?? {}, part(row, 'powermetric')];
  const bmc: Content<BmcRecord> = {
    id: text(machine, 'id'),
    address: text(row, 'address'),
    mac: text(row, 'mac'),
    user: text(row, 'user'),
    password: text(row, 'password'),
    interface: text(row, 'interface'),
    version: text(row, 'bmcversion'),
    fru: {
      chassisPartNumber: text(fru, 'chassis_part_number'),
      chassisPartSerial: text(fru, 'chassis_part_serial'),
      boardMfg: text(fru, 'board_mfg'),
      boardMfgSerial: text(fru, 'board_mfg_serial'),
      boardPartNumber: text(fru, 'board_part_number'),
      productManufacturer: text(fru, 'product_manufacturer'),
      productPartNumber: text(fru, 'product_part_number'),
      productSerial: text(fru, 'product_serial'),
    },
    powerState: text(row, 'powerstate'),
    powerMetric: metric && {
      averageConsumedWatts: count(metric, 'averageconsumedwatts'),
      intervalInMin: count(metric, 'intervalinmin'),
      maxConsumedWatts: count(metric, 'maxconsumedwatts'),
      minConsumedWatts: count(metric, 'minconsumedwatts'),
    },
    powerSupplies: parts(row, 'powersupplies').map((supply) => {
      const status = part(supply, 'status') ?? {};
      return { health: text(status, 'health'), state: text(status, 'state') };
    }),
    lastUpdated: instant(row, 'last_updated') ?? '',
  };
  return isKnown(bmc) ? bmc : undefined;
}

const isKnown = ({ id: _, fru, powerSupplies, powerMetric, ...texts }: Content<BmcRecord>): boolean =>
  Object.values(texts).some((value) => value !== '') ||
  powerMetric !== undefined ||
  powerSupplies.length > 0 ||
  Object.keys(EMPTY_FRU).some((key) => fru[key as keyof typeof fru] !== '');
