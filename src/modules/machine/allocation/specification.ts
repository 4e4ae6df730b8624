import { checkTags } from '../../../shared/entity.js';
import { hostNameProblem } from '../../../shared/net/host-name.js';
import { quoteText } from '../../../shared/text.js';
import { DomainError, invalid, isDomainError, malformed } from '../../../shared/errors/domain-error.js';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import type { Image } from '../../image/image.js';
import { checkNetworkRequest } from '../../network/assign-networks.js';
import { checkDnsServers, checkNtpServers } from '../../partition/partition.js';
import type { Partition } from '../../partition/partition.js';
import type { Project } from '../../project/project.js';
import type { Size } from '../../size/size.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { checkFirewallRules } from './firewall-rules.js';
import type { AllocationRequest } from './request.js';
import { checkSshKeys } from './ssh-key.js';

/** The lookups that a specification needs; each throws its own `not-found` or `invalid`. */
export interface Catalog {
  image(idOrShorthand: string): Image;
  size(id: string): Size;
  partition(id: string): Partition;
  machine(id: string): Machine;
  project(id: string): Project;
  layout(id: string): FilesystemLayout;
  layoutFor(sizeId: string, imageId: string): FilesystemLayout;
  /** Throws `invalid` if the image may not run on the size. */
  checkImageFits(sizeId: string, image: Image): void;
}

/** A request with all references resolved, checked against every rule that does not depend on a machine. */
export interface Specification {
  readonly request: AllocationRequest;
  readonly image: Image;
  readonly size: Size;
  readonly partition: Partition;
  readonly project: Project;
  readonly layout: FilesystemLayout;
  readonly firewallRules: MachineAllocation['firewallRules'];
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
}

/**
 * Resolves and checks a request in the order of docs/reference/machine-allocation.md#checks-of-the-request (all
 * errors, including unknown references, are `malformed`) and
 * docs/reference/machine-allocation.md#checks-of-stored-state (default error kinds). Throws for the first violated
 * rule; changes nothing.
 */
export function resolveSpecification(request: AllocationRequest, catalog: Catalog): Specification {
  const resolved = asMalformed(() => resolve(request, catalog));
  return { ...resolved, ...check(request, resolved, catalog) };
}

type Resolved = Omit<Specification, 'project' | 'layout'>;

function resolve(request: AllocationRequest, catalog: Catalog): Resolved {
  if (request.networks.length === 0) throw malformed('networks is empty, expected at least one private network');
  checkHostName(request.hostname);
  checkTags('tags', request.tags);
  checkTags('placement_tags', request.placementTags);
  const image = catalog.image(request.imageId);
  const firewallRules = request.role === 'firewall' ? checkFirewallRules(request.firewallRules) : undefined;
  if (!image.features.includes(request.role)) {
    throw malformed(
      `image "${image.id}" does not support the role ${request.role}, its features are ${image.features.join(', ') || 'none'}`,
    );
  }
  if (!request.uuid && !request.partitionId)
    throw malformed('partitionid is empty, expected a partition when no uuid is given');
  if (!request.uuid && !request.sizeId) throw malformed('sizeid is empty, expected a size when no uuid is given');
  const machine = request.uuid ? catalog.machine(request.uuid) : undefined;
  const size = catalog.size(machine ? (machine.sizeId ?? '') : request.sizeId);
  const partition = catalog.partition(machine ? (machine.partitionId ?? '') : request.partitionId);
  const dnsServers = request.dnsServers.length > 0 ? request.dnsServers : partition.dnsServers;
  const ntpServers = request.ntpServers.length > 0 ? request.ntpServers : partition.ntpServers;
  checkDnsServers(dnsServers);
  checkNtpServers(ntpServers);
  return { request, image, size, partition, firewallRules, dnsServers, ntpServers };
}

function check(
  request: AllocationRequest,
  { size, image }: Resolved,
  catalog: Catalog,
): Pick<Specification, 'project' | 'layout'> {
  if (request.asPair) throw invalid('ha is true, but firewalls cannot be allocated in pairs');
  if (!request.projectId) throw invalid('projectid is empty, expected the id of a project');
  if (!request.creator)
    throw invalid('the caller has neither e-mail nor name, expected one to record as the creator of the allocation');
  checkNetworkRequest(request);
  checkSshKeys(request.sshPubKeys);
  catalog.checkImageFits(size.id, image);
  const project = catalog.project(request.projectId);
  const layout = request.filesystemLayoutId
    ? catalog.layout(request.filesystemLayoutId)
    : catalog.layoutFor(size.id, image.id);
  return { project, layout };
}

/** An empty host name is replaced by the default. */
function checkHostName(name: string): void {
  const problem = name === '' ? undefined : hostNameProblem(name);
  if (problem) throw malformed(`hostname ${quoteText(name, 60)} ${problem}`);
}

function asMalformed<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw isDomainError(error) ? new DomainError('malformed', error.message, error.details) : error;
  }
}
