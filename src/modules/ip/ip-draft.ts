import { randomUUID } from 'node:crypto';
import { newCreatedId } from '../../platform/idempotency/current-execution.js';
import { checkTags, type Optional } from '../../shared/entity.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import type { AllocationId, MachineId, ProjectId } from '../../shared/id.js';
import { ADDRESS_FAMILIES, parseAddressFamily, type AddressFamily } from '../../shared/net/family.js';
import { entityLabel, quoteText } from '../../shared/text.js';
import { familiesOf, isChild, type Network } from '../network/network.js';
import type { Project } from '../project/project.js';
import { AUTO_DESCRIPTION, machineTag, normalTags, type Attachment } from './ip.js';
import type { IpDraft } from './ip-store.js';

/** Request of a user to allocate an address (POST /v1/ip/allocate). */
export type IpSpec = Optional<{
  readonly networkId: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  /** Any value other than `static` means ephemeral. */
  readonly type: string;
  readonly tags: readonly string[];
  readonly machineId: string;
  readonly addressFamily: string;
}>;

/** The owner that addresses are acquired for, and the UUID by which they are released. */
export interface AllocationOwner {
  readonly machineId: MachineId;
  /** UUID of the allocation. */
  readonly allocation: AllocationId;
  readonly projectId: ProjectId;
  /** Name of the allocation, also given to its addresses. */
  readonly name: string;
}

/**
 * Rules 4 to 6 of docs/reference/ip-addresses.md#allocate-an-address: in a network of another project, addresses can
 * only be allocated if it is a shared child network. Throws `invalid`, `malformed`.
 */
export function draftIp(
  spec: IpSpec,
  network: Network,
  project: Project,
  allocationUuid: string = newCreatedId(),
): IpDraft {
  if (isChild(network) && !network.shared && network.projectId !== project.id)
    throw invalid(
      `network "${network.id}" belongs to ${entityLabel('project', network.projectId)} and is not shared with project "${project.id}"`,
    );
  checkTags('tags', spec.tags ?? []);
  const machine = spec.machineId ? [machineTag(spec.machineId)] : [];
  return {
    networkId: network.id,
    projectId: project.id,
    name: spec.name ?? '',
    description: spec.description ?? '',
    type: spec.type === 'static' ? 'static' : 'ephemeral',
    allocationUuid,
    tags: normalTags([...(spec.tags ?? []), ...machine]),
    attachments: [],
  };
}

/** An address that the server chooses for an allocation. */
export const draftForAllocation = (network: Network, owner: AllocationOwner, now: string): IpDraft => ({
  networkId: network.id,
  projectId: owner.projectId,
  name: owner.name,
  description: AUTO_DESCRIPTION,
  type: 'ephemeral',
  allocationUuid: randomUUID(),
  tags: [machineTag(owner.machineId)],
  attachments: [attachmentOf(owner, true, now)],
});

/** `acquired`: the address was acquired for the allocation, and is freed with it. */
export const attachmentOf = (
  { machineId, allocation }: AllocationOwner,
  acquired: boolean,
  now: string,
): Attachment => ({ machineId, allocation, acquired, at: now });

/** Rules 3 and 7: the requested address family, else IPv4 if the network has it. Throws `invalid`, `malformed`. */
export function familyOf({ addressFamily }: IpSpec, network: Network): AddressFamily {
  const present = familiesOf(network.prefixes);
  if (!addressFamily) return ADDRESS_FAMILIES.find((family) => present.includes(family)) ?? 'IPv4';
  const family = parseAddressFamily(addressFamily);
  if (!family) throw invalid(`addressfamily is ${quoteText(addressFamily, 60)}, expected IPv4 or IPv6`);
  if (!present.includes(family))
    throw malformed(`addressfamily is ${family}, but network "${network.id}" has no ${family} prefix`);
  return family;
}
