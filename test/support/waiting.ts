import type { WaitEntry } from '../../src/modules/machine/waiting-list/wait-entry.js';
import { waitEntryTable } from '../../src/modules/machine/waiting-list/wait-entry.table.js';
import { WaitingListPass } from '../../src/modules/machine/waiting-list/waiting-list-pass.service.js';
import type { AllocationSite } from './allocation-site.js';
import type { TestApp } from './app.js';
import { tableOf } from './machines.js';
import { machineBody } from './many.js';

/** The response of the routes of the waiting list. */
export interface WaitAnswer {
  readonly id: string;
  readonly state: string;
  readonly position: number;
  readonly queues: readonly {
    readonly partitionid: string;
    readonly sizeid: string;
    readonly machines: number;
    readonly position: number;
  }[];
  readonly projectids: readonly string[];
  readonly since: string;
  readonly deadline: string;
  readonly ended?: string;
  readonly reason: string;
  readonly machines: readonly string[];
  readonly firewalls: readonly string[];
  readonly ips: readonly string[];
}

/** The body of a request for `count` machines that waits. */
export const waitingBody = (site: AllocationSite, count = 1, fields: object = {}) => ({
  wait: '30m',
  machines: Array.from({ length: count }, (_, index) => machineBody(site, { name: `node-${index}`, ...fields })),
});

/** Ends once everything has been done that the waiting list can do now. */
export const passOf = ({ app }: TestApp): Promise<void> => app.get(WaitingListPass, { strict: false }).run();

export const entriesOf = (server: TestApp): WaitEntry[] =>
  [...tableOf(server, waitEntryTable).list()].sort((a, b) => a.number - b.number);
