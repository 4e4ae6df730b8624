import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { withCachedJson } from '../../platform/http/wire/json.js';
import { KeptLists } from '../../platform/http/lists/kept-lists.js';
import { dependsOn } from '../../platform/store/dependency.js';
import { Store } from '../../platform/store/store.js';
import type { Role } from '../../platform/auth/role.js';
import type { Document, Table, TableDefinition } from '../../platform/store/table.js';
import { CommandResponse } from '../command/command.dto.js';
import { toCommandResponse } from '../command/command.mapper.js';
import { commandTable } from '../command/command.table.js';
import { FilesystemLayoutResponse } from '../filesystem-layout/filesystem-layout.dto.js';
import { toLayoutResponse } from '../filesystem-layout/filesystem-layout.mapper.js';
import { filesystemLayoutTable } from '../filesystem-layout/filesystem-layout.table.js';
import { ImageResponse } from '../image/image.dto.js';
import { toImageResponse } from '../image/image.mapper.js';
import { ImageService } from '../image/image.service.js';
import { imageTable } from '../image/image.table.js';
import { IPResponse } from '../ip/ip.dto.js';
import { toIpResponse } from '../ip/ip.mapper.js';
import { ipTable } from '../ip/ip.table.js';
import { childLedgerTable } from '../ipam/ipam.table.js';
import { machineAnswer, withoutAllocationSecrets } from '../machine/query/machine.mapper.js';
import type { MachineAnswer } from '../machine/query/machine.mapper.js';
import { MachineResponse } from '../machine/query/machine.dto.js';
import { machineOwner } from '../machine/machine.js';
import { machineTable } from '../machine/machine.table.js';
import { eventTable } from '../machine/event/event.table.js';
import { MachineViewService } from '../machine/query/machine-view.service.js';
import { NetworkResponse } from '../network/network.dto.js';
import { toNetworkResponse } from '../network/network.mapper.js';
import { NetworkService } from '../network/network.service.js';
import { networkTable } from '../network/network.table.js';
import { PartitionResponse } from '../partition/partition.dto.js';
import { toPartitionResponse } from '../partition/partition.mapper.js';
import { partitionTable } from '../partition/partition.table.js';
import { ProjectResponse } from '../project/project.dto.js';
import { toProjectResponse } from '../project/project.mapper.js';
import { ProjectService } from '../project/project.service.js';
import { projectTable } from '../project/project.table.js';
import { SizeImageConstraintResponse } from '../size-image-constraint/size-image-constraint.dto.js';
import { toSizeImageConstraintResponse } from '../size-image-constraint/size-image-constraint.mapper.js';
import { sizeImageConstraintTable } from '../size-image-constraint/size-image-constraint.table.js';
import { SizeResponse } from '../size/size.dto.js';
import { toSizeResponse } from '../size/size.mapper.js';
import { sizeTable } from '../size/size.table.js';
import { SwitchViewService } from '../switch/switch-view.service.js';
import { SwitchResponse } from '../switch/switch.dto.js';
import { switchAnswer } from '../switch/switch.mapper.js';
import { switchStatusTable, switchTable } from '../switch/switch.table.js';
import { TenantResponse } from '../tenant/tenant.dto.js';
import { toTenantResponse } from '../tenant/tenant.mapper.js';
import { tenantTable } from '../tenant/tenant.table.js';
import { WaitingListRepository } from '../machine/waiting-list/waiting-list.repository.js';
import { allocationWaitKind } from './allocation-wait-kind.js';
import type { Scope } from './watch.js';
import type { WatchKind } from './watch-kind.js';

const VIEWER: Role = 'viewer';

/** What can be watched: for each list its mapper, and what its objects are made of. */
@Injectable()
export class WatchKinds {
  private readonly kinds: ReadonlyMap<string, WatchKind>;

  constructor(
    private readonly store: Store,
    private readonly machineViews: MachineViewService,
    private readonly switchViews: SwitchViewService,
    private readonly networks: NetworkService,
    private readonly images: ImageService,
    private readonly projects: ProjectService,
    waitingList: WaitingListRepository,
    lists: KeptLists,
  ) {
    const derived = [this.machine(), this.network(), this.switch(), this.image(), this.project()];
    const kinds = [...derived, allocationWaitKind(store, waitingList), ...this.plain()];
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    for (const { name, sources } of kinds) lists.declare(name, sources);
  }

  get names(): readonly string[] {
    return [...this.kinds.keys()];
  }

  /** The kind of this name, which must exist. */
  get(name: string): WatchKind {
    return this.kinds.get(name)!;
  }

  private machine(): WatchKind {
    const machines = this.store.table(machineTable);
    const switches = this.store.table(switchTable);
    const idsBy = (index: 'partition' | 'size' | 'image') => (key: string) =>
      machines.by(index, key).map(({ id }) => id);
    return {
      name: 'machine',
      role: VIEWER,
      shape: MachineResponse,
      ids: () => idsOf(machines),
      look: (id) => {
        const machine = machines.get(id);
        if (!machine) return undefined;
        const scope = { project: machine.allocation?.project ?? '', partition: machine.partitionId ?? '' };
        return { object: machineAnswer(this.machineViews.of(machine)), scope };
      },
      conceal: (object) => withoutAllocationSecrets(object as MachineAnswer),
      sources: [
        dependsOn(machines),
        dependsOn(this.store.table(eventTable)),
        dependsOn(this.store.table(partitionTable), undefined, idsBy('partition')),
        dependsOn(this.store.table(sizeTable), undefined, idsBy('size')),
        dependsOn(this.store.table(imageTable), undefined, idsBy('image')),
        // The room of a machine is that of its leaves.
        dependsOn(switches, ({ connections }) => connections.map(({ machineId }) => machineId)),
      ],
    };
  }

  private network(): WatchKind {
    const networks = this.store.table(networkTable);
    return {
      name: 'network',
      role: VIEWER,
      shape: NetworkResponse,
      ids: () => idsOf(networks),
      look: (id) => {
        const network = this.networks.find(id);
        if (!network) return undefined;
        const scope = { project: network.projectId ?? '', partition: network.partitionId ?? '' };
        return { object: toNetworkResponse(network, this.networks.consumption(network)), scope };
      },
      sources: [
        dependsOn(networks),
        // Addresses count for the networks that have their prefix.
        dependsOn(
          this.store.table(ipTable),
          ({ prefix }) => [prefix],
          (prefix) => networks.by('prefix', prefix).map(({ id }) => id),
        ),
        dependsOn(this.store.table(childLedgerTable)),
      ],
    };
  }

  /** Ports show what their machines may announce: addresses of the project, and prefixes of the network's parent. */
  private switch(): WatchKind {
    const switches = this.store.table(switchTable);
    const machines = this.store.table(machineTable);
    const networks = this.store.table(networkTable);
    const at = (machineId: string): string[] => switches.by('machine', machineId).map(({ id }) => id);
    const ofProject = (project: string): string[] => machines.by('owner', project).flatMap(({ id }) => at(id));
    /** A network shows by its parent, and by which one that is. */
    const inOrBelow = (networkId: string): string[] =>
      [networkId, ...networks.by('parent', networkId).map(({ id }) => id)].flatMap((id) =>
        machines.by('network', id).flatMap((machine) => at(machine.id)),
      );
    return {
      name: 'switch',
      role: VIEWER,
      shape: SwitchResponse,
      ids: () => idsOf(switches),
      look: (id) => {
        const leaf = switches.get(id);
        return leaf && { object: switchAnswer(this.switchViews.of(leaf)), scope: { partition: leaf.partitionId } };
      },
      sources: [
        dependsOn(switches),
        dependsOn(this.store.table(switchStatusTable)),
        dependsOn(this.store.table(partitionTable), undefined, (id) =>
          switches.by('partition', id).map((leaf) => leaf.id),
        ),
        dependsOn(machines, undefined, at),
        dependsOn(this.store.table(ipTable), ({ projectId }) => [projectId], ofProject),
        dependsOn(networks, undefined, inOrBelow),
      ],
    };
  }

  private image(): WatchKind {
    const images = this.store.table(imageTable);
    return {
      name: 'image',
      role: VIEWER,
      shape: ImageResponse,
      ids: () => idsOf(images),
      look: (id) => {
        const image = images.get(id);
        return image && { object: withCachedJson(toImageResponse(image, this.images.usedBy(id))), scope: {} };
      },
      sources: [
        dependsOn(images),
        dependsOn(this.store.table(machineTable), ({ allocation }) => [allocation?.imageId]),
      ],
    };
  }

  private project(): WatchKind {
    const projects = this.store.table(projectTable);
    return {
      name: 'project',
      role: VIEWER,
      shape: ProjectResponse,
      ids: () => idsOf(projects),
      look: (id) => {
        const project = projects.get(id);
        return (
          project && {
            object: withCachedJson(toProjectResponse(project, this.projects.usage(id))),
            scope: { project: id },
          }
        );
      },
      sources: [
        dependsOn(projects),
        dependsOn(this.store.table(machineTable), (machine) => [machineOwner(machine)?.project]),
        dependsOn(this.store.table(ipTable), ({ projectId }) => [projectId]),
      ],
    };
  }

  /** Kinds whose objects are made of one document each. */
  private plain(): WatchKind[] {
    return [
      this.document('ip', IPResponse, ipTable, toIpResponse, ({ projectId }) => ({ project: projectId })),
      this.document('command', CommandResponse, commandTable, toCommandResponse, ({ partition }) => ({ partition })),
      this.document('size', SizeResponse, sizeTable, toSizeResponse),
      this.document('partition', PartitionResponse, partitionTable, toPartitionResponse, ({ id }) => ({
        partition: id,
      })),
      this.document('tenant', TenantResponse, tenantTable, toTenantResponse),
      this.document('filesystemlayout', FilesystemLayoutResponse, filesystemLayoutTable, toLayoutResponse),
      this.document(
        'size-image-constraint',
        SizeImageConstraintResponse,
        sizeImageConstraintTable,
        toSizeImageConstraintResponse,
      ),
    ];
  }

  private document<T extends Document, I extends string>(
    name: string,
    shape: Type,
    definition: TableDefinition<T, I>,
    map: (document: T) => object,
    scopeOf: (document: T) => Scope = () => ({}),
  ): WatchKind {
    const table = this.store.table(definition);
    return {
      name,
      role: VIEWER,
      shape,
      ids: () => idsOf(table),
      look: (id) => {
        const document = table.get(id);
        return document && { object: withCachedJson(map(document)), scope: scopeOf(document) };
      },
      sources: [dependsOn(table)],
    };
  }
}

function* idsOf(table: Pick<Table<Document>, 'list'>): Generator<string> {
  for (const { id } of table.list()) yield id;
}
