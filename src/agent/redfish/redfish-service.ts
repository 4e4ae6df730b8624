import { BmcError } from '../bmc/bmc-driver.js';
import { objectAt, textAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import type { RedfishClient, Resource } from './redfish-client.js';
import { SERVICE_ROOT } from './redfish-link.js';
import { deviationsOf } from './vendors.js';
import type { VendorDeviations } from './vendors.js';

/** The resources of one machine at its BMC, found by following links from the service root. */
export class RedfishService {
  private constructor(
    readonly client: RedfishClient,
    readonly root: RedfishObject,
    readonly system: Resource,
    readonly vendor: VendorDeviations,
  ) {}

  /**
   * Finds the system of a machine. A BMC may have several systems, such as the nodes of one chassis: then the one with
   * the UUID `machine` is taken. Throws BmcError if there is none.
   */
  static async open(client: RedfishClient, machine: string | undefined): Promise<RedfishService> {
    const root = (await client.get(SERVICE_ROOT)).body;
    const systems = await client.members(objectAt(root, 'Systems'));
    const system = chosen(systems, machine, client.label);
    return new RedfishService(client, root, system, deviationsOf(root, system.body));
  }

  /** The chassis of the system; undefined if it names none. */
  chassis(): Promise<Resource | undefined> {
    return this.linked('Chassis', 'Chassis');
  }

  /** The manager of the system, which is the BMC itself; undefined if there is none. */
  manager(): Promise<Resource | undefined> {
    return this.linked('ManagedBy', 'Managers');
  }

  /** The update service. Throws BmcError `unsupported` if there is none. */
  async updateService(): Promise<Resource> {
    const link = objectAt(this.root, 'UpdateService');
    if (link['@odata.id'] === undefined) {
      throw new BmcError('unsupported', `BMC ${this.client.label} cannot update firmware by Redfish`);
    }
    return this.client.follow(link);
  }

  /** The first resource that the system links, or else the first of the root's collection. */
  private async linked(name: string, collection: string): Promise<Resource | undefined> {
    const links = objectAt(this.system.body, 'Links')[name];
    const first: unknown = Array.isArray(links) ? links[0] : undefined;
    if (first !== undefined) return this.client.follow(objectAt({ first }, 'first'));
    const link = objectAt(this.root, collection);
    if (link['@odata.id'] === undefined) return undefined;
    return (await this.client.members(link))[0];
  }
}

function chosen(systems: readonly Resource[], machine: string | undefined, label: string): Resource {
  const [first] = systems;
  if (first === undefined) throw new BmcError('refused', `BMC ${label} manages no system`);
  if (systems.length === 1) return first;
  const found = systems.find(({ body }) => isSameUuid(textAt(body, 'UUID'), machine));
  if (found !== undefined) return found;
  throw new BmcError(
    'refused',
    `BMC ${label} manages ${systems.length} systems, none with the UUID ${machine ?? '""'}`,
  );
}

/** Compares UUIDs, whose first three fields some vendors report with their bytes in reverse (SMBIOS, 7.2.1). */
export function isSameUuid(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one === other || swapped(one) === other;
}

const swapped = (uuid: string): string =>
  uuid.replace(/^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})/, (_, ...groups: string[]) =>
    groups
      .slice(0, 3)
      .map((group) => group.match(/../g)!.reverse().join(''))
      .join('-'),
  );
