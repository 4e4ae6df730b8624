import type { Optional } from '../../shared/entity.js';
import { timestamp } from '../../shared/clock.js';
import type { Content, Document } from '../../shared/document.js';
import { checkId, checkTags } from '../../shared/entity.js';
import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { References } from '../../shared/references.js';

/** Common fields of tenants and projects. Clients replace them as a whole, guarded by `version`. */
export interface MasterData extends Document {
  /** 0 on creation, incremented by each update. This is the clients' version; the store has its own revision. */
  readonly version: number;
  readonly created: string;
  /** `""` until the first update. */
  readonly updated: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
  readonly name: string;
  readonly description: string;
}

/** Maximum numbers for a tenant or project; undefined = unlimited. */
export interface Quotas {
  readonly cluster?: number;
  readonly machine?: number;
  readonly ip?: number;
  readonly project?: number;
}

/** The identity provider of a tenant's users. */
export interface IamConfig {
  readonly issuer?: { readonly url: string; readonly clientId: string };
  readonly directoryType?: string;
}

/** An organisation that owns projects. */
export interface Tenant extends MasterData {
  /** Quotas of new projects of the tenant that specify none. */
  readonly defaultQuotas: Quotas | undefined;
  readonly quotas: Quotas;
  readonly iam: IamConfig | undefined;
}

/** Features that refer to tenants: projects. */
export class TenantReferences extends References {}

/** The `meta` part of a request for a tenant or project. */
export type MasterDataMeta = Optional<{
  readonly id: string;
  readonly kind: string;
  readonly apiversion: string;
  readonly version: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
}>;

/** The fields of a tenant or project that a client determines. */
export type MasterDataFields<T extends MasterData> = Omit<
  T,
  keyof Document | 'version' | 'created' | 'updated' | 'annotations' | 'labels'
>;

/** Kinds of master data, spelled as in `meta.kind`. */
export type MasterDataKind = 'Tenant' | 'Project';

const API_VERSION = 'v1';

/**
 * Creates a tenant or project. Throws `malformed` for invalid ID or labels, `invalid` for another kind or API version.
 */
export function createMasterData<T extends MasterData>(
  kind: MasterDataKind,
  id: string,
  meta: MasterDataMeta,
  fields: MasterDataFields<T>,
  now: number,
): Content<T> {
  checkId(kind.toLowerCase(), id);
  checkKind(kind, meta);
  const { annotations = {}, labels = [] } = meta;
  checkTags('meta.labels', labels);
  const head = { id, version: 0, created: timestamp(now), updated: '', annotations, labels };
  return { ...fields, ...head } as unknown as Content<T>;
}

/**
 * Replaces everything in a tenant or project except ID and creation time. Throws `precondition` unless the request has
 * the stored version, `invalid` for another kind or API version
 * (docs/reference/projects-and-tenants.md#create-update-delete).
 */
export function replaceMasterData<T extends MasterData>(
  kind: MasterDataKind,
  stored: T,
  meta: MasterDataMeta,
  fields: MasterDataFields<T>,
  now: number,
): Content<T> {
  checkKind(kind, meta);
  const { version = 0, annotations = {}, labels = [] } = meta;
  checkTags('meta.labels', labels);
  if (version !== stored.version) {
    const message = `${kind.toLowerCase()} "${stored.id}" has version ${stored.version}, the request was made for ${version}`;
    throw new DomainError('precondition', `${message}: read it again and retry`);
  }
  return { ...stored, ...fields, version: version + 1, updated: timestamp(now), annotations, labels };
}

function checkKind(kind: MasterDataKind, meta: MasterDataMeta): void {
  if (meta.kind && meta.kind !== kind) throw invalid(`meta.kind is "${meta.kind}", expected "${kind}"`);
  if (meta.apiversion && meta.apiversion !== API_VERSION) {
    throw invalid(`meta.apiversion is "${meta.apiversion}", expected "${API_VERSION}"`);
  }
}
