import type { AllocateRequest } from '../../api/types.js';
import { parseRules } from './firewall-rules.js';

export interface Form {
  readonly role: 'machine' | 'firewall';
  readonly project: string;
  readonly partition: string;
  readonly size: string;
  readonly image: string;
  readonly name: string;
  readonly hostname: string;
  readonly description: string;
  /** IDs of networks in which an address is acquired. */
  readonly networks: readonly string[];
  /** Existing addresses to attach. */
  readonly ips: readonly string[];
  /** One authorized_keys line each. */
  readonly sshKeys: string;
  readonly tags: readonly string[];
  readonly placementTags: readonly string[];
  readonly layout: string;
  readonly userData: string;
  /** Addresses; those of the partition if empty. */
  readonly dnsServers: readonly string[];
  /** Addresses or host names; those of the partition if empty. */
  readonly ntpServers: readonly string[];
  /** Rules of a firewall, one a line (`parseRules`). */
  readonly egress: string;
  readonly ingress: string;
  /** Allocates exactly this machine; partition and size are then those of the machine. */
  readonly uuid: string;
}

export const EMPTY_FORM: Form = {
  ...{ role: 'machine', project: '', partition: '', size: '', image: '', name: '', hostname: '', description: '' },
  ...{ networks: [], ips: [], sshKeys: '', tags: [], placementTags: [], layout: '', userData: '', uuid: '' },
  ...{ dnsServers: [], ntpServers: [], egress: '', ingress: '' },
};

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** The body of the request; fields that were left empty are left out. */
export function requestOf(form: Form): AllocateRequest {
  const { uuid } = form;
  const optional = {
    ...(uuid && { uuid }),
    ...(form.name && { name: form.name }),
    ...(form.hostname && { hostname: form.hostname }),
    ...(form.description && { description: form.description }),
    ...(form.layout && { filesystemlayoutid: form.layout }),
    ...(form.userData && { user_data: form.userData }),
    ...(form.tags.length > 0 && { tags: [...form.tags] }),
    ...(form.placementTags.length > 0 && { placement_tags: [...form.placementTags] }),
    ...(form.networks.length > 0 && {
      networks: form.networks.map((networkid) => ({ networkid, autoacquire: true })),
    }),
    ...(form.ips.length > 0 && { ips: [...form.ips] }),
    ...(form.dnsServers.length > 0 && { dns_servers: form.dnsServers.map((ip) => ({ ip })) }),
    ...(form.ntpServers.length > 0 && { ntp_servers: form.ntpServers.map((address) => ({ address })) }),
    ...(hasRules(form) && { firewall_rules: rulesOf(form) }),
  };
  return {
    projectid: form.project,
    partitionid: form.partition,
    sizeid: form.size,
    imageid: form.image,
    ssh_pub_keys: linesOf(form.sshKeys),
    ...optional,
  };
}

const hasRules = ({ role, egress, ingress }: Form): boolean =>
  role === 'firewall' && `${egress}${ingress}`.trim() !== '';

const rulesOf = ({ egress, ingress }: Form) => ({
  egress: [...parseRules(egress, 'egress').rules],
  ingress: parseRules(ingress, 'ingress').rules.map((rule) => ({ ...rule, from: rule.from ?? [] })),
});

/** What is missing before the server can be asked. */
export function missingOf(form: Form): readonly string[] {
  const { role, project, partition, size, image, networks, uuid } = form;
  const isMalformed = (direction: 'egress' | 'ingress'): boolean =>
    role === 'firewall' && parseRules(form[direction], direction).problem !== undefined;
  return [
    ...(project ? [] : ['a project']),
    ...(uuid || partition ? [] : ['a partition']),
    ...(uuid || size ? [] : ['a size']),
    ...(image ? [] : ['an image']),
    ...(networks.length > 0 ? [] : ['a network']),
    ...(isMalformed('egress') ? ['well-formed egress rules'] : []),
    ...(isMalformed('ingress') ? ['well-formed ingress rules'] : []),
  ];
}

/** A word of a POSIX shell. */
export const quote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a call of curl that reads the token from the environment. */
export const curlLine = (form: Form, url: string): string =>
  [
    `curl -X POST ${quote(`${url}v1/${form.role}/allocate`)}`,
    `-H "Authorization: Bearer $TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-d ${quote(JSON.stringify(requestOf(form)))}`,
  ].join(' \\\n  ');

/**
 * The request as a call of metalctl, which has no placement tags, for firewalls no DNS and NTP servers, and reads rules from
 * a file.
 */
export function metalctlLine(form: Form): string {
  const isMachine = form.role === 'machine';
  const flags: readonly (readonly [flag: string, value: string])[] = [
    ['id', form.uuid],
    ['name', form.name],
    ['hostname', form.hostname],
    ['description', form.description],
    ['project', form.project],
    ['partition', form.partition],
    ['size', form.size],
    ['image', form.image],
    ['networks', form.networks.join(',')],
    ['ips', form.ips.join(',')],
    ['filesystemlayout', form.layout],
    ['sshpublickey', linesOf(form.sshKeys)[0] ?? ''],
    ['tags', form.tags.join(',')],
    ['userdata', form.userData],
    ['dnsservers', isMachine ? form.dnsServers.join(',') : ''],
    ['ntpservers', isMachine ? form.ntpServers.join(',') : ''],
    ['firewall-rules-file', hasRules(form) ? RULES_FILE : ''],
  ];
  const given = flags.filter(([, value]) => value !== '').map(([flag, value]) => `--${flag} ${quote(value)}`);
  const rules = hasRules(form) ? `printf %s ${quote(JSON.stringify(rulesOf(form)))} > ${RULES_FILE}\n` : '';
  return rules + [`metalctl ${form.role} create`, ...given].join(' \\\n  ');
}

/** JSON is YAML. */
const RULES_FILE = 'rules.yaml';
