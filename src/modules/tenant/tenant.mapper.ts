import type { IamConfigDto, MetaDto, QuotaSetDto, TenantDto, TenantResponse } from './tenant.dto.js';
import type {
  MasterDataFields,
  IamConfig,
  MasterDataKind,
  MasterData,
  MasterDataMeta,
  Quotas,
  Tenant,
} from './tenant.js';

const QUOTAS = ['cluster', 'machine', 'ip', 'project'] as const;

export const toMeta = (meta: MetaDto | undefined): MasterDataMeta | undefined =>
  meta && {
    id: meta.id,
    kind: meta.kind,
    apiversion: meta.apiversion,
    version: meta.version,
    annotations: meta.annotations,
    labels: meta.labels,
  };

/** Ignores `used`, which clients cannot set. */
export const toQuotas = (quotas: QuotaSetDto = {}): Quotas =>
  Object.fromEntries(
    QUOTAS.flatMap((name) => {
      const quota = quotas[name]?.quota;
      return quota === undefined ? [] : [[name, quota]];
    }),
  );

export const toTenantFields = (body: TenantDto): MasterDataFields<Tenant> => ({
  name: body.name ?? '',
  description: body.description ?? '',
  defaultQuotas: body.default_quotas && toQuotas(body.default_quotas),
  quotas: toQuotas(body.quotas),
  iam: body.iam_config && toIam(body.iam_config),
});

const toIam = ({ issuer_config: issuer, idm_config: idm }: IamConfigDto): IamConfig => ({
  ...(issuer && { issuer: { url: issuer.url ?? '', clientId: issuer.client_id ?? '' } }),
  ...(idm && { directoryType: idm.idm_type ?? '' }),
});

/** Omits empty parts, as clients have always received it (docs/reference/projects-and-tenants.md#shape). */
export const toTenantResponse = (tenant: Tenant): TenantResponse => ({
  meta: toMetaDto('Tenant', tenant),
  ...nameFields(tenant),
  ...(tenant.defaultQuotas && { default_quotas: toQuotaSetDto(tenant.defaultQuotas) }),
  quotas: toQuotaSetDto(tenant.quotas),
  ...(tenant.iam && { iam_config: toIamDto(tenant.iam) }),
});

export const toMetaDto = (kind: MasterDataKind, data: MasterData): MetaDto => ({
  id: data.id,
  kind,
  apiversion: 'v1',
  ...(data.version > 0 && { version: data.version }),
  created_time: data.created,
  ...(data.updated && { updated_time: data.updated }),
  ...(Object.keys(data.annotations).length > 0 && { annotations: data.annotations }),
  ...(data.labels.length > 0 && { labels: data.labels }),
});

export const nameFields = ({ name, description }: MasterData): { name?: string; description?: string } => ({
  ...(name && { name }),
  ...(description && { description }),
});

export const toQuotaSetDto = (quotas: Quotas): QuotaSetDto =>
  Object.fromEntries(Object.entries(quotas).map(([name, quota]) => [name, { quota: quota as number }]));

const toIamDto = ({ issuer, directoryType }: IamConfig): IamConfigDto => ({
  ...(issuer && { issuer_config: { url: issuer.url, client_id: issuer.clientId } }),
  ...(directoryType !== undefined && { idm_config: { idm_type: directoryType } }),
});
