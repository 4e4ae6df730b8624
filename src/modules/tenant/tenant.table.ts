import { defineTable } from '../../platform/store/table.js';
import type { Tenant } from './tenant.js';

export const tenantTable = defineTable<Tenant>()({ name: 'tenant' });
