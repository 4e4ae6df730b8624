import { describe, expect, it } from 'vitest';
import { notFound } from '../../../shared/errors/domain-error.js';
import type { DomainError } from '../../../shared/errors/domain-error.js';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import type { Image } from '../../image/image.js';
import type { Partition } from '../../partition/partition.js';
import type { Project } from '../../project/project.js';
import type { Size } from '../../size/size.js';
import { newMachine } from '../machine.js';
import type { AllocationRequest } from './request.js';
import { resolveSpecification } from './specification.js';
import type { Catalog } from './specification.js';

const image = { id: 'debian-12.0.1', features: ['machine'] } as unknown as Image;
const firewallImage = { id: 'firewall-3.0.1', features: ['firewall'] } as unknown as Image;
const partition = { id: 'p', dnsServers: ['1.1.1.1'], ntpServers: ['ntp.example.org'] } as unknown as Partition;

const known =
  <T extends { readonly id: string }>(what: string, ...entities: T[]) =>
  (id: string): T => {
    const entity = entities.find((candidate) => candidate.id === id);
    if (!entity) throw notFound(what, id);
    return entity;
  };

const catalog: Catalog = {
  image: known('image', image, firewallImage),
  size: known('size', { id: 's' } as Size),
  partition: known('partition', partition),
  machine: known('machine', { ...newMachine('m', ''), revision: 1, partitionId: 'p', sizeId: 's' }),
  project: known('project', { id: 'prj' } as Project),
  layout: known('filesystemlayout', { id: 'l' } as FilesystemLayout),
  layoutFor: () => ({ id: 'default' }) as FilesystemLayout,
  checkImageFits: () => undefined,
};

const request: AllocationRequest = {
  role: 'machine',
  uuid: undefined,
  name: '',
  description: '',
  hostname: '',
  projectId: 'prj',
  partitionId: 'p',
  sizeId: 's',
  imageId: image.id,
  filesystemLayoutId: undefined,
  sshPubKeys: [],
  userData: '',
  tags: [],
  networks: [{ networkId: 'n', autoAcquire: true }],
  ips: [],
  placementTags: [],
  dnsServers: [],
  ntpServers: [],
  firewallRules: { egress: [], ingress: [] },
  creator: 'me@example.org',
};

const firewall: Partial<AllocationRequest> = { role: 'firewall', imageId: firewallImage.id };
const rule = { ports: [80], to: ['10.0.0.0/8'], from: [] };

/** Kind and message of the error that rejects the request. */
const refusal = (change: Partial<AllocationRequest>): [string, string] => {
  try {
    resolveSpecification({ ...request, ...change }, catalog);
  } catch (error) {
    return [(error as DomainError).kind, (error as DomainError).message];
  }
  return ['accepted', ''];
};

describe('resolveSpecification', () => {
  it('resolves all references and takes name servers from the partition', () => {
    const { size, layout, project, dnsServers, ntpServers } = resolveSpecification(request, catalog);
    expect([size.id, layout.id, project.id]).toEqual(['s', 'default', 'prj']);
    expect([dnsServers, ntpServers]).toEqual([['1.1.1.1'], ['ntp.example.org']]);
  });

  it('takes size and partition from the requested machine', () => {
    const named = resolveSpecification({ ...request, uuid: 'm', partitionId: '', sizeId: 'other' }, catalog);
    expect([named.partition.id, named.size.id]).toEqual(['p', 's']);
  });

  // docs/reference/machine-allocation.md#checks-of-the-request: all errors in the request itself are 400, including
  // unknown references.
  it.each<[string, Partial<AllocationRequest>, RegExp]>([
    ['no networks', { networks: [] }, /networks is empty/],
    ['an unknown image', { imageId: 'x-1.0.0' }, /no image/],
    ['an image of the other role', { imageId: firewallImage.id }, /does not support the role machine/],
    ['neither uuid nor partition', { partitionId: '' }, /partitionid is empty/],
    ['neither uuid nor size', { sizeId: '' }, /sizeid is empty/],
    ['an unknown machine', { uuid: 'x' }, /no machine with id "x"/],
    ['an unknown size', { sizeId: 'x' }, /no size/],
    ['an unknown partition', { partitionId: 'x' }, /no partition/],
    ['four name servers', { dnsServers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] }, /dns_servers has 4/],
    ['a name server that is a name', { dnsServers: ['dns.example.org'] }, /dns_servers contains/],
    ['a host name with a control character', { hostname: 'a\u0007' }, /hostname "a\\u0007" contains control/],
    ['a host name that is too long', { hostname: 'a.'.repeat(126) + 'ab' }, /has more than 253 characters/],
    ['a host name with a long part', { hostname: 'a'.repeat(64) }, /more than 63 characters/],
    ['a host name with a blank', { hostname: 'my node' }, /letters, digits/],
    ['a host name that starts a shell', { hostname: '`id`' }, /letters, digits/],
    ['a tag with an invisible key', { tags: ['ok', 'a\u200b=b'] }, /tags\[1\]: the key of a tag/],
    ['a placement tag with a reserved name', { placementTags: ['__proto__=b'] }, /placement_tags\[0\]/],
    ['an invalid time server', { ntpServers: ['-x'] }, /ntp_servers contains "-x"/],
    [
      'a firewall rule of another protocol',
      { ...firewall, firewallRules: { egress: [{ ...rule, protocol: 'icmp' }], ingress: [] } },
      /egress\[0\].protocol is "icmp"/,
    ],
    [
      'a port out of range',
      { ...firewall, firewallRules: { egress: [{ ...rule, ports: [65536] }], ingress: [] } },
      /contains 65536/,
    ],
    [
      'a rule over both families',
      { ...firewall, firewallRules: { egress: [{ ...rule, to: ['10.0.0.0/8', '::/0'] }], ingress: [] } },
      /mixes IPv4 and IPv6/,
    ],
    [
      'an ingress rule between families',
      { ...firewall, firewallRules: { egress: [], ingress: [{ ...rule, from: ['::/0'] }] } },
      /from and to together/,
    ],
    [
      'a comment with a bracket',
      { ...firewall, firewallRules: { egress: [{ ...rule, comment: 'a(b)' }], ingress: [] } },
      /comment is "a\(b\)"/,
    ],
  ])('rejects %s as malformed', (_, change, message) => {
    expect(refusal(change)).toEqual(['malformed', expect.stringMatching(message)]);
  });

  // docs/reference/machine-allocation.md#checks-of-stored-state: rules about stored state.
  it.each<[string, Partial<AllocationRequest>, string, RegExp]>([
    ['a pair of firewalls', { ...firewall, asPair: true }, 'invalid', /ha is true/],
    ['no project', { projectId: '' }, 'invalid', /projectid is empty/],
    ['an unknown project', { projectId: 'x' }, 'not-found', /no project/],
    ['a caller without e-mail', { creator: '' }, 'invalid', /e-mail/],
    ['an invalid address', { ips: ['x'] }, 'invalid', /"x" is not an IP address/],
    ['an invalid SSH key', { sshPubKeys: ['x'] }, 'invalid', /ssh_pub_keys\[0\]/],
    [
      'more networks without auto acquisition than ips',
      { networks: [{ networkId: 'n', autoAcquire: false }] },
      'invalid',
      /autoacquire/,
    ],
    ['an unknown layout', { filesystemLayoutId: 'x' }, 'not-found', /no filesystemlayout/],
  ])('rejects %s', (_, change, kind, message) => {
    expect(refusal(change)).toEqual([kind, expect.stringMatching(message)]);
  });

  it('ignores firewall rules of a machine request', () => {
    const rules = { egress: [{ ...rule, protocol: 'icmp' }], ingress: [] };
    expect(resolveSpecification({ ...request, firewallRules: rules }, catalog).firewallRules).toBeUndefined();
  });
});
