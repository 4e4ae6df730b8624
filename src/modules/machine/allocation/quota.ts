import { counted } from '../../../shared/text.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import type { Content, Document } from '../../../shared/document.js';
import { ABANDONED_AFTER } from './ledger.js';

/** Allocations of a project under way, which count against its quota before their machines show it. */
export interface QuotaLedger extends Document {
  readonly pending: readonly { readonly allocation: string; readonly at: number }[];
}

/**
 * The ledger of `project` with one more allocation under way. Throws `invalid` when the project's machines and what is
 * under way already reach the quota (reference/10 §3.3.10, DO). `shown` tells whether an allocation can be seen in a
 * machine already, and is therefore in `machines`.
 */
export function enterQuota(
  ledger: QuotaLedger | undefined,
  project: string,
  allocation: string,
  {
    quota,
    machines,
    shown,
    now,
  }: { quota: number; machines: number; shown: (allocation: string) => boolean; now: number },
): Content<QuotaLedger> {
  const pending = (ledger?.pending ?? []).filter(
    (entry) => entry.allocation !== allocation && now - entry.at < ABANDONED_AFTER,
  );
  const used = machines + pending.filter((entry) => !shown(entry.allocation)).length;
  if (used >= quota) throw invalid(`project "${project}" has a quota of ${counted(quota, 'machine')} and uses ${used}`);
  return { id: project, pending: [...pending, { allocation, at: now }] };
}
