import type { OpenAPIObject } from '@nestjs/swagger';
import { ROLE } from '../operation.js';
import { operationsOf } from './document-parts.js';

const TEXTS: Readonly<Record<string, string>> = {
  viewer: 'Needs the role **viewer**.',
  editor: 'Needs the role **editor**.',
  admin: 'Needs the role **admin**.',
  any: 'For every authenticated user; those without a role get outlines.',
  open: 'Needs no credential.',
};

/** Says at each operation who may call it. */
export function addRoles(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    const role = operation[ROLE] ?? '';
    operation.description = [operation.description, TEXTS[role]].filter(Boolean).join('\n\n');
    if (role === 'open') operation.security = [];
  }
}
