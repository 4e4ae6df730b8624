import { pluralize } from '../../../shared/text.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import type { Content, Document } from '../../../shared/document.js';
import { hold } from '../../../shared/concurrency/quota-hold.js';

/** Allocations of a project in progress, which count against its quota before they show up in machines. */
export interface MachineQuotaLedger extends Document {
  readonly pending: readonly { readonly allocation: string; readonly at: number }[];
}

/**
 * Adds an allocation in progress to the ledger of `project`. Throws `invalid` if the project's machines and its
 * allocations in progress already reach the quota (docs/reference/machine-allocation.md#quotas). `shown` returns
 * whether an allocation is already visible in a machine, and is therefore included in `machines`.
 */
export function reserveMachineQuota(
  ledger: MachineQuotaLedger | undefined,
  project: string,
  allocation: string,
  {
    quota,
    machines,
    shown,
    now,
  }: { quota: number; machines: number; shown: (allocation: string) => boolean; now: number },
): Content<MachineQuotaLedger> {
  const holds = (ledger?.pending ?? []).map(({ allocation: key, at }) => ({ key, at }));
  const held = hold(holds, allocation, { quota, used: machines, isSeen: shown, now }, (used) =>
    invalid(`project "${project}" has a quota of ${pluralize(quota, 'machine')} and uses ${used}`),
  );
  return { id: project, pending: held.map(({ key, at }) => ({ allocation: key, at })) };
}
