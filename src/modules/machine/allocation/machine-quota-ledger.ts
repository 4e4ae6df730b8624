import { pluralize } from '../../../shared/text.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import type { Content, Document } from '../../../shared/document.js';
import { countHeld, hold } from '../../../shared/concurrency/quota-hold.js';
import type { Hold } from '../../../shared/concurrency/quota-hold.js';

/** Allocations of a project in progress, which count against its quota before they show up in machines. */
export interface MachineQuotaLedger extends Document {
  readonly pending: readonly { readonly allocation: string; readonly at: number }[];
}

/** What the machines of a project use of its quota. */
export interface MachineQuotaUse {
  readonly quota: number;
  readonly machines: number;
  readonly shown: (allocation: string) => boolean;
  readonly now: number;
}

/** How many machines a project has, with its allocations in progress. */
export const heldMachines = (
  ledger: MachineQuotaLedger | undefined,
  { machines, shown, now }: MachineQuotaUse,
): number => countHeld(holdsOf(ledger), '', { used: machines, isSeen: shown, now });

const holdsOf = (ledger: MachineQuotaLedger | Content<MachineQuotaLedger> | undefined): Hold[] =>
  (ledger?.pending ?? []).map(({ allocation: key, at }) => ({ key, at }));

/**
 * Adds an allocation in progress to the ledger of `project`. Throws `invalid` if the project's machines and its
 * allocations in progress already reach the quota (docs/reference/machine-allocation.md#quotas). `shown` returns
 * whether an allocation is already visible in a machine, and is therefore included in `machines`.
 */
export function reserveMachineQuota(
  ledger: MachineQuotaLedger | Content<MachineQuotaLedger> | undefined,
  project: string,
  allocation: string,
  { quota, machines, shown, now }: MachineQuotaUse,
): Content<MachineQuotaLedger> {
  const holds = holdsOf(ledger);
  const held = hold(holds, allocation, { quota, used: machines, isSeen: shown, now }, (used) =>
    invalid(`project "${project}" has a quota of ${pluralize(quota, 'machine')} and uses ${used}`),
  );
  return { id: project, pending: held.map(({ key, at }) => ({ allocation: key, at })) };
}
