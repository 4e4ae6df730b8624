import type { Role } from '../../api/role.js';
import type { Columns } from '../../components/data-table.js';
import type { Field } from '../../components/form-dialog.js';
import type { Values } from '../../components/form-values.js';

/** A kind of objects in the catalogue: how they are listed, and how they are changed. */
export interface Section<T extends object> {
  /** One object, in lower case. */
  readonly noun: string;
  /** What the tab and the table are called. */
  readonly label: string;
  readonly columns: Columns<T>;
  readonly idOf: (row: T) => string;
  readonly nameOf?: (row: T) => string;
  /** Who may create, change and delete. */
  readonly role: Role;
  /** Of the form; `row` is undefined for a new object. */
  readonly fields: (row: T | undefined) => readonly Field[];
  readonly read: (row: T | undefined) => Values;
  readonly create: (values: Values) => Promise<unknown>;
  readonly update: (values: Values, row: T) => Promise<unknown>;
  readonly remove: (id: string) => Promise<unknown>;
}

/** Fields that most kinds have. */
export const idField = (row: unknown, label = 'ID'): Field => ({
  name: 'id',
  label,
  isRequired: true,
  isFixed: row !== undefined,
});
export const NAME: Field = { name: 'name', label: 'Name' };
export const DESCRIPTION: Field = { name: 'description', label: 'Description' };
export const LABELS: Field = { name: 'labels', label: 'Labels', kind: 'tags', hint: 'key or key=value' };
