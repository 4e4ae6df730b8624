import { canonicalUuid } from '../../shared/spelling.js';
import type { IPAllocateRequest, IPFindRequest, IPResponse, IPUpdateRequest } from './ip.dto.js';
import type { IpAddress, IpChange } from './ip.js';
import type { IpQuery } from './ip-query.js';
import type { IpSpec } from './ip-draft.js';

/** `idOf` returns the stored ID of a machine. */
export const toIpSpec = (body: IPAllocateRequest, idOf: (machineId: string) => string): IpSpec => ({
  networkId: body.networkid,
  projectId: body.projectid,
  name: body.name,
  description: body.description,
  type: body.type,
  tags: body.tags,
  machineId: body.machineid && idOf(body.machineid),
  addressFamily: body.addressfamily,
});

export const toIpChange = ({ name, description, type, tags }: IPUpdateRequest): IpChange => ({
  name,
  description,
  type,
  tags,
});

/** `idOf` returns the stored ID of a machine. */
export const toIpQuery = (body: IPFindRequest, idOf: (machineId: string) => string): IpQuery => ({
  address: body.ipaddress,
  allocationUuid: body.allocationuuid && canonicalUuid(body.allocationuuid),
  name: body.name,
  projectId: body.projectid,
  networkId: body.networkid,
  prefix: body.networkprefix,
  machineId: body.machineid && idOf(body.machineid),
  type: body.type,
  tags: body.tags,
  addressFamily: body.addressfamily,
});

/** The response. Not memoized: making it costs less than remembering it for each of many addresses. */
export const toIpResponse = (ip: IpAddress): IPResponse => ({
  ipaddress: ip.id,
  allocationuuid: ip.allocationUuid,
  name: ip.name,
  description: ip.description,
  projectid: ip.projectId,
  networkid: ip.networkId,
  type: ip.type,
  tags: ip.tags,
  created: ip.created,
  changed: ip.changed,
});
