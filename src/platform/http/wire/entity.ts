import { Field } from './field.js';

/** Identity of an entity in requests; clients may omit any part (docs/reference/catalog-conventions.md#json). */
export class EntityRequest {
  @Field('string', { required: true, doc: 'the unique ID of this entity' })
  id?: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name?: string;

  @Field('string', { doc: 'a description for this entity' })
  description?: string;
}

/** Identity of an entity in responses: always complete. */
export class EntityIdentity {
  @Field('string', { required: true, doc: 'the unique ID of this entity' })
  id!: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name!: string;

  @Field('string', { doc: 'a description for this entity' })
  description!: string;
}

/** Identity and timestamps of an entity in responses. */
export class EntityResponse extends EntityIdentity {
  @Field('date-time', { doc: 'the creation time of this entity', readOnly: true })
  created!: string;

  @Field('date-time', { doc: 'the last modification time of this entity', readOnly: true })
  changed!: string;
}

/** The part of a response that all entities have in common. */
export const entityResponse = ({ id, name, description, created, changed }: EntityResponse): EntityResponse => ({
  id,
  name,
  description,
  created,
  changed,
});
