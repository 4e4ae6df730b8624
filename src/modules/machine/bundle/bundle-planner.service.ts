import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError, invalid, malformed } from '../../../shared/errors/domain-error.js';
import { pluralize } from '../../../shared/text.js';
import { IpService } from '../../ip/ip.service.js';
import { familiesOf } from '../../network/network.js';
import type { Network } from '../../network/network.js';
import { NetworkService } from '../../network/network.service.js';
import { AllocationCatalog } from '../allocation/allocation-catalog.js';
import { ClaimService } from '../allocation/claim.service.js';
import { MachineQuotas } from '../allocation/machine-quotas.service.js';
import { PlacementService } from '../allocation/placement.service.js';
import type { WaitEntryId } from '../../../shared/id.js';
import type { AllocationRequest } from '../allocation/request.js';
import type { Outcomes } from '../allocation/wanted.js';
import type { Machine } from '../machine.js';
import { MAX_MEMBERS, memberName } from './bundle.js';
import type { BundleRequest } from './bundle.js';
import { unmetNeeds } from './bundle-plan.js';
import type { AddressNeed, BundlePlan, PlannedAddress, PlannedMachine } from './bundle-plan.js';
import { Problems } from './refusal.js';

/** Finds out, from memory, whether a bundle can be allocated, before anything is acquired for it. */
@Injectable()
export class BundlePlanner {
  constructor(
    private readonly catalog: AllocationCatalog,
    private readonly networks: NetworkService,
    private readonly ips: IpService,
    private readonly quotas: MachineQuotas,
    private readonly claims: ClaimService,
    private readonly placement: PlacementService,
  ) {}

  /**
   * Checks every member by itself, then what they need together: machines, quotas and addresses. Throws one refusal with
   * the first problem of each member that has one, and `malformed` for too many members or none. Changes nothing. `entry`
   * is the entry of the waiting list that is served.
   */
  plan(request: BundleRequest, entry?: WaitEntryId): BundlePlan {
    checkSize(request);
    const problems = new Problems();
    const asked = (['machines', 'firewalls'] as const).flatMap((list) =>
      request[list].map((one, index) => ({ member: memberName(list, index), request: one })),
    );
    const machines = asked.flatMap(
      ({ member, request: one }) => problems.try(member, () => this.specify(member, one, entry)) ?? [],
    );
    const needs: AddressNeed[] = machines.flatMap(needsOf);
    const addresses: PlannedAddress[] = request.ips.flatMap((spec, index) => {
      const member = memberName('ips', index);
      const found = problems.try(member, () => this.ips.check(spec));
      if (!found) return [];
      needs.push({ member, ...found });
      return [{ member, spec }];
    });
    this.checkMachines(machines, problems);
    this.checkAddresses(needs, problems);
    problems.refuse();
    return { machines, addresses };
  }

  private specify(member: string, asked: AllocationRequest, entry: WaitEntryId | undefined): PlannedMachine {
    const specification = this.catalog.specify(this.catalog.withStoredId(asked));
    const assignments = this.networks.assignNetworks(specification.request, specification.partition.id);
    return { member, specification, assignments, allocation: randomUUID(), entry };
  }

  private checkMachines(planned: readonly PlannedMachine[], problems: Problems): void {
    report(planned, this.quotas.refusedTogether(planned), problems);
    const named = new Map<string, PlannedMachine & { machine: Machine }>();
    for (const one of planned) {
      const { uuid } = one.specification.request;
      if (!uuid) continue;
      const machine = problems.try(one.member, () => {
        const first = named.get(uuid);
        if (first) throw invalid(`machine "${uuid}" is wanted by ${first.member} already`);
        return this.claims.checkMachine(uuid, one.specification);
      });
      if (machine) named.set(uuid, { ...one, machine });
    }
    const others = planned.filter(({ specification }) => !specification.request.uuid);
    report(planned, this.placement.previewTogether(others, [...named.values()]), problems);
  }

  private checkAddresses(needs: readonly AddressNeed[], problems: Problems): void {
    const left = (network: Network, family: string): number => {
      const { availableIps, usedIps } = this.networks.consumption(network)[family as 'IPv4'] ?? NOTHING;
      return availableIps - usedIps;
    };
    for (const { member, network, family, left: free, needed } of unmetNeeds(needs, left)) {
      const addresses = pluralize(free, `free ${family} address is`, `free ${family} addresses are`);
      problems.add(
        member,
        new DomainError('exhausted', `${addresses} left in network "${network.id}", the request needs ${needed}`),
      );
    }
  }
}

const NOTHING = { availableIps: 0, usedIps: 0 };

function checkSize({ machines, firewalls, ips }: BundleRequest): void {
  const members = machines.length + firewalls.length + ips.length;
  if (members === 0) throw malformed('machines, firewalls and ips are empty, expected at least one to allocate');
  if (members > MAX_MEMBERS)
    throw malformed(`${members} machines, firewalls and ips, expected at most ${MAX_MEMBERS} in all`);
}

function report(planned: readonly PlannedMachine[], outcomes: Outcomes<Machine | undefined>, problems: Problems): void {
  for (const { member, allocation } of planned) {
    const outcome = outcomes.get(allocation);
    if (outcome instanceof Error) problems.add(member, outcome);
  }
}

/** A new address in each network that has none of the request, per family. */
const needsOf = ({ member, assignments }: PlannedMachine): readonly AddressNeed[] =>
  assignments
    .filter(({ auto }) => auto)
    .flatMap(({ network }) => familiesOf(network.prefixes).map((family) => ({ member, network, family })));
