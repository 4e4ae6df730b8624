import { timestamp } from '../../shared/clock.js';
import type { Content, Document } from '../../shared/document.js';
import { checkId, checkTags } from '../../shared/entity.js';
import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { References } from '../../shared/references.js';

/** What tenants and projects have in common. Clients replace them as a whole, guarded by `version`. */
export interface MasterData extends Document {
  /** 0 when created, one more with each update. The client's view of changes; the store has its own revision. */
  readonly version: number;
  readonly created: string;
  /** `""` until the first update. */
  readonly updated: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
  readonly name: string;
  readonly description: string;
}

/** How many a tenant or project may have at most; undefined = any number. */
export interface Quotas {
  readonly cluster?: number;
  readonly machine?: number;
  readonly ip?: number;
  readonly project?: number;
}

/** Where a tenant's users come from. */
export interface IamConfig {
  readonly issuer?: { readonly url: string; readonly clientId: string };
  readonly directoryType?: string;
}

/** An organisation that owns projects. */
export interface Tenant extends MasterData {
  /** What a new project of the tenant gets when it does not say. */
  readonly defaultQuotas: Quotas | undefined;
  readonly quotas: Quotas;
  readonly iam: IamConfig | undefined;
}

/** Who refers to tenants: projects. */
export class TenantReferences extends References {}

/** The head of a request for a tenant or project. */
export interface Meta {
  readonly id?: string;
  readonly kind?: string;
  readonly apiversion?: string;
  readonly version?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: readonly string[];
}

/** The part of a tenant or project that a client decides. */
export type Fields<T extends MasterData> = Omit<
  T,
  keyof Document | 'version' | 'created' | 'updated' | 'annotations' | 'labels'
>;

/** Kinds of master data, as `meta.kind` spells them. */
export type Kind = 'Tenant' | 'Project';

const API_VERSION = 'v1';

/** A new tenant or project. Throws `malformed` for id or labels, `invalid` for another kind or API version. */
export function enrolled<T extends MasterData>(
  kind: Kind,
  id: string,
  meta: Meta,
  fields: Fields<T>,
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
 * The tenant or project with everything replaced but its id and creation time. Throws `precondition` unless the request
 * was made for the stored version, `invalid` for another kind or API version (reference/30 §8.2).
 */
export function replaced<T extends MasterData>(
  kind: Kind,
  stored: T,
  meta: Meta,
  fields: Fields<T>,
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

function checkKind(kind: Kind, meta: Meta): void {
  if (meta.kind && meta.kind !== kind) throw invalid(`meta.kind is "${meta.kind}", expected "${kind}"`);
  if (meta.apiversion && meta.apiversion !== API_VERSION) {
    throw invalid(`meta.apiversion is "${meta.apiversion}", expected "${API_VERSION}"`);
  }
}
