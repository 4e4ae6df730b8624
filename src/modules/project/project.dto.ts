import { Field, WireModel } from '../../platform/http/wire/field.js';
import { SharedDefinition } from '../../platform/http/wire/shared-definition.js';
import { MetaDto, QuotaSetDto } from '../tenant/tenant.dto.js';

/** Used in requests and responses. */
export class ProjectDto {
  @Field(() => MetaDto)
  meta?: MetaDto;

  @Field('string')
  name?: string;

  @Field('string')
  description?: string;

  @Field('string')
  tenant_id?: string;

  @Field(() => QuotaSetDto)
  quotas?: QuotaSetDto;
}

@WireModel('v1.ProjectCreateRequest')
export class ProjectCreateRequest extends ProjectDto {}

@WireModel('v1.ProjectUpdateRequest')
export class ProjectUpdateRequest extends ProjectDto {}

@WireModel('v1.ProjectResponse')
@SharedDefinition('v1.Project', 'v1.ProjectResponse', 'meta', 'name', 'description', 'tenant_id', 'quotas')
export class ProjectResponse extends ProjectDto {}

@WireModel('v1.ProjectFindRequest')
export class ProjectFindRequest {
  @Field('string')
  id?: string;

  @Field('string')
  name?: string;

  @Field('string')
  description?: string;

  @Field('string')
  tenant_id?: string;
}
