import { pluralize } from '../../shared/text.js';
import type { Content, Document } from '../../shared/document.js';
import { invalid } from '../../shared/errors/domain-error.js';
import { hold } from '../../shared/concurrency/quota-hold.js';
import type { Tenant } from '../tenant/tenant.js';

/**
 * The newest projects of a tenant, which count toward its quota before every replica sees them
 * (docs/concepts/design.md#no-transactions).
 */
export interface ProjectQuotaLedger extends Document {
  readonly pending: readonly { readonly project: string; readonly at: number }[];
}

/**
 * Returns the ledger of a tenant with one more pending project; `seen` lists the IDs of existing projects. Throws
 * `invalid` if the quota is exhausted (docs/reference/projects-and-tenants.md#projects).
 */
export function reserveProjectQuota(
  ledger: ProjectQuotaLedger | undefined,
  { id, quotas }: Tenant,
  project: string,
  seen: readonly string[],
  now: number,
): Content<ProjectQuotaLedger> {
  const holds = (ledger?.pending ?? []).map(({ project: key, at }) => ({ key, at }));
  const existing = new Set(seen);
  const use = { quota: quotas.project, used: existing.size, isSeen: (key: string) => existing.has(key), now };
  const held = hold(holds, project, use, (used) =>
    invalid(`tenant "${id}" has a quota of ${pluralize(quotas.project ?? 0, 'project')} and uses ${used}`),
  );
  return { id, pending: held.map(({ key, at }) => ({ project: key, at })) };
}
