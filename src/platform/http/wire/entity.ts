import { Field } from './field.js';

/** Identity of an entity as requests carry it; clients may leave every part out (reference/30 §0.4). */
export class EntityRequest {
  @Field('string', { required: true, doc: 'the unique ID of this entity' })
  id?: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name?: string;

  @Field('string', { doc: 'a description for this entity' })
  description?: string;
}

/** Identity of an entity as answers carry it: always complete. */
export class EntityIdentity {
  @Field('string', { required: true, doc: 'the unique ID of this entity' })
  id!: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name!: string;

  @Field('string', { doc: 'a description for this entity' })
  description!: string;
}

/** Identity and history of an entity as answers carry them. */
export class EntityResponse extends EntityIdentity {
  @Field('date-time', { doc: 'the creation time of this entity', readOnly: true })
  created!: string;

  @Field('date-time', { doc: 'the last changed timestamp of this entity', readOnly: true })
  changed!: string;
}

/** The part of an answer that every entity has. */
export const entityResponse = ({ id, name, description, created, changed }: EntityResponse): EntityResponse => ({
  id,
  name,
  description,
  created,
  changed,
});
