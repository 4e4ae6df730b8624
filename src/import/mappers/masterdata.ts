import type { Content } from '../../shared/document.js';
import type { Project } from '../../modules/project/project.js';
import type { IamConfig, MasterData, Quotas, Tenant } from '../../modules/tenant/tenant.js';
import { count, dictionary, part, protoTime, text, texts } from '../fields.js';
import type { Notes } from '../notes.js';
import type { OldRow } from '../sources/source.js';

const QUOTAS = ['cluster', 'machine', 'ip', 'project'] as const;

export function tenantOf(row: OldRow, notes: Notes): Content<Tenant> {
  const defaults = part(row, 'default_quotas');
  return {
    ...masterData(row),
    defaultQuotas: defaults && quotasOf(defaults),
    quotas: quotasOf(part(row, 'quotas') ?? {}),
    iam: iamOf(row, notes),
  };
}

export const projectOf = (row: OldRow): Content<Project> => ({
  ...masterData(row),
  tenantId: text(row, 'tenant_id'),
  quotas: quotasOf(part(row, 'quotas') ?? {}),
});

function masterData(row: OldRow): Content<MasterData> {
  const meta = part(row, 'meta') ?? {};
  return {
    id: text(meta, 'id'),
    version: count(meta, 'version'),
    created: protoTime(meta, 'created_time'),
    updated: protoTime(meta, 'updated_time'),
    annotations: dictionary(meta, 'annotations'),
    labels: texts(meta, 'labels'),
    name: text(row, 'name'),
    description: text(row, 'description'),
  };
}

/** `{}` is no limit, `{"max": 0}` a limit of zero. */
function quotasOf(row: OldRow): Quotas {
  const limits = QUOTAS.flatMap((name) => {
    const quota = part(row, name);
    return quota && typeof quota['max'] === 'number' ? [[name, quota['max']] as const] : [];
  });
  return Object.fromEntries(limits);
}

function iamOf(row: OldRow, notes: Notes): IamConfig | undefined {
  const iam = part(row, 'iam_config');
  if (iam === undefined) return undefined;
  const [issuer, directory] = [part(iam, 'issuer_config'), part(iam, 'idm_config')];
  if (directory && part(directory, 'connector_config')) {
    const why = 'the connector of an identity management is not used by any client of this API';
    notes.adapted('tenant', text(part(row, 'meta') ?? {}, 'id'), 'iam_config.idm_config.connector_config', why);
  }
  return {
    ...(issuer && { issuer: { url: text(issuer, 'url'), clientId: text(issuer, 'client_id') } }),
    ...(directory && { directoryType: text(directory, 'idm_type') }),
  };
}
