import { SYSTEM_PROJECT } from '../../modules/project/project.js';
import { eventTable } from '../../modules/machine/event/event.table.js';
import { machineTable } from '../../modules/machine/machine.table.js';
import type { Machine } from '../../modules/machine/machine.js';
import type { Network } from '../../modules/network/network.js';
import { networkTable } from '../../modules/network/network.table.js';
import { canonicalPrefix } from '../mappers/network.js';
import type { InconsistencyName } from '../notes.js';
import type { Translation } from '../translate/translation.js';
import type { Question } from './ask.js';
import { ABSENT, type Difference } from './differences.js';

/** A difference, and in the answer to which request. A difference of statuses has the path `status`. */
export interface Located extends Difference {
  readonly question: Question;
}

/** Why two answers differ on purpose. */
interface KnownDifference {
  readonly reason: string;
  /** The requests that it concerns; all when absent. */
  readonly route?: RegExp;
  readonly path?: RegExp;
  readonly when?: (difference: Located, translation: Translation) => boolean;
}

/** Path of the pseudo-member that holds the status of an answer. */
export const STATUS = 'status';

const isAbsent = (value: unknown): boolean => value === ABSENT || value === null;

/** Nothing but zeros, empty texts, lists and objects. */
const isEmpty = (value: unknown): boolean =>
  [null, '', 0, '0', false].includes(value as null) ||
  (typeof value === 'object' && value !== null && Object.values(value).every(isEmpty));

const becomes =
  (old: unknown, now: unknown) =>
  (difference: Difference): boolean =>
    difference.old === old && difference.now === now;

const wasNot = ({ old }: Difference): boolean => isAbsent(old);

const lastId = ({ path }: Question): string => decodeURIComponent(path.split('/')[3] ?? '');

const documentOf = ({ documents }: Translation, table: string, id: string) =>
  documents.get(table)?.find((document) => document.id === id);

/** Whether an inconsistency of one of these names concerns the document. */
const concerns = ({ notes }: Translation, names: readonly InconsistencyName[], document: string): boolean =>
  notes.inconsistencies.some(({ name, ids }) => names.includes(name) && ids.includes(document));

const has = ({ notes }: Translation, ...names: readonly InconsistencyName[]): boolean =>
  notes.inconsistencies.some(({ name }) => names.includes(name));

/** Improvements over the old server, and what follows from the inconsistencies of its data. The first that fits counts. */
const KNOWN: readonly KnownDifference[] = [
  {
    reason: 'improvement: members that are empty are shown, and lists are never null',
    when: ({ old, now }) => isAbsent(old) && isEmpty(now),
  },
  {
    reason: 'improvement: members that clients of other releases of the API read',
    path: /(^|\.)(incomplete_provisioning_cycles|primary|privatenetworkprefixlength|roomid|room_id|admin_status)$/,
    when: wasNot,
  },
  {
    reason: 'improvement: cpu_cores is the number of cores',
    path: /(^|\.)hardware\.cpu_cores$/,
    when: ({ old, now }) => old === 0 && Number(now) > 0,
  },
  { reason: 'improvement: usedby is always filled', path: /^(\[\]\.)?usedby$/, route: /^\/v1\/image/, when: wasNot },
  {
    reason: 'improvement: lists and searches of projects show the usage, too',
    route: /^\/v1\/project(\/find)?$/,
    path: /^\[\]\.quotas(\.(machine|ip)(\.used)?)?$/,
    when: wasNot,
  },
  {
    reason: 'improvement: a machine that has never reported can be read',
    route: /^\/v1\/machine\/[^/]+(\/ipmi)?$/,
    path: /^status$/,
    when: (difference, translation) => {
      const id = lastId(difference.question);
      const isSilent = documentOf(translation, machineTable.name, id) && !documentOf(translation, eventTable.name, id);
      return becomes(404, 200)(difference) && isSilent !== undefined && isSilent;
    },
  },
  {
    reason: 'improvement: a machine without a matching size has the size "unknown" in every answer',
    path: /(^|\.)size\.(id|name)$/,
    when: becomes('', 'unknown'),
  },
  {
    reason: 'improvement: a child network that became shared is of type child-shared',
    route: /^\/v1\/network/,
    path: /(^|\.)networktype$/,
    when: becomes('child', 'child-shared'),
  },
  {
    reason: 'improvement: prefixes are shown without host bits, as they were used',
    path: /(^|\.)(prefixes|destinationprefixes)\[\]$|(^|\.)networkprefix$/,
    when: ({ old, now }) => typeof old === 'string' && old !== now && canonicalPrefix(old) === now,
  },
  {
    reason: 'improvement: numbers of free prefixes that do not fit are capped; in the old server they overflow to 0',
    path: /(^|\.)consumption\.ipv6\.available_prefixes$/,
    when: becomes(0, 2147483647),
  },
  {
    reason: "improvement: the operator's own project always exists",
    route: /^\/v1\/project/,
    path: /^\[\]$/,
    when: ({ old, at }) => old === ABSENT && at.includes(SYSTEM_PROJECT),
  },
  {
    reason: "both servers have made the operator's own project, each at its first start",
    route: /^\/v1\/project/,
    path: /^\[\]\.meta\.(created|updated)_time$/,
    when: ({ at }) => at.includes(SYSTEM_PROJECT),
  },
  {
    reason: 'improvement: connections show the port as it is, not as it was when the machine registered',
    route: /^\/v1\/switch/,
    path: /(^|\.)connections\[\]\.nic\.vrf$/,
    when: ({ old, now }) => typeof old === 'string' && typeof now === 'string',
  },
  {
    reason: 'improvement: a lost link is not echoed to agents that would keep the port shut for it',
    route: /^\/v1\/switch/,
    path: /(^|\.)nics\[\]\.actual$/,
    when: becomes('DOWN', 'UNKNOWN'),
  },
  {
    reason: 'improvement: there are more kinds of issues',
    route: /^\/v1\/machine\/issues$/,
    path: /^\[\]$/,
    when: ({ old }) => old === ABSENT,
  },
  {
    reason: 'the recording lacks these texts',
    route: /^\/v1\/machine\/issues$/,
    path: /^\[\]\.(description|ref_url)$/,
    when: wasNot,
  },
  {
    reason: 'network-prefix-not-in-ipam: the old server cannot answer for this network, nor for lists with it',
    route: /^\/v1\/network(\/|$)/,
    path: /^status$/,
    when: (difference, translation) =>
      becomes(422, 200)(difference) &&
      (['find', ''].includes(lastId(difference.question)) ||
        concerns(translation, ['network-prefix-not-in-ipam'], `network ${lastId(difference.question)}`)) &&
      has(translation, 'network-prefix-not-in-ipam'),
  },
  {
    reason: 'unknown-project: the project was created anew',
    route: /^\/v1\/project/,
    path: /^status$/,
    when: (difference, translation) =>
      becomes(404, 200)(difference) &&
      concerns(translation, ['unknown-project'], `project ${lastId(difference.question)}`),
  },
  {
    reason: 'unknown-project: the project was created anew',
    route: /^\/v1\/project/,
    path: /^\[\]$/,
    when: ({ old, at }, translation) =>
      old === ABSENT && at.some((id) => concerns(translation, ['unknown-project'], `project ${id}`)),
  },
  {
    reason: 'unknown-tenant: the tenant was created anew',
    route: /^\/v1\/tenant/,
    when: ({ old, at, question, path }, translation) =>
      (path === STATUS || old === ABSENT) &&
      [...at, lastId(question)].some((id) => concerns(translation, ['unknown-tenant'], `tenant ${id}`)),
  },
  {
    reason: 'machine-preallocated: the machine can be allocated again',
    route: /^\/v1\/partition\/capacity/,
    path: /^\[\]\.servers\[\]\.(allocatable|free|unavailable)$/,
    when: ({ old, now, at }, translation) =>
      Math.abs(Number(now) - (typeof old === 'number' ? old : 0)) <= preallocated(translation, at),
  },
  {
    reason: 'ipam-address-unowned, ip-not-in-ipam: usage is the number of IPs',
    route: /^\/v1\/network/,
    path: /(^|\.)used_ips$/,
    when: ({ old, now, at, question }, translation) =>
      Number(now) - Number(old) === shiftOfUsage(translation, [...at, lastId(question)]),
  },
  {
    reason: 'ipam-child-unowned, ipam-child-not-taken: usage is the number of child networks',
    route: /^\/v1\/network/,
    path: /(^|\.)(used|available)_prefixes$/,
    when: (_, translation) => has(translation, 'ipam-child-unowned', 'ipam-child-not-taken'),
  },
  {
    reason: 'allocation-ip-missing: the IP was created anew',
    route: /^\/v1\/ip/,
    when: ({ old, path, at, question }, translation) =>
      (path === STATUS || old === ABSENT) &&
      [...at, lastId(question)].some((id) => concerns(translation, ['allocation-ip-missing'], `ip ${id}`)),
  },
];

/** How many machines of the partition and size that the place names were marked without reason. */
function preallocated({ notes, documents }: Translation, at: readonly string[]): number {
  const marked = new Set(
    notes.inconsistencies.flatMap(({ name, ids }) => (name === 'machine-preallocated' ? ids : [])),
  );
  const machines = (documents.get(machineTable.name) ?? []) as readonly Machine[];
  return machines.filter(
    ({ id, partitionId = '', sizeId = '' }) =>
      marked.has(`machine ${id}`) && at.includes(partitionId) && at.includes(sizeId),
  ).length;
}

/** By how much the used addresses of the network that the place names differ from those of the old IPAM. */
function shiftOfUsage({ notes, documents }: Translation, at: readonly string[]): number {
  const network = (documents.get(networkTable.name) ?? []).find(({ id }) => at.includes(id)) as Network | undefined;
  const names = (network?.prefixes ?? []).map((prefix) => `prefix ${prefix}`);
  const counted = (wanted: InconsistencyName): number =>
    notes.inconsistencies.filter(({ name, ids }) => name === wanted && ids.some((id) => names.includes(id))).length;
  return counted('ip-not-in-ipam') - counted('ipam-address-unowned');
}

/** Why the answers differ there; undefined when the reason is not known. */
export const reasonFor = (difference: Located, translation: Translation): string | undefined =>
  KNOWN.find(({ route, path, when }) => {
    const [requested] = difference.question.path.split('?', 1);
    return (
      (route?.test(requested ?? '') ?? true) &&
      (path?.test(difference.path) ?? true) &&
      (when?.(difference, translation) ?? true)
    );
  })?.reason;
