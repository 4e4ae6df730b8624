import { defineTable } from '../../platform/store/table.js';
import type { Size } from './size.js';

export const sizeTable = defineTable<Size>()({ name: 'size' });
