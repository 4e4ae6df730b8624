import { counted } from '../../shared/text.js';
import type { Content, Document } from '../../shared/document.js';
import { invalid } from '../../shared/errors/domain-error.js';
import type { Tenant } from '../tenant/tenant.js';

/** The newest projects of a tenant, which count against its quota before every replica sees them (design D3). */
export interface ProjectLedger extends Document {
  readonly pending: readonly { readonly project: string; readonly at: number }[];
}

/** A project that never came is forgotten after this many milliseconds. */
const ABANDONED_AFTER = 60_000;

/**
 * The ledger of a tenant with one more project on its way; `seen` are the ids of those that exist. Throws `invalid` when
 * the tenant has no project left (reference/30 §8.3).
 */
export function enterProject(
  ledger: ProjectLedger | undefined,
  { id, quotas }: Tenant,
  project: string,
  seen: readonly string[],
  now: number,
): Content<ProjectLedger> {
  const pending = (ledger?.pending ?? []).filter(({ at }) => now - at < ABANDONED_AFTER);
  const used = new Set([...seen, ...pending.map((entry) => entry.project)]).size;
  if (quotas.project !== undefined && used >= quotas.project) {
    throw invalid(`tenant "${id}" has a quota of ${counted(quotas.project, 'project')} and uses ${used}`);
  }
  return { id, pending: [...pending, { project, at: now }] };
}
