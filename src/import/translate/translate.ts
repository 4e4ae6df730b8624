import type { Content, Document } from '../../shared/document.js';
import { filesystemLayoutTable } from '../../modules/filesystem-layout/filesystem-layout.table.js';
import { imageTable } from '../../modules/image/image.table.js';
import { ipTable } from '../../modules/ip/ip.table.js';
import { childLedgerTable, prefixLedgerTable } from '../../modules/ipam/ipam.table.js';
import { eventTable } from '../../modules/machine/event/event.table.js';
import type { Machine } from '../../modules/machine/machine.js';
import { bmcTable, machineTable } from '../../modules/machine/machine.table.js';
import { networkTable } from '../../modules/network/network.table.js';
import { partitionTable } from '../../modules/partition/partition.table.js';
import { asnTable, vrfTable } from '../../modules/pool/pool.table.js';
import { projectTable } from '../../modules/project/project.table.js';
import { sizeImageConstraintTable } from '../../modules/size-image-constraint/size-image-constraint.table.js';
import { sizeReservationTable } from '../../modules/size/size-reservation.table.js';
import { sizeTable } from '../../modules/size/size.table.js';
import { switchStatusTable, switchTable } from '../../modules/switch/switch.table.js';
import { tenantTable } from '../../modules/tenant/tenant.table.js';
import { count, flag, part, text } from '../fields.js';
import { imageOf, partitionOf, sizeImageConstraintOf, sizeOf, sizeReservationOf } from '../mappers/catalog.js';
import { eventsOf } from '../mappers/event.js';
import { layoutOf } from '../mappers/filesystem-layout.js';
import { bmcOf, machineOf } from '../mappers/machine.js';
import { projectOf, tenantOf } from '../mappers/masterdata.js';
import { networkOf } from '../mappers/network.js';
import { switchOf, switchStatusOf } from '../mappers/switch.js';
import { Notes } from '../notes.js';
import { KNOWN_MIGRATION, type OldInstallation } from '../old-installation.js';
import { childLedgersOf, compareIpam, reservationsOf } from './address-space.js';
import { ipsOf } from './ips.js';
import { asnsOf, vrfsOf } from './numbers.js';
import { missingProjects, missingTenants, type ProjectUse } from './owners.js';
import { checkReferences } from './references.js';
import type { Translation, TranslationSettings } from './translation.js';

/** What an installation becomes in this product's store. Pure. */
export function translate(old: OldInstallation, settings: TranslationSettings): Translation {
  const notes = new Notes();
  const { tables } = old;
  checkState(old, notes);
  const partitions = tables.partition.map(partitionOf);
  const sizes = tables.size.map(sizeOf);
  const reservations = tables.sizereservation.map(sizeReservationOf);
  const constraints = tables.sizeimageconstraint.map(sizeImageConstraintOf);
  const images = tables.image.map(imageOf);
  const networks = tables.network.map((row) => networkOf(row, notes));
  const machines = tables.machine.map(machineOf);
  const switches = tables.switch.map(switchOf);
  const ips = ipsOf(tables.ip, machines, networks, notes);
  checkReferences({ partitions, sizes, reservations, constraints, images, networks, machines, switches }, notes);
  compareIpam(networks, ips, old.prefixes, notes);
  const uses: ProjectUse[] = [
    ...networks.map(({ id, projectId }) => ({ user: `network ${id}`, projectId })),
    ...ips.map(({ id, projectId }) => ({ user: `ip ${id}`, projectId })),
    ...machines.map(({ id, allocation }) => ({ user: `machine ${id}`, projectId: allocation?.project })),
    ...reservations.map(({ id, projectId }) => ({ user: `size reservation ${id}`, projectId })),
  ];
  const { providerTenant } = settings;
  const known = old.projects.map(projectOf);
  const projects = [...known, ...missingProjects(known, uses, providerTenant, notes)];
  const tenants = old.tenants.map((row) => tenantOf(row, notes));
  const documents = new Map<string, readonly Content<Document>[]>([
    [tenantTable.name, [...tenants, ...missingTenants(tenants, projects, providerTenant, notes)]],
    [projectTable.name, projects],
    [partitionTable.name, partitions],
    [sizeTable.name, sizes],
    [sizeReservationTable.name, reservations],
    [sizeImageConstraintTable.name, constraints],
    [imageTable.name, images],
    [filesystemLayoutTable.name, tables.filesystemlayout.map(layoutOf)],
    [networkTable.name, networks],
    [vrfTable.name, vrfsOf(networks, old.freeVrfs, settings.vrfReserved, notes)],
    [prefixLedgerTable.name, [reservationsOf(networks)]],
    [childLedgerTable.name, childLedgersOf(networks)],
    [ipTable.name, ips],
    [machineTable.name, machines],
    [bmcTable.name, bmcsOf(old)],
    [asnTable.name, asnsOf(machines, old.freeAsns, settings.asnReserved, notes)],
    [eventTable.name, eventsOfMachines(old, machines, notes)],
    [switchTable.name, switches],
    [switchStatusTable.name, statusOfSwitches(old, notes)],
  ]);
  return { documents, notes };
}

/** What the old server was doing, which no document of today says. */
function checkState({ tables }: OldInstallation, notes: Notes): void {
  for (const row of tables.machine) {
    if (flag(row, 'preallocated') && part(row, 'allocation') === undefined)
      notes.inconsistent('machine-preallocated', [`machine ${text(row, 'id')}`], 'preallocated without allocation');
  }
  for (const row of tables.sharedmutex) {
    notes.inconsistent('lock-held', [`lock ${text(row, 'id')}`], 'machines of a partition are being allocated');
  }
  const version = Math.max(0, ...tables.migration.map((row) => count(row, 'id')));
  if (version > KNOWN_MIGRATION)
    notes.inconsistent('newer-schema', [`migration ${version}`], `known is ${KNOWN_MIGRATION}`);
}

const bmcsOf = ({ tables }: OldInstallation) =>
  tables.machine.map(bmcOf).filter((bmc): bmc is NonNullable<typeof bmc> => bmc !== undefined);

function eventsOfMachines({ tables }: OldInstallation, machines: readonly Content<Machine>[], notes: Notes) {
  const known = new Set(machines.map(({ id }) => id));
  return tables.event.flatMap((row) => {
    const id = text(row, 'id');
    if (known.has(id)) return [eventsOf(row, notes)];
    notes.inconsistent('event-without-machine', [`machine ${id}`], 'events of an unknown machine');
    notes.omitted('event', id, 'there is no such machine');
    return [];
  });
}

function statusOfSwitches({ tables }: OldInstallation, notes: Notes) {
  const known = new Set(tables.switch.map((row) => text(row, 'id')));
  return tables.switchstatus.flatMap((row) => {
    const id = text(row, 'id');
    if (known.has(id)) return [switchStatusOf(row)];
    notes.inconsistent('status-without-switch', [`switch ${id}`], 'status of an unknown switch');
    notes.omitted('switchstatus', id, 'there is no such switch');
    return [];
  });
}
