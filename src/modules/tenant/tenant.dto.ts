import { Field, WireModel } from '../../platform/http/wire/field.js';
import { SharedDefinition } from '../../platform/http/wire/shared-definition.js';

@WireModel('v1.Meta')
export class MetaDto {
  @Field('string')
  id?: string;

  @Field('string', { doc: 'Tenant or Project' })
  kind?: string;

  @Field('string', { doc: 'v1' })
  apiversion?: string;

  @Field('int64', { doc: 'number of updates; an update must carry the stored version' })
  version?: number;

  @Field('date-time')
  created_time?: string;

  @Field('date-time')
  updated_time?: string;

  @Field('string', { map: true })
  annotations?: Readonly<Record<string, string>>;

  @Field('string', { array: true })
  labels?: readonly string[];
}

@WireModel('v1.Quota')
export class QuotaDto {
  @Field('int32', { doc: 'the maximum; unlimited if absent' })
  quota?: number;

  @Field('int32', { doc: 'the number in use; ignored in requests' })
  used?: number;
}

@WireModel('v1.QuotaSet')
export class QuotaSetDto {
  @Field(() => QuotaDto)
  cluster?: QuotaDto;

  @Field(() => QuotaDto)
  machine?: QuotaDto;

  @Field(() => QuotaDto)
  ip?: QuotaDto;

  @Field(() => QuotaDto)
  project?: QuotaDto;
}

@WireModel('v1.IssuerConfig')
export class IssuerConfigDto {
  @Field('string')
  url?: string;

  @Field('string')
  client_id?: string;
}

@WireModel('v1.IDMConfig')
export class IdmConfigDto {
  @Field('string')
  idm_type?: string;
}

@WireModel('v1.IAMConfig')
export class IamConfigDto {
  @Field(() => IssuerConfigDto)
  issuer_config?: IssuerConfigDto;

  @Field(() => IdmConfigDto)
  idm_config?: IdmConfigDto;
}

/** Used in requests and responses. */
export class TenantDto {
  @Field(() => MetaDto)
  meta?: MetaDto;

  @Field('string')
  name?: string;

  @Field('string')
  description?: string;

  @Field(() => QuotaSetDto, { doc: 'quotas of new projects that specify none' })
  default_quotas?: QuotaSetDto;

  @Field(() => QuotaSetDto)
  quotas?: QuotaSetDto;

  @Field(() => IamConfigDto)
  iam_config?: IamConfigDto;
}

@WireModel('v1.TenantCreateRequest')
export class TenantCreateRequest extends TenantDto {}

@WireModel('v1.TenantUpdateRequest')
export class TenantUpdateRequest extends TenantDto {}

@WireModel('v1.TenantResponse')
@SharedDefinition(
  'v1.Tenant',
  'v1.TenantResponse',
  'meta',
  'name',
  'description',
  'default_quotas',
  'quotas',
  'iam_config',
)
export class TenantResponse extends TenantDto {}

@WireModel('v1.Paging')
export class PagingDto {
  @Field('uint64', { doc: 'page number, starting at 0' })
  page?: number;

  @Field('uint64')
  count?: number;
}

@WireModel('v1.TenantFindRequest')
export class TenantFindRequest {
  @Field('string')
  id?: string;

  @Field('string')
  name?: string;

  @Field('string', { map: true, doc: 'tenants that have all of these annotations' })
  annotations?: Record<string, string>;

  @Field(() => PagingDto)
  paging?: PagingDto;
}
